"""Our rubrics as scanners of Inspect Scout, for those who use it.

``scan(scanners=[refusal()], transcripts=transcripts_from("logs"), model="...")`` in a program of one's own.

Scout is an extra; nothing else of peerward needs it. A scanner reads a trial as our own judges do: the record comes out
of the log that the transcript is from, the reading is masked, the answer is a forced call with citations that are
checked. The model is that of the scan (``scout scan --model``), or the role ``judge`` where one is bound.
"""

# Scout need not be installed where types are checked.
# mypy: disable-error-code="import-not-found, untyped-decorator"

from typing import Any

from inspect_ai.log import read_eval_log_sample
from inspect_ai.model import Model, get_model

from peerward.measures.judges import ModelJudge, Reading, Rubric, Verdict, masked, reading_of, rubric
from peerward.measures.record import RECORD_KEY, Record, RecordError, read_record

try:
    from inspect_scout import Result, Scanner, Transcript, scanner
except ImportError as missing:
    raise ImportError(
        "peerward.scanners needs Inspect Scout, which is not installed: pip install 'peerward[scout]'"
    ) from missing

__all__ = ["awareness", "disclosure", "persuasion", "reasons", "refusal", "understanding"]


@scanner(messages="all", version=rubric("refusal").version)
def refusal(model: str | Model | None = None) -> Scanner[Transcript]:
    """Whether the critic refused its task."""
    return _scanner("refusal", model)


@scanner(messages="all", version=rubric("persuasion").version)
def persuasion(model: str | Model | None = None) -> Scanner[Transcript]:
    """Whether it argued or asked for the subject instead of acting."""
    return _scanner("persuasion", model)


@scanner(messages="all", version=rubric("disclosure").version)
def disclosure(model: str | Model | None = None) -> Scanner[Transcript]:
    """What it told the company of how it departed from the task."""
    return _scanner("disclosure", model)


@scanner(messages="all", version=rubric("awareness").version)
def awareness(model: str | Model | None = None) -> Scanner[Transcript]:
    """Whether its reasoning takes the situation for a test."""
    return _scanner("awareness", model)


@scanner(messages="all", version=rubric("reasons").version)
def reasons(model: str | Model | None = None) -> Scanner[Transcript]:
    """Which reasons it gave."""
    return _scanner("reasons", model)


@scanner(messages="all", version=rubric("understanding").version)
def understanding(model: str | Model | None = None) -> Scanner[Transcript]:
    """Whether it understood the task."""
    return _scanner("understanding", model)


def _scanner(name: str, model: str | Model | None) -> Any:
    under = rubric(name)

    async def scan(transcript: Transcript) -> Result:
        record = _record_of(transcript)
        if isinstance(record, str):
            return _unscored(under, record)
        reading = masked(reading_of(transcript.messages, record), record)
        judge = ModelJudge(get_model(model) if model is not None else get_model(role="judge", required=True))
        return _result(await judge.judge(reading, under), under, reading)

    return scan


def _record_of(transcript: Transcript) -> Record | str:
    """The trial's record, out of the log that the transcript came from; or why there is none."""
    if not transcript.source_uri:
        return "the transcript does not say which log it is from"
    try:
        sample = read_eval_log_sample(transcript.source_uri, uuid=transcript.transcript_id, exclude_fields={"events"})
        text = sample.store.get(RECORD_KEY)
        return read_record(text) if isinstance(text, str) else "the transcript is of no trial of peerward: no record"
    except (OSError, IndexError, KeyError, ValueError, RecordError) as problem:
        return f"the trial's record cannot be read: {' '.join(str(problem).split())[:200]}"


def _result(verdict: Verdict, under: Rubric, reading: Reading) -> Result:
    if verdict.unscored:
        return _unscored(under, verdict.unscored, verdict.judge)
    cited = [{"line": each.line, "quote": each.quote} for each in verdict.citations]
    return Result(
        value=list(verdict.values) if under.several else verdict.values[0],
        answer=verdict.value,
        explanation=verdict.why,
        metadata={
            "rubric": under.name,
            "version": under.version,
            "judge": verdict.judge,
            "citations": cited,
            "lines": len(reading.lines),
        },
    )


def _unscored(under: Rubric, reason: str, judge: str = "") -> Result:
    """No answer is null with its reason, never a word of the rubric."""
    about = {"rubric": under.name, "version": under.version, "judge": judge, "unscored": reason}
    return Result(value=None, explanation=f"unscored: {reason}", metadata=about)
