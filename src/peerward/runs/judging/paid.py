"""What judging used up: calls, tokens by kind and dollars, a judge at a time; and how that stands in the logs."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, TypeGuard

from peerward.runs.planning.prices import Price
from peerward.runs.running.budget import Spend

if TYPE_CHECKING:
    from inspect_ai.model import ModelUsage

USAGE = "usage"
"""Where it stands in the metadata of the score: by judge, of all sessions together."""
_MILLION = 1_000_000


@dataclass(frozen=True)
class Paid:
    """What calls of a judge's model used up.

    Attributes:
        calls: Calls that came back.
        untold: Those among them of which the provider told no tokens; tokens and dollars know nothing of these.
        tokens_in: Tokens read, cached ones included.
        tokens_out: Tokens written, reasoning included.
        tokens_cached: Tokens read from the provider's cache.
        tokens_cache_written: Tokens written to it.
        tokens_reasoning: The part of what was written that is reasoning.
        dollars: What it cost; NaN where that is not known of every call.
    """

    calls: int = 0
    untold: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    tokens_cache_written: int = 0
    tokens_reasoning: int = 0
    dollars: float = 0.0

    def __add__(self, other: "Paid") -> "Paid":
        """Both together; dollars are known only if they are of both."""
        return Paid(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def spend(self) -> Spend:
        """As a budget counts it: dollars as far as they are known."""
        dollars = 0.0 if math.isnan(self.dollars) else self.dollars
        return Spend(dollars, self.tokens_in, self.tokens_out, self.tokens_cached, self.calls)

    def plain(self) -> dict[str, float | None]:
        """As JSON data; dollars that are not known are null."""
        return {**asdict(self), "dollars": None if math.isnan(self.dollars) else self.dollars}


def paid_of(usage: "ModelUsage | None", price: Price | None) -> Paid:
    """What one call used up.

    Where no price of cached tokens is known they are charged as input, as a run charges them, so that no sum comes
    out too low.

    Args:
        usage: The tokens that the provider told of, or None.
        price: The model's price, or None.
    """
    if usage is None:
        return Paid(calls=1, untold=1, dollars=math.nan)
    read, written = usage.input_tokens_cache_read or 0, usage.input_tokens_cache_write or 0
    dollars = math.nan
    if price is not None:
        of_read, of_written = (
            price.tokens_in if each is None else each for each in (price.cache_read, price.cache_write)
        )
        whole = usage.input_tokens * price.tokens_in + usage.output_tokens * price.tokens_out
        dollars = float((whole + read * of_read + written * of_written) / _MILLION)
    return Paid(
        calls=1,
        tokens_in=usage.input_tokens + read + written,
        tokens_out=usage.output_tokens,
        tokens_cached=read,
        tokens_cache_written=written,
        tokens_reasoning=usage.reasoning_tokens or 0,
        dollars=dollars,
    )


def together(several: Iterable[Mapping[str, Paid]]) -> dict[str, Paid]:
    """The sums, by judge."""
    found: dict[str, Paid] = {}
    for each in several:
        for judge, paid in each.items():
            found[judge] = found.get(judge, Paid()) + paid
    return found


def spend_on(paid: Mapping[str, Paid]) -> Spend:
    """All judges' part, as a budget counts it."""
    return sum((each.spend for each in paid.values()), Spend())


def plain_paid(paid: Mapping[str, Paid]) -> dict[str, dict[str, float | None]]:
    """As JSON data, by judge."""
    return {judge: each.plain() for judge, each in paid.items()}


def read_paid(listed: Any) -> dict[str, Paid]:
    """What ``plain_paid`` wrote; a count that is no number is 0, dollars that are none are not known."""
    found = {}
    for judge, each in listed.items() if isinstance(listed, Mapping) else ():
        if isinstance(each, Mapping):
            dollars = each.get("dollars")
            counts = {name.name: _whole(each.get(name.name)) for name in fields(Paid) if name.name != "dollars"}
            found[str(judge)] = Paid(**counts, dollars=dollars if _is_number(dollars) else math.nan)
    return found


def _whole(value: Any) -> int:
    return int(value) if _is_number(value) else 0


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
