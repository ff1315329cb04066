"""Keeps judging within its budget: every call of a judge's model is asked for here, and noted when it came back."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from inspect_ai.model import Model, ModelOutput
from inspect_ai.util import LimitExceededError

from peerward.runs.judging.paid import Paid, paid_of
from peerward.runs.planning.prices import Price
from peerward.runs.running.budget import Budget, Spend

Noted = Callable[[str, Paid], None]
"""Told of every call that came back: whose it was, and what it used up."""

_NOTED: ContextVar[Noted | None] = ContextVar("peerward_judging_noted", default=None)


class BudgetReachedError(LimitExceededError):
    """No further call of a judge may begin; the message says which limit is reached."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__("custom", value=0, limit=0, message=why)


class Till:
    """What judging may spend, and has spent.

    No call begins once the budget is spent: whatever was under way then comes back, so that each judge overspends by
    one call at most for every trial that is being judged.
    """

    def __init__(
        self, budget: Budget | None = None, before: Spend | None = None, prices: Mapping[str, Price] | None = None
    ) -> None:
        """Open it.

        Args:
            budget: The most that may be spent, ``before`` included; no limit unless given.
            before: What counts as spent already.
            prices: Prices by model string; dollars of other models are not known.
        """
        self.budget = budget or Budget()
        self.spent = before or Spend()
        self.paid: dict[str, Paid] = {}
        self.refused = ""
        self._prices = prices or {}

    def over(self) -> str:
        """Why no further call may begin, or an empty text; whoever asks has a call to make."""
        self.refused = self.budget.spent_by(self.spent) if self.budget.is_set else ""
        return self.refused

    def note(self, judge: str, output: ModelOutput, model: str) -> None:
        """Note a call that came back."""
        paid = paid_of(output.usage, self._prices.get(model))
        self.spent += paid.spend
        self.paid[judge] = self.paid.get(judge, Paid()) + paid
        if (noted := _NOTED.get()) is not None:
            noted(judge, paid)


def tell_calls_to(noted: Noted) -> None:
    """Have the calls of this asyncio task, and of those that it begins, told of one by one."""
    _NOTED.set(noted)


class PaidModel(Model):
    """A model whose calls go through a till."""

    def __init__(self, model: Model, till: Till, known_as: str) -> None:
        """Take the model.

        Args:
            model: The model that is asked.
            till: Keeps the budget.
            known_as: The model string under which its price is known.
        """
        super().__init__(model.api, model.config, model.model_args)
        self._asked, self._till, self._known_as = model, till, known_as

    def __str__(self) -> str:
        """The full name of the model that is asked."""
        return str(self._asked)

    # The arguments are Inspect's own and are handed on as they are.
    async def generate(self, *args: Any, **kwargs: Any) -> ModelOutput:
        """Ask the model.

        Raises:
            BudgetReachedError: If the budget is spent; nothing is asked then.
        """
        if why := self._till.over():
            raise BudgetReachedError(why)
        output = await self._asked.generate(*args, **kwargs)
        self._till.note(str(self), output, self._known_as)
        return output
