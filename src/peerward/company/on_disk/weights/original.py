"""An original: the bytes of one file of the company, any part of which is made without the rest."""

from collections.abc import Iterator

from peerward.company.on_disk.weights.archives import UNIT_BYTES
from peerward.company.on_disk.weights.forms import FORMS
from peerward.company.on_disk.weights.keyed import filled, key_of
from peerward.company.on_disk.weights.shapes import Shape, shape_of
from peerward.company.on_disk.weights.text import Text

_STEP_BYTES = 1 << 20


class Original:
    """The bytes of a file, as its content's name, its own name and its size determine them.

    Attributes:
        content: The name of the content.
        size_bytes: How many bytes there are.
        key: The key of its bytes.
        text: What makes its text, or None where it is no text.
    """

    def __init__(self, content: str, name: str, size_bytes: int) -> None:
        """Lay an original out; nothing is made yet."""
        self.content = content
        self.size_bytes = size_bytes
        self.key = key_of(content)
        form = FORMS.get(name.lower().rpartition(".")[2]) if "." in name else None
        self.text = None if form is None else Text(form, self.key, name, size_bytes)
        self._shape = shape_of(name, size_bytes) if form is None else Shape(b"")
        self._head_stop = len(self._shape.head)
        self._body_stop = size_bytes - len(self._shape.tail)
        self._made: tuple[int, bytes] = (-1, b"")

    def read(self, start: int, stop: int) -> bytes:
        """Bytes ``start`` (included) to ``stop`` (excluded), as far as there are any."""
        start, stop = max(0, start), min(stop, self.size_bytes)
        framing = self._shape.framing
        if self.text is not None:
            return self.text.read(start, stop)
        if not framing.lead_bytes and not framing.is_summed:
            return self._overlaid(start, stop)
        units = range(start // UNIT_BYTES, -(-stop // UNIT_BYTES))
        made = b"".join(self._unit(number) for number in units)
        skipped = start - start // UNIT_BYTES * UNIT_BYTES
        return made[skipped : skipped + max(0, stop - start)]

    def payload(self) -> Iterator[bytes]:
        """All bytes, in parts."""
        for start in range(0, self.size_bytes, _STEP_BYTES):
            yield self.read(start, start + _STEP_BYTES)

    def grown(self, start: int, stop: int) -> tuple[int, int]:
        """A range with the wrapping beside it: who has an archive's inside misses nothing without its headers."""
        shape = self._shape
        if not shape.is_archive:
            return start, stop
        lead = shape.framing.lead_bytes
        first, last = self._head_stop + lead, self._body_stop
        if start <= first:
            start = 0
        elif lead and start % UNIT_BYTES == lead:
            start -= lead
        if stop >= last:
            stop = self.size_bytes
        elif lead and stop % UNIT_BYTES == 0:
            stop += lead
        return start, stop

    def _overlaid(self, start: int, stop: int) -> bytes:
        """Keyed bytes with head and tail over them."""
        if start >= self._head_stop and stop <= self._body_stop:
            return filled(self.key, start, stop)
        parts = (
            self._shape.head[start:stop],
            filled(self.key, max(start, self._head_stop), min(stop, self._body_stop)),
            self._shape.tail[max(0, start - self._body_stop) : max(0, stop - self._body_stop)],
        )
        return b"".join(parts)

    def _unit(self, number: int) -> bytes:
        """One unit of an archive, kept until another is asked for."""
        if self._made[0] != number:
            self._made = (number, self._framed(number))
        return self._made[1]

    def _framed(self, number: int) -> bytes:
        """One unit of an archive, framed."""
        start, stop = number * UNIT_BYTES, min(self.size_bytes, (number + 1) * UNIT_BYTES)
        first, last = max(start, self._head_stop), min(stop, self._body_stop)
        if first >= last:
            return self._overlaid(start, stop)
        piece = bytearray(filled(self.key, first, last))
        self._shape.framing.framed(piece, is_first=first == self._head_stop, is_last=last == self._body_stop)
        return self._overlaid(start, first) + bytes(piece) + self._overlaid(last, stop)
