"""A critic's sitting in a harness: every call of its model goes through here, is counted, kept, and may end the trial.

The harness asks over Inspect's bridge, whose filter hands each request to ``Session.ask``. What ends a trial there (the
limit of calls, a refusal by the provider, a fault) cancels the harness from outside: were the error handed to it
instead, it would try again by rules of its own, or tell the model of it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import anyio
from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelOutput
from inspect_ai.tool import ToolChoice, ToolDef, ToolInfo
from inspect_ai.util import LimitExceededError

from peerward.critics.calling import CallFailedError, ask_model, was_refused
from peerward.critics.counting import Count
from peerward.critics.faults import Fault
from peerward.measures import Ended
from peerward.scenarios.story import Brief


@dataclass(frozen=True)
class Request:
    """One call of the model: what was sent, when, and what came back (None while nothing has)."""

    messages: tuple[ChatMessage, ...]
    with_tools: bool
    at: datetime
    output: ModelOutput | None = None


@dataclass
class Session:
    """The calls of one trial so far.

    Attributes:
        brief: What the critic is given.
        count: Counts the critic's own turns: requests that offer tools.
        before_call: Called before each of them, to see what lies on disk.
        aside: Counts requests without tools (titles, summaries), which are no turns of the critic.
        requests: All of them, in order.
        ended: How the trial ended, where it was ended from here.
        error: The failure that ended it.
    """

    brief: Brief
    count: Count
    before_call: Callable[[], Awaitable[None]]
    aside: Count = field(default_factory=Count)
    requests: list[Request] = field(default_factory=list)
    ended: Ended | None = None
    error: Exception | None = None
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)

    async def ask(
        self,
        model: Model,
        messages: list[ChatMessage],
        tools: Sequence[ToolDef | ToolInfo],
        tool_choice: ToolChoice | None,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Return the model's reply to a request of the harness.

        Does not return where the trial ends with this call; the harness is cancelled then.

        Raises:
            LimitExceededError: If one of Inspect's limits ends the trial.
        """
        count = self.count if tools else self.aside
        at = len(self.requests)
        self.requests.append(Request(tuple(messages), bool(tools), datetime.now(UTC)))
        if tools:
            await self.before_call()
            if count.model >= self.brief.max_model_calls:
                await self._end(Ended.LIMIT)
        config = config.model_copy(update={"fail_on_refusal": False})
        try:
            output = await ask_model(model, messages, tools, config, count, tool_choice)
        except LimitExceededError:
            raise
        except CallFailedError as failed:
            if failed.fault is Fault.CONTEXT_OVERFLOW:
                await self._end(Ended.OVERFLOW)
            await self._end(Ended.ERROR, failed)
        except Exception as error:
            await self._end(Ended.ERROR, error)
        self.requests[at] = Request(tuple(messages), bool(tools), self.requests[at].at, output)
        if output.stop_reason == "model_length":
            self.count.overflowed()
            await self._end(Ended.OVERFLOW)
        if tools and was_refused(output):
            await self._end(Ended.REFUSED_BY_PROVIDER)
        return output

    async def _end(self, ended: Ended, error: Exception | None = None) -> None:
        """End the trial here and now."""
        if self.ended is None:
            self.ended, self.error = ended, error
        self.scope.cancel()
        # The harness is being cancelled, and this with it.
        await anyio.sleep_forever()
