"""The shape of a released transcript: who said what, which tools were called, what is said of it, and its labels.

A transcript stands as an object of its own (``conversation``, ``experiment_metadata`` and labels) or inside a row of
the published table, whose columns say the same in flat form and whose ``transcript_json`` holds the object. Both become
one ``Transcript``. What is not known here is kept by name, so that it can be counted.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LABEL_PLACES = ("task_evaluation", "evaluation", "main_task_evaluation")
"""Under which key an object's labels can stand; the first that holds any counts."""
METADATA = "experiment_metadata"
_KNOWN = frozenset({*LABEL_PLACES, METADATA, "conversation", "canary", "usage_summary", "task_type", "transcript_id"})
_FOLLOW_UPS = frozenset({"followup", "follow_up", "followups", "follow_ups", "follow_up_conversation"})
ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})


class ShapeError(ValueError):
    """Data that is no transcript; the message says why."""


@dataclass(frozen=True)
class ToolCall:
    """One tool call.

    Attributes:
        tool: Its name.
        arguments: Its arguments by name.
    """

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes:
        role: Who speaks: ``system``, ``user``, ``assistant`` or ``tool``.
        text: What is said.
        calls: The calls asked for (assistant) or answered (tool).
        error: Whether the reply is marked as an error.
    """

    role: str
    text: str
    calls: tuple[ToolCall, ...] = ()
    error: bool = False


@dataclass(frozen=True)
class Transcript:
    """One released transcript.

    Attributes:
        source: Where it was read, for people: a file's name and, in a table, the row.
        key: What names it: its own ID, or the source.
        columns: What the published row says beside the transcript; empty for a file of its own.
        metadata: The experiment's metadata.
        labels: The authors' labels, under whichever key they stood.
        labels_at: That key, ``columns`` for those of a row alone, or an empty text where there are none.
        messages: The conversation.
        usage: What it used up.
        canary: The object's canary string, or an empty text; it goes into the imported log alone.
        follow_up: Whether talk after the task's end is part of it.
        unknown: Names of keys, roles and forms that are not known here.
    """

    source: str
    key: str
    columns: Mapping[str, Any]
    metadata: Mapping[str, Any]
    labels: Mapping[str, Any]
    labels_at: str
    messages: tuple[Message, ...]
    usage: Mapping[str, Any]
    canary: str
    follow_up: bool
    unknown: tuple[str, ...]

    def said(self, *names: str) -> Any:
        """The first of some names that the metadata or the row gives a value to, else None."""
        for place in (self.metadata, self.columns):
            for name in names:
                if not is_missing(place.get(name)):
                    return place[name]
        return None

    @property
    def model_turns(self) -> int:
        """How many times the model was asked: runs of its messages count once."""
        roles = [message.role for message in self.messages]
        return sum(role == "assistant" and (at == 0 or roles[at - 1] != role) for at, role in enumerate(roles))


def is_missing(value: Any) -> bool:
    """Whether a value says nothing: null, NaN, an empty text or ``None`` as a word."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and value.strip().casefold() in ("", "none", "nan", "null")


def word_of(value: Any) -> str:
    """A name as it is looked up, however it is spelt: small letters, and one underscore for spaces and hyphens."""
    return re.sub(r"[\s_-]+", "_", str(value).strip().casefold())


