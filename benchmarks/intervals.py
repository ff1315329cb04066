"""How often do the intervals of peerward.analysis hold what they say?

Variants are drawn from a population (beta-binomial, and logit-normal), trials of a variant from its own rate; the
shipped formulas give the interval, and the share of data sets whose interval has the true value is its coverage.
Arms on the same variants share their variants' effect by a Gaussian copula. A cell is vouched for where the expected
numbers of variants with an event and of variants with a non-event are both at least 10, in every arm.

    python benchmarks/intervals.py [--repetitions N] [--seed N] [--quick] [--output FILE]
"""

import argparse
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import betaincinv, expit, ndtr
from scipy.stats import t

from peerward.analysis.crossed import crossed_limits
from peerward.analysis.differences import mover
from peerward.analysis.rates import clopper_pearson, count_limits

SEED = 20260420
RATES = (0, 0.01, 0.02, 0.035, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.965, 0.98, 0.99, 1)
PAIRS = ((0, 0.3), (0.02, 0.02), (0.05, 0.05), (0.1, 0.1), (0.3, 0.3), (0.5, 0.5), (0.05, 0.3), (0.3, 0.7), (0.1, 0.95))
VARIANTS = (6, 8, 10, 12, 16, 20, 30, 50, 100)
EPOCHS = (1, 2, 5, 10, 25)
CORRELATIONS = (0.0, 0.1, 0.3)
SHARED = (0.0, 0.5, 1.0)
LEVEL = 0.95
ENOUGH = 10
GRID = np.linspace(-6, 6, 1201)
DENSITY = np.exp(-(GRID**2) / 2) / np.exp(-(GRID**2) / 2).sum()

Numbers = NDArray[np.float64]
Limits = tuple[Numbers, Numbers]


@dataclass(frozen=True)
class Cell:
    """One cell of the grid; ``fewest`` is the least expected number of variants with an event or a non-event."""

    method: str
    variants: int
    epochs: int
    correlation: float
    model: str
    rates: tuple[float, ...]
    fewest: float
    coverage: float
    width: float

    @property
    def vouched(self) -> bool:
        return self.fewest >= ENOUGH


@cache
def quantiles(share: float, correlation: float, model: str) -> Numbers:
    """A variant's rate at each point of GRID of a standard normal variable."""
    if correlation == 0 or share in (0, 1):
        return np.full(GRID.size, float(share))
    if model == "beta":
        total = (1 - correlation) / correlation
        return np.asarray(betaincinv(share * total, (1 - share) * total, ndtr(GRID)))
    points, weights = np.polynomial.hermite_e.hermegauss(101)
    weights = weights / weights.sum()

    def middle(spread: float) -> float:
        return float(brentq(lambda at: float(weights @ expit(at + spread * points)) - share, -80, 80))

    def excess(spread: float) -> float:
        second = float(weights @ expit(middle(spread) + spread * points) ** 2)
        return second - share**2 - correlation * share * (1 - share)

    spread = float(brentq(excess, 1e-3, 20))
    return np.asarray(expit(middle(spread) + spread * GRID))


def counts(
    rng: np.random.Generator, shares: tuple[float, ...], cell: tuple[int, int, float, str], common: float, times: int
) -> tuple[list[Numbers], list[float]]:
    """For each arm the events by variant, and the expected variants with an event or with none, the fewer."""
    variants, epochs, correlation, model = cell
    effect = rng.standard_normal((times, variants))
    drawn, fewest = [], []
    for share in shares:
        table = quantiles(share, correlation, model)
        with_event = 1 - float(DENSITY @ (1 - table) ** epochs)
        with_none = 1 - float(DENSITY @ table**epochs)
        fewest.append(variants * min(with_event, with_none))
        own = rng.standard_normal((times, variants))
        at = np.sqrt(common) * effect + np.sqrt(1 - common) * own
        rates = np.interp(at, GRID, table)
        drawn.append(rng.binomial(epochs, rates).astype(float))
    return drawn, fewest


def one_rate(arms: list[Numbers], sizes: Numbers) -> Limits:
    return count_limits(arms[0], sizes, level=LEVEL)[1:3]


def korn_graubard(arms: list[Numbers], sizes: Numbers) -> Limits:
    """What it was before Satterthwaite's degrees of freedom and the declared correlation: shown for comparison."""
    groups, trials = sizes.size, float(sizes.sum())
    share = arms[0].sum(-1) / trials
    total = ((arms[0] - share[:, None] * sizes) ** 2).sum(-1)
    flat = total < 1e-9
    raw = share * (1 - share) * trials**2 * (groups - 1) / groups / np.where(flat, 1.0, total)
    effective = np.where(flat, trials, np.minimum(trials, raw))
    edge = (share == 0) | (share == 1)
    effective = np.where(edge, trials / (1 + (sizes[0] - 1) * 0.3), effective)
    return wilson_on(share, np.where(edge, 1.959964, t.ppf(0.975, groups - 1)) ** 2 / effective)


