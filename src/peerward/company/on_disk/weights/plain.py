"""Finds where bytes of originals stand in other bytes, at any alignment.

Keyed bytes tell by themselves where they stood; lines of text are looked up in an index, made when it is first needed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from peerward.company.on_disk.weights.keyed import WORD_BYTES, places
from peerward.company.on_disk.weights.original import Original

if TYPE_CHECKING:
    from peerward.company.on_disk.weights.keyed import Words

_PROBE_STEP_BYTES = 64
"""A stretch of keyed bytes of this and a few more is met by a probe, wherever it begins."""
_HEAD_BYTES = 24
_SURE_BYTES = 24
"""So many bytes must agree before a place counts as found."""
_FIRST_LOOK_BYTES = 4096
_SHORTEST_LINE = 20
_LONGEST_PAUSE = 8
"""In a large text, one line in so many is indexed."""
_LARGE_TEXT_BYTES = 1 << 20
_MOST_ALIKE = 8
_STEP_BYTES = 1 << 18
BEHIND_BYTES = 1 << 16
"""So far before a probe or an indexed line may what it belongs to begin."""


@dataclass(frozen=True)
class Hit:
    """Bytes at ``position`` are those of an original from ``offset`` on."""

    position: int
    original: Original
    offset: int


class Known:
    """The originals, made ready to be found."""

    def __init__(self, originals: Sequence[Original]) -> None:
        """Take the originals; empty ones cannot be found."""
        self.originals = sorted((each for each in originals if each.size_bytes), key=lambda each: each.key)
        self._keys = [each.key for each in self.originals]

    def first(self, data: bytes, behind: bytes = b"") -> Hit | None:
        """The first place in ``data`` at which bytes of an original stand, keyed or at its very beginning.

        Args:
            data: Where to look.
            behind: What stands before it and is no known original's; the place may begin in it (position below 0).
        """
        if at_start := self._longest(data, ((0, each, 0) for each in self._heads.get(data[:_HEAD_BYTES], ()))):
            return at_start
        hit = self._probe(data[:_FIRST_LOOK_BYTES])
        if hit is None and len(data) > _FIRST_LOOK_BYTES:
            hit = self._probe(data)
        return None if hit is None else _pulled_back(hit, data, behind)

    def first_line(self, data: bytes, behind: bytes = b"") -> Hit | None:
        """The first place in ``data`` at which a line of a text stands."""
        if not any(each.text for each in self.originals):
            return None
        position = 0
        for line in data.split(b"\n"):
            if len(line) >= _SHORTEST_LINE and line.isascii() and (found := self._lines.get(hash(line))):
                alike = ((position, self.originals[number], offset) for number, offset in found)
                if hit := self._longest(data, alike):
                    return _pulled_back(hit, data, behind)
            position += len(line) + 1
        return None

    def _probe(self, data: bytes) -> Hit | None:
        """The first of the probes that meets keyed bytes: each 64 bytes, at eight alignments."""
        import numpy as np

        count = (len(data) - 2 * WORD_BYTES + 1) // _PROBE_STEP_BYTES + 1
        if count <= 0 or not self._keys:
            return None
        keys, lengths = self._ranges
        words: Any = np.ndarray((count, WORD_BYTES), dtype="<u8", buffer=data, strides=(_PROBE_STEP_BYTES, 1))
        found = places(words.ravel())
        whose = np.maximum(np.searchsorted(keys, found, side="right"), 1) - 1
        for at in np.flatnonzero(found - keys[whose] < lengths[whose]):
            position = int(at) // WORD_BYTES * _PROBE_STEP_BYTES + int(at) % WORD_BYTES
            original = self.originals[whose[at]]
            hit = Hit(position, original, (int(found[at]) - original.key) * WORD_BYTES)
            if _agree(data, hit) >= min(_SURE_BYTES, len(data) - position):
                return hit
        return None

    @cached_property
    def _ranges(self) -> "tuple[Words, Words]":
        """Keys and lengths in words, in the order of the keys."""
        import numpy as np

        lengths = [each.size_bytes // WORD_BYTES for each in self.originals]
        return np.array(self._keys, dtype=np.uint64), np.array(lengths, dtype=np.uint64)

    def _longest(self, data: bytes, alike: Iterator[tuple[int, Original, int]]) -> Hit | None:
        """Of several places that may be meant, the one with the most bytes that agree."""
        hits = [Hit(*each) for each in alike]
        lengths = [_agree(data, hit, _STEP_BYTES) for hit in hits]
        longest = max(lengths, default=0)
        return hits[lengths.index(longest)] if longest >= _SHORTEST_LINE else None

    @cached_property
    def _heads(self) -> dict[bytes, list[Original]]:
        """Originals by their first bytes."""
        heads: dict[bytes, list[Original]] = {}
        for each in self.originals:
            heads.setdefault(each.read(0, _HEAD_BYTES), []).append(each)
        return heads

    @cached_property
    def _lines(self) -> dict[int, list[tuple[int, int]]]:
        """Lines of the texts, by their hash: number of the original and offset there."""
        lines: dict[int, list[tuple[int, int]]] = {}
        for number, original in enumerate(self.originals):
            if original.text:
                pause = _LONGEST_PAUSE if original.size_bytes > _LARGE_TEXT_BYTES else 1
                for count, (offset, line) in enumerate(_lines_of(original)):
                    if count % pause == 0 and len(line) >= _SHORTEST_LINE:
                        found = lines.setdefault(hash(line), [])
                        if len(found) < _MOST_ALIKE:
                            found.append((number, offset))
        return lines


def agreeing(data: bytes, original: Original, offset: int) -> int:
    """How many bytes at the start of ``data`` are those of an original from ``offset`` on."""
    made = original.read(offset, offset + len(data))
    if data[: len(made)] == made:
        return len(made)
    import numpy as np

    differ = np.frombuffer(data, dtype=np.uint8, count=len(made)) != np.frombuffer(made, dtype=np.uint8)
    return int(differ.argmax())


def _agree(data: bytes, hit: Hit, most: int = _SURE_BYTES) -> int:
    return agreeing(data[hit.position : hit.position + most], hit.original, hit.offset)


def _pulled_back(hit: Hit, data: bytes, behind: bytes) -> Hit:
    """The hit with the bytes before it that are the original's too."""
    import numpy as np

    before = (behind + data[: hit.position])[-BEHIND_BYTES:]
    # Most often it begins near by.
    for size in (_FIRST_LOOK_BYTES, BEHIND_BYTES):
        made = hit.original.read(hit.offset - min(size, len(before)), hit.offset)
        same = len(made)
        if made and before[-same:] != made:
            differ = np.frombuffer(before[-same:], dtype=np.uint8) != np.frombuffer(made, dtype=np.uint8)
            same -= int(np.flatnonzero(differ)[-1]) + 1
            break
    return Hit(hit.position - same, hit.original, hit.offset - same)


def _lines_of(original: Original) -> Iterator[tuple[int, bytes]]:
    """Each whole line of a text, with its offset."""
    offset, held = 0, b""
    for part in original.payload():
        *lines, held = (held + part).split(b"\n")
        for line in lines:
            yield offset, line
            offset += len(line) + 1
    if held:
        yield offset, held
