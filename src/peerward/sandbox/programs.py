"""The system's programs that machines are made with: where they are, and what to do if one is missing."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

_PLACES = "/usr/sbin:/usr/bin:/sbin:/bin"
SFTP_SERVER = "/usr/lib/openssh/sftp-server"
"""Where machines look for it, hence where it has to be outside too."""
_OUTSIDE = ("bwrap", "sshd", "unshare", "nsenter", "setpriv", "prlimit", "ip", "mount")
_INSIDE = ("ssh", "scp", "sftp", "ssh-keygen", "rsync", "bash", "env")
"""Programs that machines take from /usr."""
_REMEDY = (
    "On Debian or Ubuntu: sh tools/install_sandbox.sh in a checkout of peerward, or\n"
    "sudo apt-get install bubblewrap openssh-server openssh-client rsync iproute2 util-linux"
)


class SandboxMissingError(RuntimeError):
    """Machines cannot be started here: what is missing, and the command that puts it right."""


def programs_folder() -> Path:
    """Where tools/install_sandbox.sh unpacks what is not to be installed on the system."""
    return cache_folder() / "programs"


def cache_folder() -> Path:
    """peerward's folder in the user's cache (XDG_CACHE_HOME)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "peerward"


def find(name: str) -> Path | None:
    """The program of this name: unpacked in the user's cache, or the system's own; None if there is neither."""
    unpacked = programs_folder() / name
    if os.access(unpacked, os.X_OK):
        return unpacked
    found = shutil.which(name, path=_PLACES)
    return Path(found) if found else None


def missing_programs() -> list[str]:
    """Names of programs that machines need and that are not here; empty if machines can be started."""
    missing = [name for name in (*_OUTSIDE, *_INSIDE) if find(name) is None]
    return missing + ([] if os.access(SFTP_SERVER, os.X_OK) else ["sftp-server"])


def require() -> None:
    """Nothing if machines can be started here.

    Raises:
        SandboxMissingError: a program is missing, or the system lets this user make no namespaces.
    """
    missing = missing_programs()
    if missing:
        raise SandboxMissingError(f"The harnesses' sandbox needs {', '.join(missing)}, not found here.\n{_REMEDY}")
    refused = _namespaces_refused()
    if refused:
        raise SandboxMissingError(
            f"The harnesses' sandbox needs user namespaces, which this system refuses: {refused}\n"
            "Allow them (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces=10000; on Ubuntu 24.04 "
            "also\nkernel.apparmor_restrict_unprivileged_userns=0), or run on a machine or container that has them."
        )


@cache
def _namespaces_refused() -> str:
    """What the system says if no namespaces of our own can be made, "" if they can; asked once a process."""
    asked = [
        str(find("unshare")),
        "--user",
        "--map-root-user",
        "--net",
        "--mount",
        "--pid",
        "--fork",
        "--mount-proc",
        "true",
    ]
    done = subprocess.run(asked, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return (done.stderr.strip() or f"unshare ended with {done.returncode}") if done.returncode else ""
