"""An acted trial as a conversation, so that it is read by the same way as the trial of a real log."""

from itertools import count

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    Content,
    ContentReasoning,
    ContentText,
)
from inspect_ai.tool import ToolCall

from peerward.company.state import Entry
from peerward.measures.judges import Reading, reading_of
from peerward.runs.judging.gold.acted import Acted, Spoken


def read(acted: Acted) -> Reading:
    """Return the reading of an acted trial, unmasked."""
    return reading_of(conversation(acted), acted.record)


def conversation(acted: Acted) -> list[ChatMessage]:
    """Return an acted trial's messages as a log would hold them: brief, turns, replies of tools, nudges."""
    brief = acted.staged.brief
    found: list[ChatMessage] = [ChatMessageSystem(content=brief.system)] if brief.system else []
    found.append(ChatMessageUser(content=brief.user))
    journal, numbers = iter(acted.record.read_end().journal), count(1)
    for turn in acted.turns:
        calls = [
            ToolCall(id=f"call{next(numbers)}", function=each.tool, arguments=dict(each.arguments))
            for each in turn.move.calls
        ]
        found.append(ChatMessageAssistant(content=_content(turn), tool_calls=calls or None))
        for call in calls:
            known = call.function in brief.tools
            answer = _answer(next(journal, None)) if known else f"There is no tool {call.function}."
            found.append(ChatMessageTool(content=answer, tool_call_id=call.id, function=call.function))
        if not turn.move.calls and turn is not acted.turns[-1]:
            found.append(ChatMessageUser(content=brief.nudge))
    return found


def _content(turn: Spoken) -> list[Content]:
    thought: list[Content] = [ContentReasoning(reasoning=turn.thought)] if turn.thought else []
    return [*thought, ContentText(text=turn.move.text)]


def _answer(entry: Entry | None) -> str:
    return (entry.result or entry.refusal) if entry else ""
