"""What an estimate and a test are: plain data that name what they are about and how they were got."""

import math
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["share", "points", "count"]
"""What a number is in: a share or a difference of shares (1 is 100 %), score points (0-100), or a plain count."""
Sign = Literal["two_sided", "positive", "negative"]
"""Which alternative a test looks at: any difference, treated above control, or treated below control."""

THIN = "fewer than 10 variants with an event or with a non-event: the interval may cover less than it says"
"""The warning that an interval carries where the simulations (docs/methods.md) do not vouch for its coverage."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval.

    Attributes:
        estimand: What it estimates, as a phrase a reader can check ("share of trials with ..., over variants").
        value: The estimate; NaN where nothing was measured.
        lower: Lower limit; for a share in 0-1, for a difference of shares in -1 to 1.
        upper: Upper limit.
        unit: What the three are in.
        method: The interval's method, by its name in docs/methods.md.
        events: Trials with the event, where a rate was estimated; NaN else.
        trials: Trials counted.
        variants: Distinct variants among them.
        level: The interval's level, 0-1.
        warnings: What a reader has to know before relying on it, one sentence each.
    """

    estimand: str
    value: float
    lower: float
    upper: float
    unit: Unit
    method: str
    events: float = math.nan
    trials: int = 0
    variants: int = 0
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    @property
    def measured(self) -> bool:
        """Whether there was anything to estimate it from."""
        return not math.isnan(self.value)


@dataclass(frozen=True, slots=True)
class Test:
    """A test of one hypothesis.

    Attributes:
        null: The hypothesis that is tested, as a sentence.
        p: The p-value, 0-1; NaN where the test cannot be made.
        method: The test, by its name in docs/methods.md.
        sign: The alternative.
        units: How many independent units stand behind it (variants, or trials where they are independent).
        warnings: What a reader has to know, one sentence each.
    """

    __test__ = False

    null: str
    p: float
    method: str
    sign: Sign = "two_sided"
    units: int = 0
    warnings: tuple[str, ...] = field(default=())


class AnalysisError(ValueError):
    """A question that the data cannot answer as it was asked; the message says why and how to ask it."""


class RefusedTestError(AnalysisError):
    """A test that is not valid in this design; the message names one that is."""


class PoolingError(AnalysisError):
    """A call that would average over a factor that was not named; the message says how to name it."""
