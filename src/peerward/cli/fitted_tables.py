"""Tables that fit the terminal: no word is broken, however narrow it is."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_GAP = 2
_NARROW_GAP = 1


def fitted(
    title: str,
    grouped: str,
    heads: Sequence[str],
    rows: Sequence[tuple[str, Sequence[str]]],
    width: int,
    left: int,
    spare: Sequence[int] = (),
) -> RenderableType:
    """A table in so many columns of a terminal.

    Where it does not fit as it is, groups become lines of their own, an interval goes below its number, and columns
    that can be spared are left out.

    Args:
        title: What stands above it.
        grouped: The heading of the groups.
        heads: The headings of the columns.
        rows: The rows, each with the group to which it belongs.
        width: The terminal's columns.
        left: How many columns stand to the left; the others are numbers.
        spare: The columns that can be left out, by place, what is spared first at the beginning.
    """
    whole = [(grouped, *heads), *((group, *row) for group, row in rows)]
    natural = [max(len(row[place]) for row in whole) for place in range(len(heads) + 1)]
    if sum(natural) + _GAP * len(heads) <= width:
        return _wide(title, (grouped, *heads), rows, left)
    broken = [(group, [_broken(cell) for cell in row]) for group, row in rows]
    kept = list(range(len(heads)))
    for place in (*spare, None):
        longest = [max(map(_longest_word, (heads[each], *(row[each] for _, row in broken)))) for each in kept]
        if sum(longest) + _NARROW_GAP * (len(kept) - 1) <= width or place is None:
            break
        kept.remove(place)
    return _narrow(title, [heads[each] for each in kept], broken, kept, longest, width, left)


def _table(title: str, gap: int, header: bool = True) -> Table:
    return Table(
        title=Text(title) if title else None,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, gap, 0, 0),
        show_header=header,
    )


def _wide(title: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], left: int) -> Table:
    table, last = _table(title, _GAP), None
    for place, heading in enumerate(heads):
        table.add_column(heading, justify="left" if place <= left else "right")
    for group, row in rows:
        table.add_row(*map(Text, ("" if group == last else group, *row)))
        last = group
    return table


def _narrow(
    title: str,
    heads: Sequence[str],
    rows: Sequence[tuple[str, Sequence[str]]],
    kept: Sequence[int],
    longest: Sequence[int],
    width: int,
    left: int,
) -> Group:
    room = max(0, width - sum(longest) - _NARROW_GAP * (len(kept) - 1))
    widths = []
    for place, least in zip(kept, longest, strict=True):
        most = max((len(line) for _, row in rows for line in row[place].split("\n")), default=0)
        widths.append(least + min(room, max(0, most - least)))
        room -= widths[-1] - least
    first = _table(title, _NARROW_GAP)
    parts: list[RenderableType] = [first]
    tables = {group: _table("", _NARROW_GAP, header=False) for group, _ in rows}
    for each in (first, *tables.values()):
        for place, heading, own in zip(kept, heads, widths, strict=True):
            each.add_column(heading, justify="left" if place < left else "right", width=own, overflow="fold")
    for group, row in rows:
        tables[group].add_row(*(Text(row[place]) for place in kept))
    for group, table in tables.items():
        parts += [Text(group, style="italic"), table]
    return Group(*parts)


def _broken(cell: str) -> str:
    """A cell with an interval, or what stands in brackets, on a line of its own."""
    return cell.replace(" [", "\n[").replace(" (", "\n(").replace("] ", "]\n")


def _longest_word(text: str) -> int:
    """How wide what must not be broken is: a word, or an interval."""
    parts = [part for line in text.split("\n") for part in ([line] if line.startswith("[") else line.split())]
    return max(map(len, parts), default=0)
