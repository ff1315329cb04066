"""Designs with arms on the same variants: sign flips, their families, equivalence, permutation within variants."""

import importlib.util
import itertools
from collections.abc import Callable, Iterator
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from error_lines import ALPHA, Floats, Line, drawn
from peerward.analysis.estimate import Estimate, Sign, Test
from peerward.analysis.multiplicity import benjamini_hochberg, holm
from peerward.analysis.permutation import cochran_mantel_haenszel, mcnemar, sign_flip, sign_flip_of, within_variants

RATES = (0.02, 0.1, 0.31, 0.5, 0.9, 0.98)
VARIANTS = (6, 8, 12, 20, 50, 100)
CORRELATIONS = (0.0, 0.1, 0.3)
SIGNS: tuple[Sign, ...] = ("two_sided", "positive", "negative")
ARMS = {
    "all .02": (0.02, 0.02, 0.02, 0.02),
    "all .5": (0.5, 0.5, 0.5, 0.5),
    ".5 .5 .02 .02": (0.5, 0.5, 0.02, 0.02),
    ".31 .02 .31 .02": (0.31, 0.02, 0.31, 0.02),
    ".2 .01 .8 .61": (0.2, 0.01, 0.8, 0.61),
    ".9 .5 .45 .05": (0.9, 0.5, 0.45, 0.05),
    ".12 .02 .98 .88": (0.12, 0.02, 0.98, 0.88),
}
"""Rates of treated, control, and the two baselines, with no difference of differences."""


def rejected(contrasts: Floats, sign: Sign = "two_sided") -> int:
    return sum(sign_flip_of(each, sign).p <= ALPHA for each in contrasts)


def crossed() -> Iterator[Line]:
    for epochs, shared in itertools.product((1, 5, 25), (True, False)):
        effect = "one variant effect for both arms" if shared else "each arm its own variant effect"
        line = Line("sign flip", f"crossed, epochs: {epochs}, {effect}", 0.5 if epochs == 1 else 0.25)
        for count, correlation, rate in itertools.product(VARIANTS, CORRELATIONS, RATES):

            def pairs(
                rng: np.random.Generator,
                runs: int,
                count: int = count,
                correlation: float = correlation,
                rate: float = rate,
                epochs: int = epochs,
                shared: bool = shared,
            ) -> int:
                first = drawn(rng, rate, correlation, (runs, count))
                second = first if shared else drawn(rng, rate, correlation, (runs, count))
                return rejected((rng.binomial(epochs, first) - rng.binomial(epochs, second)) / epochs)

            line.settings[f"{count} variants, correlation {correlation}, rate {rate}"] = pairs
        yield line
    line = Line("sign flip, one-sided", "crossed, epochs: 1", 0.5)
    for count, rate, sign in itertools.product(VARIANTS, RATES, SIGNS[1:]):

        def one_sided(
            rng: np.random.Generator, runs: int, count: int = count, rate: float = rate, sign: Sign = sign
        ) -> int:
            shape = (runs, count)
            return rejected(rng.binomial(1, rate, shape) * 1.0 - rng.binomial(1, rate, shape), sign)

        line.settings[f"{count} variants, rate {rate}, {sign}"] = one_sided
    yield line
    line = Line("sign flip", "crossed, arms of unequal epochs (cut to the shorter)", 0.05)
    for count, epochs, correlation, rate in itertools.product(
        (8, 20, 50), ((1, 5), (1, 25), (4, 5)), (0.0, 0.3), RATES
    ):
        line.settings[f"{count} variants, {epochs} epochs, correlation {correlation}, rate {rate}"] = partial(
            unequal, count=count, epochs=epochs, correlation=correlation, rate=rate
        )
    yield line
    line = Line("McNemar", "crossed, epochs: 1", 0.1)
    for count, rate in itertools.product(VARIANTS, RATES):
        line.settings[f"{count} variants, rate {rate}"] = partial(pairs_of, count=count, rate=rate)
    yield line


