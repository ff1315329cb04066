"""What a run may spend, and what it has spent."""

import math
from dataclasses import dataclass, fields

UNLIMITED = math.inf

_UNSURE = 3
"""By how many times its expected cost a trial may turn out dearer while none has ended. In simulated runs, with trials
that differ tenfold and twice as dear as expected, 3 keeps arms even in 19 runs of 20 where 0 does in half of them."""


@dataclass(frozen=True)
class Spend:
    """What was spent.

    Attributes:
        dollars: As far as prices are known.
        tokens_in: Tokens read, cached ones included.
        tokens_out: Tokens written.
        tokens_cached: Tokens read from the provider's cache.
        calls: Calls that came back.
    """

    dollars: float = 0.0
    tokens_in: float = 0.0
    tokens_out: float = 0.0
    tokens_cached: float = 0.0
    calls: int = 0

    def __add__(self, other: "Spend") -> "Spend":
        """Both together."""
        return Spend(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def less(self, other: "Spend") -> "Spend":
        """What it is more than the other, 0 at least."""
        return Spend(*(max(0, getattr(self, each.name) - getattr(other, each.name)) for each in fields(self)))

    def at_least(self, other: "Spend") -> "Spend":
        """Of each kind the larger of the two."""
        return Spend(*(max(getattr(self, each.name), getattr(other, each.name)) for each in fields(self)))

    @property
    def tokens(self) -> float:
        """Tokens read and written."""
        return self.tokens_in + self.tokens_out

    def times(self, number: float) -> "Spend":
        """So much of it."""
        return Spend(*(getattr(self, each.name) * number for each in fields(self)))


@dataclass(frozen=True)
class Budget:
    """The most that may be spent.

    Attributes:
        dollars: In dollars.
        tokens: In tokens, read and written.
    """

    dollars: float = UNLIMITED
    tokens: float = UNLIMITED

    @property
    def is_set(self) -> bool:
        """Whether there is any limit."""
        return self.dollars < UNLIMITED or self.tokens < UNLIMITED

    def told(self) -> dict[str, float | None]:
        """The limits for a manifest, None where there is none."""
        return {each.name: None if math.isinf(value := getattr(self, each.name)) else value for each in fields(self)}

    def spent_by(self, spend: Spend) -> str:
        """Which limit some spending reaches, in words, or an empty text."""
        if spend.dollars >= self.dollars:
            return f"the budget of {self.dollars:,.10g} dollars is spent"
        if spend.tokens >= self.tokens:
            return f"the budget of {self.tokens:,.0f} tokens is spent"
        return ""

    def less(self, spend: Spend) -> "Budget":
        """What is left of it, 0 at least."""
        return Budget(max(0.0, self.dollars - spend.dollars), max(0.0, self.tokens - spend.tokens))

    def shared(self, by: int) -> "Budget":
        """An even share of it."""
        return Budget(self.dollars / by, self.tokens / by)


class Ledger:
    """Keeps a shard within its budget.

    A trial may begin only if the budget would also hold the rest of those that run, each as costly as the costliest
    so far, and dearer by as much as trials have been seen to differ: so a run ends between trials, nothing that was
    paid for is lost, and arms are finished evenly. Where that reckoning fails, no call begins once the budget is
    spent: each live trial overspends by one call at most.
    """

    def __init__(self, budget: Budget, expected: Spend) -> None:
        """Open the ledger.

        Args:
            budget: What this shard may spend from now on.
            expected: What a trial is expected to cost until one has ended.
        """
        self.budget = budget
        self.spent = Spend()
        self._ended = Spend()
        self._number = 0
        self._costliest = expected
        self._seen = Spend()

    def used(self, spend: Spend) -> None:
        """Note a call that came back."""
        self.spent += spend

    @property
    def ended_cost(self) -> Spend:
        """What the trials cost that have ended."""
        return self._ended

    def ended(self, spend: Spend) -> None:
        """Note what a trial cost that has ended."""
        self._ended += spend
        self._number += 1
        self._costliest = self._costliest.at_least(spend)
        self._seen = self._seen.at_least(spend)

    def over(self) -> str:
        """Why no further call may begin, or an empty text."""
        return self.budget.spent_by(self.spent)

    def may_begin(self, running: int) -> str:
        """Why no further trial may begin beside those that run, or an empty text."""
        if not self.budget.is_set:
            return ""
        # While few have ended, the costliest may be still to come. The trial that begins alone takes what is left as
        # it is: no other is broken off if it turns out dearer.
        few = 1 / (self._number + 1)
        dearer = self._costliest.less(self._ended.times(few)) + self._costliest.times(_UNSURE * few)
        committed = self._ended + self._costliest.times(running + 1) + dearer.times(running)
        # A trial that would reach the limit exactly still fits.
        for name, most in (("dollars", self.budget.dollars), ("tokens", self.budget.tokens)):
            if getattr(committed, name) > most * (1 + 1e-9):
                left = max(0.0, most - getattr(self.spent, name))
                return (
                    f"what is left of the budget ({_amount(name, left)}) might not pay for another trial{self._told()}"
                )
        return ""

    def _told(self) -> str:
        """At what a trial is reckoned, and by which rule."""
        costliest, seen = self._costliest, self._seen
        amounts = [_amount(name, value) for name in ("tokens", "dollars") if (value := getattr(costliest, name))]
        if not amounts:
            return ""
        rule = "the costliest so far" if seen.at_least(costliest) == seen else "the costliest kind of trial in the plan"
        return f": one is reckoned at {' and '.join(amounts)}, as {rule}"


def _amount(name: str, value: float) -> str:
    if name == "tokens":
        return f"{value:,.0f} tokens"
    return f"{value:,.2f} dollars" if value >= 1 else f"{value:.3g} dollars"
