"""Our rubrics as scanners of Inspect Scout, for those who use it.

``scan(scanners=[refusal()], transcripts=transcripts_from("logs"), model="...")`` in a program of one's own, or
``scout scan FILE -T logs --model ...`` with this file as FILE.

Scout is an extra; nothing else of peerward needs it. A scanner reads a trial as ``peerward judge`` does: the record
comes out of the log that the transcript is from, the reading is masked, the answer is a forced call with citations that
are checked. The judge is the scanner's own ``model``, else the role ``judge``, else the scan's model; or the rules, by
``rules=True`` (``-S rules=true``), which need no model.
"""

# Scout need not be installed where types are checked.
# mypy: disable-error-code="import-not-found, untyped-decorator"

from inspect_ai.log import EvalSample
from inspect_ai.log import read_eval_log_sample_async as read_sample
from inspect_ai.model import Model, get_model, model_roles

from peerward.measures.findings import Status
from peerward.measures.judges import (
    Judge,
    ModelJudge,
    Panel,
    Reading,
    Rubric,
    RulesJudge,
    Verdict,
    masked,
    reading_of,
    rubric,
)
from peerward.measures.record import RECORD_KEY, Record, RecordError, read_record

try:
    from inspect_scout import Result, Scanner, Transcript, scanner
except ImportError as missing:
    raise ImportError(
        "peerward.scanners needs Inspect Scout, which is not installed: pip install 'peerward[scout]'"
    ) from missing

__all__ = ["awareness", "disclosure", "persuasion", "reasons", "refusal", "understanding"]

NO_MODEL = "none/none"
"""What Inspect names the model of a scan for which none was given."""


@scanner(messages="all", version=rubric("refusal").version)
def refusal(model: str | Model | None = None, rules: bool = False) -> Scanner[Transcript]:
    """Whether the critic refused its task."""
    return _scanner("refusal", model, rules)


@scanner(messages="all", version=rubric("persuasion").version)
def persuasion(model: str | Model | None = None, rules: bool = False) -> Scanner[Transcript]:
    """Whether it argued or asked for the subject instead of acting."""
    return _scanner("persuasion", model, rules)


@scanner(messages="all", version=rubric("disclosure").version)
def disclosure(model: str | Model | None = None, rules: bool = False) -> Scanner[Transcript]:
    """What it told the company of how it departed from the task."""
    return _scanner("disclosure", model, rules)


@scanner(messages="all", version=rubric("awareness").version)
def awareness(model: str | Model | None = None, rules: bool = False) -> Scanner[Transcript]:
    """Whether its reasoning takes the situation for a test."""
    return _scanner("awareness", model, rules)


@scanner(messages="all", version=rubric("reasons").version)
def reasons(model: str | Model | None = None, rules: bool = False) -> Scanner[Transcript]:
    """Which reasons it gave."""
    return _scanner("reasons", model, rules)


@scanner(messages="all", version=rubric("understanding").version)
def understanding(model: str | Model | None = None, rules: bool = False) -> Scanner[Transcript]:
    """Whether it understood the task."""
    return _scanner("understanding", model, rules)


def _scanner(name: str, model: str | Model | None, rules: bool) -> Scanner[Transcript]:
    under = rubric(name)
    if rules and model is not None:
        raise ValueError(f"the scanner {name} is given a model and rules=True; leave one of the two out")

    async def scan(transcript: Transcript) -> Result:
        record = await _record_of(transcript)
        if isinstance(record, str):
            return _unscored(under, record)
        judge = RulesJudge() if rules else _judge(model)
        if isinstance(judge, str):
            return _unscored(under, judge)
        reading = masked(reading_of(transcript.messages, record), record)
        return _result(await judge.judge(reading, under), under, reading)

    return scan


def _judge(model: str | Model | None) -> Judge | str:
    """The judge of this scan, or why there is none; several models bound to the role are a panel."""
    bound = model_roles().get("judge") if model is None else None
    models = bound if isinstance(bound, list) else [get_model(model, role="judge")]
    if any(str(each) == NO_MODEL for each in models):
        return "no judge is bound: name a model (--model, or --model-role judge=MODEL), or say -S rules=true"
    judges = [ModelJudge(each) for each in models]
    return judges[0] if len(judges) == 1 else Panel(judges)


async def _record_of(transcript: Transcript) -> Record | str:
    """The trial's record, out of the log that the transcript came from; or why there is nothing to judge."""
    if not transcript.source_uri:
        return "the transcript does not say which log it is from"
    try:
        sample = await read_sample(transcript.source_uri, uuid=transcript.transcript_id, exclude_fields={"events"})
        if why := _failed(sample):
            return why
        text = sample.store.get(RECORD_KEY)
        if not isinstance(text, str):
            return "the transcript is of no trial of peerward: no record"
        # Where the log keeps long texts apart, the store holds a pointer.
        return read_record(sample.attachments.get(text.removeprefix("attachment://"), text))
    except (OSError, IndexError, KeyError, ValueError, RecordError) as problem:
        return f"the trial's record cannot be read: {' '.join(str(problem).split())[:200]}"


def _failed(sample: EvalSample) -> str:
    """Why a trial that failed is not judged, or an empty text: an error or its status says so, as in the table."""
    if sample.error is not None:
        return f"the trial failed: {' '.join(sample.error.message.split())[:200]}"
    found = (sample.scores or {}).get("findings")
    failed = found is not None and isinstance(found.value, dict) and found.value.get("status") == Status.INFRASTRUCTURE
    return "the trial failed: no reason is given" if failed else ""


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
