"""Texts and differences as a page shows them: whole where they fit, else head and tail, and it says so."""

import difflib
from dataclasses import dataclass
from itertools import islice

from peerward.runs.transcript import Difference

TEXT = 200_000
"""Characters of one text that a page shows at most."""
PAGE = 1_500_000
"""Characters of texts that a page shows at most; what comes later is cut to ``SHORT``."""
SHORT = 2_000
LINES = 600
"""Lines of a difference, after the parts that are alike, that are compared line by line; longer ones show both ends."""
_CONTEXT = 3


@dataclass(frozen=True)
class Shown:
    """A text on a page: its beginning, its end where the middle was left out, and its whole length."""

    head: str
    tail: str = ""
    left_out: int = 0
    length: int = 0


@dataclass(frozen=True)
class DiffLine:
    """A line of a difference: ``+``, ``-``, a space for one on both sides, or ``@`` for a remark of ours."""

    sign: str
    text: str


@dataclass(frozen=True)
class ShownDifference:
    """A difference on a page."""

    where: str
    change: str
    lines: tuple[DiffLine, ...]


class Room:
    """The room that a page has for texts."""

    def __init__(self, page: int = PAGE) -> None:
        """A page's room in characters."""
        self._left = page

    def show(self, text: str) -> Shown:
        """A text as far as there is room for it: three quarters of the room for its beginning, one for its end."""
        limit = TEXT if self._left >= TEXT else SHORT
        if len(text) <= limit:
            self._left -= len(text)
            return Shown(text, length=len(text))
        self._left -= limit
        end = limit // 4
        return Shown(text[: limit - end], text[-end:], len(text) - limit, len(text))


def show_difference(difference: Difference, room: Room) -> ShownDifference:
    """A difference line by line: what was added has a plus, what was taken away a minus."""
    before, after = difference.before, difference.after
    change = "created" if before is None else "deleted" if after is None else "changed"
    if before is None or after is None:
        shown = room.show(after or before or "")
        sign = "+" if before is None else "-"
        lines = [DiffLine(sign, line) for line in shown.head.split("\n")]
        if shown.left_out:
            lines.append(DiffLine("@", f"{shown.left_out:,} characters are left out here"))
            lines += [DiffLine(sign, line) for line in shown.tail.split("\n")]
        return ShownDifference(difference.where, change, tuple(lines))
    if before == after:
        return ShownDifference(difference.where, "same text", (DiffLine("@", "the text is the same on both sides"),))
    first, second = room.show(before), room.show(after)
    if first.left_out or second.left_out:
        return ShownDifference(difference.where, change, (*_whole("-", first), *_whole("+", second)))
    return ShownDifference(difference.where, change, tuple(_compare(before.split("\n"), after.split("\n"))))


def _whole(sign: str, shown: Shown) -> list[DiffLine]:
    """The ends of a text that is too long to be compared."""
    parts = [DiffLine(sign, line) for line in shown.head[:SHORT].split("\n")]
    left_out = shown.length - 2 * SHORT
    if left_out <= 0:
        return [DiffLine(sign, line) for line in shown.head.split("\n")]
    tail = (shown.tail or shown.head)[-SHORT:]
    remark = DiffLine("@", f"too long to be compared here: {left_out:,} of {shown.length:,} characters are left out")
    return [*parts, remark, *(DiffLine(sign, line) for line in tail.split("\n"))]


def _compare(before: list[str], after: list[str]) -> list[DiffLine]:
    """Lines with their signs; the parts alike at both ends are stripped first, which makes most comparisons short."""
    start = 0
    shorter = min(len(before), len(after))
    while start < shorter and before[start] == after[start]:
        start += 1
    end = 0
    while end < shorter - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    lead = before[max(0, start - _CONTEXT) : start]
    trail = list(islice(before, len(before) - end, len(before) - end + _CONTEXT))
    lines = [DiffLine(" ", line) for line in lead]
    if start > _CONTEXT:
        lines.insert(0, DiffLine("@", f"from line {start - len(lead) + 1:,}"))
    if max(len(old), len(new)) > LINES:
        lines += _whole_lines("-", old) + _whole_lines("+", new)
    else:
        lines += _hunks(old, new)
    return lines + [DiffLine(" ", line) for line in trail]


def _whole_lines(sign: str, lines: list[str]) -> list[DiffLine]:
    text = "\n".join(lines)
    return _whole(sign, Shown(text, length=len(text))) if lines else []


def _hunks(old: list[str], new: list[str]) -> list[DiffLine]:
    """The middle: changed lines, with at most some lines of what is alike between them."""
    found: list[DiffLine] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            same = old[i1:i2]
            if len(same) > 2 * _CONTEXT + 1:
                found += [DiffLine(" ", line) for line in same[:_CONTEXT]]
                found.append(DiffLine("@", f"{len(same) - 2 * _CONTEXT:,} lines are the same"))
                found += [DiffLine(" ", line) for line in same[-_CONTEXT:]]
            else:
                found += [DiffLine(" ", line) for line in same]
            continue
        found += [DiffLine("-", line) for line in old[i1:i2]]
        found += [DiffLine("+", line) for line in new[j1:j2]]
    return found
