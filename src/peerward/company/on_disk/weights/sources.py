"""Bytes that come one after another: of a file, of pieces joined again, of the part of another source."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

Place = tuple[str, str]
"""A machine's name and a path there."""
CHUNK_BYTES = 1 << 20


class Source(Protocol):
    """Something to read from, and the file from which the bytes read last came."""

    @property
    def place(self) -> Place:
        """Where the bytes read last lie."""

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; none at the end, and none where reading fails."""


@dataclass
class Allowance:
    """How many bytes may still be looked at, read or unpacked."""

    left: int

    def grant(self, size: int) -> int:
        """As many of the bytes as may be looked at."""
        return min(size, max(0, self.left))

    def spend(self, data: bytes) -> bytes:
        """Take bytes off the allowance."""
        self.left -= len(data)
        return data


class Granted:
    """A source whose bytes are taken off an allowance."""

    def __init__(self, source: Source, allowance: Allowance) -> None:
        """Read from a source while there is an allowance."""
        self._source = source
        self._allowance = allowance

    @property
    def place(self) -> Place:
        """Where the bytes read last lie."""
        return self._source.place

    def read(self, size: int) -> bytes:
        """Bytes of the source, within the allowance."""
        granted = self._allowance.grant(size)
        return self._allowance.spend(self._source.read(granted)) if granted else b""


class Files:
    """Files one after another, each opened when its turn comes."""

    def __init__(self, files: Sequence[tuple[Place, Callable[[], BinaryIO]]], allowance: Allowance) -> None:
        """Take the files in their order."""
        self._coming = list(reversed(files))
        self._open: BinaryIO | None = None
        self._allowance = allowance
        self.place: Place = files[0][0] if files else ("", "")

    def read(self, size: int) -> bytes:
        """Bytes of one of the files; the next begins where one has ended or cannot be read."""
        while granted := self._allowance.grant(size):
            try:
                if self._open is None:
                    if not self._coming:
                        break
                    self.place, opener = self._coming.pop()
                    self._open = opener()
                if data := self._open.read(granted):
                    return self._allowance.spend(data)
            except (OSError, ValueError):
                # Gone or changed since it was listed: it holds nothing that could be read.
                pass
            self.close()
        self.close()
        return b""

    def close(self) -> None:
        """Close what is open."""
        if self._open is not None:
            self._open.close()
            self._open = None


class Window:
    """A source that can be looked into before it is read, and that knows from where each of its bytes came."""

    def __init__(self, source: Source) -> None:
        """Look into a source from where it is."""
        self._source = source
        self._ahead = b""
        self._at = 0
        self._starts: list[int] = []
        self._places: list[Place] = []
        self.position = 0

    @property
    def place(self) -> Place:
        """Where the byte before the position lies."""
        at = bisect_right(self._starts, max(0, self.position - 1)) - 1
        return self._places[at] if at >= 0 else self._source.place

    def peek(self, size: int) -> bytes:
        """The next bytes, as many as asked for unless the source ends before; they stay."""
        held = len(self._ahead) - self._at
        if held < size:
            parts = [self._ahead[self._at :]]
            while held < size and (data := self._source.read(max(size - held, CHUNK_BYTES))):
                self._mark(self.position + held)
                parts.append(data)
                held += len(data)
            self._ahead, self._at = b"".join(parts), 0
        return self._ahead[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, all from one file, so that ``place`` tells from which."""
        if self._at >= len(self._ahead):
            self.peek(1)
        stop = min(size, self._next_start(self.position) - self.position)
        data = self._ahead[self._at : self._at + stop]
        self.skip(len(data))
        return data

    def skip(self, size: int) -> None:
        """Go on by some of the bytes looked at."""
        self._at += size
        self.position += size

    def put_back(self, data: bytes) -> None:
        """Go back by the bytes read last."""
        self._ahead, self._at = data + self._ahead[self._at :], 0
        self.position -= len(data)

    def shares(self, start: int, stop: int) -> list[tuple[Place, int, int]]:
        """From which files the bytes between two positions came: place, first and last position."""
        found = []
        while start < stop:
            at = bisect_right(self._starts, start) - 1
            end = min(stop, self._next_start(start))
            found.append((self._places[at], start, end))
            start = end
        return found

    def _mark(self, position: int) -> None:
        if not self._places or self._places[-1] != self._source.place:
            self._starts.append(position)
            self._places.append(self._source.place)

    def _next_start(self, position: int) -> int:
        """Where the next file's bytes begin."""
        at = bisect_right(self._starts, position)
        return self._starts[at] if at < len(self._starts) else 1 << 62


class Bounded:
    """The next bytes of a window, up to a number."""

    def __init__(self, window: Window, size: int) -> None:
        """Read no more than ``size`` bytes of the window."""
        self._window = window
        self.left = size

    @property
    def place(self) -> Place:
        """Where the bytes read last lie."""
        return self._window.place

    def read(self, size: int) -> bytes:
        """Bytes of the window, within the bound."""
        data = self._window.read(min(size, self.left)) if self.left > 0 else b""
        self.left -= len(data)
        return data

    def drain(self) -> None:
        """Pass over what is left."""
        while self.read(CHUNK_BYTES):
            pass
