"""Power of McNemar's, Boschloo's and the sign-flip test: sums over tables, and simulated studies."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from peerward.analysis.estimate import AnalysisError, Sign

Floats = NDArray[np.float64]
_GRID = 400
"""Points of the common rate at which Boschloo's largest type I error is looked for."""
_SLACK = 1e-9
"""What rounding may take from a p-value that is meant to be equal to the level."""


def check_share(what: str, share: float) -> None:
    """Refuse a number that is no share.

    Raises:
        AnalysisError: If it is outside 0-1 or NaN.
    """
    if not 0 <= share <= 1:
        raise AnalysisError(f"{what} of {share:g} is out of range; give a share from 0 to 1, as in 0.31 for 31 %")


def mcnemar_power(
    rate_control: float, rate_treated: float, variants: int, correlation: float, level: float, sign: Sign
) -> float:
    """Return the exact power of McNemar's exact test, with one trial of each variant in each arm.

    The number of variants in which the arms differ is binomial, and so is, given that, the number in which the treated
    arm alone has the event.

    Args:
        rate_control: Rate of the control arm, 0-1.
        rate_treated: Rate of the treated arm, 0-1.
        variants: Variants, at least 1.
        correlation: Correlation of the two outcomes of a variant (phi).
        level: The level of the test.
        sign: The alternative.

    Raises:
        AnalysisError: If rates and correlation cannot be had together.

    Source: McNemar (1947), exact form.
    """
    from scipy.stats import binom

    only_treated, only_control = _discordant(rate_control, rate_treated, correlation)
    differing = only_treated + only_control
    if differing <= 0:
        return 0.0
    total = 0.0
    share = only_treated / differing
    for number in range(1, variants + 1):
        chance = float(binom.pmf(number, variants, differing))
        if chance < 1e-15:
            continue
        edge = _edge(number, level / 2 if sign == "two_sided" else level)
        up = float(binom.sf(edge - 1, number, share)) if sign != "negative" else 0.0
        down = float(binom.cdf(number - edge, number, share)) if sign != "positive" else 0.0
        total += chance * (up + down)
    return min(1.0, total)


def _edge(number: int, level: float) -> int:
    """The least count of ``number`` fair coins whose upper tail is at most the level; ``number + 1`` if none is."""
    from scipy.stats import binom

    counts = np.arange(number + 1)
    tails = binom.sf(counts - 1, number, 0.5)
    return int(np.argmax(np.append(tails <= level + _SLACK, True)))


def _discordant(rate_control: float, rate_treated: float, correlation: float) -> tuple[float, float]:
    spread = math.sqrt(rate_control * (1 - rate_control) * rate_treated * (1 - rate_treated))
    both = rate_control * rate_treated + correlation * spread
    most, least = min(rate_control, rate_treated), max(0.0, rate_control + rate_treated - 1)
    if not least - 1e-12 <= both <= most + 1e-12:
        lowest, highest = ((bound - rate_control * rate_treated) / spread if spread else 0.0 for bound in (least, most))
        raise AnalysisError(
            f"rates of {rate_control:g} and {rate_treated:g} cannot have a correlation of {correlation:g} between the "
            f"arms; it lies between {lowest:.2f} and {highest:.2f}"
        )
    return max(0.0, rate_treated - both), max(0.0, rate_control - both)


def boschloo_power(rate_control: float, rate_treated: float, variants: int, level: float, sign: Sign) -> float:
    """Return the exact power of Boschloo's test of two independent arms of equal size.

    Its two-sided p is twice the smaller one-sided one, as in scipy. The largest type I error is looked for on a grid
    of 400 common rates.

    Args:
        rate_control: Rate of the control arm, 0-1.
        rate_treated: Rate of the treated arm, 0-1.
        variants: Trials in each arm, at least 1.
        level: The level of the test.
        sign: The alternative.

    Source: Boschloo (1970).
    """
    from scipy.stats import binom

    counts = np.arange(variants + 1)
    region = _boschloo_region(variants, level / 2 if sign == "two_sided" else level)
    # Rows are events of the treated arm, columns of the control arm.
    rejected = {"positive": region, "negative": region.T, "two_sided": region | region.T}[sign]
    treated = np.asarray(binom.pmf(counts, variants, rate_treated))
    control = np.asarray(binom.pmf(counts, variants, rate_control))
    return min(1.0, float(treated @ rejected @ control))


