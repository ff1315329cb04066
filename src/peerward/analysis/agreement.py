"""Whether two raters say the same of the same trials: the table, kappa, alpha and AC1 with bootstrap intervals."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.agreement_bootstrap import (
    RESAMPLES,
    ac1_of,
    alpha_of,
    bootstrapped,
    kappa_of,
    pair_counts,
    trial_counts,
)
from peerward.analysis.estimate import AnalysisError, Estimate
from peerward.measures.wilson import wilson

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """Two raters of a yes-or-no question, trial by trial.

    Attributes:
        both: Both said yes.
        only_first: The first alone did.
        only_second: The second alone did.
        neither: Both said no.
        skipped: Trials that one of them did not rate.
    """

    both: int
    only_first: int
    only_second: int
    neither: int
    skipped: int

    @property
    def trials(self) -> int:
        """Trials that both rated."""
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def observed(self) -> float:
        """The share of them on which they agree; NaN where there are none."""
        return (self.both + self.neither) / self.trials if self.trials else math.nan

    @property
    def prevalence(self) -> float:
        """The mean of the two raters' shares of yes: where it is low, kappa is low for good raters too."""
        return (2 * self.both + self.only_first + self.only_second) / (2 * self.trials) if self.trials else math.nan


@dataclass(frozen=True)
class Detection:
    """How well a judge finds what a person finds, in one condition (or in all of them).

    Attributes:
        condition: The condition, or ``all``.
        sensitivity: The share of trials a person called yes that the judge calls yes.
        specificity: The share of trials a person called no that the judge calls no.
    """

    condition: str
    sensitivity: Estimate
    specificity: Estimate


def agreement_table(first: ArrayLike, second: ArrayLike) -> Agreement:
    """Return the 2x2 table of two raters.

    Args:
        first: One rating a trial, 1 or 0; NaN for not rated.
        second: The same of the second rater, of the same length.

    Raises:
        AnalysisError: If lengths differ or a rating is neither 0, 1 nor NaN.
    """
    ratings = _two(first, second)
    if not np.isin(ratings[~np.isnan(ratings)], (0.0, 1.0)).all():
        raise AnalysisError("a 2x2 table takes ratings of 0 and 1 (NaN for not rated); recode the categories first")
    rated = ratings[:, ~np.isnan(ratings).any(axis=0)].astype(bool)
    one, two = rated
    return Agreement(
        both=int((one & two).sum()),
        only_first=int((one & ~two).sum()),
        only_second=int((~one & two).sum()),
        neither=int((~one & ~two).sum()),
        skipped=ratings.shape[1] - rated.shape[1],
    )


