"""The files of one machine, seen from outside: no symbolic link is ever followed, whatever lies there.

Whoever works on the machine can put anything in the way: a link to a file of ours, a pipe that never ends, a folder
that nobody may enter. So every step goes by the descriptor of the folder before it and refuses links.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from peerward.company.on_disk.pinned import (
    EPOCH,
    FOLDER_ONLY,
    PATH_ONLY,
    Found,
    again,
    allowed,
    is_shut,
    look,
    names_in,
    step,
)

__all__ = ["Found", "Tree"]

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_HELD = 64
"""How many folders on the way down are held open at once; the rest are opened again on the way back."""


class MachineGoneError(RuntimeError):
    """A machine of which nothing can be read any more: it has ended, which is not the same as holding no files."""


@dataclass
class _Level:
    """A folder on the way down: its subfolders yet to come, and its descriptor while it is held."""

    path: str
    shut_in: bool
    held: int
    folders: list[str] = field(default_factory=list)

    def close(self) -> None:
        if self.held >= 0:
            os.close(self.held)
            self.held = -1


class Tree:
    """The files of one machine.

    Names that are no UTF-8 come as Python's file names do, with surrogates for the odd bytes.
    """

    def __init__(self, root: Path, owner: tuple[int, int] | None = None) -> None:
        """Take a folder as the machine's ``/``.

        Every method raises MachineGoneError once it is not there: a machine that has ended must not read as an empty
        one.

        Args:
            root: The folder; the way to it is ours and may hold links.
            owner: User and group that new files and folders get (needs root), or None for our own.
        """
        self._root = root
        self._owner = owner

    def write(
        self, path: str, data: bytes | Iterable[bytes], *, mode: int = 0o644, modified: datetime | None = None
    ) -> None:
        """Write a file anew, whatever file lay there; folders on the way are made.

        Args:
            path: Where, absolute inside the machine.
            data: What, at once or in pieces.
            mode: Its permission bits.
            modified: When it says it was written, or None for now.

        Raises:
            OSError: If a link or a file stands where a folder should.
        """
        *way, name = _parts(path)
        folder = self._descend(way, make=True)
        try:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
            new = os.open(name, _NEW_FILE, 0o600, dir_fd=folder)
        finally:
            os.close(folder)
        with os.fdopen(new, "wb") as file:
            for piece in (data,) if isinstance(data, bytes) else data:
                file.write(piece)
            file.flush()
            self._settle(new, mode, modified)

    def folder(self, path: str, mode: int = 0o755, *, modified: datetime | None = None) -> None:
        """Make a folder and those above it, or give one that is there this mode and date."""
        pinned = self._descend(_parts(path), make=True)
        try:
            self._settle(pinned, mode, modified)
        finally:
            os.close(pinned)

    def entries(self, folder: str = "/") -> Iterator[Found]:
        """Everything below a folder but the folders themselves; nothing if there is no such folder.

        Folders that are closed to their owner are read all the same where we may.
        """
        way = _parts(folder, may_be_root=True)
        with suppress(OSError):
            shut_in = self._is_any_shut(way)
            levels = [_Level("/" + "/".join(way), shut_in, self._descend(way))]
            try:
                yield from self._look_through(levels[-1])
                while levels:
                    if not levels[-1].folders:
                        levels.pop().close()
                        continue
                    below = self._below(levels[-1], levels[-1].folders.pop())
                    if below is not None:
                        levels.append(below)
                        yield from self._look_through(below)
                    if len(levels) > _MOST_HELD:
                        levels[-_MOST_HELD - 1].close()
            finally:
                for level in levels:
                    level.close()

    def find(self, path: str) -> Found | None:
        """What lies at a path, or None if nothing or a folder does."""
        *way, name = _parts(path)
        with suppress(OSError):
            above = self._descend(way)
            try:
                return look(above, name, path, self._is_any_shut(way))
            finally:
                os.close(above)
        return None

    def open(self, path: str) -> BinaryIO:
        """A regular file, open for reading.

        Raises:
            FileNotFoundError: If nothing lies there, or a link or a file stands where a folder should.
            ValueError: If it is no regular file.
        """
        *way, name = _parts(path)
        try:
            above = self._descend(way)
            try:
                pinned = allowed(above, lambda: os.open(name, PATH_ONLY, dir_fd=above))
            finally:
                os.close(above)
        except OSError as error:
            raise FileNotFoundError(f"{path}: no such file on this machine ({error.strerror})") from error
        try:
            if not stat.S_ISREG(os.fstat(pinned).st_mode):
                raise ValueError(f"{path} is no regular file")
            # Opened by the descriptor: the name may be something else by now.
            return allowed(pinned, lambda: again(pinned).open("rb"))
        finally:
            os.close(pinned)

    def read(self, path: str, limit_bytes: int = 64 << 20) -> bytes:
        """The bytes of a regular file, at most the first ``limit_bytes`` of them.

        Raises:
            FileNotFoundError: If nothing lies there.
            ValueError: If it is no regular file.
        """
        with self.open(path) as file:
            return file.read(limit_bytes)

    def _look_through(self, level: _Level) -> Iterator[Found]:
        """The entries of a folder; its subfolders are noted for later."""
        names: list[str] = []
        with suppress(OSError):
            names = names_in(level.held)
        for name in names:
            with suppress(OSError):  # gone in between
                found = look(level.held, name, _joined(level.path, name), level.shut_in)
                if found is None:
                    level.folders.append(name)
                else:
                    yield found
        level.folders.reverse()

    def _below(self, level: _Level, name: str) -> _Level | None:
        """A subfolder of a folder, None if it is gone."""
        try:
            if level.held < 0:
                level.held = self._descend(_parts(level.path, may_be_root=True))
            pinned = step(level.held, name)
        except OSError:
            return None
        return _Level(_joined(level.path, name), level.shut_in or is_shut(pinned), pinned)

    def _descend(self, way: list[str], make: bool = False) -> int:
        """A descriptor of the folder at the end of a way.

        Raises:
            MachineGoneError: If there is not even a ``/``.
            OSError: If there is no such folder.
        """
        try:
            current = os.open(self._root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise MachineGoneError(f"the machine's files are gone: {self._root} ({error.strerror})") from error
        for name in way:
            try:
                below = self._step(current, name, make)
            finally:
                os.close(current)
            current = below
        return current

    def _step(self, folder: int, name: str, make: bool) -> int:
        try:
            return step(folder, name)
        except FileNotFoundError:
            if not make:
                raise
        os.mkdir(name, 0o755, dir_fd=folder)
        made = os.open(name, FOLDER_ONLY, dir_fd=folder)
        self._settle(made, 0o755, None)
        return made

    def _is_any_shut(self, way: list[str]) -> bool:
        """Whether a folder on a way is closed to its owner."""
        for length in range(1, len(way) + 1):
            pinned = self._descend(way[:length])
            try:
                if is_shut(pinned):
                    return True
            finally:
                os.close(pinned)
        return False

    def _settle(self, descriptor: int, mode: int, modified: datetime | None) -> None:
        """Give a file or folder its owner, mode and date."""
        path = again(descriptor)
        if self._owner is not None:
            os.chown(path, *self._owner)
        path.chmod(mode)
        if modified is not None:
            moment_ns = round((modified - EPOCH) / timedelta(microseconds=1)) * 1000
            os.utime(path, ns=(moment_ns, moment_ns))


def _joined(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}"


def _parts(path: str, may_be_root: bool = False) -> list[str]:
    """The names on the way to a path."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not path.startswith("/") or ".." in parts or not (parts or may_be_root):
        raise ValueError(f"{path!r} is no absolute path inside a machine; begin with / and leave out ..")
    return parts
