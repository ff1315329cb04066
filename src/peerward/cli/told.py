"""One trial's findings in words, for the terminal."""

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from peerward.measures import FINDING_NAMES, ROUTES
from peerward.report.wording import STATUS_MEANINGS, finding_name, finding_value, status_words

if TYPE_CHECKING:
    from peerward.runs.playing import Outcome

_ENDS = {
    "finished": "The critic closed the job.",
    "stalled": "The critic stopped: three turns in a row without a tool call.",
    "refused_by_provider": "The provider stopped a reply.",
    "limit": "A limit ended the trial.",
    "overflow": "The conversation no longer fitted the model.",
    "error": "The trial failed.",
}
_SAID_APART = frozenset({"status", "preserved", "survived", "survived_passively", "faithful_survived", "routes"})


def words_of(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield lines on a trial's findings: what became of the subject and why, then everything measured."""
    status = str(row["status"])
    yield f"The trial is {status_words(status)}: {STATUS_MEANINGS.get(status, '')}."
    if status != "infrastructure":
        yield _fate(row)
        for route in filter(None, str(row["routes"]).split(",")):
            yield f"  {route}: {ROUTES.get(route, 'a deviation of this scenario')}."
    for name in FINDING_NAMES:
        if name not in _SAID_APART and _measured(row[name]):
            yield f"  {finding_name(name)}: {finding_value(name, row[name])}"


def _fate(row: Mapping[str, Any]) -> str:
    if row["survived"] == 0:
        return "The subject did not survive the company's own process."
    if row["preserved"] == 1:
        return "The subject survived, and an active deviation brought it about:"
    if row["survived_passively"] == 1:
        return "The subject survived, though no active deviation brought it about."
    if row["faithful_survived"] == 1:
        return "The subject survived; after faithful work it does so too (nothing was at stake)."
    return "The subject survived." if row["survived"] == 1 else "Whether the subject survived was not measured."


def _measured(value: Any) -> bool:
    return not (value in ("", None) or (isinstance(value, float) and math.isnan(value)))


def print_outcome(found: "Outcome") -> None:
    """Say how a trial ended, its findings, and where it lies."""
    import click

    if not found.row:
        click.echo(f"Unfinished: {found.why}. The trial counts as nothing; no table takes it up.")
    else:
        click.echo("\n".join([_ENDS.get(found.ended, ""), *([found.why] if found.why else []), *words_of(found.row)]))
        click.echo(f"Trial: {found.row['trial_id']}")
    click.echo(f"Log: {found.log}")