@lru_cache(maxsize=16)
def _boschloo_region(size: int, level: float) -> NDArray[np.bool_]:
    """The tables (treated, control) that Boschloo's one-sided test rejects: treated above control."""
    from scipy.stats import binom, hypergeom

    counts = np.arange(size + 1)
    treated, control = np.meshgrid(counts, counts, indexing="ij")
    fisher = np.asarray(hypergeom.sf(treated - 1, 2 * size, treated + control, size)).ravel()
    order = np.argsort(fisher, kind="stable")
    # Tables of one Fisher p stand or fall together; equal ones can differ in the last digits.
    ends = np.flatnonzero(np.append(np.diff(fisher[order]) > 1e-12 + 1e-9 * fisher[order][:-1], True))
    worst = np.zeros(len(ends))
    for rate in np.linspace(0.0, 1.0, _GRID + 1)[1:-1]:
        chances = binom.pmf(counts, size, rate)
        worst = np.maximum(worst, np.cumsum(np.outer(chances, chances).ravel()[order])[ends])
    kept = int(np.sum(worst <= level + _SLACK))
    region = np.zeros(fisher.shape, dtype=np.bool_)
    if kept:
        region[order[: ends[kept - 1] + 1]] = True
    return region.reshape(treated.shape)


def repeated_power(
    rate_control: float,
    rate_treated: float,
    variants: int,
    epochs: int,
    correlation: float,
    between: float,
    level: float,
    sign: Sign,
    simulations: int,
    seed: int,
) -> float:
    """Return the simulated power of the exact sign-flip test over repeated variants.

    The rates of a variant in the two arms are beta distributed, with a Gaussian copula between them.

    Args:
        rate_control: Mean rate of the control arm, 0-1.
        rate_treated: Mean rate of the treated arm, 0-1.
        variants: Variants, at least 1.
        epochs: Trials of each in each arm.
        correlation: Correlation of trials of one variant in one arm, 0 to below 1.
        between: Correlation of two trials of one variant, one in each arm; at most ``correlation``.
        level: The level of the test.
        sign: The alternative.
        simulations: Simulated studies, at least 1.
        seed: Seed of the random numbers.

    Raises:
        AnalysisError: If the correlation between the arms is larger than that within them, or there is nothing to
            simulate.
    """
    if simulations < 1:
        raise AnalysisError(f"{simulations} simulations give no power; give 1 or more")
    if not -correlation <= between <= correlation:
        raise AnalysisError(
            f"the correlation between the arms, {between:g}, cannot be larger than that of trials of one variant "
            f"in one arm, {correlation:g}, when variants are repeated"
        )
    rng = np.random.default_rng(seed)
    latent = rng.standard_normal((2, simulations, variants))
    share = between / correlation if correlation else 0.0
    latent[1] = share * latent[0] + math.sqrt(1 - share**2) * latent[1]
    control = rng.binomial(epochs, _variant_rates(rate_control, correlation, latent[0]))
    treated = rng.binomial(epochs, _variant_rates(rate_treated, correlation, latent[1]))
    rejected = sum(_sign_flip_p(study, sign) <= level + _SLACK for study in (treated - control).astype(np.int64))
    return float(rejected / simulations)


def _variant_rates(mean: float, correlation: float, latent: Floats) -> Floats:
    from scipy.stats import beta, norm

    if correlation == 0 or mean in (0, 1):
        return np.full(latent.shape, mean)
    size = 1 / correlation - 1
    return np.asarray(beta.ppf(norm.cdf(latent), mean * size, (1 - mean) * size), dtype=np.float64)


def _sign_flip_p(differences: NDArray[np.int64], sign: Sign) -> float:
    """The exact sign-flip p of whole-number differences: the sum's null distribution, one variant added at a time."""
    sizes = np.abs(differences[differences != 0])
    total, observed = int(sizes.sum()), int(differences.sum())
    if total == 0:
        return 1.0
    # chances[k]: that the sizes with a plus sign add up to k; the sum of all is 2k - total.
    chances = np.zeros(total + 1)
    chances[0] = 1.0
    for size in sizes:
        moved = np.zeros_like(chances)
        moved[size:] = chances[:-size]
        chances = (chances + moved) / 2
    sums = 2 * np.arange(total + 1) - total
    if sign == "two_sided":
        return float(chances[np.abs(sums) >= abs(observed)].sum())
    return float(chances[sums >= observed].sum() if sign == "positive" else chances[sums <= observed].sum())
