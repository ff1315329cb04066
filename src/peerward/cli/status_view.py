"""How a run is, as a table for the terminal: critics, scenarios and cells, folded to what fits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from peerward.cli import status_words as words
from peerward.design.counting import counted
from peerward.runs.running.merged import Counts, added

if TYPE_CHECKING:
    from peerward.runs.running.merged import CellStatus, CriticStatus
    from peerward.runs.running.status import Status

_STYLES = {"running": "green", "draining": "yellow", "stopped": "yellow", "finished": "green", "silent": "bold red"}
_NAME, _RATE = "critic, scenario, cell", "interim rate"
_HEADING = ("done", "planned", "running", "failed", "valid")
_ALL = 10_000
_NARROW = 78
"""Columns below which those that matter least are left out."""


def view(status: "Status", width: int = 80, rows: int = _ALL) -> RenderableType:
    """A status as it is printed.

    Args:
        status: The status.
        width: How many columns there are.
        rows: The most lines; cells, then scenarios, then critics are folded to keep to them.
    """
    console = Console(width=width)
    head, foot, glance = _head(status, width), _foot(status), Text(words.GLANCE, style="dim")
    room = rows - sum(len(line.wrap(console, width)) for line in (*head, *foot, glance)) - 1
    told = _rows(status, max(room, 3))
    # What is said of interim rates is said where there are any.
    return Group(*head, _table(told, width), *foot, *([glance] if any(row.rate for row in told) else []))


def _head(status: "Status", width: int) -> list[Text]:
    title = Text(words.clean(status.study, 40) or "trials of no study", style="bold")
    root, most = words.clean(status.root), max(16, width - len(title) - 4)
    title.append(f" in {root if len(root) <= most else '…' + root[1 - most :]}", style="dim")
    lines = [title, Text(words.state(status), style=_STYLES[status.state.value])]
    told = "; ".join(part for part in (words.who(status), words.sessions(status)) if part)
    if told:
        lines.append(Text(told, style="dim"))
    return lines


def _foot(status: "Status") -> list[Text]:
    told = words.spend(status)
    left = words.time_left(status)
    lines = [Text(told[0].upper() + told[1:] + (f"; {left}" if left else ""))]
    if waits := words.waits(status):
        lines.append(Text(waits[0].upper() + waits[1:], style="yellow"))
    lines += [Text(f"Error: {each}", style="red") for each in words.errors(status)]
    lines += [Text(f"Note: {each}", style="yellow") for each in words.notes(status)]
    return lines


def _table(rows: "Sequence[_Row]", width: int) -> Table:
    headings = _HEADING if width >= _NARROW else _HEADING[:3]
    cells = (headings, *(row.cells for row in rows))
    widths = [max(len(each[column]) for each in cells) for column in range(len(headings))]
    rest = width - sum(widths) - len(headings) - 1
    named = rest >= max(len(_NAME), *(len(row.name) for row in rows)) + max(len(row.rate_named) for row in rows)
    last = max(len(_RATE), *(len(row.rate_named if named else row.rate) for row in rows))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(_NAME, no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(_RATE, no_wrap=True)
    for row in rows:
        rate = Text(row.rate_named if named else row.rate)
        name = Text(_fitted(row.name, max(12, rest - last)), style=row.style)
        table.add_row(name, *row.cells[: len(headings)], rate)
    return table


def _fitted(name: str, most: int) -> str:
    """A name in so many columns; of a condition the levels are kept rather than the factors' names."""
    return name if len(name) <= most else words.clipped(re.sub(r"\b\w+=", "", name), most)


@dataclass(frozen=True)
class _Row:
    name: str
    style: str = ""
    cells: tuple[str, ...] = ("",) * len(_HEADING)
    rate: str = ""
    rate_named: str = ""


def _row(name: str, style: str, trials: Counts, finding: str) -> _Row:
    rate = words.interim(trials) if finding else ""
    numbers = (
        f"{trials.done:,}",
        f"{trials.planned:,}",
        f"{trials.running:,}" if trials.running else "–",
        f"{trials.failed:,}" if trials.failed else "–",
        words.completion(trials),
    )
    named = rate if rate in ("", "–") else f"{rate} {words.clean(finding.replace('_', ' '), 24)}"
    return _Row(name, style, numbers, rate, named)


def _rows(status: "Status", room: int) -> list[_Row]:
    """The table's rows, folded to the room: all scenarios or none, and the cells of as many as there is room for."""
    in_all = len(status.critics) > 1
    critics, hidden = _fitting(status.critics, room - in_all)
    scenarios = sum(len(_scenarios(each)) for each in critics)
    lines = len(critics) + bool(hidden) + in_all
    unfolded = lines + scenarios <= room
    opened = _opened(critics, room - lines - scenarios) if unfolded else set()
    rows = []
    for critic in critics:
        since = " (settings of before)" if critic.left_behind else ""
        rows.append(_row(f"{words.clean(critic.name)}{since}", "dim" if since else "bold", critic.trials, ""))
        for name in _scenarios(critic) if unfolded else ():
            cells = [cell for cell in critic.cells if cell.scenario == name]
            stopped = " (stopped by its rule)" if name in critic.stopped else ""
            whole = added(cell.trials for cell in cells)
            rows.append(_row(f"  {words.clean(name)}{stopped}", "", whole, cells[0].finding))
            for cell in cells if (critic.folder, name) in opened else ():
                rows.append(_row(f"    {words.clean(cell.named)}", "dim", cell.trials, cell.finding))
    if hidden:
        rows.append(_Row(f"and {counted(hidden, 'more critic')}", "dim"))
    if in_all:
        rows.append(_row("in all", "bold", status.trials, ""))
    return rows or [_Row("nothing is known of any critic yet", "dim")]


def _fitting(critics: "Sequence[CriticStatus]", room: int) -> "tuple[Sequence[CriticStatus], int]":
    """The critics that are shown, those that run first if not all fit, and how many are not."""
    if len(critics) <= room:
        return critics, 0
    by_need = sorted(critics, key=lambda each: (-each.trials.running, not each.trials.left))
    chosen = {each.folder for each in by_need[: max(1, room - 1)]}
    return [each for each in critics if each.folder in chosen], len(critics) - len(chosen)


def _scenarios(critic: "CriticStatus") -> list[str]:
    return list(dict.fromkeys(cell.scenario for cell in critic.cells))


def _opened(critics: "Sequence[CriticStatus]", room: int) -> set[tuple[str, str]]:
    """The scenarios whose cells are shown: those in work first, as many as there is room for."""
    groups: dict[tuple[str, str], list[CellStatus]] = {}
    for critic in critics:
        for cell in critic.cells:
            groups.setdefault((critic.folder, cell.scenario), []).append(cell)
    found = set()
    for key, cells in sorted(groups.items(), key=lambda each: -sum(cell.trials.running for cell in each[1])):
        if len(cells) <= room:
            found.add(key)
            room -= len(cells)
    return found
