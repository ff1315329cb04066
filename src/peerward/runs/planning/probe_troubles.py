"""What would go wrong in a study on a path, as far as a probe's trial shows it, and what to do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from peerward.design.counting import counted
from peerward.design.critic import Critic
from peerward.design.critic_presets import known_path
from peerward.design.families import family_of, is_scripted
from peerward.measures import Ended
from peerward.runs.planning.probe_seen import Seen

SLOW_SECONDS = 30.0
"""Seconds for a call from which on a path is called slow."""
_LEAST_TOKENS_FOR_CHARACTERS = 10
"""No tokenizer makes fewer than one token of so many characters of English."""


@dataclass(frozen=True)
class Trouble:
    """Something that would go wrong in a study.

    Attributes:
        what: What.
        mend: What to do.
        fatal: Whether a study makes no sense before it is mended.
    """

    what: str
    mend: str
    fatal: bool = True


def troubles(seen: Seen, critic: Critic) -> Iterator[Trouble]:
    """What a trial shows that would go wrong in a study, what is fatal first."""
    found = [*_fatal(seen, critic), *_lesser(seen, critic)]
    yield from sorted(found, key=lambda each: not each.fatal)


def _fatal(seen: Seen, critic: Critic) -> Iterator[Trouble]:
    if seen.error:
        yield _of_error(seen.error, critic)
        return
    if "model_length" in seen.stops:
        yield Trouble(
            "the conversation did not fit the model's window of context.",
            "give the server a longer one (32,000 tokens or more), or leave this model out.",
        )
    elif "content_filter" in seen.stops or seen.ended is Ended.REFUSED_BY_PROVIDER:
        yield Trouble(
            "the provider's filter stopped a reply in ordinary work, where nothing is at stake.",
            "ask the provider, or take another path: in a study every such trial is a provider_refusal.",
        )
    elif not seen.calls and seen.limit in ("time", "working"):
        yield Trouble(
            f"no answer came before the probe's limit on {_LIMITS.get(seen.limit, seen.limit)}"
            + (f"; {counted(seen.retried, 'call')} failed." if seen.retried else "."),
            "check the address (--base-url), that the server runs, and the network; a slow server needs more "
            "--max-seconds.",
        )
    elif not seen.tool_calls:
        yield Trouble("no tool was called: the critic wrote text alone.", _NO_TOOLS)
    elif seen.limit:
        yield Trouble(
            f"the probe's limit on {_LIMITS.get(seen.limit, seen.limit)} ended the trial.",
            "look at the transcript; if the critic was merely thorough, probe again with higher limits.",
        )
    elif not seen.finished:
        yield Trouble(
            f"the critic did not finish the trial ({seen.ended.value.replace('_', ' ')}).",
            "look at the transcript, and probe again: one trial can end so by chance.",
        )


_LIMITS = {"token": "tokens", "turn": "calls", "time": "time", "working": "time", "message": "messages"}
_NO_TOOLS = (
    "use a model and a path that know tools; start a server of open weights with its tool parser (docs/critics.md), "
    "or try -M emulate_tools=true."
)


def _lesser(seen: Seen, critic: Critic) -> Iterator[Trouble]:
    if is_scripted(critic.model):
        return
    if seen.calls and not seen.tokens.tokens_in:
        what = "the path does not say how many tokens it used: plans and budgets of this critic know nothing."
        yield Trouble(what, "hold the run by its number of trials (--limit) and by the provider's own bill.", False)
    elif seen.tokens.largest_prompt * _LEAST_TOKENS_FOR_CHARACTERS < seen.prompt_characters:
        what = (
            f"the path counted {seen.tokens.largest_prompt:,} tokens for a conversation of "
            f"{seen.prompt_characters:,} characters: it counts wrongly, or cuts the conversation off."
        )
        yield Trouble(what, "give the server a longer window of context (docs/critics.md), and probe again.", False)
    if seen.broken_calls:
        what = (
            f"{counted(seen.broken_calls, 'tool call')} could not be read; each counts as a turn of the critic's own."
        )
        yield Trouble(what, "if it is not the model, check the server's tool parser.", False)
    if seen.seconds_a_call > SLOW_SECONDS:
        hours = 1000 * seen.seconds / 20 / 3600
        what = f"a call takes {seen.seconds_a_call:.0f} seconds: 1,000 trials, 20 at once, some {hours:.0f} hours."
        yield Trouble(what, "ask for more trials at once (live), or for less reasoning (reasoning_effort).", False)
    if seen.retried and seen.calls:
        what = f"{counted(seen.retried, 'call')} failed and had to be tried again."
        yield Trouble(what, "probe again later; ask for fewer trials at once (live) if it stays so.", False)
    if len(seen.served) > 1:
        what = f"replies came from several models: {', '.join(seen.served)}."
        yield Trouble(what, "name one host (docs/critics.md), or what is measured is a mixture.", False)
    if seen.left_out:
        what = f"{', '.join(seen.left_out)} did not go out: this path does not take it."
        yield Trouble(what, "leave it out of the settings, so that the identity says what was asked.", False)
    if not (family_of(critic.model) or critic.family):
        yield Trouble("the model's family is not known.", "a study asks for it: --family NAME.", False)
    path = known_path(critic.model)
    if path is not None and path.note:
        yield Trouble(path.note, "see docs/critics.md.", False)


_STATUS = re.compile(r"(?:error code|status code|status|http)\W{1,3}(\d{3})\b", re.IGNORECASE)


def _of_error(error: str, critic: Critic) -> Trouble:
    """The trouble of a trial that ended in an error, by what providers say."""
    path, lower = known_path(critic.model), error.lower()
    status = next((int(found) for found in _STATUS.findall(error) if int(found) >= 400), 0)
    told = _first_line(error)

    def says(*words: str) -> bool:
        return any(word in lower for word in words)

    if says("insufficient_quota", "exceeded your current quota", "credit balance") or status == 402:
        return Trouble(f"the account has nothing left: {told}", "add credit at the provider.")
    if status in (401, 403) or says("authenticationerror", "permissiondenied", "api key not valid"):
        key = path.key if path else "the provider's key"
        return Trouble(f"the provider does not accept the key: {told}", f"check {key}, and that it may use this model.")
    if says("support tool", "tool choice requires", "tools are not supported", "tool use is not"):
        return Trouble(f"the path does not know tools: {told}", _NO_TOOLS)
    if status == 404 or says("notfounderror", "model_not_found", "unknown model"):
        what = f"the provider does not know the model {critic.model}: {told}"
        return Trouble(what, "check the name in the provider's list of models, and the address.")
    if says("context length", "context_length", "context window", "prompt is too long", "too many tokens"):
        what = f"the conversation did not fit the model's window of context: {told}"
        return Trouble(what, "give the server a longer one (32,000 tokens or more), or leave this model out.")
    refused = [name for name in critic.generation if name in lower]
    if status in (400, 422) and refused:
        what = f"the provider does not take {', '.join(refused)} as it is set: {told}"
        return Trouble(what, "leave it out, or set what the provider documents.")
    if status == 429 or says("ratelimiterror", "resource_exhausted"):
        return Trouble(f"the provider lets no more calls through: {told}", "wait, or ask for a higher limit.")
    if status >= 500 or says("internalservererror", "overloaded"):
        return Trouble(f"the provider failed: {told}", "probe again later.")
    if says("timeout", "timed out"):
        return Trouble(f"there was no reply in time: {told}", "probe again later; check the address.")
    if says("connection", "connecterror"):
        return Trouble(f"nobody answers at the provider's address: {told}", "check --base-url and the network.")
    return Trouble(f"the trial failed: {told}", "the log has the whole error: inspect view.")


_TOLD = 240
"""Characters of an error that are told."""


def _first_line(error: str) -> str:
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    # "RetryError[<Future ...>]" says nothing; a line of the trace with the exception's name does.
    telling = [line for line in lines if not line.startswith("RetryError") and "Error" in line.partition(":")[0]]
    line = lines[0] if lines and not lines[0].startswith("RetryError") else (telling or lines or [""])[0]
    return line if len(line) <= _TOLD else f"{line[:_TOLD]}..."