def cohen_kappa(
    first: ArrayLike,
    second: ArrayLike,
    variants: Sequence[Hashable] | None = None,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Estimate:
    """Return Cohen's kappa of two raters: (observed - expected) / (1 - expected) agreement.

    Expected agreement is that of two raters with these shares who rate at random. At 2 % prevalence a kappa of 0.3 is
    normal for good raters: read it beside the 2x2 table and AC1.

    Args:
        first: One category a trial, as a number; NaN for not rated.
        second: The same of the second rater, of the same length.
        variants: The variant of each trial; given, the bootstrap draws variants, not trials.
        level: The interval's level.
        resamples: Bootstrap samples.
        seed: Seed of the bootstrap.

    Returns:
        The estimate with a percentile bootstrap interval; NaN where fewer than two trials were rated by both, or where
        both use one and the same category throughout.

    Raises:
        AnalysisError: If lengths differ.

    Source: Cohen (1960); bootstrap: Efron (1979).
    """
    pairs = pair_counts(_two(first, second))
    return bootstrapped("Cohen's kappa", kappa_of, pairs, variants, level, resamples, seed)


def gwet_ac1(
    first: ArrayLike,
    second: ArrayLike,
    variants: Sequence[Hashable] | None = None,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Estimate:
    """Return Gwet's AC1 of two raters, which does not fall with a low prevalence as kappa does.

    Expected agreement is sum(s * (1 - s)) / (K - 1) over the K categories, s being the mean share of a category.

    Args:
        first: One category a trial, as a number; NaN for not rated.
        second: The same of the second rater, of the same length.
        variants: The variant of each trial; given, the bootstrap draws variants, not trials.
        level: The interval's level.
        resamples: Bootstrap samples.
        seed: Seed of the bootstrap.

    Returns:
        The estimate with a percentile bootstrap interval. Categories are those that occur; if only one does, two are
        counted (a rater could have said no).

    Raises:
        AnalysisError: If lengths differ.

    Source: Gwet (2008).
    """
    pairs = pair_counts(_two(first, second))
    return bootstrapped("Gwet's AC1", ac1_of, pairs, variants, level, resamples, seed)


def krippendorff_alpha(
    ratings: ArrayLike,
    variants: Sequence[Hashable] | None = None,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Estimate:
    """Return Krippendorff's alpha for nominal categories: 1 - observed / expected disagreement.

    Args:
        ratings: One row a rater, one column a trial: categories as numbers, NaN for not rated. Two raters or more; a
            trial with fewer than two ratings has no part.
        variants: The variant of each trial; given, the bootstrap draws variants, not trials.
        level: The interval's level.
        resamples: Bootstrap samples.
        seed: Seed of the bootstrap.

    Returns:
        The estimate with a percentile bootstrap interval; NaN where only one category occurs.

    Raises:
        AnalysisError: If there is no table of two raters or more.

    Source: Krippendorff (2004), Content Analysis.
    """
    table = np.asarray(ratings, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < 2:
        raise AnalysisError(f"ratings of shape {table.shape}: give one row a rater, two raters or more")
    return bootstrapped("Krippendorff's alpha", alpha_of, trial_counts(table), variants, level, resamples, seed)


def sensitivity_specificity(
    judge: ArrayLike, person: ArrayLike, conditions: Sequence[str], level: float = 0.95
) -> tuple[Detection, ...]:
    """Return a judge's sensitivity and specificity, in each condition and in all.

    A judge that is worse in one arm than in the other makes a difference of its own. The trials have to be a random
    sample within each condition: where they were drawn by the judge's verdict (an audit sample), both are off, and
    ``audit_rate`` is the way.

    Args:
        judge: The judge's verdicts, 1 or 0, NaN for none.
        person: The person's label of the same trials.
        conditions: The condition of each.
        level: The level of the Wilson intervals.

    Raises:
        AnalysisError: If lengths differ or a rating is neither 0, 1 nor NaN.

    Source: Wilson (1927) for the intervals.
    """
    ratings = _two(judge, person)
    if len(conditions) != ratings.shape[1]:
        raise AnalysisError(f"{len(conditions)} conditions for {ratings.shape[1]} trials; give one a trial")
    names = np.array([str(name) for name in conditions], dtype=object)
    groups = [("all", np.ones(len(names), dtype=bool))]
    groups += [(name, names == name) for name in dict.fromkeys(names.tolist())]
    found = []
    for name, inside in groups:
        table = agreement_table(ratings[0, inside], ratings[1, inside])
        found.append(
            Detection(
                name,
                wilson_share(_TOLD.format("sensitivity", name), table.both, table.both + table.only_second, level),
                wilson_share(_TOLD.format("specificity", name), table.neither, table.neither + table.only_first, level),
            )
        )
    return tuple(found)


_TOLD = "{} of the judge against the person's labels, condition: {}"


def wilson_share(estimand: str, events: int, trials: int, level: float = 0.95) -> Estimate:
    """Return a share of independent trials with its Wilson interval; NaN and 0 to 1 where there are none."""
    from scipy.stats import norm

    rate = wilson(events, trials, float(norm.isf((1 - level) / 2)))
    return Estimate(estimand, rate.rate, rate.lower, rate.upper, "share", "Wilson", events, trials, level=level)


def _two(first: ArrayLike, second: ArrayLike) -> Floats:
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.ndim != 1 or one.shape != two.shape:
        raise AnalysisError(f"ratings of shapes {one.shape} and {two.shape}: give one of each rater for every trial")
    return np.stack([one, two])
