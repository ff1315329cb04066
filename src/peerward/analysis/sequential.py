"""Looking while a study runs: intervals and p-values that stay valid whenever one looks and whenever one stops.

A look is made only after a whole block: one trial of every arm, on a fresh variant. Then blocks are independent draws.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.e_values import log_e
from peerward.analysis.estimate import AnalysisError
from peerward.analysis.flips import Floats

RATE = "prior-posterior-ratio confidence sequence"
CONTRAST = "safe 2x2 e-process"
PRIOR_RATE = (0.5, 0.5)
"""The Beta prior of a rate (Jeffreys); it does not bear on validity, only on how fast the interval narrows."""
REPEATED = (
    "variants repeat: this holds for the fixed set of variants only, and for looks after whole rounds over it, each "
    "variant once a round"
)
_STEP = 0.005
_DISJOINT = "the intervals of different looks have nothing in common: the rates may have changed on the way"


@dataclass(frozen=True)
class Look:
    """What is known after one look.

    Attributes:
        blocks: Blocks so far (for a rate: trials).
        value: The estimate from all of them.
        lower: Lower limit of the anytime interval: what no look so far has excluded; NaN if nothing is left.
        upper: Upper limit.
        e: The e-value against the null at this look: 20 is as strong as p = .05; NaN where there is no null.
        p: The anytime p-value: one by the highest e so far, 1 at most; NaN where there is no null.
    """

    blocks: int
    value: float
    lower: float
    upper: float
    e: float
    p: float


@dataclass(frozen=True)
class Sequence:
    """All looks at one rate or one contrast.

    Attributes:
        estimand: What is estimated.
        null: The hypothesis that e and p stand against, or an empty text.
        method: The method, by its name in docs/methods.md.
        level: The level of the intervals, all looks together: with this chance every one of them covers.
        looks: The looks, in order.
        warnings: What a reader has to know.
    """

    estimand: str
    null: str
    method: str
    level: float
    looks: tuple[Look, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class StopRule:
    """When to stop, declared before the first look.

    Attributes:
        most_blocks: Stop after so many blocks whatever they say, at least 1.
        alpha: Stop as soon as the anytime p is at most this; 0 never stops on p.
        width: Stop as soon as the anytime interval is at most this wide; 0 never stops on the width.
    """

    most_blocks: int
    alpha: float = 0.05
    width: float = 0.0


@dataclass(frozen=True)
class Stop:
    """Where a rule stops: after this look, for this reason (``rejected``, ``narrow`` or ``most_blocks``)."""

    look: Look
    reason: str


def rate_sequence(
    events: ArrayLike,
    trials: ArrayLike | None = None,
    null: float | None = None,
    level: float = 0.95,
    variants: ArrayLike | None = None,
) -> Sequence:
    """Return the anytime-valid interval of a rate after each look (Waudby-Smith and Ramdas 2020).

    The ratio of prior to posterior density at the true rate is a martingale that begins at 1, so that it ever exceeds
    20 with a chance of 5 % at most (Ville). The interval holds the rates at which it has not done so at any look.

    Args:
        events: New events at each look, 0 to the new trials of that look.
        trials: New trials at each look; one at each look if None.
        null: A rate to test, above 0 and below 1; None tests none.
        level: The level, 0-1.
        variants: The variant of each trial, in order; with repeated ones the result says what it holds for.

    Returns:
        A look for each number in ``events``.

    Raises:
        AnalysisError: If counts, null or level are out of range.
    """
    from scipy.special import betaln, xlog1py, xlogy

    new = np.asarray(events, dtype=np.float64).ravel()
    made = np.ones(new.size) if trials is None else np.asarray(trials, dtype=np.float64).ravel()
    if made.size != new.size or not np.all((new >= 0) & (new <= made)):
        raise AnalysisError("events and trials are the new ones at each look: as many numbers, 0 <= events <= trials")
    _check_level(level)
    if null is not None and not 0 < null < 1:
        raise AnalysisError(f"a rate of {null} cannot be tested in a sequence: name one between 0 and 1")
    hits, total = np.cumsum(new), np.cumsum(made)
    a, b = PRIOR_RATE
    marginal = betaln(a + hits, b + total - hits) - betaln(a, b)

    def log_ratio(rate: Floats) -> Floats:
        ratio: Floats = marginal - xlogy(hits, rate) - xlog1py(total - hits, -rate)
        return ratio

    # The ratio is convex in the rate and least at the observed one: a limit on either side.
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.where(total > 0, hits / np.maximum(total, 1), 0.5)
        limits = []
        for edge in (0.0, 1.0):
            outer, inner = np.full(new.size, edge), middle.copy()
            for _ in range(60):
                half = (outer + inner) / 2
                out = log_ratio(half) >= -math.log(1 - level)
                outer, inner = np.where(out, half, outer), np.where(out, inner, half)
            limits.append(outer)
        logs = np.full(new.size, math.nan) if null is None else log_ratio(np.full(new.size, null))
    lower = np.where(hits == 0, 0.0, limits[0])
    upper = np.where(hits == total, 1.0, limits[1])
    value = np.where(total > 0, middle, math.nan)
    warnings = (REPEATED,) if _repeated(variants, int(made.sum())) else ()
    looks, disjoint = _looks(total.astype(int), value, lower, upper, logs)
    told = "" if null is None else f"the rate is {null:g}"
    return Sequence("rate of the event", told, RATE, level, looks, (*warnings, *disjoint))


def e_process(
    treated: ArrayLike,
    control: ArrayLike,
    level: float = 0.95,
    variants: ArrayLike | None = None,
    interval: bool = True,
) -> Sequence:
    """Return the anytime-valid test and interval of a difference of two rates after each block.

    The safe test for two by two tables of Turner, Ly and Grünwald (2024): each block's outcomes are bet on with the
    arms' rates as estimated from the blocks before (Beta priors of .18, .18), against the single rate nearest to
    them. The product has an expectation of at most 1 if the arms' rates are equal. The interval inverts the same
    process for every difference on a grid of .005 (Turner and Grünwald 2023), against the nearest pair of rates with
    that difference; it is widened to the next excluded value of the grid.

    It holds for arms that are independent or, as on the same variant, positively dependent within a block: then the
    expectation is smaller still. Negative dependence is not covered.

    Args:
        treated: 0/1 outcomes of the treated arm, one per block, in order.
        control: 0/1 outcomes of the control arm in the same blocks. Blocks with a NaN are left out with a warning.
        level: The interval's level, 0-1.
        variants: The variant of each block; with repeated ones the result says what it holds for.
        interval: Whether to compute the interval (the test alone is a hundred times faster); else -1 to 1.

    Returns:
        A look for each whole block.

    Raises:
        AnalysisError: If the arms differ in length, an outcome is neither 0 nor 1, or the level is out of range.
    """
    a, b = (np.asarray(each, dtype=np.float64).ravel() for each in (treated, control))
    if a.size != b.size:
        raise AnalysisError(f"{a.size} treated outcomes, but {b.size} controls: a look is made after whole blocks only")
    _check_level(level)
    warnings = [REPEATED] if _repeated(variants, a.size) else []
    whole = ~np.isnan(a) & ~np.isnan(b)
    if not whole.all():
        warnings.append(f"{int(np.sum(~whole))} blocks with an outcome that was not measured are left out")
        a, b = a[whole], b[whole]
    if np.any((a != 0) & (a != 1)) or np.any((b != 0) & (b != 1)):
        raise AnalysisError("an e-process needs outcomes of 0 or 1")
    count = np.arange(1, a.size + 1)
    logs = log_e(a, b, np.zeros(1))[:, 0]
    value = np.cumsum(a - b) / np.maximum(count, 1)
    lower, upper = np.full(a.size, -1.0), np.full(a.size, 1.0)
    if interval and a.size:
        steps = round(1 / _STEP)
        grid = np.arange(-steps, steps + 1) / steps
        inner = grid[1:-1]
        open_ = np.ones((a.size, grid.size), dtype=bool)
        open_[:, 1:-1] = np.maximum.accumulate(log_e(a, b, inner), axis=0) < -math.log(1 - level)
        # A difference of 1 or -1 can only be excluded by an outcome that it rules out.
        open_[:, 0] = np.cumsum(1 - b + a) == 0
        open_[:, -1] = np.cumsum(1 - a + b) == 0
        first, last = open_.argmax(axis=1), grid.size - 1 - open_[:, ::-1].argmax(axis=1)
        some = open_.any(axis=1)
        lower = np.where(some, grid[np.maximum(first - 1, 0)], math.nan)
        upper = np.where(some, grid[np.minimum(last + 1, grid.size - 1)], math.nan)
        if not some.all():
            warnings.append(_DISJOINT)
    looks, _ = _looks(count, value, lower, upper, logs)
    return Sequence(
        "rate of the event, treated minus control",
        "the event is equally likely in both arms",
        CONTRAST,
        level,
        looks,
        tuple(warnings),
    )


def stop(sequence: Sequence, rule: StopRule) -> Stop | None:
    """Return where a declared rule stops a sequence, or None if it goes on after the last look.

    Args:
        sequence: What ``rate_sequence`` or ``e_process`` returned.
        rule: The rule, declared before the first look.

    Raises:
        AnalysisError: If the rule is out of range.
    """
    if rule.most_blocks < 1 or not 0 <= rule.alpha < 1 or rule.width < 0:
        raise AnalysisError("a stopping rule needs most_blocks of 1 or more, alpha of 0 to 1, and no negative width")
    for look in sequence.looks:
        if look.p <= rule.alpha:
            return Stop(look, "rejected")
        if look.upper - look.lower <= rule.width:
            return Stop(look, "narrow")
        if look.blocks >= rule.most_blocks:
            return Stop(look, "most_blocks")
    return None


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise AnalysisError(f"a level of {level} is no level: .95 is the usual one")


def _repeated(variants: ArrayLike | None, needed: int) -> bool:
    if variants is None:
        return False
    names = np.asarray(variants).ravel()
    if names.size != needed:
        raise AnalysisError(f"{names.size} variants for {needed} outcomes: give one for each")
    return len(set(names.tolist())) < names.size


def _looks(
    blocks: NDArray[np.int64], value: Floats, lower: Floats, upper: Floats, logs: Floats
) -> tuple[tuple[Look, ...], tuple[str, ...]]:
    """The looks, each with the intersection of all intervals up to it."""
    low, high = np.maximum.accumulate(lower), np.minimum.accumulate(upper)
    empty = low > high
    low, high = np.where(empty, math.nan, low), np.where(empty, math.nan, high)
    # An e-value past the range of floating point is as good as the largest number.
    e = np.exp(np.minimum(logs, 700.0))
    p = np.minimum(1.0, np.exp(-np.maximum.accumulate(logs)))
    columns = (blocks.tolist(), value.tolist(), low.tolist(), high.tolist(), e.tolist(), p.tolist())
    looks = tuple(Look(*each) for each in zip(*columns, strict=True))
    return looks, ((_DISJOINT,) if empty.any() else ())
