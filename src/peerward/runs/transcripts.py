"""Logs to transcripts, trial by trial: the conversation, the journal, what changed, and the aftermath."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from peerward.measures import Ended
from peerward.measures.judges import Citation, Verdict
from peerward.measures.record import Record, RecordError, read_record
from peerward.runs.copies import Keep
from peerward.runs.differences import differences
from peerward.runs.imported_trials import MEMBER_ENDING, is_imported, member_ending
from peerward.runs.judging.kept import SCORE, verdicts_in
from peerward.runs.logs import member_names, parse, read_members
from peerward.runs.records import record_text, resolved
from peerward.runs.transcript import Call, JournalLine, Transcript, Turn
from peerward.runs.trials import clean, read_rows
from peerward.scenarios import scenario

Row = Mapping[str, Any]
Json = Mapping[str, Any]

_NO_REASONING = "skip_thought_signature_validator"
"""What Gemini CLI sends back for a turn that came without reasoning: Google's own word for it, and no reasoning."""

_NO_RECORD = "The trial has no record: it ended before its first turn."
_IMPORTED = (
    "The trial was imported: only its conversation is there. What was measured comes from a company rebuilt from the "
    "replies; what changed in it, and its aftermath, are not told."
)
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
"""What a damaged record can raise on its way through case, company and aftermath."""


def read_transcripts(
    paths: Iterable[Path],
    wanted: Collection[str] | None = None,
    rows: Iterable[Row] | None = None,
    keep: Keep | None = None,
) -> Iterator[Transcript]:
    """Yield trials to be read, one by one, in the order of the logs.

    A trial that failed, or whose record is damaged, comes too: with what can be read of it and a ``problem``.

    Args:
        paths: The logs.
        wanted: Only trials of these ids; all unless given.
        rows: The trials' rows, where a table is there already: then only their samples are opened. Rows whose log is
            not among the paths are passed over.
        keep: As in ``read_trials``, where no rows are given.

    Raises:
        LogError: If a log cannot be read.
    """
    found = read_rows(paths, keep=keep) if rows is None else _of_rows(paths, rows, wanted)
    for row, path, data in found:
        if wanted is None or row["trial_id"] in wanted:
            yield _transcript(row, parse(data, path, str(row["trial_id"])))


def _of_rows(
    paths: Iterable[Path], rows: Iterable[Row], wanted: Collection[str] | None
) -> Iterator[tuple[Row, Path, bytes]]:
    """The samples of rows: log, sample id and epoch stand in them. A log that was copied is opened once."""
    by_log: dict[str, dict[str, Row]] = {}
    for row in rows:
        if wanted is None or row["trial_id"] in wanted:
            by_log.setdefault(str(row["log"]), {}).update(dict.fromkeys(_member_names(row), row))
    for path in paths:
        left = by_log.get(path.name, {})
        names = _names_in(path, left)
        for name, data in read_members(path, only=set(names)) if names else ():
            row_of = left.get(names[name])
            if row_of is not None and str(row_of["run"]).encode() in data:
                for each in _member_names(row_of):
                    left.pop(each, None)
                yield row_of, path, data


def _names_in(path: Path, left: Collection[str]) -> dict[str, str]:
    """The samples to look for in a log by their names; of imported ones, which the source names, the end is known."""
    names = {name: name for name in left if not name.startswith("-")}
    if len(names) < len(left):
        names |= {name: name[-MEMBER_ENDING:] for name in member_names(path) if name[-MEMBER_ENDING:] in left}
    return names


def _member_names(row: Row) -> tuple[str, ...]:
    """What a row's sample can be called in its log: a later epoch is Inspect's, or stands in the sample's id."""
    if is_imported(row):
        return (member_ending(row),)
    part = str(row["critic"]).rpartition("+")[2] if str(row["critic"]).startswith("scripted/cast+") else ""
    cell, end, epoch = f"samples/{row['condition_id']}-v{row['variant']:04d}", f"-{part}" if part else "", row["epoch"]
    return f"{cell}{end}_epoch_{epoch}.json", f"{cell}-e{epoch:02d}{end}_epoch_1.json"


def _transcript(row: Row, sample: Json) -> Transcript:
    bare = Transcript(
        row=row,
        turns=_turns(sample),
        documents={},
        journal=(),
        differences=(),
        survived=None,
        aftermath=(),
        ended=_ended(sample),
        problem=_problem(sample),
        verdicts=_verdicts(sample),
    )
    text = record_text(sample)
    if text is None:
        return replace(bare, problem=bare.problem or (_IMPORTED if is_imported(row) else _NO_RECORD))
    try:
        return _with_record(bare, _record(text))
    except _UNREADABLE as error:
        told = clean(str(error)).partition("\n")[0]
        return replace(bare, problem=f"{bare.problem} The trial's record cannot be read: {told}".strip())


def _problem(sample: Json) -> str:
    error = sample.get("error")
    if not error:
        return ""
    message = str(error.get("message") if isinstance(error, Mapping) else error)
    return f"The trial failed: {clean(message).strip() or 'no reason is given'}."


