"""What a contrast is planned for, and the power of the tests that the report will make, by stated expectations."""

from dataclasses import dataclass
from functools import cache
from math import sqrt

from peerward.analysis.arms import RATES, unit_of
from peerward.analysis.estimate import AnalysisError
from peerward.analysis.power import CORRELATION, power, power_mean, sample_size, sample_size_mean, variants_needed

MOST_EXACT = {True: 500, False: 250}
"""Variants up to which power is exact (arms on the same variants, on different ones); above, the t test's is taken."""
SIMULATIONS = 500


@dataclass(frozen=True)
class Expected:
    """What is expected of the outcomes; assumptions of the user's, never results.

    Attributes:
        rate_control: The rate in the arm where less is expected, 0-1; baselines are taken to have it too.
        rate_treated: The rate in the arm where more is expected.
        points: The difference of mean scores, points.
        deviation: Standard deviation of a score between trials, points.
        correlation: Correlation of trials of one variant in one arm.
        wanted: The power that is wanted, above 0 and below 1.
    """

    rate_control: float = 0.05
    rate_treated: float = 0.20
    points: float = 5.0
    deviation: float = 10.0
    correlation: float = CORRELATION
    wanted: float = 0.8

    def __post_init__(self) -> None:
        """Refuse what no outcome can have.

        Raises:
            AnalysisError: If a number is out of range.
        """
        for name in ("rate_control", "rate_treated"):
            if not 0 <= getattr(self, name) <= 1:
                raise AnalysisError(f"{name} {getattr(self, name):g} is out of range; give a share, as in 0.2 for 20 %")
        if not self.rate_treated > self.rate_control:
            raise AnalysisError(
                f"rates of {self.rate_control:g} and {self.rate_treated:g}: the treated one has to be the larger; where"
                " less is expected in the treated arm, exchange the two: the tests are two-sided"
            )
        if not (self.points > 0 and self.deviation > 0):
            raise AnalysisError(f"{self.points:g} points and a deviation of {self.deviation:g}: give both above 0")
        if not 0 <= self.correlation < 1:
            raise AnalysisError(f"a correlation of {self.correlation:g} is out of range; give one from 0 to below 1")
        if not 0 < self.wanted < 1:
            raise AnalysisError(
                f"a power of {self.wanted:g} cannot be planned for; give one between 0 and 1, as in 0.8"
            )


@dataclass(frozen=True)
class Design:
    """The arms of a test.

    Attributes:
        finding: What is compared.
        arms: Two, or four for a difference of differences.
        crossed: Whether they stand on the same variants.
        these_variants: Whether only these variants are meant, so that trials are independent.
        variants: Variants of each arm.
        epochs: Trials of each variant.
        tests: Tests in the family, for Holm; 1 outside of one.
    """

    finding: str
    arms: int
    crossed: bool
    these_variants: bool
    variants: int
    epochs: int
    tests: int

    @property
    def is_rate(self) -> bool:
        """Whether a rate is compared, not a mean."""
        return self.finding in RATES

    def refusal(self) -> str:
        """Why there is no power to tell, or an empty text."""
        if not self.is_rate and unit_of(self.finding) != "points":
            return f"no mean and spread are stated for {self.finding}"
        if self.these_variants:
            if self.arms > 2:
                return "no test of a difference of differences is offered for these variants only"
            return "" if self.is_rate else "no test of a mean is offered for these variants only"
        if not self.crossed and self.arms > 2:
            return "no test is offered for four arms on different variants"
        if not self.crossed and self.epochs > 1:
            return "no test is offered for repeated variants in arms on different variants"
        return ""

    def test(self) -> str:
        """The test whose power is told, in words."""
        if self.these_variants:
            return "Boschloo" if self.variants == 1 else "Boschloo over all trials (for permutation within variants)"
        if not self.crossed:
            return "Boschloo" if self.is_rate else "Welch (for Brunner-Munzel)"
        if self.is_rate and self.arms == 2:
            return "McNemar (the sign-flip test of one trial a variant)" if self.epochs == 1 else "sign-flip, simulated"
        return "paired t (for sign-flip)"