def unequal(
    rng: np.random.Generator, runs: int, count: int, epochs: tuple[int, int], correlation: float, rate: float
) -> int:
    short, long = (np.repeat(np.arange(count), each) for each in epochs)
    chances = drawn(rng, rate, correlation, (runs, count))
    tests = (sign_flip(rng.binomial(1, row[short]), short, rng.binomial(1, row[long]), long) for row in chances)
    return sum(test.p <= ALPHA for test in tests)


def pairs_of(rng: np.random.Generator, runs: int, count: int, rate: float) -> int:
    names = np.arange(count)
    a, b = rng.binomial(1, rate, (runs, count)), rng.binomial(1, rate, (runs, count))
    return sum(mcnemar(x, names, y, names).p <= ALPHA for x, y in zip(a, b, strict=True))


def contrasts() -> Iterator[Line]:
    for epochs in (1, 5, 25):
        line = Line("sign flip", f"differences in differences, epochs: {epochs}", 0.5 if epochs == 1 else 0.1)
        for count, (name, rates), sign in itertools.product((6, 8, 12, 20, 100), ARMS.items(), SIGNS[:2]):
            line.settings[f"{count} variants, rates {name}, {sign}"] = partial(
                double, count=count, rates=rates, epochs=epochs, sign=sign
            )
        yield line
    for what, kind, alike in (("alike", "offered", True), ("of equal means, one of them skewed", "no claim", False)):
        line = Line("sign flip", f"score means, arms {what}", 0.2, kind)
        for count in VARIANTS:
            line.settings[f"{count} variants"] = partial(scores, count=count, alike=alike)
        yield line


def double(rng: np.random.Generator, runs: int, count: int, rates: tuple[float, ...], epochs: int, sign: Sign) -> int:
    correlation = 0.3 if epochs > 1 else 0.0
    a, b, c, d = (rng.binomial(epochs, drawn(rng, rate, correlation, (runs, count))) / epochs for rate in rates)
    return rejected(a - b - c + d, sign)


def scores(rng: np.random.Generator, runs: int, count: int, alike: bool) -> int:
    effect = rng.normal(0, 3, (runs, count))
    other = rng.exponential(5.0, (runs, count)) if alike else 5.0
    return rejected(np.round(effect + rng.exponential(5.0, (runs, count)), 1) - np.round(effect + other, 1))


def families() -> Iterator[Line]:
    wise = Line("Holm", "families of 6-25 sign flips against one control arm: any false rejection", 0.05)
    false = Line("Benjamini-Hochberg", "the same, half of them true: false ones among rejections", 0.05)
    for size, count, rate in itertools.product((6, 12, 25), (12, 20, 50, 100), (0.1, 0.31)):
        setting = f"{size} tests, {count} variants, rate {rate}"
        wise.settings[setting] = partial(family_wise, size=size, count=count, rate=rate)
        false.settings[setting] = partial(false_discovery, size=size, count=count, rate=rate)
    yield wise
    yield false


def family(rng: np.random.Generator, size: int, count: int, rate: float, real: int) -> list[float]:
    control = rng.binomial(1, rate, count) * 1.0
    rates = np.where(np.arange(size) < real, min(0.95, rate + 0.5), rate)
    return [sign_flip_of(each).p for each in rng.binomial(1, rates[:, None], (size, count)) - control]


def family_wise(rng: np.random.Generator, runs: int, size: int, count: int, rate: float) -> int:
    return sum(holm(family(rng, size, count, rate, 0)).min() <= ALPHA for _ in range(runs))


