"""Tests of two independent arms of 0/1 outcomes: two by two tables."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.estimate import AnalysisError, RefusedTestError, Sign, Test
from peerward.analysis.flips import Floats

BOSCHLOO = "Boschloo's exact test"
FISHER = "Fisher's exact test"
LARGEST = 250_000
"""Boschloo's test is made where the arms' sizes multiply to this at most (500 in each); Fisher's takes its place."""
NULL = "the event is equally likely in both arms"

_GRID = 1_025
"""Values of the common rate at which Boschloo's chance is looked at before it is refined about the highest."""
_NEAR = 1e-8


def boschloo(events_a: int, n_a: int, events_b: int, n_b: int, sign: Sign = "two_sided") -> Test:
    """Test two independent arms by Boschloo's exact test (Boschloo 1970): a less cautious form of Fisher's.

    Fisher's one-sided p orders the tables; p is the chance of a table at least as extreme, at the common rate where
    this chance is highest. Two-sided it is twice the smaller of the two one-sided ones, as in ``scipy.stats``. The
    highest chance is sought on 1,025 rates, evenly spaced in the arcsine, and refined about every near-highest one.

    Above 500 trials in each arm (``LARGEST``) Fisher's test takes its place, and method and a warning say so; there
    the two hardly differ.

    Args:
        events_a: Trials with the event in the first (treated) arm, 0 to ``n_a``.
        n_a: Trials in the first arm; each an independent draw.
        events_b: Trials with the event in the second (control) arm.
        n_b: Trials in the second arm.
        sign: The alternative; positive: the first arm's rate is higher.

    Returns:
        The test; p is NaN if an arm is empty. ``units`` are the trials.

    Raises:
        AnalysisError: If the counts are impossible.
    """
    a, m, b, n = _checked(events_a, n_a, events_b, n_b)
    if m == 0 or n == 0:
        return Test(NULL, math.nan, BOSCHLOO, sign, m + n, ("an arm has no trial",))
    if m * n > LARGEST:
        told = f"Fisher's test in place of Boschloo's, which takes too long for arms of {m:,} and {n:,} trials"
        return Test(NULL, _fisher(a, m, b, n, sign), FISHER, sign, m + n, (told,))
    return Test(NULL, _boschloo(a, m, b, n, sign), BOSCHLOO, sign, m + n)


def fisher(events_a: int, n_a: int, events_b: int, n_b: int, sign: Sign = "two_sided") -> Test:
    """Test two independent arms by Fisher's exact test (Fisher 1935).

    Given all events, those in the first arm are hypergeometric. Two-sided, p sums the chances of all tables that are
    at most as likely as the one seen.

    Args:
        events_a: Trials with the event in the first (treated) arm, 0 to ``n_a``.
        n_a: Trials in the first arm.
        events_b: Trials with the event in the second (control) arm.
        n_b: Trials in the second arm.
        sign: The alternative; positive: the first arm's rate is higher.

    Returns:
        The test; p is NaN if an arm is empty. ``units`` are the trials.

    Raises:
        AnalysisError: If the counts are impossible.
    """
    a, m, b, n = _checked(events_a, n_a, events_b, n_b)
    if m == 0 or n == 0:
        return Test(NULL, math.nan, FISHER, sign, m + n, ("an arm has no trial",))
    return Test(NULL, _fisher(a, m, b, n, sign), FISHER, sign, m + n)


def independent_arms(
    outcomes_a: ArrayLike,
    variants_a: ArrayLike,
    outcomes_b: ArrayLike,
    variants_b: ArrayLike,
    sign: Sign = "two_sided",
) -> tuple[Test, Test]:
    """Test two arms that were run on different variants, one trial each: Boschloo, and Fisher beside it.

    Args:
        outcomes_a: 0/1 outcomes of the first (treated) arm; NaN is left out.
        variants_a: Their variants, each once.
        outcomes_b: 0/1 outcomes of the second (control) arm.
        variants_b: Their variants, each once, none of them in the first arm.
        sign: The alternative.

    Returns:
        Boschloo's test and Fisher's.

    Raises:
        RefusedTestError: If a variant has several trials or is in both arms: trials are then no independent draws
            from the population of variants, and the type I error rate would be far above 5 %, or power thrown away.
        AnalysisError: If an outcome is neither 0 nor 1, or lengths differ.
    """
    counts, names = [], []
    for name, outcomes, variants in (("first", outcomes_a, variants_a), ("second", outcomes_b, variants_b)):
        values = np.asarray(outcomes, dtype=np.float64).ravel()
        each = np.asarray(variants).ravel()
        if values.size != each.size:
            raise AnalysisError(f"{values.size} outcomes, but {each.size} variants: give one variant per trial")
        known = ~np.isnan(values)
        values, each = values[known], each[known]
        if np.any((values != 0) & (values != 1)):
            raise AnalysisError(
                f"a two by two table needs outcomes of 0 or 1 in the {name} arm: use brunner_munzel for numbers"
            )
        counts.append((int(values.sum()), values.size))
        names.append(each)
    refuse_dependence(names[0], names[1], "Boschloo's and Fisher's test")
    (a, m), (b, n) = counts
    return boschloo(a, m, b, n, sign), fisher(a, m, b, n, sign)


