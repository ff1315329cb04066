"""MOVER: limits of a weighted sum out of the limits of its parts."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from peerward.analysis.by_variant import Numbers


def mover(
    values: ArrayLike, lowers: ArrayLike, uppers: ArrayLike, weights: ArrayLike, correlations: ArrayLike | None = None
) -> tuple[Numbers, Numbers, Numbers]:
    """A weighted sum with limits, by the method of variance estimates recovery.

    Each limit is as far from the sum as the root of the summed squares of the parts' distances to those of their own
    limits that push the same way, with the correlations of the parts' estimates between them.

    Args:
        values: The parts; shape (..., K).
        lowers: Their lower limits; shape (..., K).
        uppers: Their upper limits; shape (..., K).
        weights: The weights, of either sign; shape (K,).
        correlations: Correlations of the estimates, shape (..., K, K); None where they are independent.

    Returns:
        The sum and its limits, each of shape (...).

    Source: Newcombe 1998 (difference of two rates); Zou and Donner 2008, Zou, Huang and Zhang 2009 (weighted sums).
    """
    value, lower, upper = (np.asarray(each, dtype=float) for each in (values, lowers, uppers))
    weight = np.asarray(weights, dtype=float)
    down = np.abs(weight) * np.where(weight > 0, value - lower, upper - value)
    up = np.abs(weight) * np.where(weight > 0, upper - value, value - lower)
    total = (weight * value).sum(-1)
    if correlations is None:
        below, above = (down**2).sum(-1), (up**2).sum(-1)
    else:
        signs = np.sign(weight)
        between = np.asarray(correlations, dtype=float) * signs[:, None] * signs[None, :]
        below = np.einsum("...i,...ij,...j->...", down, between, down)
        above = np.einsum("...i,...ij,...j->...", up, between, up)
    # Correlations that were estimated pair by pair need not fit together: a negative square is a distance of 0.
    return total, total - np.sqrt(np.maximum(below, 0.0)), total + np.sqrt(np.maximum(above, 0.0))


def mover_once(
    values: Sequence[float],
    lowers: Sequence[float],
    uppers: Sequence[float],
    weights: Sequence[float],
    correlations: Sequence[Sequence[float]],
) -> tuple[float, float, float]:
    """``mover`` of a single sum of few parts, in plain numbers: a table has thousands of them."""
    total = below = above = 0.0
    down, up = [], []
    for value, lower, upper, weight in zip(values, lowers, uppers, weights, strict=True):
        total += weight * value
        low, high = weight * (value - lower), weight * (upper - value)
        # With its sign: parts that push the sum the same way have distances of the same sign.
        down.append(low if weight > 0 else high)
        up.append(high if weight > 0 else low)
    for at, row in enumerate(correlations):
        for to, between in enumerate(row):
            below += down[at] * between * down[to]
            above += up[at] * between * up[to]
    return total, total - math.sqrt(max(below, 0.0)), total + math.sqrt(max(above, 0.0))
