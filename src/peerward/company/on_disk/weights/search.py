"""Looks through files for bytes of originals: plain at any alignment, in archives, compressed, written as text."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from peerward.company.content import Extent
from peerward.company.on_disk.weights.encoded import Decoded, encoding_at
from peerward.company.on_disk.weights.original import Original
from peerward.company.on_disk.weights.packed import PACKERS, Unpacked, is_tar, packer_at, tar_members, zip_members
from peerward.company.on_disk.weights.plain import BEHIND_BYTES, Hit, Known, agreeing
from peerward.company.on_disk.weights.sources import CHUNK_BYTES, Allowance, Bounded, Granted, Place, Source, Window

DEPTH = 5
"""So many wrappings, one in another, are taken off: base64 of a tar.xz makes three."""
MOST_RUNS = 50_000
"""After so many stretches of originals in one file, the rest of it is not looked at."""
_LOOKS_BYTES = (1 << 12, 1 << 16, CHUNK_BYTES)
"""How far is looked for what comes next: first near by, as most often it begins at once."""
_KEPT_BYTES = 512
"""What is looked at again with the next bytes, as a header may stand across the border."""
_FIRST_STEP_BYTES = 1 << 16
_OVERLAP_BYTES = 1 << 10
_SHORTEST_LINE = 20
_MOST_TRIES = 8
_WRAPPINGS = (b"7z\xbc\xaf\x27\x1c", b"\x04\x22\x4d\x18", b"070701", b"!<arch>\n", b"Rar!\x1a\x07", b"MSCF", b"hsqs")
"""How archives begin that are not walked through, but may hold bytes as they are."""

_Opening = tuple[int, Callable[[Window], Iterable[Source]]]
"""Where something begins that holds others, and what gives these, one after another."""


@dataclass
class Seen:
    """What was found in one file: extents as they were met, and how many bytes lay plain and how many packed."""

    extents: list[Extent] = field(default_factory=list)
    plain_bytes: int = 0
    packed_bytes: int = 0


class Search:
    """One look through some bytes; ``seen`` tells what was found in which file."""

    def __init__(self, known: Known, allowance: Allowance) -> None:
        """Look for known originals for as long as there is an allowance."""
        self._known = known
        self._allowance = allowance
        self._runs = 0
        self.seen: dict[Place, Seen] = defaultdict(Seen)

    def scan(self, source: Source, depth: int = 0) -> None:
        """Look through a source to its end."""
        window = Window(source)
        behind, is_wrapped = b"", depth > 0
        while self._runs < MOST_RUNS and (start := window.peek(_KEPT_BYTES)):
            is_wrapped = is_wrapped or (window.position == 0 and start.startswith(_WRAPPINGS))
            if _is_uniform(start) and _is_uniform(data := window.peek(CHUNK_BYTES)):
                window.skip(len(data))
                behind = data[-BEHIND_BYTES:]
                continue
            hit, opening = self._next(window, behind, depth)
            if hit is not None:
                behind = self._follow(window, hit, is_wrapped)
            elif opening is not None:
                at, inside = opening
                window.skip(at)
                before = window.position
                for member in inside(window):
                    # Members of an archive are bytes that were counted when the archive was read.
                    counted = member if isinstance(member, Bounded) else Granted(member, self._allowance)
                    self.scan(counted, depth + 1)
                behind = b""
                if window.position <= before:
                    window.skip(1)
            else:
                data = window.peek(CHUNK_BYTES)
                passed = len(data) if len(data) < CHUNK_BYTES else len(data) - _KEPT_BYTES
                window.skip(passed)
                behind = (behind + data[:passed])[-BEHIND_BYTES:]

    def _next(self, window: Window, behind: bytes, depth: int) -> tuple[Hit | None, _Opening | None]:
        """What comes first: bytes of an original, or something to be opened."""
        for size in _LOOKS_BYTES:
            near = window.peek(size)
            hit = self._known.first(near, behind)
            before = near if hit is None else near[: max(0, hit.position)]
            opening = self._opening(near, len(before)) if depth < DEPTH else None
            if opening is not None:
                hit, before = None, before[: opening[0]]
            line = self._known.first_line(before, behind) if len(before) >= _SHORTEST_LINE else None
            if line is not None:
                return line, None
            if hit is not None or opening is not None:
                return hit, opening
            if len(near) < size:
                break
        return None, None

    def _opening(self, data: bytes, stop: int) -> _Opening | None:
        """The first thing that begins before ``stop`` and holds others, and how to come at what it holds.

        Whether it is one is told by all of the data: what follows may show that a magic stands there by chance.
        """
        found: list[_Opening] = []
        if (tar := _first(data, b"ustar", -257, lambda at: is_tar(data[at : at + 512]), stop)) is not None:
            found.append((tar, tar_members))
        if (zipped := _first(data, b"PK\x03\x04", 0, lambda at: data[at + 5 : at + 6] == b"\0", stop)) is not None:
            found.append((zipped, zip_members))
        for magic, build in PACKERS.items():
            packed = _first(data, magic, 0, lambda at: packer_at(data[at : at + 8192]) is not None, stop)
            if packed is not None:
                found.append((packed, partial(_unpacked, build)))
        if encoded := encoding_at(data[:stop]):
            at, encoding = encoded
            found.append((at, lambda window: [Decoded(window, encoding, self._is_recognised)]))
        return min(found, key=lambda opening: opening[0], default=None)

    def _is_recognised(self, data: bytes) -> bool:
        """Whether a sample holds bytes of an original, or something to be opened, or is text."""
        return (
            self._known.first(data) is not None
            or any(data.startswith(magic) for magic in (*PACKERS, b"PK\x03\x04"))
            or data[257:262] == b"ustar"
            or data.isascii()
        )

    def _follow(self, window: Window, hit: Hit, is_wrapped: bool) -> bytes:
        """Go on for as long as the bytes are those of the original; returns the last of them.

        What comes next may begin in them: a byte more may have agreed by chance.
        """
        self._runs += 1
        start = window.position + hit.position
        window.skip(max(0, hit.position))
        offset, step, last = hit.offset + window.position - start, _FIRST_STEP_BYTES, b""
        while data := window.peek(step):
            same = agreeing(data, hit.original, offset)
            window.skip(same)
            offset += same
            last = (last + data[:same])[-_OVERLAP_BYTES:]
            if same < len(data):
                break
            step = min(2 * step, CHUNK_BYTES)
        self._claim(window, hit.original, hit.offset, start, is_wrapped)
        return last

    def _claim(self, window: Window, original: Original, offset: int, start: int, is_wrapped: bool) -> None:
        """Note what was found for each file that holds a share of it."""
        first, last = original.grown(offset, offset + window.position - start)
        for place, begins, ends in window.shares(start, window.position):
            extent_start = first if begins == start else offset + begins - start
            extent_stop = last if ends == window.position else offset + ends - start
            seen = self.seen[place]
            seen.extents.append(Extent(content=original.content, start=extent_start, stop=extent_stop))
            if is_wrapped:
                seen.packed_bytes += ends - begins
            else:
                seen.plain_bytes += ends - begins


def _is_uniform(data: bytes) -> bool:
    """Whether all bytes are the same, as where a file is empty space."""
    return not data.strip(data[:1])


def _unpacked(build: Callable[[], Any], window: Window) -> list[Source]:
    return [Unpacked(window, build)]


def _first(data: bytes, magic: bytes, shift: int, is_real: Callable[[int], bool], stop: int) -> int | None:
    """Where something begins, before ``stop``, that its magic bytes tell and that holds on a closer look."""
    at = data.find(magic)
    for _ in range(_MOST_TRIES):
        if at < 0 or at + shift >= stop:
            return None
        if at + shift >= 0 and is_real(at + shift):
            return at + shift
        at = data.find(magic, at + 1)
    return None
