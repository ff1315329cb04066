"""What is counted of a trial's calls: faults, attempts, pauses, how reasoning was given, replies cut or empty.

Inspect tries most failed calls again without telling its caller. A hook of its own is told; it counts for the trial
in whose context it is called.
"""

from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache

from inspect_ai.hooks import Hooks, ModelRetry, hooks
from inspect_ai.model import ContentReasoning, ModelOutput

from peerward.critics.faults import Fault, fault_named
from peerward.measures.record import REASONING, Calls

_COUNTED: ContextVar["Count | None"] = ContextVar("peerward_counted", default=None)


@dataclass
class Count:
    """The calls of one trial so far.

    Attributes:
        model: How many times the model was asked: its turns, however many attempts each took.
        retries: Attempts beyond the first, of all calls, Inspect's own among them.
        faults: Failed attempts by kind.
        paused_seconds: Pauses of the loop's own between attempts.
        failure: The fault that ended the trial, or an empty text.
        reasoning: How reasoning was given in the replies: ``none``, ``hidden``, ``summarised``, ``visible``.
        cut: Replies that ended at the limit of tokens for a reply.
        empty: Replies with neither text nor tool call.
    """

    model: int = 0
    retries: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    paused_seconds: float = 0.0
    failure: str = ""
    reasoning: set[str] = field(default_factory=set)
    cut: int = 0
    empty: int = 0

    def failed(self, fault: Fault) -> None:
        """Count a failed attempt."""
        self.faults[fault.value] += 1

    def overflowed(self) -> None:
        """Count a conversation that no longer fits the model."""
        self.failed(Fault.CONTEXT_OVERFLOW)
        self.failure = Fault.CONTEXT_OVERFLOW.value

    def replied(self, output: ModelOutput, refused: bool) -> None:
        """Count a reply that arrived; one that the provider refused says nothing of the model's own turns."""
        self.reasoning.add(reasoning_of(output))
        if refused:
            return
        self.cut += output.stop_reason == "max_tokens"
        message = output.message
        self.empty += not message.tool_calls and not message.text.strip()

    def calls(self) -> Calls:
        """What goes into the record."""
        return Calls(
            retries=self.retries,
            faults=dict(sorted(self.faults.items())),
            paused_seconds=round(self.paused_seconds, 3),
            failure=self.failure,
            reasoning=tuple(kind for kind in REASONING if kind in self.reasoning),
            cut=self.cut,
            empty=self.empty,
        )


def reasoning_of(output: ModelOutput) -> str:
    """How a reply's reasoning was given: its most open part counts.

    ``hidden`` is also a reply that only its usage says was reasoned for. Of ``visible`` text a provider may still have
    kept some back; it would not say so.
    """
    content = output.message.content
    found = {_given(part) for part in content if isinstance(part, ContentReasoning)} if content else set()
    if not found and output.usage is not None and output.usage.reasoning_tokens:
        return "hidden"
    return max(found, key=REASONING.index, default="none")


def _given(part: ContentReasoning) -> str:
    if not part.redacted and part.reasoning.strip():
        return "visible"
    return "summarised" if (part.summary or "").strip() else "hidden"


def count_for_this_trial(count: Count) -> None:
    """Let Inspect's own attempts in this context be counted.

    The hook is registered with the first trial, since Inspect prints a notice about hooks that are there at its start.
    """
    _COUNTED.set(count)
    _listen()


@cache
def _listen() -> None:
    hooks(name="retries", description="Counts failed attempts of calls, by kind, for the trials table.")(_Retries)


class _Retries(Hooks):
    async def on_model_retry(self, data: ModelRetry) -> None:
        count = _COUNTED.get()
        if count is not None:
            count.retries += 1
            count.failed(fault_named(data.exception_type, data.status_code))
