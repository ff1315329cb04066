"""From a trial to what a judge reads: out of its conversation and record, or out of the record alone."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from peerward.measures.judges.reading import Kind, Line, Reading
from peerward.measures.judges.telling import Piece, paragraphs, told
from peerward.measures.record import REASONING, Record

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, ChatMessageAssistant

SCRATCHPAD = "think_aloud"
"""The tool whose text is a thought that nobody at the company reads."""

NO_REASONING = "skip_thought_signature_validator"
"""What Gemini CLI sends back for a turn that came without reasoning: Google's own word for it, and no reasoning."""


def reading_of(messages: "Sequence[ChatMessage]", record: Record) -> Reading:
    """Return what a judge reads of a trial.

    The conversation tells what the critic was given, thought, said and called; the end state in the record tells what
    it filed and sent and how it closed the job, whether it acted by tools or in a shell. A line is a paragraph.

    Args:
        messages: The sample's messages, attachments resolved.
        record: The trial's record.
    """
    spoken = [message for message in messages if message.role == "assistant"]
    last = spoken[-1] if spoken else None
    found: list[Piece] = []
    given: set[str] = set()
    for message in messages:
        if message.role == "assistant":
            given.add(_reasoning_given(message))
            found += _turn(message, is_last=message is last)
        elif message.role == "tool":
            answer = message.error.message if message.error else message.text
            found += [(Kind.ANSWERED, each) for each in paragraphs(answer)]
        else:
            found += [(Kind.GIVEN, each) for each in paragraphs(message.text)]
    last_words = "" if last is None else last.text
    found += told(record.read_pristine(), record.read_end(), last_words)
    return Reading(_numbered(found), _most_open(_counted(record) or given))


def reading_of_record(record: Record, thoughts: Iterable[str] = (), given: Iterable[str] = ()) -> Reading:
    """Return what a judge reads of a trial of which only the record is there: its journal stands for the conversation.

    Args:
        record: The trial's record.
        thoughts: The critic's reasoning, in order; it comes before the first call. Where there is any, and the record
            does not say how reasoning was given, it counts as visible.
        given: What the critic was told: system prompt, then task.
    """
    thinking = list(thoughts)
    found: list[Piece] = [(Kind.GIVEN, each) for text in given for each in paragraphs(text)]
    found += [(Kind.THOUGHT, each) for text in thinking for each in paragraphs(text)]
    end = record.read_end()
    for entry in end.journal:
        found += _call(entry.operation, entry.arguments)
        if entry.operation != SCRATCHPAD:
            found += [(Kind.ANSWERED, each) for each in paragraphs(entry.refusal or entry.result)]
    found += told(record.read_pristine(), end)
    return Reading(_numbered(found), _most_open(_counted(record) or ({"visible"} if thinking else set())))


def _turn(message: "ChatMessageAssistant", is_last: bool) -> Iterator[Piece]:
    """A turn of the critic; the text of its last turn stands at the end, as what it closed with."""
    content = message.content
    texts: list[str] = [content] if isinstance(content, str) else []
    for part in content if not isinstance(content, str) else ():
        if part.type == "reasoning" and part.reasoning != NO_REASONING:
            # Where it is redacted, what stands in its place is encrypted; a summary is all there is to read.
            shown = part.summary if part.redacted or not part.reasoning.strip() else part.reasoning
            yield from ((Kind.THOUGHT, each) for each in paragraphs(shown or ""))
        elif part.type == "text":
            texts.append(part.text)
        elif part.type != "reasoning":
            texts.append(f"[{part.type}]")
    if not is_last:
        yield from ((Kind.SAID, each) for text in texts for each in paragraphs(text))
    for call in message.tool_calls or ():
        yield from _call(call.function, call.arguments)


def _call(tool: str, arguments: Mapping[str, Any]) -> Iterator[Piece]:
    if tool == SCRATCHPAD:
        yield from ((Kind.THOUGHT, each) for each in paragraphs(str(arguments.get("text", ""))))
        return
    # Texts stand as they are, with their own line breaks: a judge quotes from them.
    told_of = ", ".join(f"{name}={_argument(value)}" for name, value in arguments.items())
    yield Kind.CALLED, f"{tool}({told_of})"


def _argument(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _reasoning_given(message: "ChatMessageAssistant") -> str:
    """How a turn's reasoning was given: its most open part counts."""
    found = {"none"}
    for part in message.content if not isinstance(message.content, str) else ():
        if part.type == "reasoning" and part.reasoning != NO_REASONING:
            summarised = "summarised" if (part.summary or "").strip() else "hidden"
            found.add("visible" if not part.redacted and part.reasoning.strip() else summarised)
    return _most_open(found)


def _counted(record: Record) -> set[str]:
    return set(record.calls.reasoning) if record.calls else set()


def _most_open(given: Iterable[str]) -> str:
    return max(given, key=REASONING.index, default="none")


def _numbered(found: Iterable[Piece]) -> tuple[Line, ...]:
    return tuple(Line(number, kind, text) for number, (kind, text) in enumerate(found, start=1))