def power_at(design: Design, expected: Expected, difference: float) -> float:
    """The power of a design's two-sided test at a difference of rates, or of points.

    Four arms of rates: the treated one stands the difference above the three others, and the paired t over the
    variants' differences of differences stands in for the sign-flip test.

    Raises:
        AnalysisError: If an argument is out of range.
    """
    if not design.is_rate:
        return _by_mean(design, difference, expected.deviation * sqrt(design.arms / 2), expected.correlation)
    low, high = expected.rate_control, min(1.0, expected.rate_control + difference)
    if design.these_variants:
        return _exact(low, high, design.variants * design.epochs, 1, 0.0, False, design.tests)
    if design.arms > 2:
        return _by_mean(design, high - low, deviation_of(low, high, 4), expected.correlation)
    return _exact(low, high, design.variants, design.epochs, expected.correlation, design.crossed, design.tests)


def smallest_found(design: Design, expected: Expected) -> float | None:
    """The smallest difference that is found with the wanted power, or None where none is. Of rates to 0.1 points of a
    percentage, of scores to 0.1 points.
    """
    low, high = 0.0, 1 - expected.rate_control if design.is_rate else 100.0
    if power_at(design, expected, high) < expected.wanted:
        return None
    while high - low > (0.001 if design.is_rate else 0.1):
        middle = (low + high) / 2
        low, high = (low, middle) if power_at(design, expected, middle) >= expected.wanted else (middle, high)
    return high


def variants_for(design: Design, expected: Expected) -> int | None:
    """The fewest variants, one trial each (trials in each arm, where only these variants are meant), that reach the
    wanted power at the expected difference; None where 2000 do not.
    """
    crossed = design.crossed and not design.these_variants
    try:
        return _needed(design.is_rate, design.arms, crossed, design.tests, expected)
    except AnalysisError:
        return None


def deviation_of(control: float, treated: float, arms: int) -> float:
    """The deviation of one trial that gives a difference of such arms its variance; all but one have the control's."""
    return sqrt((treated * (1 - treated) + (arms - 1) * control * (1 - control)) / 2)


@cache
def _needed(is_rate: bool, arms: int, crossed: bool, tests: int, expected: Expected) -> int:
    low, high = expected.rate_control, expected.rate_treated
    difference = high - low if is_rate else expected.points
    deviation = deviation_of(low, high, arms) if is_rate else expected.deviation * sqrt(arms / 2)
    near = sample_size_mean(difference, deviation, expected.wanted, crossed=crossed, tests=tests).variants
    # An exact search takes minutes where thousands of variants are needed; there the two agree.
    if not is_rate or arms > 2 or near > MOST_EXACT[crossed]:
        return near
    return sample_size(low, high, expected.wanted, crossed=crossed, tests=tests).variants


def _by_mean(design: Design, difference: float, deviation: float, correlation: float) -> float:
    return _t_power(difference, deviation, design.variants, design.epochs, correlation, design.crossed, design.tests)


@cache
def _exact(low: float, high: float, variants: int, epochs: int, correlation: float, crossed: bool, tests: int) -> float:
    if variants * epochs > MOST_EXACT[crossed]:
        return _t_power(high - low, deviation_of(low, high, 2), variants, epochs, correlation, crossed, tests)
    return power(low, high, variants, epochs, correlation, crossed, tests=tests, simulations=SIMULATIONS)


@cache
def _t_power(
    difference: float, deviation: float, variants: int, epochs: int, correlation: float, crossed: bool, tests: int
) -> float:
    if crossed and variants < variants_needed(tests):
        return 0.0  # The sign-flip test, which is the one used, cannot reject there.
    if variants < 2 or deviation == 0:
        return 0.0 if variants < 2 else 1.0
    return power_mean(difference, deviation, variants, epochs, correlation, crossed, tests=tests)
