"""Statistics of agreement as functions of sums over trials, and their bootstrap: a matrix of weights by those sums."""

import math
from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from peerward.analysis.estimate import AnalysisError, Estimate

Floats = NDArray[np.float64]
RESAMPLES = 2000
"""Bootstrap samples of an interval."""
FEW = 30
"""Below this many drawn units a percentile bootstrap is known to be too short."""


def pair_counts(ratings: Floats) -> Floats:
    """For each trial of two raters the cell (first, second) of their table as a 1, in a row of K*K; missing: all 0."""
    categories = _categories(ratings)
    rated = ~np.isnan(ratings).any(axis=0)
    place = np.searchsorted(categories, np.where(rated, ratings, categories[0]))
    counts = np.zeros((ratings.shape[1], len(categories) ** 2))
    counts[np.flatnonzero(rated), (place[0] * len(categories) + place[1])[rated]] = 1
    return counts


def trial_counts(ratings: Floats) -> Floats:
    """For each trial its ratings by category, and its share of agreeing pairs by number of ratings, in a last column.

    A trial with fewer than two ratings is all 0: there is nothing in it to compare.
    """
    counts = (ratings[:, :, None] == _categories(ratings)).sum(axis=0).astype(np.float64)
    number = counts.sum(axis=1, keepdims=True)
    counts = np.where(number >= 2, counts, 0.0)
    agreeing = (counts * (counts - 1)).sum(axis=1, keepdims=True) / np.maximum(number - 1, 1)
    return np.hstack([counts, agreeing])


def kappa_of(sums: Floats) -> Floats:
    """Cohen's kappa of tables in rows of K*K counts; NaN below two trials or where one category alone occurs."""
    table, total = _tables(sums)
    observed = np.trace(table, axis1=1, axis2=2)
    expected = (table.sum(axis=2) * table.sum(axis=1)).sum(axis=1)
    return _beyond_chance(observed, expected, total)


def ac1_of(sums: Floats) -> Floats:
    """Gwet's AC1 of tables in rows of K*K counts; NaN below two trials."""
    table, total = _tables(sums)
    shares = (table.sum(axis=2) + table.sum(axis=1)) / 2
    expected = (shares * (1 - shares)).sum(axis=1) / (table.shape[1] - 1)
    return _beyond_chance(np.trace(table, axis1=1, axis2=2), expected, total)


def alpha_of(sums: Floats) -> Floats:
    """Krippendorff's alpha for nominal categories; NaN where one category alone occurs."""
    counts, agreeing = sums[:, :-1], sums[:, -1]
    total = counts.sum(axis=1)
    expected = total * (total - 1) - (counts * (counts - 1)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (total - agreeing) * (total - 1) / expected, np.nan)


def bootstrapped(
    name: str,
    statistic: Callable[[Floats], Floats],
    features: Floats,
    variants: Sequence[Hashable] | None,
    level: float,
    resamples: int,
    seed: int,
) -> Estimate:
    """Return a statistic with its percentile bootstrap interval.

    Args:
        name: What the statistic is called.
        statistic: From sums of features, one row a sample, to its values.
        features: One row a trial; all 0 where the trial has no part.
        variants: The variant of each trial; given, variants are drawn, not trials.
        level: The interval's level, above 0 and below 1.
        resamples: Bootstrap samples.
        seed: Their seed.

    Raises:
        AnalysisError: If there are not as many variants as trials.

    Source: Efron (1979); over clusters: Davison and Hinkley (1997).
    """
    if variants is not None and len(variants) != len(features):
        raise AnalysisError(f"{len(variants)} variants for {len(features)} trials; give one a trial")
    used = np.asarray(features.any(axis=1))
    names = [name for name, kept in zip(variants, used.tolist(), strict=True) if kept] if variants is not None else []
    units = _by_variant(features[used], names) if variants is not None else features[used]
    value = float(statistic(features.sum(axis=0, keepdims=True))[0])
    drawn = np.empty(0)
    if len(units) > 1 and not math.isnan(value):
        weights = np.random.default_rng(seed).multinomial(len(units), np.full(len(units), 1 / len(units)), resamples)
        drawn = statistic(weights @ units)
    known = drawn[~np.isnan(drawn)]
    lower, upper = np.quantile(known, [(1 - level) / 2, (1 + level) / 2]) if len(known) else (math.nan, math.nan)
    word = "variants" if variants is not None else "trials"
    warnings = []
    if len(known) < len(drawn):
        warnings.append(f"{len(drawn) - len(known)} of {len(drawn)} bootstrap samples held one category only.")
    if len(units) < FEW:
        warnings.append(f"A bootstrap over {len(units)} {word} may give too short an interval.")
    return Estimate(
        estimand=f"{name}: agreement of the raters beyond chance, over {word}",
        value=value,
        lower=float(lower),
        upper=float(upper),
        unit="share",
        method=f"percentile bootstrap over {word}",
        trials=int(used.sum()),
        variants=len(units) if variants is not None else 0,
        level=level,
        warnings=tuple(warnings),
    )


def _categories(ratings: Floats) -> Floats:
    """The categories that occur; with one or none a second stands in, for a rater could have said it."""
    found = np.unique(ratings[~np.isnan(ratings)])
    if len(found) > 1:
        return found
    return np.array([0.0, 1.0]) if not len(found) or found[0] in (0, 1) else np.sort(np.append(found, 0.0))


def _by_variant(features: Floats, names: Sequence[Hashable]) -> Floats:
    place = {name: k for k, name in enumerate(dict.fromkeys(names))}
    sums = np.zeros((len(place), features.shape[1]))
    np.add.at(sums, [place[name] for name in names], features)
    return sums


def _tables(sums: Floats) -> tuple[Floats, Floats]:
    size = math.isqrt(sums.shape[1])
    total = sums.sum(axis=1)
    return sums.reshape(-1, size, size) / np.maximum(total, 1)[:, None, None], total


def _beyond_chance(observed: Floats, expected: Floats, total: Floats) -> Floats:
    possible = (total >= 2) & (expected < 1 - 1e-12)
    return np.where(possible, (observed - expected) / np.where(possible, 1 - expected, 1.0), np.nan)
