"""What one trial shows of the path on which a critic is reached, read from its log."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalSample, read_eval_log
from inspect_ai.model import ChatMessageAssistant, ContentReasoning, ModelUsage

from peerward.design.critic import Critic
from peerward.design.families import CLOSED, family_of
from peerward.measures import Ended
from peerward.measures.record import RECORD_KEY


class Reasoning(StrEnum):
    """How a path gives the critic's reasoning."""

    VISIBLE = "visible"
    """As the critic wrote it."""
    SUMMARISED = "summarised"
    """As a summary that the provider made of it."""
    HIDDEN = "hidden"
    """Not at all: sealed text, or nothing but a count of tokens."""
    NONE = "none"
    """There was none."""


@dataclass(frozen=True)
class Tokens:
    """Tokens of a trial; all of them are 0 where the path counts none.

    Attributes:
        tokens_in: In, cached ones included.
        cached: Of those, read from the provider's cache.
        tokens_out: Out, reasoning included.
        reasoning: Of those, for reasoning, as far as the provider tells it.
        largest_prompt: In, of the largest call.
        dollars: What they cost; NaN where no price is known.
    """

    tokens_in: int = 0
    cached: int = 0
    tokens_out: int = 0
    reasoning: int = 0
    largest_prompt: int = 0
    dollars: float = math.nan


@dataclass(frozen=True)
class Seen:
    """What a probe's trial shows.

    Attributes:
        ended: How its loop ended.
        limit: The probe's own limit that ended it (token, turn, time), or an empty text.
        calls: Calls of the model that were answered.
        retried: Failed attempts that Inspect repeated.
        tool_calls: Tool calls that arrived whole.
        most_at_once: The most tool calls in one turn.
        broken_calls: Tool calls whose arguments could not be read.
        stops: Why replies ended, in Inspect's words, each once.
        reasoning: How reasoning is given.
        tokens: The trial's tokens.
        prompt_characters: Characters of the conversation before the last reply.
        seconds: From the trial's beginning to its end.
        seconds_a_call: The mean over its calls.
        served: The names by which the provider says that it answered.
        left_out: Settings that were asked for and did not go out.
        error: The error that ended it with what led to it, or an empty text.
    """

    ended: Ended = Ended.ERROR
    limit: str = ""
    calls: int = 0
    retried: int = 0
    tool_calls: int = 0
    most_at_once: int = 0
    broken_calls: int = 0
    stops: tuple[str, ...] = ()
    reasoning: Reasoning = Reasoning.NONE
    tokens: Tokens = Tokens()
    prompt_characters: int = 0
    seconds: float = 0.0
    seconds_a_call: float = 0.0
    served: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    error: str = ""

    @property
    def finished(self) -> bool:
        """Whether the critic closed the job."""
        return self.ended is Ended.FINISHED


def read_seen(log: Path, critic: Critic) -> Seen:
    """What the one trial of a log shows of the critic's path."""
    samples = read_eval_log(str(log), resolve_attachments=True).samples or []
    if not samples:
        return Seen(error="the trial left nothing in its log")
    return _seen(samples[0], critic)


def _seen(sample: EvalSample, critic: Critic) -> Seen:
    events = [event for event in sample.events if isinstance(event, ModelEvent)]
    answered = [event for event in events if not event.error and event.output.choices]
    replies = [event.output.message for event in answered]
    called = [reply.tool_calls or [] for reply in replies]
    whole = [[call for call in calls if not call.parse_error] for calls in called]
    tokens = _tokens([event.output.usage for event in answered if event.output.usage])
    seconds = [event.working_time or 0.0 for event in answered]
    return Seen(
        ended=_ended(sample),
        limit=sample.limit.type if sample.limit else "",
        calls=len(answered),
        retried=sum(event.retries or 0 for event in events),
        tool_calls=sum(map(len, whole)),
        most_at_once=max(map(len, called), default=0),
        broken_calls=sum(map(len, called)) - sum(map(len, whole)),
        stops=tuple(dict.fromkeys(event.output.stop_reason for event in answered)),
        reasoning=_reasoning(replies, tokens, critic),
        tokens=tokens,
        prompt_characters=_characters(sample),
        seconds=float(sample.total_time or 0.0),
        seconds_a_call=sum(seconds) / len(seconds) if seconds else 0.0,
        served=tuple(dict.fromkeys(event.output.model for event in answered if event.output.model)),
        left_out=tuple(_left_out(events, critic.generation)),
        error="\n".join(_errors(sample, events)),
    )


def _ended(sample: EvalSample) -> Ended:
    text = sample.store.get(RECORD_KEY)
    return Ended(json.loads(text)["ended"]) if isinstance(text, str) else Ended.ERROR


def _errors(sample: EvalSample, events: Sequence[ModelEvent]) -> Iterator[str]:
    if sample.error is None:
        # A conversation that did not fit ends the loop without an error of the trial: only the call tells why.
        if sample.limit is None and not any(event.output.choices for event in events if not event.error):
            yield from (event.error for event in events if event.error)
        return
    yield sample.error.message
    yield from (event.error for event in events if event.error)
    # Where Inspect gave up trying again, its message hides what failed; the end of the trace names it.
    yield from sample.error.traceback.strip().splitlines()[-40:]


def _tokens(usages: Sequence[ModelUsage]) -> Tokens:
    prompts = [
        usage.input_tokens + (usage.input_tokens_cache_read or 0) + (usage.input_tokens_cache_write or 0)
        for usage in usages
    ]
    costs = [usage.total_cost for usage in usages if usage.total_cost is not None]
    return Tokens(
        dollars=math.fsum(costs) if costs and len(costs) == len(usages) else math.nan,
        tokens_in=sum(prompts),
        cached=sum(usage.input_tokens_cache_read or 0 for usage in usages),
        tokens_out=sum(usage.output_tokens for usage in usages),
        reasoning=sum(usage.reasoning_tokens or 0 for usage in usages),
        largest_prompt=max(prompts, default=0),
    )


def _reasoning(replies: Iterable[ChatMessageAssistant], tokens: Tokens, critic: Critic) -> Reasoning:
    blocks = [
        block
        for reply in replies
        if isinstance(reply.content, list)
        for block in reply.content
        if isinstance(block, ContentReasoning)
    ]
    if any(block.reasoning.strip() and not block.redacted for block in blocks):
        # These makers show readable text, and document that it is a summary.
        closed = family_of(critic.model) in CLOSED and "gpt-oss" not in critic.model
        return Reasoning.SUMMARISED if closed else Reasoning.VISIBLE
    if any((block.summary or "").strip() for block in blocks):
        return Reasoning.SUMMARISED
    return Reasoning.HIDDEN if blocks or tokens.reasoning else Reasoning.NONE


def _characters(sample: EvalSample) -> int:
    last = max((number for number, each in enumerate(sample.messages) if each.role == "assistant"), default=0)
    return sum(len(message.text) for message in sample.messages[:last])


_SENT = ("temperature", "top_p", "top_k", "seed")
"""Settings that have the same name in every protocol, give or take the case."""


def _left_out(events: Iterable[ModelEvent], generation: Mapping[str, Any]) -> Iterator[str]:
    requests = [event.call.request for event in events if event.call is not None]
    sent = {key.lower().replace("_", "") for request in requests for key in _keys(request)}
    for name in _SENT:
        if requests and name in generation and name.replace("_", "") not in sent:
            yield name


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            # What the critic is told and offered holds keys of its own.
            if key not in ("messages", "tools", "contents", "input"):
                yield str(key)
                yield from _keys(each)
