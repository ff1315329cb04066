"""The Inspect model provider ``person/<name>``: a person, or any program by pipe, in the critic's seat.

The trial is the ordinary one (loop, log, findings, identity): only who answers differs. Who sits there, ``peerward
play`` says by ``SEAT``; one trial is played at a time, so that waiting for an answer may hold everything up.
"""

import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo

from peerward.critics.cue import CUE
from peerward.scenarios.story import Brief, Call

PROVIDER = "person"
"""The provider's name."""


@dataclass(frozen=True)
class Turn:
    """What was said and called in one turn."""

    text: str = ""
    calls: tuple[Call, ...] = ()


class Seat(Protocol):
    """Where somebody sits who is shown a conversation and asked for the next turn."""

    def take(self, conversation: Sequence[ChatMessage], brief: Brief) -> Turn:
        """Show what is new in the conversation and return the next turn.

        Raises:
            TrialStopped: If the seat was left before the trial's end.
        """
        ...


SEAT: ContextVar[Seat | None] = ContextVar("peerward_seat", default=None)
"""The seat of this process, while somebody plays."""


class PersonAPI(ModelAPI):
    """Whoever sits in the critic's seat, as a model."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig | None = None,
        **model_args: Any,
    ) -> None:
        """Make the critic.

        Args:
            model_name: What the person or program is called.
            base_url: Not used.
            api_key: Not used.
            config: Not used.
            model_args: None are taken.

        Raises:
            ValueError: If nobody sits there, or the name is none.
        """
        super().__init__(model_name, base_url, api_key, [], config or GenerateConfig())
        if model_args:
            raise ValueError(f"{PROVIDER}/{model_name} takes no {', '.join(model_args)}")
        if not is_name(model_name):
            raise ValueError(f"{model_name!r} is no name for a person: letters, digits, '.', '_' and '-' make one")
        if SEAT.get() is None:
            raise ValueError("nobody sits in the critic's seat; a person takes it by 'peerward play SCENARIO'")

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Return the next turn of whoever sits in the seat."""
        seat, cue = SEAT.get(), CUE.get()
        if seat is None or cue is None:
            raise RuntimeError("a person takes the critic's seat by 'peerward play SCENARIO' only")
        number = sum(isinstance(message, ChatMessageAssistant) for message in input)
        turn = seat.take(input, cue.staged.brief)
        calls = [
            ToolCall(id=f"call-{number}-{place}", function=each.tool, arguments=dict(each.arguments))
            for place, each in enumerate(turn.calls)
        ]
        message = ChatMessageAssistant(content=turn.text, tool_calls=calls or None, model=self.model_name)
        choice = ChatCompletionChoice(message=message, stop_reason="tool_calls" if calls else "stop")
        return ModelOutput(model=self.model_name, choices=[choice], usage=ModelUsage())

    async def count_text_tokens(self, text: str) -> int:
        """About four characters a token; asks no tokenizer."""
        return max(1, len(text) // 4)

    def max_connections(self) -> int:
        """One trial at a time."""
        return 1


def is_name(name: str) -> bool:
    """Whether a text can name a person or a program in a model string."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) is not None


@modelapi(name=PROVIDER)
def person() -> type[ModelAPI]:
    """The provider."""
    return PersonAPI
