"""From logs to a report: what ``peerward report`` and ``peerward demo`` share."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Literal

from peerward.analysis import Answers
from peerward.report import Beside, Made, Options, Reading, ReportError, answers_of, write_report
from peerward.report.comparing import compare, given_of
from peerward.report.folder import is_report, new_folder
from peerward.report.judging_told import judging_in
from peerward.report.redaction import Redactor
from peerward.runs.auditing.scores import read_scores
from peerward.runs.judgements import Judgement, judgement_of
from peerward.runs.log_run import without_forks
from peerward.runs.logs import find_logs
from peerward.runs.run_facts import read_facts
from peerward.runs.table import Table, load_table
from peerward.runs.table_write import write_table
from peerward.runs.transcript import Transcript
from peerward.runs.transcripts import read_transcripts
from peerward.runs.trials import read_rows, read_trials

TABLE = "trials.parquet"
_FILES = {TABLE: "the trials table, one row a trial (docs/trials-table.md)"}


def make_report(
    logs: Sequence[Path],
    place: Path,
    options: Options,
    *,
    other: Path | None = None,
    again: bool = False,
    keep: Literal["first", "last"] | None = None,
    forks: bool = False,
    exploratory: bool = True,
    audit: Path | None = None,
) -> Made:
    """Write the report of some logs to a folder, and return what it was made of.

    Raises:
        AuditError: If the audit's file holds no scores.
        LogError: If a log cannot be read.
        RedactionError: If a text that was to be redacted is left in a file.
        ReportError: If the folder holds something else, or the other folder is no report.
        TableError: If the other report's table is of another schema.
    """
    if other is not None and not is_report(other):
        raise ReportError(f"{other}: is no report of peerward; --compare takes the folder of another report")
    paths = find_logs(logs) if forks else without_forks(find_logs(logs))
    redactor = Redactor(options.redact)
    facts = redactor.data(read_facts(paths))
    scores = redactor.data(read_scores(audit)) if audit is not None else None
    ids: dict[str, str] = {}
    judgements: list[Judgement] = []

    def rows() -> Iterator[dict[str, object]]:
        for row, path, data in read_rows(paths, again=again, keep=keep):
            judgement = judgement_of(str(row["trial_id"]), path, data)
            if judgement is not None:
                judgements.append(redactor.data(judgement))
            clean = redactor.row(row) if redactor else row
            ids[str(clean["trial_id"])] = str(row["trial_id"])
            yield clean

    def transcripts(wanted: Collection[str]) -> Iterator[Transcript]:
        # Where texts were redacted the table cannot lead back to the logs, so that its rows are read anew.
        own = read_trials(paths, again=again, keep=keep) if redactor else table.rows()
        return map(redactor.data, read_transcripts(paths, {ids[trial] for trial in wanted}, rows=own))

    with new_folder(place) as folder:
        write_table(rows(), folder / TABLE)
        table = load_table(folder / TABLE)
        answers = answers_of(table, facts, exploratory=exploratory)
        beside = _beside(answers, table, other, redactor) if other is not None else None
        return write_report(
            folder, answers, facts, table.rows(), transcripts, options, _FILES, beside, Reading(judgements, scores)
        )


def _beside(answers: Answers, table: Table, other: Path, redactor: Redactor) -> Beside:
    earlier = redactor.data(load_table(other / TABLE))
    comparison = compare(answers, answers_of(earlier, None, exploratory=False), given_of(table), given_of(earlier))
    return Beside(comparison, redactor.text(other.resolve().name), redactor.data(judging_in(other, earlier)))
