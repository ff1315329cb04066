"""A language model as a judge: a forced tool call, checked; asked once more if it is invalid, then unscored."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from peerward.measures.judges.asking import (
    TOOL_NAME,
    again_prompt,
    answer_tool,
    read_answer,
    system_prompt,
    task_prompt,
)
from peerward.measures.judges.parts import PART_CHARACTERS, merged, parts
from peerward.measures.judges.reading import Reading
from peerward.measures.judges.rubric import Rubric
from peerward.measures.judges.verdict import Verdict
from peerward.measures.judges.visible import settled

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, Model, ModelOutput


def _drawn() -> str:
    return f"record-{secrets.token_hex(8)}"


class ModelJudge:
    """A model that judges under a rubric."""

    def __init__(
        self, model: "Model", part_characters: int = PART_CHARACTERS, mark: Callable[[], str] = _drawn
    ) -> None:
        """Take the model.

        Args:
            model: An Inspect model.
            part_characters: How many characters of a record it is given at once; longer ones go in parts.
            mark: Draws the mark around a record.
        """
        self._model = model
        self._part_characters = part_characters
        self._mark = mark

    @property
    def name(self) -> str:
        """The model's full name."""
        return str(self._model)

    async def judge(self, reading: Reading, rubric: Rubric) -> Verdict:
        """Return the model's verdict; unscored, with the reason, where it refused, failed or gave no valid answer.

        A limit that Inspect keeps (of cost, time or tokens) is passed on: it ends more than one verdict.
        """
        shown = parts(rubric.view(reading), self._part_characters)
        found: list[Verdict] = []
        for number, part in enumerate(shown, start=1):
            found.append(await self._judge_part(part, rubric, number, len(shown)))
            if found[-1].unscored:
                reason = f"part {number} of {len(shown)}: " if len(shown) > 1 else ""
                return self._unscored(rubric, reason + found[-1].unscored)
        return settled(merged(found, rubric), reading)

    async def _judge_part(self, part: Reading, rubric: Rubric, number: int, of: int) -> Verdict:
        from inspect_ai.model import ChatMessageSystem, ChatMessageUser
        from inspect_ai.util import LimitExceededError

        messages: list[ChatMessage] = [
            ChatMessageSystem(content=system_prompt()),
            ChatMessageUser(content=task_prompt(part, rubric, self._mark(), number, of)),
        ]
        try:
            output = await self._ask(messages, rubric)
            verdict = self._verdict(output, rubric, part)
            if verdict.unscored and not _refused(output):
                messages += [output.message, *_told(output, again_prompt(verdict.unscored))]
                output = await self._ask(messages, rubric)
                verdict = self._verdict(output, rubric, part)
        except LimitExceededError:
            raise
        except Exception as error:  # Whatever a provider raises: a failure is no value, and ends no other verdict.
            told = " ".join(str(error).split()) or "no reason is given"
            return self._unscored(rubric, f"the judge failed ({type(error).__name__}): {told[:200]}")
        return verdict

    async def _ask(self, messages: "list[ChatMessage]", rubric: Rubric) -> "ModelOutput":
        from inspect_ai.tool import ToolFunction

        return await self._model.generate(
            list(messages), tools=[answer_tool(rubric)], tool_choice=ToolFunction(name=TOOL_NAME)
        )

    def _verdict(self, output: "ModelOutput", rubric: Rubric, part: Reading) -> Verdict:
        if _refused(output):
            return self._unscored(rubric, "the judge's provider stopped the reply")
        if output.error:
            return self._unscored(rubric, f"the judge failed: {' '.join(output.error.split())[:200]}")
        return read_answer(output, rubric, part, self.name)

    def _unscored(self, rubric: Rubric, reason: str) -> Verdict:
        return Verdict(rubric.name, rubric.version, self.name, unscored=reason)


def _refused(output: "ModelOutput") -> bool:
    return output.stop_reason == "content_filter"


def _told(output: "ModelOutput", text: str) -> "list[ChatMessage]":
    """A message after a reply: providers want every call of a tool answered."""
    from inspect_ai.model import ChatMessageTool, ChatMessageUser

    calls = output.message.tool_calls or []
    if not calls:
        return [ChatMessageUser(content=text)]
    return [ChatMessageTool(content=text, tool_call_id=call.id, function=call.function) for call in calls]