def transcript_of(data: Any, source: str) -> Transcript:
    """Return a transcript from an object or from a row of the published table.

    Args:
        data: What was read.
        source: Where, for people.

    Raises:
        ShapeError: If there is no conversation in it.
    """
    if not isinstance(data, Mapping):
        raise ShapeError(f"holds {type(data).__name__}, a transcript is an object")
    columns: Mapping[str, Any] = {}
    if "conversation" not in data:
        if is_missing(data.get("transcript_json")):
            raise ShapeError("has neither 'conversation' nor 'transcript_json'")
        columns = {name: value for name, value in data.items() if name != "transcript_json"}
        data = _inner(data["transcript_json"])
    conversation = data["conversation"]
    if not isinstance(conversation, list):
        raise ShapeError(f"'conversation' holds {type(conversation).__name__}, not a list of messages")
    unknown = {f"key {name}" for name in data if name not in _KNOWN | _FOLLOW_UPS}
    messages = tuple(_messages(conversation, unknown))
    if not messages:
        raise ShapeError("its conversation holds no message")
    labels_at, labels = _labels(data, columns)
    key = columns.get("transcript_id") or data.get("transcript_id") or source
    return Transcript(
        source=source,
        key=str(key),
        columns=columns,
        metadata=_object(data.get(METADATA)) | ({"task_type": data["task_type"]} if "task_type" in data else {}),
        labels=labels,
        labels_at=labels_at,
        messages=messages,
        usage=_object(data.get("usage_summary")),
        canary="" if is_missing(data.get("canary")) else str(data["canary"]),
        follow_up="main_task_evaluation" in data or any(name in data for name in _FOLLOW_UPS),
        unknown=tuple(sorted(unknown)),
    )


def _inner(text: Any) -> Mapping[str, Any]:
    if isinstance(text, str | bytes):
        try:
            text = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ShapeError(f"its 'transcript_json' is no JSON ({error})") from error
    if not isinstance(text, Mapping) or "conversation" not in text:
        raise ShapeError("its 'transcript_json' holds no 'conversation'")
    return text


def _object(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _labels(data: Mapping[str, Any], columns: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    for place in LABEL_PLACES:
        labels = _object(data.get(place))
        if labels:
            return place, labels
    return ("columns" if columns else ""), {}


def _messages(conversation: Sequence[Any], unknown: set[str]) -> Iterator[Message]:
    for each in conversation:
        if not isinstance(each, Mapping):
            unknown.add(f"message of type {type(each).__name__}")
            yield Message("", each if isinstance(each, str) else json.dumps(each, ensure_ascii=False, default=str))
            continue
        role = str(each.get("role") or "").casefold()
        if role not in ROLES:
            unknown.add(f"role {role or '(none)'}")
        calls = tuple(_calls(each.get("tool_calls"), unknown))
        text, failed = _text(each.get("content"), unknown), not is_missing(each.get("error"))
        yield Message("system" if role == "developer" else role, text, calls, failed)


def _text(content: Any, unknown: set[str]) -> str:
    """A message's text; of a list of parts those that are text, of anything else its JSON."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = [part if isinstance(part, str) else part.get("text") for part in content if part and _is_part(part)]
        if len(texts) < len(content):
            unknown.add("content with parts that are no text")
        return "\n".join(text for text in texts if isinstance(text, str))
    unknown.add(f"content of type {type(content).__name__}")
    return json.dumps(content, ensure_ascii=False, default=str)


def _is_part(part: Any) -> bool:
    return isinstance(part, str) or (isinstance(part, Mapping) and isinstance(part.get("text"), str))


def _calls(value: Any, unknown: set[str]) -> Iterator[ToolCall]:
    """Calls as ``{name: arguments}``, a list of such, or the lists that providers' interfaces give."""
    if is_missing(value):
        return
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, Mapping):
            # A call of which nothing else is known is still one that was not replayed.
            unknown.add(f"tool call of type {type(each).__name__}")
            yield ToolCall("(no name)", {"": each})
            continue
        function = each.get("function")
        if isinstance(function, Mapping) and "name" in function:
            yield ToolCall(str(function["name"]), _arguments(function.get("arguments"), unknown))
        elif isinstance(each.get("name"), str) and "arguments" in each:
            yield ToolCall(each["name"], _arguments(each["arguments"], unknown))
        else:
            yield from (ToolCall(str(name), _arguments(given, unknown)) for name, given in each.items())


def _arguments(given: Any, unknown: set[str]) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return {str(name): value for name, value in given.items()}
    if is_missing(given) or given == []:
        return {}
    if isinstance(given, str):
        try:
            parsed = json.loads(given)
        except (ValueError, RecursionError):
            parsed = None
        if isinstance(parsed, dict):
            return parsed
    unknown.add(f"arguments of type {type(given).__name__}")
    return {"": given}
