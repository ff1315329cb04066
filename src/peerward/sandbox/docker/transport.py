"""Files in and out of a container as tar archives, between the container and a folder of ours.

In, an archive goes as the input of ``tar``. Out, it is cut into pieces on the container's own layer, since output of
commands is text, a file is read up to a size, and a mounted folder cannot be read from outside at all.
"""

import io
import os
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO

from peerward.sandbox.docker.box import Box
from peerward.sandbox.docker.listing import Listing, list_command, read_listing
from peerward.sandbox.docker.mirror import Fill, Mirror, changed

_STAGE = "/root/.cache"
"""Where pieces lie while they are read: root's own, and no mounted folder."""
_PIECE_BYTES = 64 << 20
_BATCH_BYTES = 32 << 20
"""About how much goes in at once."""
_SECONDS = 600
_IN = ("/bin/tar", "--extract", "--file=-", "--same-owner", "--same-permissions", "--numeric-owner")
_OUT = (
    'stage=$1; at=$2; tar --create --file=- --directory="$at" --format=gnu --sparse --no-recursion '
    # A file can go while it is read: what came is taken.
    '--verbatim-files-from --null --files-from="$stage/wanted" --ignore-failed-read 2>/dev/null '
    '| split -b "$PIECE" - "$stage/piece."; ls "$stage" | grep "^piece" || :'
)


class TransportError(RuntimeError):
    """Files could not be taken into or out of a container; the message says what its tar said."""


class Transport:
    """The way between the files of one container and a folder of ours that shows them."""

    def __init__(
        self, box: Box, folder: Path, writable: Sequence[str], owner: int, most_mb: int, at: str = "/"
    ) -> None:
        """Take a container.

        Args:
            box: The container.
            folder: An empty folder of ours, closed to others; ``tree`` below it shows the container.
            writable: The folders of the container that its user can write to; nothing else is moved.
            owner: The number of its user and group.
            most_mb: No file with more than that can really be there.
            at: Where the container's ``/`` is for its commands.
        """
        self.root = folder / "tree"
        self._box, self._writable, self._owner, self._at = box, tuple(writable), owner, at
        self._most_bytes = most_mb << 20
        self._stage = f"{at.rstrip('/')}{_STAGE}"
        beside = folder / "beside"
        for each in (self.root, beside):
            each.mkdir(mode=0o700)
        self._mirror = Mirror(self.root, beside)
        self._shown: Listing = {}

    def put(self) -> None:
        """Take all that lies in our folder into the container, and take what then lies there as known.

        Raises:
            ValueError: If something lies where the container's user cannot write.
            TransportError: If it did not go in.
        """
        for archive in self._archives():
            self._do([*_IN, f"--directory={self._at}"], archive)
        self._shown = self._listed(self._writable)

    def fetch(self, folder: str = "/") -> None:
        """Bring our folder up to date below a folder of the container.

        Raises:
            TransportError: If it did not come out.
        """
        folders = [each for each in self._writable if _is_below(each, folder)] or [folder]
        old = {path: entry for path, entry in self._shown.items() if any(_is_below(path, each) for each in folders)}
        new = self._listed(folders)
        change = changed(old, new)

        def bring(fill: Fill) -> None:
            wanted = change.wanted(self._most_bytes)
            if wanted:
                self._bring(wanted, fill)

        self._mirror.apply(old, change, bring)
        self._shown = {path: entry for path, entry in self._shown.items() if path not in old} | new

    def _listed(self, folders: Sequence[str]) -> Listing:
        at, into = self._at.rstrip("/"), f"{self._stage}/list"
        self._do(["/bin/mkdir", "-p", self._stage])
        self._do(list_command([f"{at}{each}" for each in folders], into))
        return read_listing(self._box.read(into), self._at)

    def _bring(self, wanted: Sequence[str], fill: Fill) -> None:
        names = b"".join(os.fsencode(path.lstrip("/")) + b"\0" for path in wanted)
        write = ["/bin/sh", "-c", 'rm -f "$1"/piece.*; cat > "$1/wanted"', "sh", self._stage]
        self._do(write, names)
        out = self._do(["/usr/bin/env", f"PIECE={_PIECE_BYTES}", "/bin/sh", "-c", _OUT, "sh", self._stage, self._at])
        pieces = [f"{self._stage}/{name}" for name in out.decode().split()]
        archive = _Joined(self._box.read(piece) for piece in pieces)
        # Read from front to back, and only regular files of it: what else the archive holds is not believed.
        asked = set(wanted)
        with tarfile.open(fileobj=archive, mode="r|", encoding="utf-8", errors="surrogateescape") as files:
            for member in files:
                path = f"/{member.name}"
                if member.isreg() and path in asked:
                    asked.discard(path)
                    content = files.extractfile(member)
                    assert content is not None
                    fill(path, _pieces(content))
        self._do(["/bin/sh", "-c", 'rm -f "$1"/piece.*', "sh", self._stage])

    def _do(self, argv: Sequence[str], input: bytes | None = None) -> bytes:
        done = self._box.run(argv, input=input, root=True, cwd="/", timeout=_SECONDS)
        if done.returncode:
            raise TransportError(
                f"{argv[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace').strip()}"
            )
        return done.stdout

    def _archives(self) -> Iterator[bytes]:
        """Our folder as archives of a moderate size; a file is never cut."""
        buffer = io.BytesIO()
        archive = _new_archive(buffer)
        folders: list[tarfile.TarInfo] = []
        for place in sorted(self.root.rglob("*")):
            path = f"/{place.relative_to(self.root)}"
            if not any(_is_below(path, each) for each in self._writable):
                if place.is_dir() and not place.is_symlink():
                    continue
                raise ValueError(f"{path} lies where the container's user cannot write: {', '.join(self._writable)}")
            member = archive.gettarinfo(place, path.lstrip("/"))
            member.uid = member.gid = self._owner
            member.uname = member.gname = ""
            member.pax_headers = {"mtime": _seconds(place.lstat().st_mtime_ns)}
            if member.isdir():
                folders.append(member)
            elif member.isreg():
                with place.open("rb") as file:
                    archive.addfile(member, file)
            else:
                archive.addfile(member)
            if buffer.tell() > _BATCH_BYTES:
                archive.close()
                yield buffer.getvalue()
                buffer = io.BytesIO()
                archive = _new_archive(buffer)
        # Last, since what is put into a folder dates it anew.
        for member in folders:
            archive.addfile(member)
        archive.close()
        yield buffer.getvalue()


class _Joined(io.RawIOBase):
    """Pieces read one after the other, each only when it is needed."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
        taken = bytes(self._left[:size]) if size >= 0 else bytes(self._left)
        self._left = self._left[len(taken) :]
        return taken


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(1 << 20):
        yield piece


def _new_archive(buffer: io.BytesIO) -> tarfile.TarFile:
    return tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8", errors="surrogateescape")


def _seconds(nanoseconds: int) -> str:
    """A date as an archive has it, to the nanosecond."""
    whole, rest = divmod(nanoseconds, 10**9)
    return f"{whole}.{rest:09d}"


def _is_below(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it."""
    return PurePosixPath(path).is_relative_to(folder)
