"""Looking at files by descriptors that pin them, so that nothing can be put in their place between two looks."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

PATH_ONLY = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
FOLDER_ONLY = PATH_ONLY | os.O_DIRECTORY
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_ENTER = stat.S_IRUSR | stat.S_IXUSR
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Found:
    """One entry of a tree, never followed.

    Attributes:
        path: Where it lies, absolute inside the machine, e.g. ``/srv/a.bin``.
        kind: ``file``, ``link`` or ``other`` (a pipe, a socket, a device).
        size_bytes: How large it is.
        modified: When it was last written, by the machine's own clock, in UTC.
        mode: Its permission bits.
        link_to: The target text of a symbolic link, else an empty text.
        inode: The number that all names of one file share.
        shut_in: Whether it lies in a folder that its owner may not enter or list.
        changed_ns: When anything about it last changed, in nanoseconds since 1970; nobody can set this date back.
    """

    path: str
    kind: str
    size_bytes: int
    modified: datetime
    mode: int
    link_to: str
    inode: int
    shut_in: bool = False
    changed_ns: int = 0

    @property
    def is_readable(self) -> bool:
        """Whether its owner may read it where it lies."""
        return bool(self.mode & stat.S_IRUSR) and not self.shut_in


def again(descriptor: int) -> Path:
    """A path that is what a descriptor stands for, whatever has its name by now."""
    return Path(f"/proc/self/fd/{descriptor}")


def allowed(pinned: int, action: Callable[[], _Result]) -> _Result:
    """Do something with a file or folder; if its mode forbids it, with the mode opened up for that moment."""
    try:
        return action()
    except PermissionError:
        mode = stat.S_IMODE(os.fstat(pinned).st_mode)
        again(pinned).chmod(mode | stat.S_IRWXU)
        try:
            return action()
        finally:
            again(pinned).chmod(mode)


def step(folder: int, name: str) -> int:
    """A descriptor of a folder in a folder.

    Raises:
        OSError: If there is none, or a link stands there.
    """
    return allowed(folder, lambda: os.open(name, FOLDER_ONLY, dir_fd=folder))


def names_in(folder: int) -> list[str]:
    """The names in a folder, in order."""
    return allowed(folder, lambda: sorted(each.name for each in again(folder).iterdir()))


def is_shut(folder: int) -> bool:
    """Whether a folder's owner may not enter or list it."""
    return os.fstat(folder).st_mode & _ENTER != _ENTER


def look(folder: int, name: str, path: str, shut_in: bool) -> Found | None:
    """What a name in a folder stands for, or None if it is a folder.

    Raises:
        OSError: If there is nothing of that name.
    """
    status = allowed(folder, lambda: os.stat(name, dir_fd=folder, follow_symlinks=False))
    if stat.S_ISDIR(status.st_mode):
        return None
    kind, link_to = "other", ""
    if stat.S_ISREG(status.st_mode):
        kind = "file"
    elif stat.S_ISLNK(status.st_mode):
        kind, link_to = "link", allowed(folder, lambda: os.readlink(name, dir_fd=folder))
    return Found(
        path=path,
        kind=kind,
        size_bytes=status.st_size,
        modified=_moment(status.st_mtime_ns),
        mode=stat.S_IMODE(status.st_mode),
        link_to=link_to,
        inode=status.st_ino,
        shut_in=shut_in,
        changed_ns=status.st_ctime_ns,
    )


def _moment(ns: int) -> datetime:
    """A file's date; one that no calendar holds is moved to the nearest that does."""
    try:
        return min(max(EPOCH + timedelta(microseconds=ns // 1000), _FIRST), _LAST)
    except OverflowError:
        return _LAST if ns > 0 else _FIRST