def false_discovery(rng: np.random.Generator, runs: int, size: int, count: int, rate: float) -> float:
    shares = 0.0
    for _ in range(runs):
        found = benjamini_hochberg(family(rng, size, count, rate, size // 2)) <= ALPHA
        shares += found[size // 2 :].sum() / max(1, found.sum())
    return shares


def equivalence() -> Iterator[Line]:
    """Two one-sided tests with the difference at the margin, exactly, where the modules that make them are there."""
    if importlib.util.find_spec("peerward.analysis.equivalence") is None:
        return
    for count in (10, 20, 50):
        line = Line("equivalence", f"crossed, epochs: 1, {count} variants, the difference at the margin", 0.0)
        for margin, rate, alike in itertools.product(
            (0.1, 0.2, 0.3), (0.0, 0.01, 0.02, 0.05, 0.1, 0.31, 0.5), (0.0, 0.3, 0.6)
        ):
            line.settings[f"margin {margin}, control {rate}, arms correlated {alike}"] = partial(
                at_margin, count=count, margin=margin, rate=rate, alike=alike
            )
        yield line


@lru_cache(maxsize=4)
def paired(count: int) -> tuple[NDArray[np.int64], list[Estimate]]:
    """All counts of pairs (both, only treated, only control, neither), and the interval that the test looks at."""
    from peerward.analysis.differences import difference
    from peerward.analysis.rates import rate

    cells = [each for each in itertools.product(range(count + 1), repeat=3) if sum(each) <= count]
    names, found = np.arange(count), []
    for both, first, second in cells:
        a = np.repeat([1, 1, 0, 0], [both, first, second, count - both - first - second])
        b = np.repeat([1, 0, 1, 0], [both, first, second, count - both - first - second])
        rates = (rate(each, names, estimand="", level=1 - ALPHA) for each in (a, b))
        found.append(difference(*rates))
    return np.array([(*each, count - sum(each)) for each in cells]), found


def at_margin(rng: np.random.Generator, runs: int, count: int, margin: float, rate: float, alike: float) -> float:
    from scipy.stats import multinomial

    treated = rate + margin
    spread = np.sqrt(rate * (1 - rate) * treated * (1 - treated))
    both = min(rate * treated + alike * spread, rate)
    cells, found = paired(count)
    chances = multinomial.pmf(cells, count, [both, treated - both, rate - both, 1 - treated - rate + both])
    return float(
        sum(chance for chance, each in zip(chances, found, strict=True) if -margin < each.lower and each.upper < margin)
    )


def strata() -> Iterator[Line]:
    for name, test in (("within variants", within_variants), ("Cochran-Mantel-Haenszel", cochran_mantel_haenszel)):
        line = Line(name, "these variants, several epochs", 0.2)
        for (count, many), rate in itertools.product(((1, 10), (1, 50), (2, 10), (5, 5), (10, 3), (4, 25)), RATES):
            line.settings[f"{count} variants, {many} epochs, mean rate {rate}"] = partial(
                fixed, test=test, count=count, many=many, rate=rate
            )
        yield line
    line = Line("within variants", "these variants, score means", 0.02)
    for count, many in ((1, 8), (4, 5), (10, 3)):

        def means(rng: np.random.Generator, runs: int, count: int = count, many: int = many) -> int:
            names = np.repeat(np.arange(count), many)
            a, b = rng.exponential(1, (runs, names.size)), rng.exponential(1, (runs, names.size))
            return sum(within_variants(x, names, y, names).p <= ALPHA for x, y in zip(a, b, strict=True))

        line.settings[f"{count} variants, {many} epochs"] = means
    yield line


def fixed(rng: np.random.Generator, runs: int, test: Callable[..., Test], count: int, many: int, rate: float) -> int:
    # The variants' rates are fixed, once for all runs.
    chances = np.repeat(drawn(np.random.default_rng(count), rate, 0.3, (1, count))[0], many)
    names, shape = np.repeat(np.arange(count), many), (runs, count * many)
    a, b = rng.binomial(1, chances, shape), rng.binomial(1, chances, shape)
    return sum(test(x, names, y, names).p <= ALPHA for x, y in zip(a, b, strict=True))
