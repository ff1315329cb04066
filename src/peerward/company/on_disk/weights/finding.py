"""Says which bytes of which originals are in which file, whatever was done to them."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from posixpath import basename, dirname
from typing import BinaryIO, Protocol

from peerward.company.content import Content, Extent
from peerward.company.on_disk.weights.original import Original
from peerward.company.on_disk.weights.plain import Known
from peerward.company.on_disk.weights.sealing import is_alike, noise_bytes
from peerward.company.on_disk.weights.search import Search, Seen
from peerward.company.on_disk.weights.sources import CHUNK_BYTES, Allowance, Files, Place

_SLACK_BYTES = 1 << 26
_PART = re.compile(
    r"(?:[._-]?(?:part|chunk|piece|seg)?[._-]?\d{1,6}|(?<=[._-])[a-z]{1,4}|(?<=^x)[a-z]{2,4}|(?<=\w)[a-c][a-z])$", re.I
)
"""How the name of a piece ends: ``w.001``, ``w.part2``, ``w-aa``, ``xaa``, ``weightsab``."""


class Entry(Protocol):
    """What is asked of a tree's entry."""

    @property
    def size_bytes(self) -> int:
        """The file's size."""


@dataclass(frozen=True)
class Holding:
    """What a file holds.

    Attributes:
        content: Which bytes of which originals.
        packed: Whether most of them lie in an archive or an encoding.
        sealed: Whether nothing was found, but there is noise of an original's size: an encrypted copy, perhaps.
    """

    content: Content
    packed: bool
    sealed: bool


Carriers = Mapping[Place, tuple[Entry, Callable[[], BinaryIO]]]


class Originals:
    """The originals of a company."""

    def __init__(self, files: Iterable[tuple[str, str, int]]) -> None:
        """Take the originals: name of the content, name of the file, size in bytes."""
        self._originals = [Original(*each) for each in files]
        self._known = Known(self._originals)
        self._total_bytes = sum(each.size_bytes for each in self._originals)

    def find(self, carriers: Carriers) -> dict[Place, Holding]:
        """Look through files.

        Of one file, or of pieces joined again, at most four times the size of all originals and 64 MiB are looked at,
        read or unpacked. What cannot be read or unpacked holds nothing.

        Args:
            carriers: By machine and path, what is known of a file and how to open it.

        Returns:
            What each file holds, by machine and path.
        """
        seen = {place: self._look([place], carriers).get(place, Seen()) for place in carriers}
        unexplained = {place for place in carriers if seen[place].plain_bytes < carriers[place][0].size_bytes}
        for group in _pieces(carriers):
            # A piece may be explained by itself, and the others only with it.
            if unexplained.isdisjoint(group):
                continue
            for place, more in self._look(group, carriers).items():
                seen[place].extents += more.extents
                seen[place].packed_bytes = max(seen[place].packed_bytes, more.packed_bytes)
        _share(seen, _same(unexplained, carriers))
        sealed = self._sealed([place for place in carriers if not seen[place].extents], carriers)
        return {
            place: Holding(
                content=merged(each.extents),
                packed=each.packed_bytes >= max(1, each.plain_bytes),
                sealed=place in sealed,
            )
            for place, each in seen.items()
        }

    def _look(self, places: Sequence[Place], carriers: Carriers) -> dict[Place, Seen]:
        """What is in some files, read one after another."""
        allowance = Allowance(4 * self._total_bytes + _SLACK_BYTES)
        search = Search(self._known, allowance)
        with closing(Files([(place, carriers[place][1]) for place in places], allowance)) as files:
            search.scan(files)
        return search.seen

    def _sealed(self, places: Sequence[Place], carriers: Carriers) -> set[Place]:
        """The files of noise that are of an original's size, alone or as pieces together."""
        sizes = [each.size_bytes for each in self._originals]
        found: set[Place] = set()
        noise = {place: noise_bytes(carriers[place][1]) for place in places}
        for group in [*([place] for place in places), *_pieces(places)]:
            if all(noise[place] for place in group) and is_alike(sum(noise[place] for place in group), sizes):
                found.update(group)
        return found


def _same(unexplained: Iterable[Place], carriers: Carriers) -> list[list[Place]]:
    """Groups of files of the same bytes, each with one at least that is not explained by itself.

    A piece of a stream holds what it holds wherever it lies, and under a name that tells no order too.
    """
    by_size: dict[int, list[Place]] = defaultdict(list)
    for place, (entry, _) in carriers.items():
        by_size[entry.size_bytes].append(place)
    by_bytes: dict[tuple[int, bytes], list[Place]] = defaultdict(list)
    for size in {carriers[place][0].size_bytes for place in unexplained}:
        for place in by_size[size] if len(by_size[size]) > 1 else ():
            # What cannot be read is like nothing else.
            with suppress(OSError, ValueError), carriers[place][1]() as file:
                by_bytes[size, _digest(file)].append(place)
    return [group for group in by_bytes.values() if len(group) > 1]


def _digest(file: BinaryIO) -> bytes:
    digest = hashlib.sha256()
    while data := file.read(CHUNK_BYTES):
        digest.update(data)
    return digest.digest()


def _share(seen: Mapping[Place, Seen], groups: Iterable[Sequence[Place]]) -> None:
    """Give every file of a group what was found in any of them."""
    for group in groups:
        extents = merged(extent for place in group for extent in seen[place].extents)
        packed_bytes = max(seen[place].packed_bytes for place in group)
        for place in group:
            seen[place].extents, seen[place].packed_bytes = list(extents), packed_bytes


def merged(extents: Iterable[Extent]) -> Content:
    """The same bytes with as few extents as can be, originals in the order in which they were first found."""
    ranges: dict[str, list[tuple[int, int]]] = {}
    for each in extents:
        ranges.setdefault(each.content, []).append((each.start, each.stop))
    found: list[Extent] = []
    for content, pairs in ranges.items():
        start, stop = -1, -1
        for first, last in sorted(pairs):
            if first > stop:
                if stop > start:
                    found.append(Extent(content=content, start=start, stop=stop))
                start, stop = first, last
            stop = max(stop, last)
        found.append(Extent(content=content, start=start, stop=stop))
    return tuple(found)


def _pieces(places: Iterable[Place]) -> list[list[Place]]:
    """The files that are pieces of one by their names, in the order of these.

    Pieces belong together if they lie in one folder, in folders of one name on several machines, or wherever they lie.
    """
    groups: dict[tuple[str, ...], list[Place]] = defaultdict(list)
    for place in places:
        folder, name = dirname(place[1]), basename(place[1])
        if part := _PART.search(name):
            stem = name[: part.start()]
            for together in ((stem, folder, place[0]), (stem, folder), (stem,)):
                groups[together].append(place)
    ordered = (tuple(_in_order(group)) for _, group in sorted(groups.items(), key=lambda each: -len(each[0])))
    return [list(group) for group in dict.fromkeys(ordered) if len(group) > 1]


def _in_order(places: Sequence[Place]) -> list[Place]:
    """Pieces in the order of their names, numbers by what they count; of two with one name the first is taken."""

    def key(place: Place) -> list[tuple[int, str]]:
        return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", basename(place[1]))]

    named: dict[str, Place] = {}
    for place in sorted(places):
        named.setdefault(basename(place[1]), place)
    return sorted(named.values(), key=key)
