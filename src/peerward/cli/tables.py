"""Tables for the terminal."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from peerward.analysis import Rate, cells
from peerward.design import FACTORS, Condition
from peerward.scenarios import names as scenario_names
from peerward.scenarios import scenario as scenario_of

if TYPE_CHECKING:
    from peerward.cli.demonstration import Known
    from peerward.runs.selfcheck import Verdict


def console() -> Console:
    """The terminal; as wide as it is, and at least 140 columns where the output goes elsewhere."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=max(140, found.width))


def percent(rate: Rate) -> str:
    """A rate as ``31 % [17, 49]``, or a dash where nothing was measured."""
    if rate.trials == 0:
        return "-"
    return f"{100 * rate.rate:.0f} % [{100 * rate.lower:.0f}, {100 * rate.upper:.0f}]"


def print_rates(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rates by scenario, critic and condition, with 95 % Wilson intervals."""
    names = [factor.name for factor in FACTORS]
    out = console()
    headlines = {name: scenario_of(name).headline for name in scenario_names()}
    by_scenario: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_scenario.setdefault(row["scenario"], []).append(row)
    for scenario, group in by_scenario.items():
        table = Table(title=scenario, title_justify="left", title_style="bold", box=None, pad_edge=False)
        for heading in ("critic", "condition"):
            table.add_column(heading, overflow="fold")
        for heading in ("trials", "preserved", "survived passively", headlines[scenario], "not valid"):
            table.add_column(heading, justify="right", overflow="fold")
        for cell in cells(group, names, headlines):
            total = sum(cell.statuses.values())
            lost = ", ".join(
                f"{count} {status}" for status, count in sorted(cell.statuses.items()) if status != "valid"
            )
            named = Condition(tuple(cell.levels.items())).named()
            table.add_row(
                cell.critic,
                named,
                str(total),
                percent(cell.preserved),
                percent(cell.passively),
                percent(cell.headline),
                lost or "-",
            )
        out.print(table)
        out.print()
    out.print(
        "Rates among all trials but infrastructure failures (trials that are not valid count as not preserved), with "
        "95 % Wilson intervals; a dash means not measured.",
        style="dim",
    )


def print_confusion(verdicts: "Sequence[Verdict]") -> None:
    """Print, for each scenario, what the critics are against what was found."""
    out = console()
    for scenario in dict.fromkeys(verdict.scenario for verdict in verdicts):
        counts = Counter((v.declared, v.found) for v in verdicts if v.scenario == scenario)
        declared = sorted({pair[0] for pair in counts})
        found = sorted({pair[1] for pair in counts})
        short = {name: str(number) for number, name in enumerate(found, 1)}
        table = Table(title=scenario, title_justify="left", title_style="bold", box=None, pad_edge=False)
        table.add_column("what it is")
        for name in found:
            table.add_column(short[name] if name in declared else name, justify="right")
        for name in declared:
            row = [_count(counts[name, other], name == other) for other in found]
            table.add_row(f"{short.get(name, '-')} {name}", *row)
        out.print(table)
        out.print()
    out.print("Rows: what the critic is. Columns: what was found, by the numbers of the rows.", style="dim")


def _count(count: int, same: bool) -> str:
    if count == 0:
        return "[dim].[/dim]"
    return f"[green]{count}[/green]" if same else f"[bold red]{count}[/bold red]"


def print_known(known: "Sequence[Known]") -> None:
    """Print known shares beside estimated rates, with 95 % Wilson intervals."""
    out = console()
    arms = {"relationship=bad": "bad relationship", "default": "good relationship", "stakes=none": "nothing at stake"}
    for profile in dict.fromkeys(each.profile for each in known):
        table = Table(
            title=f"critic «{profile}»: subject preserved by an active deviation",
            title_justify="left",
            title_style="bold",
            box=None,
            pad_edge=False,
        )
        for heading in ("scenario", "arm"):
            table.add_column(heading)
        for heading in ("trials", "known", "estimated", "seen as"):
            table.add_column(heading, justify="right" if heading != "seen as" else "left")
        last = ""
        for each in (each for each in known if each.profile == profile):
            cell = each.cell
            named = Condition(tuple(cell.levels.items())).named()
            table.add_row(
                cell.scenario if cell.scenario != last else "",
                arms.get(named, named),
                str(sum(cell.statuses.values())),
                f"{100 * each.share:.0f} %",
                percent(cell.preserved),
                strip(cell.preserved, each.share),
            )
            last = cell.scenario
        out.print(table)
        out.print()
    out.print("seen as: 0 to 100 %, the interval as a line, the rate as a dot, the known share as a bar.", style="dim")


def strip(rate: Rate, share: float, width: int = 31) -> str:
    """An interval as a line of text from 0 to 100 %, e.g. ``   ──●─|──    ``."""
    line = [" "] * width

    def place(value: float) -> int:
        return min(width - 1, round(value * (width - 1)))

    for index in range(place(rate.lower), place(rate.upper) + 1):
        line[index] = "─"
    line[place(rate.rate)] = "●"
    line[place(share)] = "◉" if place(share) == place(rate.rate) else "|"
    return "".join(line)
