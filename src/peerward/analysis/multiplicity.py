"""Many tests: p-values adjusted in their family, and how many tests a number of variants can carry."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.design.least_p import least_p, most_tests

__all__ = ["benjamini_hochberg", "holm", "least_p", "most_tests"]

Floats = NDArray[np.float64]

HOLM = "Holm"
BENJAMINI_HOCHBERG = "Benjamini-Hochberg"


def holm(p: ArrayLike) -> Floats:
    """Return p-values adjusted so that the chance of one false rejection in the family is bounded (Holm 1979).

    Valid whatever the dependence of the tests.

    Args:
        p: The p-values of the family, 0-1; NaN (no test) stays NaN and is not counted.

    Returns:
        The adjusted p-values in the same order; the smallest is multiplied by the family's size.

    Raises:
        ValueError: If a p is outside 0-1.
    """
    return _adjusted(p, HOLM)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Return p-values adjusted so that the expected share of false ones among rejections is bounded (1995).

    Benjamini and Hochberg; valid for independent or positively dependent tests.

    Args:
        p: The p-values of the family, 0-1; NaN (no test) stays NaN and is not counted.

    Returns:
        The adjusted p-values in the same order.

    Raises:
        ValueError: If a p is outside 0-1.
    """
    return _adjusted(p, BENJAMINI_HOCHBERG)


def _adjusted(p: ArrayLike, procedure: str) -> Floats:
    given = np.asarray(p, dtype=np.float64)
    known = ~np.isnan(given)
    values = given[known]
    if np.any((values < 0) | (values > 1)):
        raise ValueError("a p-value lies between 0 and 1")
    order = np.argsort(values, kind="stable")
    ranked, count = values[order], values.size
    if procedure == HOLM:
        stepped = np.maximum.accumulate(ranked * np.arange(count, 0, -1))
    else:
        scaled = ranked * count / np.arange(1, count + 1)
        stepped = np.minimum.accumulate(scaled[::-1])[::-1]
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(1.0, stepped)
    result = np.full(given.shape, math.nan)
    result[known] = adjusted
    return result
