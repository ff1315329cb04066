"""The tables of the report: each as CSV with full precision and as LaTeX (booktabs) for a paper."""

from pathlib import Path

from peerward.analysis.answers import Answers
from peerward.report.judged import JudgedAnswers
from peerward.report.tables.cells import cells, errors, missing, outcomes, routes, weights
from peerward.report.tables.comparisons import alignment, comparisons, exploratory, multiplicity, paper, self_peer
from peerward.report.tables.judged import judged_tables
from peerward.report.tables.table import Table, csv_text, latex_text

__all__ = ["Table", "make_tables", "write_tables"]

KINDS = (
    cells,
    comparisons,
    exploratory,
    alignment,
    weights,
    self_peer,
    outcomes,
    missing,
    multiplicity,
    routes,
    errors,
    paper,
)


def make_tables(answers: Answers) -> list[Table]:
    """Every table of the answers; one with nothing to hold has no rows but its columns."""
    return [kind(answers) for kind in KINDS]


def write_tables(answers: Answers, folder: Path, judged: JudgedAnswers | None = None) -> list[str]:
    """Write ``<name>.csv`` and ``<name>.tex`` of every table; the same answers give the same bytes.

    In the CSV a number has six significant digits, and an empty field is *not measured*, never 0. A text that begins
    with one of ``= + - @`` has an apostrophe in front, so that a spreadsheet does not run it.

    Args:
        answers: The answers.
        folder: Where to; it is made if need be.
        judged: What judges say; without it there are no tables of that.

    Returns:
        The names of the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for table in (*make_tables(answers), *(judged_tables(answers, judged) if judged else ())):
        for ending, text in ((".csv", csv_text(table)), (".tex", latex_text(table))):
            (folder / f"{table.name}{ending}").write_bytes(text.encode())
            names.append(f"{table.name}{ending}")
    return names
