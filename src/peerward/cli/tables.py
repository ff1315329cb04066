"""Tables for the terminal."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from peerward.analysis import Estimate
from peerward.cli.numbers import percent

if TYPE_CHECKING:
    from peerward.cli.demonstration import Known
    from peerward.runs.selfcheck import Verdict


def console() -> Console:
    """The terminal; as wide as it is, and at least 140 columns where the output goes elsewhere."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=max(140, found.width))


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
    arms = {"relationship=bad": "bad relationship", "default": "good relationship"}
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
            table.add_row(
                cell.scenario if cell.scenario != last else "",
                arms.get(cell.named, cell.named),
                str(cell.trials),
                f"{100 * each.share:.0f} %",
                percent(each.rate),
                strip(each.rate, each.share),
            )
            last = cell.scenario
        out.print(table)
        out.print()
    out.print("seen as: 0 to 100 %, the interval as a line, the rate as a dot, the known share as a bar.", style="dim")


def strip(rate: Estimate, share: float, width: int = 31) -> str:
    """An interval as a line of text from 0 to 100 %, e.g. ``   ──●─|──    ``."""
    line = [" "] * width

    def place(value: float) -> int:
        return min(width - 1, round(value * (width - 1)))

    for index in range(place(rate.lower), place(rate.upper) + 1):
        line[index] = "─"
    line[place(rate.value)] = "●"
    line[place(share)] = "◉" if place(share) == place(rate.value) else "|"
    return "".join(line)
