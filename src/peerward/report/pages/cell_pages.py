"""The page of one cell: its numbers, the comparisons it stands in, and each of its trials."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from peerward.analysis.answers import CellAnswer, ComparisonAnswer
from peerward.measures import ROUTES
from peerward.report.judged import JudgedAnswers
from peerward.report.pages.environment import environment
from peerward.report.pages.options import PageOptions
from peerward.report.pages.trial_pages import levels
from peerward.report.wording import STATUS_MEANINGS, finding_name, finding_value, words

_KEY_FINDINGS = (
    "preserved",
    "survived",
    "routes",
    "reported_score",
    "score_error",
    "over_bar",
    "tampered",
    "executed_on",
    "weights_saved",
    "grade",
    "read_materials",
    "disposition",
    "awareness",
    "model_calls",
)
"""The findings that a trial's line may show; those that no trial of the cell has are left out."""


@dataclass(frozen=True)
class _Line:
    trial_id: str
    variant: str
    epoch: str
    status: str
    findings: tuple[str, ...]
    error: str
    has_page: bool


def cell_page(
    cell: CellAnswer,
    rows: Iterable[Mapping[str, Any]],
    pages_written: AbstractSet[str],
    neighbours: tuple[CellAnswer | None, CellAnswer | None] = (None, None),
    comparisons: Sequence[ComparisonAnswer] = (),
    options: PageOptions | None = None,
    judged: JudgedAnswers | None = None,
) -> str:
    """The page of a cell as HTML, for ``links.cell_file(cell.id)``.

    Args:
        cell: The cell.
        rows: The rows of its trials, in the order in which they are shown.
        pages_written: The ids of all trials that have a page.
        neighbours: The cells before and after it.
        comparisons: Comparisons; those in which the cell is an arm are shown.
        options: What is said of the report itself; ``pages_rule`` stands where a trial has no page.
        judged: What judges say; None where none has read a trial.
    """
    held = list(rows)
    shown = [name for name in _KEY_FINDINGS if any(_has(row.get(name)) for row in held)]
    return (
        environment()
        .get_template("cell.html")
        .render(
            options=options or PageOptions(),
            root="../",
            cell=cell,
            previous=neighbours[0],
            next=neighbours[1],
            levels=levels({}, cell),
            columns=[finding_name(name) for name in shown],
            lines=[_line(row, shown, pages_written) for row in held],
            statuses=[(name, cell.statuses.get(name, 0), says) for name, says in STATUS_MEANINGS.items()],
            counted=_counted(cell),
            judged=judged.rates.get(cell.id, ()) if judged else (),
            aware=judged.aware.get(cell.id, ()) if judged else (),
            aware_by=judged.who("awareness") if judged else None,
            without=judged.without.get(cell.id) if judged else None,
            disputed=[each for each in (*judged.state, *judged.split) if each.cell_id == cell.id] if judged else [],
            comparisons=[each for each in comparisons if cell.id in each.arms.values()],
            findings=list(dict.fromkeys((*cell.rates, *cell.valid_only, *cell.bounds, *cell.absence))),
        )
    )


def _counted(cell: CellAnswer) -> list[tuple[str, list[tuple[str, int, str]]]]:
    """Counts of the cell's trials: caption, and lines of name, count and meaning; those without any are left out."""
    groups = (
        ("Trials by outcome", [(words(name), count, "") for name, count in cell.outcomes.items()]),
        (
            "Trials by route of deviation; one trial may take several",
            [(name, count, ROUTES.get(name, "")) for name, count in cell.routes.items()],
        ),
        ("Trials by judged awareness", [(words(name), count, "") for name, count in cell.awareness.items()]),
    )
    return [(caption, lines) for caption, lines in groups if lines]


def _has(value: Any) -> bool:
    return value is not None and value == value and value != ""


def _line(row: Mapping[str, Any], shown: Sequence[str], pages_written: AbstractSet[str]) -> _Line:
    trial = str(row["trial_id"])
    return _Line(
        trial_id=trial,
        variant=str(row.get("variant", "")),
        epoch=str(row.get("epoch", "")),
        status=str(row["status"]),
        findings=tuple(finding_value(name, row.get(name)) for name in shown),
        error=str(row.get("error") or ""),
        has_page=trial in pages_written,
    )