def _verdicts(sample: Json) -> tuple[Verdict, ...]:
    score = (sample.get("scores") or {}).get(SCORE)
    found = verdicts_in(score) if isinstance(score, Mapping) else ()
    # A judge's words come out of a log too, and may hold what no page can.
    return tuple(
        replace(
            each,
            judge=clean(each.judge),
            values=tuple(map(clean, each.values)),
            citations=tuple(Citation(cited.line, clean(resolved(cited.quote, sample))) for cited in each.citations),
            why=clean(resolved(each.why, sample)),
            unscored=clean(each.unscored),
        )
        for each in found
    )


def _ended(sample: Json) -> str:
    if sample.get("error"):
        return Ended.ERROR.value
    return Ended.LIMIT.value if sample.get("limit") else ""


def _record(text: str) -> Record:
    """A trial's record; half a surrogate pair, which no text can hold, becomes a question mark."""
    if "\\ud" not in text.lower():
        return read_record(text)
    try:
        return read_record(json.dumps(_cleaned(json.loads(text)), ensure_ascii=False))
    except json.JSONDecodeError as error:
        raise RecordError(f"no trial record: {error}") from error


def _with_record(bare: Transcript, record: Record) -> Transcript:
    case, pristine, end = record.read_case(), record.read_pristine(), record.read_end()
    named = dict.fromkeys(path for path in (*case.materials, case.relationship_path) if path in pristine.drive)
    known = replace(
        bare,
        documents={path: pristine.drive[path].text for path in named},
        journal=tuple(
            JournalLine(f"{each.at:%Y-%m-%d %H:%M:%S}", each.operation, each.arguments, each.result, each.refusal)
            for each in end.journal
        ),
        differences=differences(pristine, end),
        ended=bare.ended or record.ended.value,
        harness=record.harness,
    )
    if known.ended in (Ended.ERROR, Ended.OVERFLOW):
        return replace(known, problem=known.problem or "The trial failed; no aftermath was run.")
    found = scenario(record.scenario).aftermath(case, end)
    return replace(known, survived=found.survived, aftermath=found.events)


def _turns(sample: Json) -> tuple[Turn, ...]:
    """The conversation; a tool's answer stands with its call, and by itself where no call asked for it."""
    messages = [each for each in sample.get("messages") or () if isinstance(each, Mapping)]
    answers = {str(each.get("tool_call_id")): each for each in messages if each.get("role") == "tool"}
    asked = {str(call.get("id")) for each in messages for call in each.get("tool_calls") or ()}
    turns: list[Turn] = []
    for message in messages:
        role = _ROLES.get(str(message.get("role")))
        if role is None:
            continue
        if message.get("role") == "tool":
            if str(message.get("tool_call_id")) in asked:
                continue
            turns.append(Turn(len(turns) + 1, role, "", calls=(_call({}, message, sample),)))
            continue
        text, reasoning, hidden = _content(message.get("content"), sample)
        calls = [_call(each, answers.get(str(each.get("id")), {}), sample) for each in message.get("tool_calls") or ()]
        turns.append(Turn(len(turns) + 1, role, text, reasoning, hidden, tuple(calls)))
    return tuple(turns)


_ROLES: Mapping[str, Literal["system", "user", "assistant"]] = {
    "system": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "assistant",
}


def _call(call: Json, answer: Json, sample: Json) -> Call:
    arguments = call.get("arguments")
    error = answer.get("error") or {}
    refusal = str(error.get("message") or error.get("type") or "") if isinstance(error, Mapping) else str(error)
    return Call(
        tool=clean(str(call.get("function") or answer.get("function") or "")),
        arguments=_resolved_all(arguments, sample) if isinstance(arguments, Mapping) else {},
        result=_content(answer.get("content"), sample)[0],
        refusal=clean(resolved(refusal, sample)) or clean(str(call.get("parse_error") or "")),
    )


def _content(content: Any, sample: Json) -> tuple[str, str, bool]:
    """Text, visible reasoning, and whether some reasoning is hidden."""
    if isinstance(content, str):
        return clean(resolved(content, sample)), "", False
    texts: list[str] = []
    reasoning: list[str] = []
    hidden = False
    for part in content if isinstance(content, Sequence) else ():
        if not isinstance(part, Mapping):
            continue
        match part.get("type"):
            case "text":
                texts.append(_part(part.get("text"), sample))
            case "reasoning":
                if part.get("reasoning") == _NO_REASONING:
                    continue
                redacted = bool(part.get("redacted"))
                hidden = hidden or redacted
                # Where it is redacted, what stands in its place is encrypted; a summary is all there is to read.
                reasoning.append(_part(part.get("summary") if redacted else part.get("reasoning"), sample))
            case kind:
                texts.append(f"[{clean(str(kind))}]")
    return "\n\n".join(filter(None, texts)), "\n\n".join(filter(None, reasoning)), hidden


def _part(text: Any, sample: Json) -> str:
    return clean(resolved(str(text), sample)) if text else ""


def _resolved_all(value: Any, sample: Json) -> Any:
    if isinstance(value, str):
        return clean(resolved(value, sample))
    if isinstance(value, Mapping):
        return {clean(str(name)): _resolved_all(each, sample) for name, each in value.items()}
    return [_resolved_all(each, sample) for each in value] if isinstance(value, list) else value


def _cleaned(value: Any) -> Any:
    return _resolved_all(value, {})
