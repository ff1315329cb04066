"""Designs with arms on different variants, item errors, numbers, and looks on the way."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from error_crossed import RATES, SIGNS, VARIANTS
from error_lines import ALPHA, Line, drawn
from peerward.analysis.distributions import brunner_munzel, item_balance, item_balance_test
from peerward.analysis.estimate import Sign, Test
from peerward.analysis.sequential import e_process, rate_sequence
from peerward.analysis.two_by_two import boschloo, fisher

Table = Callable[[int, int, int, int, Sign], Test]
BOTH: tuple[tuple[str, Table], ...] = (("Boschloo", boschloo), ("Fisher", fisher))
GRID = np.linspace(0.005, 0.995, 199)


def tables(quick: bool) -> Iterator[Line]:
    """Independent arms: the chance of all tables that are rejected, on a fine grid of rates."""
    sizes = ((6, 6), (10, 10), (10, 40), (20, 20), (50, 50), *(() if quick else ((20, 100), (100, 100))))
    for name, test in BOTH:
        line = Line(name, "independent arms, one trial per variant, all rates", 0.0)
        for (m, n), sign in itertools.product(sizes, SIGNS[:2]):
            line.settings[f"{m} and {n} trials, {sign}"] = partial(all_tables, test=test, m=m, n=n, sign=sign)
        yield line
    for name, test in BOTH:
        line = Line(name, "independent arms with repeated variants, correlation .3", 0.2, "refused")
        for (count, many), rate in itertools.product(((4, 25), (5, 10), (10, 5)), (0.1, 0.31, 0.5)):
            line.settings[f"{count} variants, {many} epochs, rate {rate}"] = partial(
                repeated, test=test, count=count, many=many, rate=rate
            )
        yield line


def all_tables(rng: np.random.Generator, runs: int, test: Table, m: int, n: int, sign: Sign) -> float:
    from scipy.stats import binom

    out = np.array([[test(a, m, b, n, sign).p <= ALPHA for b in range(n + 1)] for a in range(m + 1)])
    rows, columns = (binom.pmf(np.arange(size + 1), size, GRID[:, None]) for size in (m, n))
    return float(np.einsum("ga,ab,gb->g", rows, out * 1.0, columns).max())


def repeated(rng: np.random.Generator, runs: int, test: Table, count: int, many: int, rate: float) -> int:
    a, b = (rng.binomial(many, drawn(rng, rate, 0.3, (runs, count))).sum(axis=1).tolist() for _ in range(2))
    total = count * many
    return sum(test(x, total, y, total, "two_sided").p <= ALPHA for x, y in zip(a, b, strict=True))


def items() -> Iterator[Line]:
    line = Line("item balance", "item errors that lean neither way; the lean of each variant is drawn", 0.2)
    missed = Line("item balance", "its 95 % interval misses the share, 20 variants and more", 0.1, "interval")
    for count, errors, correlation in itertools.product(VARIANTS, (1, 5), (0.0, 0.3)):
        setting = f"{count} variants, {errors} errors each, correlation {correlation}"
        line.settings[setting] = partial(leaning, count=count, errors=errors, correlation=correlation)
        for share in (0.5, 0.7, 0.9) if count >= 20 else ():
            missed.settings[f"{setting}, share {share}"] = partial(
                missing, count=count, errors=errors, correlation=correlation, share=share
            )
    yield line
    yield missed


def leaning(rng: np.random.Generator, runs: int, count: int, errors: int, correlation: float) -> int:
    names, made = np.arange(count), rng.poisson(errors, (runs, count))
    favour = rng.binomial(made, drawn(rng, 0.5, correlation, (runs, count)))
    return sum(item_balance_test(x, y - x, names).p <= ALPHA for x, y in zip(favour, made, strict=True))


def missing(rng: np.random.Generator, runs: int, count: int, errors: int, correlation: float, share: float) -> int:
    names, made = np.arange(count), rng.poisson(errors, (runs, count))
    favour = rng.binomial(made, drawn(rng, share, correlation, (runs, count)))
    found = (item_balance(x, y - x, names) for x, y in zip(favour, made, strict=True))
    return sum(not each.lower <= share <= each.upper for each in found)


def numbers() -> Iterator[Line]:
    kinds = (("alike", "offered", 1.0), ("of unequal spread, neither larger", "no claim", 4.0))
    for what, kind, spread in kinds:
        line = Line("Brunner-Munzel", f"independent arms {what}", 0.02, kind)
        for m, n in ((4, 4), (6, 6), (6, 20), (10, 10), (20, 6), (30, 30)):
            line.settings[f"{m} and {n} trials"] = partial(ranked, m=m, n=n, spread=spread)
        yield line


def ranked(rng: np.random.Generator, runs: int, m: int, n: int, spread: float) -> int:
    a, b = np.round(rng.normal(0, spread, (runs, m)), 1), np.round(rng.normal(0, 1, (runs, n)), 1)
    first, second = np.arange(m), m + np.arange(n)
    return sum(brunner_munzel(x, first, y, second).p <= ALPHA for x, y in zip(a, b, strict=True))


def looks() -> Iterator[Line]:
    """Is a true hypothesis ever rejected, with a look after every block?"""
    for shared in (False, True):
        arms = "one variant effect for both arms" if shared else "independent arms"
        line = Line("e-process", f"a look after each of 200 blocks, {arms}", 0.2)
        for rate in RATES:
            line.settings[f"rate {rate}"] = partial(blocks, rate=rate, shared=shared)
        yield line
    line = Line("e-process", "5 fixed variants in turn, a look after each of 200 blocks", 0.1)
    rounds = Line("confidence sequence", "5 fixed variants in turn, a look after each of 40 rounds", 0.1)
    for rate in RATES:
        line.settings[f"mean rate {rate}"] = partial(fixed_blocks, rate=rate)
        rounds.settings[f"mean rate {rate}"] = partial(fixed_rounds, rate=rate)
    yield line
    yield rounds
    line = Line("confidence sequence", "a look after each of 200 trials", 0.1)
    for rate in RATES:
        line.settings[f"rate {rate}"] = partial(trials, rate=rate)
    yield line
    line = Line("e-process", "its interval ever misses the difference, 60 blocks", 0.02)
    for a, b in ((0.3, 0.3), (0.31, 0.02), (0.95, 0.15), (0.6, 0.4)):
        line.settings[f"rates {a} and {b}"] = partial(covering, a=a, b=b)
    yield line


def blocks(rng: np.random.Generator, runs: int, rate: float, shared: bool) -> int:
    first = drawn(rng, rate, 0.3, (runs, 200))
    second = first if shared else drawn(rng, rate, 0.3, (runs, 200))
    return ended(rng.binomial(1, first), rng.binomial(1, second))


def ended(a: np.ndarray, b: np.ndarray) -> int:
    return sum(e_process(x, y, interval=False).looks[-1].p <= ALPHA for x, y in zip(a, b, strict=True))


def five(rate: float) -> np.ndarray:
    return np.clip(drawn(np.random.default_rng(5), rate, 0.3, (1, 5))[0], 0.001, 0.999)


def fixed_blocks(rng: np.random.Generator, runs: int, rate: float) -> int:
    chances = np.tile(five(rate), 40)
    return ended(rng.binomial(1, chances, (runs, 200)), rng.binomial(1, chances, (runs, 200)))


def fixed_rounds(rng: np.random.Generator, runs: int, rate: float) -> int:
    chances, made = five(rate), np.full(40, 5)
    counts = rng.binomial(1, chances, (runs, 40, 5)).sum(axis=2)
    return sum(rate_sequence(each, made, null=float(chances.mean())).looks[-1].p <= ALPHA for each in counts)


def trials(rng: np.random.Generator, runs: int, rate: float) -> int:
    return sum(rate_sequence(each, null=rate).looks[-1].p <= ALPHA for each in rng.binomial(1, rate, (runs, 200)))


def covering(rng: np.random.Generator, runs: int, a: float, b: float) -> int:
    found = (e_process(rng.binomial(1, a, 60), rng.binomial(1, b, 60)).looks[-1] for _ in range(runs))
    return sum(not each.lower <= a - b <= each.upper for each in found)
