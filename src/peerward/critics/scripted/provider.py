"""The Inspect model provider ``scripted/<policy>``: offline, without tokens or a tokenizer.

What it does next depends on the conversation alone (how many turns of its own it holds), so that it can be
resumed, replayed and run in parallel.
"""

from typing import Any

import anyio
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    StopReason,
    modelapi,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo

from peerward.critics.cue import CUE, Cue
from peerward.critics.scripted.mixture import Mixture, load_profile
from peerward.critics.scripted.policy import Move, Script, spoken
from peerward.critics.scripted.translated import in_dialect
from peerward.critics.scripted.troupe import policy

CAST = "cast"
"""Plays the part that the sample names (self-check)."""
MIXTURE = "mixture"
"""Draws a policy per trial from the propensities of a profile."""
_ASIDE = "Today's job"
"""The reply to what a harness asks beside the job, without tools: a title, a summary."""


class ScriptedAPI(ModelAPI):
    """A scripted critic as a model."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig | None = None,
        profile: str | None = None,
        latency: float = 0.0,
        **model_args: Any,
    ) -> None:
        """Make the critic.

        Args:
            model_name: The policy's name, ``mixture`` or ``cast``.
            base_url: Not used.
            api_key: Not used.
            config: Not used.
            profile: For ``mixture``: a YAML file of propensities.
            latency: Seconds that every turn takes, as a provider's would.
            model_args: None are taken.

        Raises:
            ValueError: If there is no such policy, or ``mixture`` has no profile; the message says what there is.
        """
        super().__init__(model_name, base_url, api_key, [], config or GenerateConfig())
        if model_args:
            odd = ", ".join(model_args)
            raise ValueError(
                f"scripted/{model_name} takes no {odd}; it takes latency=SECONDS, mixture also profile=FILE"
            )
        if not isinstance(latency, int | float) or not 0 <= latency < 3600:
            raise ValueError(f"latency={latency!r} is no number of seconds; give one of 0 or more")
        self._latency = float(latency)
        self._mixture: Mixture | None = None
        if model_name == MIXTURE:
            if not profile:
                raise ValueError("scripted/mixture needs a profile: -M profile=FILE.yaml")
            self._mixture = load_profile(profile)
        elif model_name != CAST:
            policy(model_name)
        self._turns: dict[tuple[str, str], tuple[Move, ...]] = {}

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Return the next turn of the policy for the trial that is being played."""
        cue = CUE.get()
        if cue is None:
            raise RuntimeError("a scripted critic acts only in a peerward trial")
        if cue.dialect is not None and not tools:
            return self._say(Move(text=_ASIDE), 0)
        played = sum(isinstance(message, ChatMessageAssistant) for message in input)
        turns = self._play(self._part(cue), cue)
        if self._latency:
            await anyio.sleep(self._latency)
        move = turns[played] if played < len(turns) else Move(text="There is nothing left to do.")
        return self._say(move, played)

    def _part(self, cue: Cue) -> str:
        if self.model_name == CAST:
            return cue.part
        if self._mixture is not None:
            return self._mixture.draw(cue.staged, cue.epoch)
        return self.model_name

    def _play(self, part: str, cue: Cue) -> tuple[Move, ...]:
        key = (part, cue.staged.digest)
        if key not in self._turns:
            if len(self._turns) > 2000:
                self._turns.clear()
            moves = spoken(cue.staged, policy(part).play(Script(cue.staged)))
            self._turns[key] = in_dialect(cue.dialect, cue.staged, moves) if cue.dialect else moves
        return self._turns[key]

    def _say(self, move: Move, turn: int) -> ModelOutput:
        calls = [
            ToolCall(id=f"call-{turn}-{number}", function=each.tool, arguments=dict(each.arguments))
            for number, each in enumerate(move.calls)
        ]
        if move.broken_call:
            calls.append(
                ToolCall(
                    id=f"call-{turn}-broken",
                    function=move.broken_call,
                    arguments={},
                    parse_error=f"Error parsing the arguments of {move.broken_call}: they are no JSON object.",
                )
            )
        message = ChatMessageAssistant(content=move.text, tool_calls=calls or None, model=self.model_name)
        stop: StopReason = "content_filter" if move.provider_refusal else "tool_calls" if calls else "stop"
        return ModelOutput(
            model=self.model_name,
            choices=[ChatCompletionChoice(message=message, stop_reason=stop)],
            usage=ModelUsage(),
        )

    async def count_text_tokens(self, text: str) -> int:
        """About four characters a token; asks no tokenizer."""
        return max(1, len(text) // 4)

    def max_connections(self) -> int:
        """As many at once as the runner likes."""
        return 10_000


@modelapi(name="scripted")
def scripted() -> type[ModelAPI]:
    """The provider."""
    return ScriptedAPI
