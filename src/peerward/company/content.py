"""Content identity: which bytes of which original lie in a file, however it was copied, packed or cut.

A file's content is a sequence of extents, each a byte range of an original. Copying repeats extents, packing
concatenates them, splitting cuts them; so "where are the weights now?" is an exact sum over ranges.
"""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict


class Extent(BaseModel):
    """Bytes ``start`` (included) to ``stop`` (excluded) of the original named ``content``."""

    model_config = ConfigDict(frozen=True)

    content: str
    start: int
    stop: int

    @property
    def size_bytes(self) -> int:
        """How many bytes the extent holds."""
        return self.stop - self.start


Content = tuple[Extent, ...]


def original(content: str, size_bytes: int) -> Content:
    """The content of a file that holds an original as a whole."""
    return (Extent(content=content, start=0, stop=size_bytes),)


def size_bytes(content: Content) -> int:
    """How many bytes a content holds."""
    return sum(extent.size_bytes for extent in content)


def cut(content: Content, part_bytes: int) -> list[Content]:
    """Cut a content into consecutive parts of at most ``part_bytes`` bytes each."""
    parts: list[Content] = []
    current: list[Extent] = []
    room = part_bytes
    for extent in content:
        start = extent.start
        while start < extent.stop:
            stop = min(extent.stop, start + room)
            current.append(Extent(content=extent.content, start=start, stop=stop))
            room -= stop - start
            start = stop
            if room == 0:
                parts.append(tuple(current))
                current, room = [], part_bytes
    if current:
        parts.append(tuple(current))
    return parts


def covered_bytes(content: str, carriers: Iterable[Sequence[Extent]]) -> int:
    """How many bytes of an original are present in at least one of the carriers."""
    ranges = sorted((e.start, e.stop) for carrier in carriers for e in carrier if e.content == content)
    total = reached = 0
    for start, stop in ranges:
        if stop > reached:
            total += stop - max(start, reached)
            reached = stop
    return total
