"""What a plan rests on, as sentences that a reader can disagree with."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from peerward.runs.planning.pace import SECONDS_A_CALL
from peerward.runs.planning.reckoning import CHARACTERS_A_TOKEN, LEAST_CACHED

if TYPE_CHECKING:
    from peerward.runs.planning.plan import Asked, Plan


def assumptions(plan: "Plan", asked: "Asked", control_bars: bool) -> Iterator[str]:
    """Yield what a plan rests on.

    Args:
        plan: The plan.
        asked: What it was asked for.
        control_bars: Whether bars of the study are set from control trials that nobody has named.
    """
    from peerward.runs.planning.plan import RENDERED, RULE

    by_rule = [each.critic.name for each in plan.critics if RULE in each.bases]
    if by_rule:
        aside = asked.allowance
        yield (
            f"Rule (for {_listed(by_rule, len(plan.critics))}): a faithful walkthrough, one tool call a turn; "
            f"{CHARACTERS_A_TOKEN} characters are a token; each turn also writes {aside.words} tokens of words and "
            f"{aside.reasoning} of reasoning, and reads all that went before. A critic that looks around more, or "
            "thinks longer, takes more: a pilot tells."
        )
        yield (
            f"The rule is reckoned on up to {RENDERED} variants of each cell, with a stand-in for the critic's model "
            f"family; a cache serves what the call before has sent, from {LEAST_CACHED:,} tokens on, and nothing from "
            "one trial to the next."
        )
    if any(basis != RULE for each in plan.critics for basis in each.bases):
        yield (
            "Pilots: the mean of trials that were run with the same model, address and settings; of the cell if there "
            "are three or more, else of the scenario, else of any cell."
        )
    if any(not asked.pilots.get(each.critic.name) for each in plan.critics):
        paces = {asked.paces.get(each.critic.name, asked.pace).seconds_a_call for each in plan.critics}
        told = " or ".join(f"{each:g}" for each in sorted(paces))
        default = " (the default)" if paces == {SECONDS_A_CALL} else ""
        yield f"Time: {told} seconds a call{default} where no pilot tells it; retries and waits are not reckoned."
    if any(pace.tpm for pace in (asked.pace, *asked.paces.values())):
        yield "Tokens a minute: cached tokens are counted like others; some providers leave them out."
    yield from _of_money(plan, asked)
    if control_bars:
        yield (
            "Bars set from control trials (control+K) are reckoned with a stand-in; the control trials themselves are "
            "not in this plan."
        )
    yield from _of_power(plan)


def _of_money(plan: "Plan", asked: "Asked") -> Iterator[str]:
    sources = dict.fromkeys(
        f"{each.price.source}, {each.price.dated.isoformat()}" for each in plan.critics if each.price is not None
    )
    if sources:
        yield (
            f"Prices: {'; '.join(sources)}. What is new in a call is charged as written to the cache where that has a "
            "price of its own."
        )
    if plan.unpriced:
        uncached = [
            each.critic.name for each in plan.critics if each.dollars is None and each.dollars_uncached is not None
        ]
        unknown = [name for name in plan.unpriced if name not in uncached]
        if uncached:
            yield f"No price of cached tokens for {', '.join(uncached)}: dollars are known without caching only."
        if unknown:
            yield (
                f"No price for {_listed(unknown, len(plan.critics))}: dollars unknown (give --prices FILE, or --price "
                "in=DOLLARS,out=DOLLARS)."
            )
            if asked.prices.models:
                # A preset's model string is longer than its name: the reader sees both, and what the file has.
                names = [f"{each.critic.name} or {each.critic.model}" for each in plan.critics]
                wanted = [name for each, name in zip(plan.critics, names, strict=True) if each.critic.name in unknown]
                yield (
                    f"The prices given are of {', '.join(asked.prices.models)}; looked for were {', '.join(wanted)}: "
                    "names have to agree in full."
                )


def _of_power(plan: "Plan") -> Iterator[str]:
    if plan.power is None or not plan.power.contrasts:
        return
    at = plan.power.expected
    yield (
        f"Power: rates of {100 * at.rate_control:g} % and {100 * at.rate_treated:g} % are assumed, not known (scores: "
        f"{at.points:g} points apart, standard deviation {at.deviation:g}), with no correlation between arms and "
        f"{at.correlation:g} between trials of one variant. Tests are two-sided at 5 %; primary ones are planned at "
        "Holm's first step, others without a correction. In a difference of differences three arms have the control's "
        "rate. What is found with a power is the smallest difference from that control."
    )


def _listed(names: list[str], all_of: int) -> str:
    return "all critics" if len(names) == all_of and all_of > 1 else ", ".join(names)