def plain_wilson(arms: list[Numbers], sizes: Numbers) -> Limits:
    """Wilson's interval as if all trials were independent: shown for comparison."""
    share = arms[0].sum(-1) / sizes.sum()
    return wilson_on(share, np.full(share.shape, 1.959964**2 / sizes.sum()))


def wilson_on(share: Numbers, spread: Numbers) -> Limits:
    middle = (share + spread / 2) / (1 + spread)
    half = np.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return np.where(share == 0, 0.0, middle - half), np.where(share == 1, 1.0, middle + half)


def crossed(weights: tuple[float, ...]) -> Callable[[list[Numbers], Numbers], Limits]:
    def limits(arms: list[Numbers], sizes: Numbers) -> Limits:
        return crossed_limits(arms, [sizes] * len(arms), weights, level=LEVEL, correlation=0.3)[1:]

    return limits


def average(arms: list[Numbers], sizes: Numbers) -> Limits:
    found = [count_limits(arm, sizes, level=LEVEL) for arm in arms]
    value, lower, upper = (np.stack([each[at] for each in found], axis=-1) for at in range(3))
    return mover(value, lower, upper, np.full(len(arms), 1 / len(arms)))[1:]


def absent(arms: list[Numbers], sizes: Numbers) -> Limits:
    """For the share of variants with an event in any trial."""
    groups = sizes.size
    table = [clopper_pearson(events, groups, LEVEL) for events in range(groups + 1)]
    found = (arms[0] > 0).sum(-1)
    return np.array([each.lower for each in table])[found], np.array([each.upper for each in table])[found]


def designs(quick: bool) -> Iterator[tuple[str, int, int, float, str, tuple[float, ...], tuple[float, ...], float]]:
    """Method, cell, arms' rates, weights and the arms' shared part of the variant effect."""
    variants = (6, 12, 20, 100) if quick else VARIANTS
    epochs = (1, 5, 25) if quick else EPOCHS
    for many, times, correlation in product(variants, epochs, CORRELATIONS):
        for model in ("beta", "logit-normal") if correlation else ("beta",):
            for share in RATES:
                for method in ("rate", "Korn-Graubard alone", "plain Wilson", "absence"):
                    yield method, many, times, correlation, model, (share,), (1.0,), 0.0
            for treated, control in PAIRS:
                for common in SHARED if correlation else (0.0,):
                    arms = (treated, control, 0.2, 0.15)
                    yield "difference", many, times, correlation, model, arms, (1.0, -1.0, 0.0, 0.0), common
                    yield "double difference", many, times, correlation, model, arms, (1.0, -1.0, -1.0, 1.0), common
                    if common == 0:
                        third = 1 / 3
                        yield "macro-average", many, times, correlation, model, arms, (third, third, third, 0.0), common


METHODS: dict[str, Callable[[list[Numbers], Numbers], Limits]] = {
    "rate": one_rate,
    "difference": crossed((1.0, -1.0)),
    "double difference": crossed((1.0, -1.0, -1.0, 1.0)),
    "macro-average": average,
    "absence": absent,
    "Korn-Graubard alone": korn_graubard,
    "plain Wilson": plain_wilson,
}


def simulate(repetitions: int, seed: int, quick: bool) -> list[Cell]:
    cells: list[Cell] = []
    rng = np.random.default_rng(seed)
    last: tuple[object, ...] = ()
    data: tuple[list[Numbers], list[float]] = ([], [])
    told = 0
    for method, many, epochs, correlation, model, shares, weights, common in designs(quick):
        key = (many, epochs, correlation, model, shares, common)
        if key != last:  # The methods for one rate are compared on the same data.
            data, last = counts(rng, shares, (many, epochs, correlation, model), common, repetitions), key
        drawn, parts = data
        used = [at for at, weight in enumerate(weights) if weight]  # An arm without weight is not in this contrast.
        arms, fewest = [drawn[at] for at in used], min(parts[at] for at in used)
        sizes = np.full(many, float(epochs))
        lower, upper = METHODS[method](arms, sizes)
        truth = float(np.dot(weights, shares))
        if method == "absence":
            truth = 1 - float(DENSITY @ (1 - quantiles(shares[0], correlation, model)) ** epochs)
        covered = float(((lower <= truth + 1e-9) & (truth <= upper + 1e-9)).mean())
        counted = tuple(shares[at] for at in used)
        width = float((upper - lower).mean())
        cells.append(Cell(method, many, epochs, correlation, model, counted, fewest, covered, width))
        if many != told:
            print(f"{many} variants ...", file=sys.stderr, flush=True)
            told = many
    return cells


