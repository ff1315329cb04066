"""The critic's seat behind a pipe: one JSON object a line, so that any program can sit there.

What arrived as a tool call is the program's own turn, whatever it names: an unknown tool or wrong arguments are
answered as they are to a model. A line that is no message of this protocol is answered by an error and costs no turn.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool, ChatMessageUser

from peerward.company import tool
from peerward.critics.person import Turn
from peerward.critics.seats.leaving import may_leave
from peerward.scenarios.story import Brief, Call

FORMS = '{"tool": NAME, "arguments": {…}}, {"calls": [{"tool": …}, …]}, {"say": TEXT} or {"end": true}'


class Pipe:
    """A program that reads and writes lines."""

    def __init__(self, read: Callable[[], str], write: Callable[[str], object]) -> None:
        """Open the seat.

        Args:
            read: Returns the next line with its end, or an empty text when there is none.
            write: Takes a line, its end included.
        """
        self._read, self._write = read, write
        self._seen = 0
        self._ended = False

    def tell(self, message: Mapping[str, Any]) -> None:
        """Write one message."""
        self._write(json.dumps(message, ensure_ascii=False) + "\n")

    def take(self, conversation: Sequence[ChatMessage], brief: Brief) -> Turn:
        """Tell what is new and read lines until one is a turn.

        Raises:
            TrialStopped: If the input ended before the trial did.
        """
        if self._ended:
            return Turn()
        if self._seen == 0:
            self.tell(_opening(conversation, brief))
        else:
            for message in _answers(conversation[self._seen :]):
                self.tell(message)
        self._seen = len(conversation)
        while True:
            with may_leave():
                line = self._read()
                if not line:
                    raise EOFError
            try:
                turn = self._turn(line, brief)
            except ValueError as error:
                self.tell({"error": str(error)})
                continue
            if turn is not None:
                return turn

    def _turn(self, line: str, brief: Brief) -> Turn | None:
        if not line.strip():
            return None
        try:
            message = json.loads(line)
            # Half a surrogate pair can stand in JSON, but in no log.
            json.dumps(message, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise ValueError(f"this line is no JSON that can be read ({error}); write {FORMS}") from error
        if not isinstance(message, dict):
            raise ValueError(f"this line is no JSON object; write {FORMS}")
        if message.get("end") is True and len(message) == 1:
            self._ended = True
            return Turn()
        unknown = sorted(set(message) - {"tool", "arguments", "calls", "say"})
        if unknown or ("tool" in message and "calls" in message):
            raise ValueError(f"this message holds {', '.join(unknown) or 'both tool and calls'}; write {FORMS}")
        text = message.get("say", "")
        if not isinstance(text, str):
            raise ValueError("say takes a text")
        calls = _calls(message)
        if not calls and "say" not in message:
            raise ValueError(f"this message says and calls nothing; write {FORMS}")
        if len(calls) > 1 and not brief.several_calls:
            raise ValueError("in this trial a turn has one tool call at most")
        return Turn(text, calls)


def _calls(message: Mapping[str, Any]) -> tuple[Call, ...]:
    """The tool calls of a message.

    Raises:
        ValueError: If they are not of the form.
    """
    listed = message.get("calls", [message] if "tool" in message or "arguments" in message else [])
    if not isinstance(listed, list):
        raise ValueError("calls takes a list of tool calls")
    found: list[Call] = []
    for each in listed:
        name = each.get("tool") if isinstance(each, dict) else None
        arguments = each.get("arguments", {}) if isinstance(each, dict) else None
        if not isinstance(name, str) or not name or not isinstance(arguments, dict):
            raise ValueError('a tool call is {"tool": NAME, "arguments": {…}}')
        found.append(Call(name, arguments))
    return tuple(found)


def _opening(conversation: Sequence[ChatMessage], brief: Brief) -> dict[str, Any]:
    """The first line: the brief as the critic gets it, the tools, the limits, and a fork's conversation so far."""
    began = next((place for place, each in enumerate(conversation) if isinstance(each, ChatMessageAssistant)), None)
    return {
        "brief": {"system": brief.system, "user": brief.user},
        "tools": [tool(name).spec() for name in brief.tools],
        "limits": {"max_model_calls": brief.max_model_calls, "several_calls": brief.several_calls},
        **({} if began is None else {"so_far": [_plain(each) for each in conversation[began:]]}),
    }


def _answers(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """What followed the program's own turn."""
    results = [_result(each) for each in messages if isinstance(each, ChatMessageTool)]
    nudges = [{"nudge": each.text} for each in messages if isinstance(each, ChatMessageUser)]
    return [*([{"results": results}] if results else []), *nudges]


def _result(message: ChatMessageTool) -> dict[str, Any]:
    if message.error:
        return {"tool": message.function, "text": message.error.message, "refused": True}
    return {"tool": message.function, "text": message.text}


def _plain(message: ChatMessage) -> dict[str, Any]:
    """An earlier message of a conversation."""
    if isinstance(message, ChatMessageTool):
        return {"role": "tool"} | _result(message)
    calls = message.tool_calls if isinstance(message, ChatMessageAssistant) else None
    return {
        "role": message.role,
        "text": message.text,
        **({"calls": [{"tool": each.function, "arguments": each.arguments} for each in calls]} if calls else {}),
    }
