"""Outcomes grouped by variant: the clusters of every estimate, counted once and checked once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.estimate import AnalysisError

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class ByVariant:
    """Measured outcomes by variant.

    Attributes:
        labels: The variants with a measured outcome, sorted; shape (G,).
        sizes: Measured trials of each, at least 1; shape (G,).
        sums: Sum of the outcomes of each; shape (G,).
        squares: Sum of squared deviations from the variant's own mean; shape (G,).
    """

    labels: NDArray[Any]
    sizes: Numbers
    sums: Numbers
    squares: Numbers

    @cached_property
    def means(self) -> Numbers:
        """The mean of each variant."""
        return self.sums / self.sizes

    @cached_property
    def trials(self) -> int:
        """All measured trials."""
        return int(self.sizes.sum())

    @property
    def count(self) -> int:
        """How many variants."""
        return int(self.labels.size)


def by_variant(
    outcomes: ArrayLike,
    variants: Sequence[Any] | NDArray[Any],
    *,
    share: bool = False,
    between: bool = False,
    what: str = "",
) -> ByVariant:
    """Group outcomes by variant; those that are NaN (not measured) are left out.

    Args:
        outcomes: Numbers, shape (n,).
        variants: The variant of each, ints or texts, shape (n,).
        share: Whether every outcome has to be 0 or 1.
        between: Whether a share may be between 0 and 1 too.
        what: Which arm they are of, for the error's message.

    Raises:
        AnalysisError: If the shapes differ, an outcome is no number, or is not 0 or 1 where it has to be.
    """
    which = f" of {what}" if what else ""
    try:
        values = np.asarray(outcomes, dtype=float)
    except (TypeError, ValueError):
        raise AnalysisError(f"outcomes{which} have to be numbers; give NaN where nothing was measured") from None
    labels = np.asarray(variants)
    if values.ndim != 1 or labels.shape != values.shape:
        raise AnalysisError(
            f"outcomes{which} have the shape {values.shape} and variants the shape {labels.shape}; "
            "give two flat arrays of the same length"
        )
    if labels.dtype == object:
        labels = labels.astype(str)
    missing = np.isnan(values)
    if missing.any():
        values, labels = values[~missing], labels[~missing]
    if not np.isfinite(values).all():
        raise AnalysisError(f"an outcome{which} is infinite; give NaN where nothing was measured")
    if share:
        wrong = values[(values < 0) | (values > 1)] if between else values[(values != 0) & (values != 1)]
        if wrong.size:
            allowed = "from 0 to 1" if between else "of 0 and 1 only"
            raise AnalysisError(
                f"an outcome{which} is {wrong[0]:g}, and a rate takes outcomes {allowed}; use mean() for other numbers"
            )
    if rising(labels):
        return ByVariant(labels, np.ones(values.size), values, np.zeros(values.size))
    distinct, where = np.unique(labels, return_inverse=True)
    where = where.reshape(-1)
    sizes = np.bincount(where, minlength=distinct.size).astype(float)
    sums = np.bincount(where, weights=values, minlength=distinct.size).astype(float)
    around = values - (sums / np.maximum(sizes, 1.0))[where]
    squares = np.bincount(where, weights=around**2, minlength=distinct.size).astype(float)
    return ByVariant(distinct, sizes, sums, squares)


def rising(labels: NDArray[Any]) -> bool:
    """Whether labels are whole numbers, sorted and each once, as those of most arms are: nothing is left to group."""
    return labels.dtype.kind in "iu" and int(np.count_nonzero(labels[1:] > labels[:-1])) >= labels.size - 1


def same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether labels are the same, in the same order."""
    return one is other or (one.dtype.kind == other.dtype.kind and np.array_equal(one, other))


def shared(one: ByVariant, *others: ByVariant) -> tuple[ByVariant, ...]:
    """The same groups on the variants that all of them have, in the same order."""
    if all(same(one.labels, other.labels) for other in others):
        return (one, *others)
    common = one.labels
    for other in others:
        common = np.intersect1d(common, other.labels, assume_unique=True)
    chosen = []
    for group in (one, *others):
        at = np.isin(group.labels, common, assume_unique=True)
        chosen.append(ByVariant(group.labels[at], group.sizes[at], group.sums[at], group.squares[at]))
    return tuple(chosen)


def intraclass_correlation(outcomes: ArrayLike, variants: Sequence[Any] | NDArray[Any]) -> float:
    """How alike trials of the same variant are: the one-way analysis-of-variance estimate.

    Source: Fisher 1925; Donner 1986 for unequal sizes; Ridout, Demetrio and Firth 1999 for 0 and 1.

    Args:
        outcomes: Numbers, NaN where not measured; shape (n,).
        variants: The variant of each; shape (n,).

    Returns:
        The correlation, at most 1; below 0 where trials of a variant differ more than by chance; NaN where it cannot
        be estimated (fewer than two variants, no repeated variant, or no two outcomes that differ).

    Raises:
        AnalysisError: If the shapes differ.
    """
    data = by_variant(outcomes, variants)
    trials, count = data.trials, data.count
    if count < 2 or trials == count:
        return math.nan
    middle = data.sums.sum() / trials
    between = float((data.sizes * (data.means - middle) ** 2).sum()) / (count - 1)
    within = float(data.squares.sum()) / (trials - count)
    size = (trials - float((data.sizes**2).sum()) / trials) / (count - 1)
    total = between + (size - 1) * within
    return (between - within) / total if total > 0 else math.nan


def check_level(level: float) -> None:
    """Refuse a level that is no share strictly between 0 and 1.

    Raises:
        AnalysisError: If it is not.
    """
    if not 0 < level < 1:
        raise AnalysisError(f"a level of {level} is no share; give 0.95 for 95 %")


def check_correlation(correlation: float) -> None:
    """Refuse a declared correlation within variants that is not 0 to 1.

    Raises:
        AnalysisError: If it is not.
    """
    if not 0 <= correlation <= 1:
        raise AnalysisError(f"a correlation of {correlation} within variants is out of range; declare one from 0 to 1")


@lru_cache(maxsize=1024)
def normal_quantile(level: float) -> float:
    """The normal quantile of a two-sided level: 1.96 for 0.95."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def t_quantile(degrees: ArrayLike, level: float) -> Numbers:
    """The quantile of Student's t of a two-sided level."""
    if isinstance(degrees, int | float):
        return np.asarray(_t_quantile(float(degrees), level))
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.asarray(degrees, dtype=float), 0.5 + level / 2), dtype=float)


@lru_cache(maxsize=4096)
def _t_quantile(degrees: float, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + level / 2))