def percent(numbers: list[float], least: bool = False) -> str:
    if not numbers:
        return "-"
    return f"{100 * (min(numbers) if least else sum(numbers) / len(numbers)):.1f}"


def row(name: str, cells: list[Cell]) -> str:
    inside = [cell.coverage for cell in cells if cell.vouched]
    rest = [cell.coverage for cell in cells if not cell.vouched]
    widths = [cell.width for cell in cells if cell.vouched]
    shown = [str(len(inside)), percent(inside), percent(inside, True), percent(widths)]
    shown += [str(len(rest)), percent(rest), percent(rest, True)]
    return f"| {name} | " + " | ".join(shown) + " |"


HEAD = "vouched cells | mean % | worst % | mean width (points) | other cells | mean % | worst %"


def table(cells: list[Cell]) -> Iterator[str]:
    yield f"| method | {HEAD} |"
    yield "|---" * 8 + "|"
    for method in METHODS:
        yield row(method, [cell for cell in cells if cell.method == method])
    for method in ("rate", "difference", "double difference", "macro-average", "absence"):
        of = [cell for cell in cells if cell.method == method]
        yield ""
        split = method == "rate"  # The other methods rest on it, and are told by variants and epochs only.
        yield f"**{method}**, by variants x epochs{', and correlation within variants' if split else ''}:"
        yield ""
        yield f"| {'variants x epochs, correlation' if split else 'variants x epochs'} | {HEAD} |"
        yield "|---" * 8 + "|"
        groups: dict[str, list[Cell]] = {}
        for cell in of:
            name = f"{cell.variants} x {cell.epochs}" + (f", {cell.correlation:g}" if split else "")
            groups.setdefault(name, []).append(cell)
        for name, chosen in groups.items():
            yield row(name, chosen)
    yield ""
    yield "The worst vouched cells:"
    yield ""
    yield "| method | variants x epochs | correlation | model | true rates | fewest expected | coverage % |"
    yield "|---" * 7 + "|"
    shipped = [cell for cell in cells if cell.vouched and cell.method in list(METHODS)[:5]]
    for cell in sorted(shipped, key=lambda each: each.coverage)[:10]:
        rates = ", ".join(f"{share:g}" for share in cell.rates)
        where = f"{cell.variants} x {cell.epochs} | {cell.correlation:g} | {cell.model}"
        yield f"| {cell.method} | {where} | {rates} | {cell.fewest:.1f} | {100 * cell.coverage:.1f} |"


def machine() -> str:
    """The processor's name and what runs on it; no name of a host."""
    name = platform.processor() or platform.machine()
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        names = [line.split(":", 1)[1].strip() for line in listing.read_text().splitlines() if "model name" in line]
        name = names[0] if names else name
    return f"{name}, one core; Python {platform.python_version()}, numpy {np.__version__}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Coverage of the intervals of peerward.analysis, simulated.")
    parser.add_argument("--repetitions", type=int, default=2000, help="data sets per cell")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--quick", action="store_true", help="a coarse grid")
    parser.add_argument("--output", type=Path, help="also write the table here")
    asked = parser.parse_args()
    began = time.monotonic()
    cells = simulate(asked.repetitions, asked.seed, asked.quick)
    command = f"python benchmarks/intervals.py --repetitions {asked.repetitions} --seed {asked.seed}"
    command += " --quick" if asked.quick else ""
    took = f"{len(cells)} cells in {time.monotonic() - began:.0f} s"
    lines = [f"`{command}`, {date.today().isoformat()}; {took}; {machine()}.", "", *table(cells)]
    print("\n".join(lines))
    if asked.output:
        asked.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    shipped = [cell for cell in cells if cell.vouched and cell.method in list(METHODS)[:5]]
    for method in list(METHODS)[:5] if asked.repetitions >= 1000 else ():  # Fewer are noise.
        found = [cell.coverage for cell in shipped if cell.method == method]
        if found and (sum(found) / len(found) < 0.94 or min(found) < 0.91):
            sys.exit(f"{method}: the coverage is below what docs/methods.md promises")


if __name__ == "__main__":
    main()
