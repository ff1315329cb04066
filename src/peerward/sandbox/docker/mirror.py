"""A local folder kept the same as a container's files: what did not change there is not touched here.

Reading back tells what a critic touched by number and dates of files. So a file that is written in place keeps its
number here, one that is moved takes it along, and one that is as it was keeps even the date of its last change. The
folder is ours alone and nothing runs in it; links in it are made and removed, and never followed.
"""

import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from peerward.sandbox.docker.listing import Entry, Listing

Fill = Callable[[str, Iterable[bytes]], None]
"""Takes the path and the bytes of a file."""


@dataclass(frozen=True)
class Change:
    """What is different between two listings.

    Attributes:
        gone: What is to be taken away, inner things first; those that come again changed are among it.
        made: What is to be made or settled, folders before what lies in them.
    """

    gone: tuple[str, ...]
    made: Listing

    def wanted(self, limit_bytes: int) -> list[str]:
        """Of every file that is to be made and has bytes, one path; larger ones are left out, they are holes."""
        paths: dict[str, str] = {}
        for path, entry in self.made.items():
            if entry.kind == "f" and 0 < entry.size_bytes <= limit_bytes:
                paths.setdefault(entry.inode, path)
        return list(paths.values())


def changed(old: Listing, new: Listing) -> Change:
    """What is to be done to a folder that shows the old listing so that it shows the new one."""
    before, after = _names(old), _names(new)
    # All names of a file are made anew together.
    moved = {inode for inode in before.keys() | after.keys() if before.get(inode) != after.get(inode)}

    def is_same(path: str, entry: Entry) -> bool:
        return old.get(path) == new.get(path) and entry.inode not in moved

    def is_still_folder(path: str) -> bool:
        return all(path in each and each[path].kind == "d" for each in (old, new))

    gone = [path for path, entry in old.items() if not is_same(path, entry) and not is_still_folder(path)]
    made = {path: entry for path, entry in new.items() if not is_same(path, entry)}
    return Change(tuple(reversed(gone)), made)


def _names(listing: Listing) -> dict[str, dict[str, Entry]]:
    """The names of every file, by its number."""
    found: dict[str, dict[str, Entry]] = defaultdict(dict)
    for path, entry in listing.items():
        if entry.kind == "f":
            found[entry.inode][path] = entry
    return found


@dataclass(frozen=True)
class Mirror:
    """A folder that shows a container's files, and one beside it for files on their way."""

    root: Path
    beside: Path

    def apply(self, old: Listing, change: Change, bring: Callable[[Fill], None]) -> None:
        """Make a change.

        Args:
            old: What the folder shows.
            change: What is different now.
            bring: Called once with a function that takes the path and the bytes of each file that is wanted.
        """
        self._open_up(old)
        kept = self._take_away(old, change)

        def fill(path: str, pieces: Iterable[bytes]) -> None:
            inode = change.made[path].inode
            place = kept.get(inode, self.beside / inode.replace(":", "-"))
            # Written in place: it keeps its number.
            with place.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
            filled[inode] = place

        filled: dict[str, Path] = {}
        bring(fill)
        for inode in kept.keys() - filled.keys():
            kept[inode].unlink()
        for path, entry in change.made.items():
            self._make(path, entry, filled)
        for place in filled.values():
            place.unlink()
        gone = set(change.gone)
        folders = [(path, entry) for path, entry in (old | change.made).items() if entry.kind == "d"]
        for path, entry in reversed(folders):
            if path not in gone:
                with suppress(FileNotFoundError):
                    _settle(self._at(path), entry)

    def _open_up(self, old: Listing) -> None:
        """Let ourselves into folders that their owner has closed; they are closed again in the end."""
        for path, entry in old.items():
            if entry.kind == "d" and entry.mode & stat.S_IRWXU != stat.S_IRWXU:
                with suppress(FileNotFoundError):
                    self._at(path).chmod(entry.mode | stat.S_IRWXU)

    def _take_away(self, old: Listing, change: Change) -> dict[str, Path]:
        """Remove what is gone; of each file that comes again one name is kept beside, by its number."""
        coming = {entry.inode for entry in change.made.values() if entry.kind == "f"}
        kept: dict[str, Path] = {}
        for path in change.gone:
            entry, place = old[path], self._at(path)
            with suppress(FileNotFoundError):
                if entry.kind == "d":
                    place.rmdir()
                elif entry.kind == "f" and entry.inode in coming and entry.inode not in kept:
                    beside = self.beside / entry.inode.replace(":", "-")
                    place.rename(beside)
                    beside.chmod(0o600)
                    kept[entry.inode] = beside
                else:
                    place.unlink()
        return kept

    def _make(self, path: str, entry: Entry, filled: dict[str, Path]) -> None:
        place = self._at(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        if entry.kind == "d":
            place.mkdir(exist_ok=True)
            place.chmod(entry.mode | stat.S_IRWXU)
        elif entry.kind == "l":
            place.symlink_to(entry.link_to)
            os.utime(place, ns=(entry.modified_ns, entry.modified_ns), follow_symlinks=False)
        elif entry.kind == "f":
            if entry.inode not in filled:
                # Empty, a hole as large as no disk here, or gone since it was listed: no bytes came.
                filled[entry.inode] = self.beside / entry.inode.replace(":", "-")
                filled[entry.inode].touch()
                os.truncate(filled[entry.inode], entry.size_bytes)
            place.hardlink_to(filled[entry.inode])
            _settle(place, entry)
        else:
            # Whatever it is, it holds nothing: it shows as something that is no file.
            os.mkfifo(place, 0o600)
            _settle(place, entry)

    def _at(self, path: str) -> Path:
        """Where a path of the container lies here; ValueError if a link stands in the way."""
        place = self.root
        *way, name = path.strip("/").split("/")
        for part in way:
            place = place / part
            if place.is_symlink():
                raise ValueError(f"{path}: a link stands in the way at {place}")
        return place / name


def _settle(place: Path, entry: Entry) -> None:
    """Give a file or folder its mode and date."""
    place.chmod(entry.mode)
    os.utime(place, ns=(entry.modified_ns, entry.modified_ns))
