"""Asking the model: one call, made again when the provider failed it, with nothing added to the conversation."""

import asyncio
from collections.abc import Sequence

from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelOutput
from inspect_ai.tool import ToolChoice, ToolDef, ToolInfo
from inspect_ai.util import LimitExceededError

from peerward.critics.counting import Count
from peerward.critics.faults import (
    PATIENCE,
    Fault,
    fault_of,
    gave_up,
    is_transient,
    retry_after_seconds,
    told_shortly,
)
from peerward.critics.turnstile import TURNSTILE, TrialStopped

STOP_IS_TOLD_LAST: tuple[str, ...] = ("anthropic/",)
"""Providers whose replies come in parts, the reason for the end in the last: one without it was cut, and what came of
it, perhaps half the arguments of a call, is handed on by Inspect as if it were whole."""


class CallFailedError(RuntimeError):
    """A call that did not succeed: infrastructure. The message begins with the kind of fault."""

    def __init__(self, fault: Fault, attempts: int, error: BaseException) -> None:
        """Make the error.

        Args:
            fault: What kind of fault it was in the end.
            attempts: How often the call was made.
            error: The last failure.
        """
        self.fault = fault
        times = "once" if attempts == 1 else f"{attempts} times"
        super().__init__(f"{fault.value}: the model was asked {times} without a reply ({told_shortly(error)})")

    def __repr__(self) -> str:
        """The message: a log holds an error as its repr."""
        return str(self)


class CutReplyError(RuntimeError):
    """A reply that ended before it said why it ended."""


def was_refused(output: ModelOutput) -> bool:
    """Whether the provider stopped a reply, by its reason for the end or in a field of its own."""
    if output.stop_reason == "content_filter":
        return True
    details = output.choices[0].stop_details if output.choices else None
    return details is not None and details.type == "refusal"


async def ask_model(
    model: Model,
    messages: Sequence[ChatMessage],
    tools: Sequence[ToolDef | ToolInfo],
    config: GenerateConfig,
    count: Count,
    tool_choice: ToolChoice | None = None,
) -> ModelOutput:
    """Return the model's reply to a conversation.

    A transient fault that Inspect has not tried again is tried again after ``PATIENCE``'s pauses, or after the time
    that the provider asks for. A reply that arrived is returned whatever it is: refusals are never asked again.

    Args:
        model: The critic.
        messages: The conversation; it stays as it is.
        tools: The tools it may call.
        config: Settings of this call.
        count: Counts what happens.
        tool_choice: Which tools it is to prefer, where a harness says so.

    Raises:
        CallFailedError: If there was no reply.
        TrialStopped: If the run is over before an attempt.
        LimitExceededError: If one of Inspect's limits ends the trial.
    """
    before, asked = count.retries, False
    pauses = iter(PATIENCE.pauses_seconds)
    while True:
        TURNSTILE.pass_through()
        count.model += not asked
        asked = True
        try:
            output = await model.generate(list(messages), tools=list(tools), tool_choice=tool_choice, config=config)
            if output.stop_reason == "unknown" and str(model).startswith(STOP_IS_TOLD_LAST):
                raise CutReplyError("the reply ended without a reason for its end")
        except (LimitExceededError, TrialStopped):
            raise
        except Exception as error:
            fault = fault_of(error)
            count.failed(fault)
            pause = next(pauses, None) if is_transient(fault) and not gave_up(error) else None
            if pause is None:
                count.failure = fault.value
                if fault is Fault.UNKNOWN:
                    raise
                raise CallFailedError(fault, 1 + count.retries - before, error) from error
            count.retries += 1
            asked_for = retry_after_seconds(error)
            pause = pause if asked_for is None else max(pause, min(asked_for, PATIENCE.longest_seconds))
            count.paused_seconds += pause
            await asyncio.sleep(pause)
        else:
            if output.stop_reason != "model_length":
                count.replied(output, was_refused(output))
            return output
