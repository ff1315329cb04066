"""The chance that random signs make a sum as large as the one seen: what a sign-flip test counts."""

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from peerward.analysis.estimate import Sign

Floats = NDArray[np.float64]

DRAWS = 19_999
"""Random sign vectors where all of them are too many to count."""
SEED = 20_240_615
"""Where the random signs begin: the same data always give the same p."""

_WORK = 30_000_000
"""Additions that an exact count may take (a tenth of a second at most)."""
_HALF = 15
"""Sums of half of the signs are listed up to 2 to this power; both halves together cover 30 numbers."""
_SCALES = np.array(
    [*range(1, 31), 40, 50, 60, 75, 80, 100, 120, 150, 200, 240, 250, 300, 400, 500, 600, 1000, 1200, 2000]
)
_NEAR = 1e-8


def tail(numbers: Floats, sign: Sign) -> tuple[float, int]:
    """Return the share of all 2^n sign vectors whose sum is at least as extreme as the sum of the numbers as they are.

    Two-sided, a sum is as extreme if its absolute value is as large; positive, if it is as large; negative, if it is
    as small. The share is exact, by dynamic programming where the numbers are multiples of a common unit (as shares
    and means of shares are), or by listing the sums of two halves for up to 30 numbers of any kind; otherwise it is
    estimated from random signs as (hits + 1) / (draws + 1), which keeps the test valid (Phipson and Smyth 2010).

    Args:
        numbers: The numbers, none of them NaN; zeros play no part.
        sign: Which sums count as extreme.

    Returns:
        The share, and the number of random draws it rests on (0: it is exact).
    """
    kept = numbers[numbers != 0]
    if kept.size == 0:
        return 1.0, 0
    if sign == "negative":
        kept = -kept
    sizes = np.abs(kept)
    if bool((sizes == 1).all()):
        # One 0/1 trial per arm and variant: the most usual case.
        return _coins(sizes.size, int(kept.sum()), sign == "two_sided"), 0
    whole = _whole(sizes)
    if whole is not None:
        signed = int(np.sum(np.where(kept > 0, whole, -whole)))
        if whole[0] == whole.max() == whole.min():
            return _coins(whole.size, signed // int(whole[0]), sign == "two_sided"), 0
        whole.sort()
        if int(np.sum(np.cumsum(whole))) <= _WORK:
            return _counted(whole.tobytes(), signed, sign == "two_sided"), 0
    seen = float(kept.sum())
    least = (abs(seen) if sign == "two_sided" else seen) - _NEAR * float(sizes.sum())
    if kept.size <= 2 * _HALF:
        return _listed(sizes, least, sign == "two_sided"), 0
    return _drawn(sizes, least, sign == "two_sided"), DRAWS


def _whole(sizes: Floats) -> NDArray[np.int64] | None:
    """The sizes as whole multiples of a unit, the largest unit there is; None if no common one is seen."""
    scaled = sizes * _SCALES[:, None]
    off = np.abs(scaled - np.rint(scaled)).max(axis=1)
    fits = np.flatnonzero(off < _NEAR * _SCALES)
    if fits.size == 0:
        return None
    numbers = np.rint(scaled[fits[0]]).astype(np.int64)
    if numbers.min() == 0:
        return None
    divided: NDArray[np.int64] = numbers // np.gcd.reduce(numbers)
    return divided


@lru_cache(maxsize=65_536)
def _coins(count: int, total: int, two_sided: bool) -> float:
    """The share for ``count`` numbers of size 1 that sum to ``total``: tails of a binomial at one half."""
    from scipy.special import bdtrc

    extreme = abs(total) if two_sided else total
    heads = (count + extreme) // 2
    upper = 1.0 if heads <= 0 else float(bdtrc(heads - 1, count, 0.5))
    return min(1.0, 2 * upper) if two_sided else upper


@lru_cache(maxsize=8_192)
def _counted(sizes: bytes, total: int, two_sided: bool) -> float:
    """The share for whole numbers (as bytes, ascending): the sum of those with a plus, number by number."""
    numbers = np.frombuffer(sizes, dtype=np.int64)
    everything = int(numbers.sum())
    chance = np.zeros(everything + 1)
    chance[0] = 1.0
    reach = 0
    for each in numbers.tolist():
        chance[: reach + 1] *= 0.5
        # The right side is a copy: source and target overlap.
        chance[each : reach + each + 1] += chance[: reach + 1].copy()
        reach += each
    # The sum is twice the part with a plus, less everything.
    extreme = abs(total) if two_sided else total
    upper = float(chance[(everything + extreme + 1) // 2 :].sum())
    return min(1.0, 2 * upper) if two_sided and extreme > 0 else min(1.0, upper if not two_sided else 1.0)


def _sums(numbers: Floats) -> Floats:
    """The sums of all sign vectors over a few numbers."""
    sums = np.zeros(1)
    for each in numbers:
        sums = np.concatenate([sums - each, sums + each])
    return sums


def _listed(sizes: Floats, least: float, two_sided: bool) -> float:
    """The share by the sums of two halves: each sum of one needs so much of the other."""
    if two_sided and least <= 0:
        return 1.0
    first, second = _sums(sizes[::2]), np.sort(_sums(sizes[1::2]))
    hits = int(np.sum(second.size - np.searchsorted(second, least - first, side="left")))
    share = hits / (first.size * second.size)
    return min(1.0, 2 * share) if two_sided else share


def _drawn(sizes: Floats, least: float, two_sided: bool) -> float:
    hits = 0
    for signs in _signs(sizes.size):
        sums = signs @ sizes
        hits += int(np.sum((np.abs(sums) if two_sided else sums) >= least))
    return (hits + 1) / (DRAWS + 1)


def _signs(count: int) -> Iterator[Floats]:
    """Random sign vectors as rows, in pieces of bounded size; the first pieces are kept for the next call."""
    piece = max(1, 2_000_000 // count)
    if piece >= DRAWS:
        yield _kept_signs(count)
        return
    generator = np.random.default_rng([SEED, count])
    for start in range(0, DRAWS, piece):
        yield _random_signs(generator, min(piece, DRAWS - start), count)


@lru_cache(maxsize=4)
def _kept_signs(count: int) -> Floats:
    return _random_signs(np.random.default_rng([SEED, count]), DRAWS, count)


def _random_signs(generator: np.random.Generator, rows: int, count: int) -> Floats:
    bits = np.unpackbits(generator.integers(0, 256, (rows, math.ceil(count / 8)), dtype=np.uint8), axis=1)[:, :count]
    signs: Floats = bits.astype(np.float64) * 2 - 1
    return signs
