"""Keys for ssh between machines: made once and kept, since they guard nothing but a trial's own network."""

import base64
import contextlib
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from peerward.sandbox.programs import cache_folder


@dataclass(frozen=True)
class Key:
    """A key pair as the bytes of OpenSSH's two files; ``public`` has no comment."""

    private: bytes
    public: str


def login_key(user: str) -> Key:
    """The key with which this user logs in on every host."""
    return _kept(f"login-{user}", user)


def host_key(place: int) -> Key:
    """The key of the host at this place of the plan."""
    return _kept(f"host-{place}", "")


def _kept(name: str, comment: str) -> Key:
    """The key of this name, made if there is none; several processes may ask at once."""
    folder = cache_folder() / "keys"
    path = folder / name
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as work:
            made = Path(work) / "key"
            # As root of a namespace of its own: ssh-keygen refuses a user whom no passwd entry names.
            asked = ["unshare", "--user", "--map-root-user", "ssh-keygen", "-q", "-t", "ed25519", "-N", ""]
            subprocess.run([*asked, "-C", comment, "-f", made], check=True, stdin=subprocess.DEVNULL)
            with contextlib.suppress(FileExistsError):
                os.link(made, path)
    private = path.read_bytes()
    return Key(private, _public(private))


def _public(private: bytes) -> str:
    """The public half, which OpenSSH's format has after three strings (cipher, derivation, its options) and a count."""
    blob = base64.b64decode(b"".join(private.splitlines()[1:-1]))
    rest = blob[len(b"openssh-key-v1\0") :]
    for _ in range(3):
        rest = rest[4 + int.from_bytes(rest[:4]) :]
    rest = rest[4:]
    return "ssh-ed25519 " + base64.b64encode(rest[4 : 4 + int.from_bytes(rest[:4])]).decode()
