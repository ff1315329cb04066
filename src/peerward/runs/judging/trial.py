"""One trial of a log before its judges: what they read, what each says, and what counts of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from inspect_ai.model import ChatMessage
from pydantic import TypeAdapter

from peerward.measures import FINDING_NAMES, Findings, Record, RecordError, Status, read_record
from peerward.measures.judges import Judge, Reading, Rubric, Verdict, masked, reading_of
from peerward.measures.judges.masking import AGENT, CRITIC, MODEL, PASSAGE, SUBJECT
from peerward.measures.judges.numbers import GRADE, NUMBER
from peerward.runs.execute import plain_message
from peerward.runs.imported_trials import is_imported
from peerward.runs.judging.asked import Bench, is_settled, known, open_questions
from peerward.runs.judging.kept import SCORE, Judged, verdicts_in
from peerward.runs.judging.notebook import Key
from peerward.runs.judging.till import BudgetReachedError
from peerward.runs.judging.whole import whole
from peerward.runs.logs import parse
from peerward.runs.records import record_text, resolved

NOT_YET = "not judged yet: "
"""How the reason begins of an answer for which the budget left nothing; it is asked for by the next judging."""
MARKS = (CRITIC, SUBJECT, AGENT, MODEL, NUMBER, GRADE, PASSAGE)
"""What stands in the place of what was masked."""
_MESSAGES: TypeAdapter[list[ChatMessage]] = TypeAdapter(list[ChatMessage])


@dataclass(frozen=True)
class Trial:
    """A trial as it lies in a log.

    Attributes:
        row: Its row of the trials table.
        sample: Its sample as JSON data.
        score: What judges have said of it, as JSON data, or None.
    """

    row: Mapping[str, Any]
    sample: Mapping[str, Any]
    score: Mapping[str, Any] | None

    @property
    def key(self) -> Key:
        """Where it stands in its log."""
        return str(self.sample.get("id")), int(self.sample.get("epoch") or 1)

    @property
    def failed(self) -> str:
        """Why there is nothing to judge, or an empty text."""
        if self.row["status"] == Status.INFRASTRUCTURE:
            return f"the trial failed: {self.row['error'] or 'no reason is given'}"
        if is_imported(self.row):
            return "the trial was imported, and has no record of ours"
        return "" if record_text(self.sample) is not None else "the trial has no record: it ended before its first turn"

    @cached_property
    def record(self) -> Record:
        """Its record.

        Raises:
            RecordError: If it has none that can be read.
        """
        return read_record(record_text(self.sample) or "")

    @property
    def findings(self) -> Findings:
        """What was measured of it."""
        values = {name: self.row[name] for name in FINDING_NAMES}
        return Findings(**{**values, "status": Status(values["status"])})

    def reading(self) -> Reading:
        """The trial laid out as judges read it, before anything is masked.

        Raises:
            RecordError: If its record cannot be read.
        """
        texts = _resolved(self.sample.get("messages") or [], self.sample)
        return reading_of(_MESSAGES.validate_python(texts), self.record)

    def seen(self) -> "Seen":
        """What its judges get to see.

        Raises:
            RecordError: If its record cannot be read.
        """
        open_reading = self.reading()
        shown = masked(open_reading, self.record)
        before, after = _text(open_reading), _text(shown)
        counts = {mark: after.count(mark) - before.count(mark) for mark in MARKS}
        return Seen(shown, {mark: number for mark, number in counts.items() if number > 0})

    def as_of(self, score: Mapping[str, Any]) -> "Trial":
        """The trial with what was said of it since."""
        return replace(self, score=score)


@dataclass(frozen=True)
class Seen:
    """What judges get to see of a trial.

    Attributes:
        reading: The lines, masked.
        masked: How often each mark stands in the place of what was masked.
    """

    reading: Reading
    masked: Mapping[str, int]


def opened(row: Mapping[str, Any], log: Path, data: bytes) -> Trial:
    """A trial out of its row and its sample's bytes.

    Raises:
        LogError: If the sample cannot be read.
    """
    sample = parse(data, log, str(row["trial_id"]))
    score = (sample.get("scores") or {}).get(SCORE)
    return Trial(row, sample, score if isinstance(score, Mapping) else None)


async def judge_trial(trial: Trial, bench: Bench, afresh: bool = False) -> Judged | None:
    """Ask the judges what they have not answered yet, and return all that is said of a trial then.

    What judges said under rubrics that the bench does not have stays. Where the budget is reached on the way, what
    was answered counts and the rest is unscored, with that as the reason; what had an answer keeps it.

    Args:
        trial: The trial.
        bench: Who judges, by what.
        afresh: Ask again what is answered.

    Returns:
        None if there was nothing to ask.

    Raises:
        BudgetReachedError: If the budget left nothing for any answer.
    """
    if trial.failed:
        return None if trial.score is not None and not afresh else _nothing(bench, trial.failed)
    kept = verdicts_in(trial.score)
    if not afresh and is_settled(bench, kept):
        return None
    if bench.till is not None and (over := bench.till.over()):
        raise BudgetReachedError(over)
    try:
        seen = trial.seen()
    except RecordError as error:
        return _nothing(bench, f"the trial's record cannot be read: {str(error).partition(chr(10))[0]}")
    before = known(bench, kept)
    answered = {} if afresh else dict(before)
    new: list[Verdict] = []
    for rubric in bench.rubrics:
        asked = [each.judge for each in open_questions(bench, answered) if each.rubric == rubric]
        new += await asyncio.gather(*(_said(judge, seen.reading, rubric) for judge in asked))
        answered |= {(each.rubric, each.judge): each for each in new}
    cut = {key: each for key, each in answered.items() if each.unscored.startswith(NOT_YET)}
    if cut and all(each.unscored.startswith(NOT_YET) for each in new):
        raise BudgetReachedError(new[0].unscored.removeprefix(NOT_YET))
    answered |= {key: before[key] for key in cut if key in before}
    mine = {each.name for each in bench.rubrics}
    others = [each for each in kept if each.rubric not in mine]
    return whole([*answered.values(), *others], trial.findings, seen.masked)


async def _said(judge: Judge, reading: Reading, rubric: Rubric) -> Verdict:
    """A judge's verdict; whatever fails on the way is a verdict without an answer, never an answer."""
    try:
        return await judge.judge(reading, rubric)
    except BudgetReachedError as reached:
        return Verdict(rubric.name, rubric.version, judge.name, unscored=f"{NOT_YET}{reached.message}")
    except Exception as error:
        told = plain_message(error).partition("\n")[0] or type(error).__name__
        return Verdict(rubric.name, rubric.version, judge.name, unscored=f"the judge failed: {told}")


def _nothing(bench: Bench, why: str) -> Judged:
    answers = {each.name: Verdict(each.name, each.version, "", unscored=why) for each in bench.rubrics}
    return Judged("", answers, ())


def _text(reading: Reading) -> str:
    return "\n".join(line.text for line in reading.lines)


def _resolved(value: Any, sample: Mapping[str, Any]) -> Any:
    """Messages with their long texts, which a log may keep apart."""
    if isinstance(value, str):
        return resolved(value, sample)
    if isinstance(value, Mapping):
        return {name: _resolved(each, sample) for name, each in value.items()}
    return [_resolved(each, sample) for each in value] if isinstance(value, list) else value
