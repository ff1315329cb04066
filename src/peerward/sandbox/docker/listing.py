"""What lies in folders of a container, as ``find`` lists it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from os import fsdecode, fsencode

_FORMAT = r"%y\0%m\0%s\0%D:%i\0%T@\0%C@\0%l\0%p\0"
_FIELDS = 8


@dataclass(frozen=True)
class Entry:
    """A file, folder, link or other thing of a container.

    Attributes:
        kind: ``find``'s letter: f, d, l, or another.
        mode: Its permission bits.
        size_bytes: How large it is.
        inode: Device and number, which all names of one file share.
        modified_ns: When it was last written, in nanoseconds since 1970.
        changed_ns: When anything about it last changed; nobody can set this date back.
        link_to: The text of a symbolic link, else an empty text.
    """

    kind: str
    mode: int
    size_bytes: int
    inode: str
    modified_ns: int
    changed_ns: int
    link_to: str


Listing = dict[str, Entry]
"""Entries by path, absolute inside the container; a folder comes before what lies in it."""


def list_command(folders: Sequence[str], into: str) -> list[str]:
    """The command that lists folders with all below them into a file; links are listed and not followed."""
    # A file can go while it is listed, and a folder that is asked for need not be there: neither is a failure.
    script = 'into=$1; shift; find -P "$@" -fprintf "$into" "$FORMAT" 2>/dev/null; test -e "$into"'
    return ["/usr/bin/env", f"FORMAT={_FORMAT}", "/bin/sh", "-c", script, "sh", into, *folders]


def read_listing(data: bytes, at: str) -> Listing:
    """The entries of a listing.

    Args:
        data: What the command wrote.
        at: Where the container's ``/`` is for its commands; taken off the paths.
    """
    words = data.split(b"\0")[:-1]
    found = {}
    for first in range(0, len(words) - _FIELDS + 1, _FIELDS):
        kind, mode, size, inode, modified, changed, link_to, path = words[first : first + _FIELDS]
        entry = Entry(
            kind=kind.decode(),
            mode=int(mode, 8),
            size_bytes=int(size),
            inode=inode.decode(),
            modified_ns=_nanoseconds(modified),
            changed_ns=_nanoseconds(changed),
            link_to=fsdecode(link_to),
        )
        found[fsdecode(path.removeprefix(fsencode(at.rstrip("/"))))] = entry
    return found


def _nanoseconds(seconds: bytes) -> int:
    return int(Decimal(seconds.decode()) * 10**9)