def refuse_dependence(variants_a: NDArray[np.generic], variants_b: NDArray[np.generic], tests: str) -> None:
    """Raise if trials of two arms are no independent draws from a population of variants.

    Raises:
        RefusedTestError: If a variant has several trials in an arm or is in both arms.
    """
    distinct_a, distinct_b = set(variants_a.tolist()), set(variants_b.tolist())
    repeated = variants_a.size + variants_b.size - len(distinct_a) - len(distinct_b)
    shared = len(distinct_a & distinct_b)
    if shared:
        raise RefusedTestError(
            f"{tests} are for arms on different variants, but {shared} variants are in both arms. Use "
            "permutation.sign_flip, which compares the arms within each variant"
        )
    if repeated:
        raise RefusedTestError(
            f"{tests} take one trial per variant, but {repeated} trials repeat a variant of their arm: trials of one "
            "variant are alike, and the test would find an effect in up to half of the studies without one. Run the "
            "arms on the same variants and use permutation.sign_flip, or declare the estimand these_variants"
        )


def _checked(events_a: int, n_a: int, events_b: int, n_b: int) -> tuple[int, int, int, int]:
    if not (0 <= events_a <= n_a and 0 <= events_b <= n_b):
        raise AnalysisError(f"{events_a} events in {n_a} trials and {events_b} in {n_b} are no counts")
    return int(events_a), int(n_a), int(events_b), int(n_b)


def _log_choose(n: int) -> Floats:
    """Logarithms of the binomial coefficients of n over 0 to n."""
    from scipy.special import gammaln

    k = np.arange(n + 1)
    logs: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return logs


@lru_cache(maxsize=65_536)
def _fisher(a: int, m: int, b: int, n: int, sign: Sign) -> float:
    events = a + b
    least, most = max(0, events - n), min(m, events)
    hits = np.arange(least, most + 1)
    logs = _log_choose(m)[hits] + _log_choose(n)[events - hits]
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    if sign == "two_sided":
        return min(1.0, float(chances[chances <= chances[a - least] * (1 + 1e-7)].sum()))
    return min(1.0, float(chances[hits >= a].sum() if sign == "positive" else chances[hits <= a].sum()))


@lru_cache(maxsize=16_384)
def _boschloo(a: int, m: int, b: int, n: int, sign: Sign) -> float:
    if sign == "two_sided":
        return min(1.0, 2 * min(_boschloo(a, m, b, n, "positive"), _boschloo(a, m, b, n, "negative")))
    if sign == "positive":
        return _boschloo(b, n, a, m, "negative")
    ordering = _fisher_less(m, n)
    # Fisher's p falls as the second arm's events grow: in each row the extreme tables are those from a place on.
    first = n + 1 - np.sum(ordering <= ordering[a, b] * (1 + _NEAR), axis=1)
    angles = np.linspace(0, math.pi / 2, _GRID)
    chance = np.sum(_pmf_grid(m) * _upper_grid(n)[:, first], axis=1)
    highest = float(chance.max())
    inner = np.flatnonzero((chance >= np.roll(chance, 1)) & (chance >= np.roll(chance, -1)) & (chance > 0.95 * highest))
    width = math.pi / 2 / (_GRID - 1)
    for top in inner[np.argsort(-chance[inner])][:6]:
        centre, span = float(angles[top]), width
        for _ in range(2):
            near = np.clip(np.linspace(centre - span, centre + span, 33), 0, math.pi / 2)
            rates = np.sin(near) ** 2
            finer = np.sum(_pmf(m, rates) * _upper(_pmf(n, rates))[:, first], axis=1)
            centre, span = float(near[int(finer.argmax())]), span / 16
            highest = max(highest, float(finer.max()))
    return min(1.0, highest)


@lru_cache(maxsize=8)
def _fisher_less(m: int, n: int) -> Floats:
    """Fisher's one-sided p (the first arm's rate is lower) of every table: events in the first arm by the second's."""
    x, y = np.arange(m + 1)[:, None], np.arange(n + 1)[None, :]
    logs = _log_choose(m)[:, None] + _log_choose(n)[None, :] - _log_choose(m + n)[x + y]
    # Tables with as many events in all, side by side: row x + y, column x.
    sheared = np.zeros((m + n + 1, m + 1))
    sheared[x + y, x] = np.exp(logs)
    less: Floats = np.cumsum(sheared, axis=1)[x + y, x]
    return less


def _pmf(n: int, rates: Floats) -> Floats:
    """Binomial chances of 0 to n events, a row for each rate."""
    from scipy.special import xlog1py, xlogy

    k = np.arange(n + 1)
    chances: Floats = np.exp(_log_choose(n) + xlogy(k, rates[:, None]) + xlog1py(n - k, -rates[:, None]))
    return chances


def _upper(pmf: Floats) -> Floats:
    """Chances of at least 0, 1, ... n, n + 1 events."""
    upper = np.zeros((pmf.shape[0], pmf.shape[1] + 1))
    upper[:, :-1] = np.cumsum(pmf[:, ::-1], axis=1)[:, ::-1]
    return upper


@lru_cache(maxsize=8)
def _pmf_grid(n: int) -> Floats:
    return _pmf(n, np.sin(np.linspace(0, math.pi / 2, _GRID)) ** 2)


@lru_cache(maxsize=8)
def _upper_grid(n: int) -> Floats:
    return _upper(_pmf_grid(n))
