"""The text of a file, unit by unit: rows of its form, drawn from its key, filled to the last byte."""

import re
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from peerward.company.on_disk.weights.forms import Form
from peerward.company.on_disk.weights.keyed import filled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Letters = NDArray[np.uint8]

UNIT_BYTES = 1 << 16
"""A text is made in units of this size, each of whole rows, so that any part is made without the rest."""

_TOKEN = re.compile(r"\{(?:day|time|secs)\}|<[^<>]*\|[^<>]*>|[#^@]|~")
_TOLD_WIDTHS = {"{day}": 10, "{time}": 8, "{secs}": 8}
_LETTERS = {
    token: (letters * 256)[:256]
    for token, letters in (("#", b"0123456789"), ("^", b"123456789"), ("@", b"0123456789abcdef"))
}
"""What each byte drawn stands for."""
_KEPT_UNITS = 4
_DRAWN_OUT = (
    " and entered with the others of that week; the earlier sheet stays where it was, and the next one follows at the"
    " end of the month as agreed"
)
_MONTH_DAYS = 31


class Text:
    """The text that a file of some form and size holds."""

    def __init__(self, form: Form, key: int, name: str, size_bytes: int) -> None:
        """Lay the text out; nothing is made yet."""
        days = days_told(name)
        self._days = days
        self._key = key
        self._size = size_bytes
        self._made: dict[int, bytes] = {}
        self._last = max(1, size_bytes // UNIT_BYTES) - 1
        self._head, self._tail = form.head.encode(), form.tail.encode()
        if len(self._head) + len(self._tail) > size_bytes // 2:
            self._head, self._tail = b"", b""
        pattern = form.row if days else form.undated
        fields: dict[str, list[int]] = {}
        blank, stretch = "", 0
        at = 0
        for found in _TOKEN.finditer(pattern):
            blank += pattern[at : found.start()]
            at, token = found.end(), found.group()
            if token == "~":
                stretch = len(blank)
                continue
            width = _TOLD_WIDTHS.get(token) or (len(token[1:-1].split("|")[0]) if len(token) > 1 else 1)
            fields.setdefault(token, []).append(len(blank))
            blank += " " * width
        blank += pattern[at:]
        self._fields, self._stretch, self._blank = fields, stretch, blank.encode()

    def read(self, start: int, stop: int) -> bytes:
        """Bytes ``start`` (included) to ``stop`` (excluded)."""
        first, last = (min(at // UNIT_BYTES, self._last) for at in (start, max(start, stop - 1)))
        made = b"".join(self._unit(number) for number in range(first, last + 1))
        return made[start - first * UNIT_BYTES : max(start, stop) - first * UNIT_BYTES]

    def _unit(self, number: int) -> bytes:
        """The bytes of one unit; the last few are kept, as what is looked through goes to and fro."""
        if number not in self._made:
            if len(self._made) >= _KEPT_UNITS:
                del self._made[next(iter(self._made))]
            self._made[number] = self._make(number)
        return self._made[number]

    def _make(self, number: int) -> bytes:
        """The bytes of one unit: all of one size but the last, which takes what is left."""
        start = number * UNIT_BYTES
        stop = self._size if number == self._last else start + UNIT_BYTES
        head = self._head if number == 0 else b""
        tail = self._tail if stop == self._size else b""
        # A file too short for a row is a few words.
        room = stop - start - len(head) - len(tail)
        if room < len(self._blank):
            return (head + _words(max(0, room - 1)) + b"\n"[: max(0, room)] + tail)[: stop - start]
        count = room // len(self._blank)
        rows = self._rows(start, count).tobytes()
        cut = len(rows) - len(self._blank) + self._stretch
        return head + rows[:cut] + _words(room - len(rows)) + rows[cut:] + tail

    def _rows(self, start: int, count: int) -> "Letters":
        """Rows of a unit, as letters."""
        import numpy as np

        width = len(self._blank)
        # Column by column, which is several times as quick as row by row.
        columns: Any = np.empty((width, count), dtype=np.uint8)
        columns[:] = np.frombuffer(self._blank, dtype=np.uint8)[:, None]
        drawn: Any = np.frombuffer(filled(self._key, start, start + count * width), dtype=np.uint8)
        drawn = drawn.reshape(width, count)
        # Thousandths of a second are fine enough for any day, and exact on every machine.
        reached_ms = (np.arange(count, dtype=np.int64) * width + start) * self._span_ms // max(1, self._size)
        for token, at in self._fields.items():
            if len(token) == 1:
                columns[at] = np.frombuffer(_LETTERS[token], dtype=np.uint8)[drawn[at]]
            elif token in _TOLD_WIDTHS:
                for first in at:
                    columns[first : first + _TOLD_WIDTHS[token]] = self._told(token, reached_ms)
            else:
                words = np.array([list(word.encode()) for word in token[1:-1].split("|")], dtype=np.uint8)
                for first in at:
                    columns[first : first + words.shape[1]] = words.T[:, drawn[first] % len(words)]
        return columns.T  # type: ignore[no-any-return]

    def _told(self, token: str, reached_ms: Any) -> Any:
        """Day, time or seconds for each row, as columns of letters."""
        import numpy as np

        if token == "{day}":
            return self._calendar.T[:, reached_ms // 86_400_000]
        seconds = reached_ms // 1000
        if token == "{secs}":
            return [seconds // 10**power % 10 + ord("0") for power in range(7, -1, -1)]
        parts = (seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
        digits = [digit + ord("0") for part in parts for digit in (part // 10, part % 10)]
        colon = np.full(len(seconds), ord(":"))
        return [*digits[:2], colon, *digits[2:4], colon, *digits[4:]]

    @property
    def _span_ms(self) -> int:
        """How long the rows go on."""
        return 86_400_000 * max(1, len(self._days))

    @cached_property
    def _calendar(self) -> "Letters":
        """The days, each as ten letters."""
        import numpy as np

        days = b"".join(day.isoformat().encode() for day in self._days)
        return np.frombuffer(days, dtype=np.uint8).reshape(-1, 10)


def days_told(name: str) -> tuple[date, ...]:
    """The days that a file of some name is about: up to the day, of the quarter, month or year that it tells."""
    if found := re.search(r"(20\d\d)-(\d\d)-(\d\d)", name):
        try:
            last = date(*map(int, found.groups()))
        except ValueError:
            return ()
        return _days(last - timedelta(days=_MONTH_DAYS - 1), last + timedelta(days=1))
    if found := re.search(r"(20\d\d)-?q([1-4])", name, re.IGNORECASE):
        year, quarter = map(int, found.groups())
        return _days(date(year, 3 * quarter - 2, 1), _after(year, 3 * quarter))
    if (found := re.search(r"(20\d\d)-(\d\d)(?!\d)", name)) and 1 <= int(found[2]) <= 12:
        return _days(date(int(found[1]), int(found[2]), 1), _after(int(found[1]), int(found[2])))
    if found := re.search(r"(?<!\d)(20\d\d)(?!\d)", name):
        return _days(date(int(found[1]), 1, 1), _after(int(found[1]), 12))
    return ()


def _after(year: int, month: int) -> date:
    """The first day after a month."""
    return date(year + month // 12, month % 12 + 1, 1)


def _days(first: date, end: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=number) for number in range((end - first).days))


def _words(count: int) -> bytes:
    """Some bytes of plain words."""
    text = _DRAWN_OUT.encode()
    return (text * (count // len(text) + 1))[:count]
