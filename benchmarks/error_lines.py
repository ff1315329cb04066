"""A line of the table of error rates: settings that are simulated, the worst of them once more with fresh numbers."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

ALPHA = 0.05
AGAIN = 5
"""The worst settings are simulated anew with so many times the runs: the worst of many is partly chance."""
WORST = 3

Floats = NDArray[np.float64]
Simulation = Callable[[np.random.Generator, int], float]
"""Takes a generator and a number of runs, gives how many of them were in error."""


@dataclass
class Line:
    """One test in one kind of design.

    ``share`` is the part of the repetitions that each setting gets; 0: its rate is computed exactly, not simulated.
    ``kind``: ``offered`` has to keep 5 %; others are shown for a reason.
    """

    test: str
    design: str
    share: float
    kind: str = "offered"
    settings: dict[str, Simulation] = field(default_factory=dict)

    def row(self, rng: np.random.Generator, repetitions: int, lines: int) -> str:
        """Simulate and tell: a line of a Markdown table."""
        runs = max(20, round(repetitions * self.share)) if self.share else 1
        rates = {name: simulate(rng, runs) / runs for name, simulate in self.settings.items()}
        again = AGAIN * runs
        top = sorted(rates, key=lambda name: -rates[name])[:WORST]
        worst = rates if not self.share else {name: self.settings[name](rng, again) / again for name in top}
        at = max(worst, key=lambda name: worst[name])
        allowed = ALPHA + 1e-9
        if self.share:
            from scipy.special import ndtri

            # One line in all is above this by chance in one run of the program in 20.
            z = float(ndtri(1 - 0.05 / (WORST * lines)))
            allowed = ALPHA + z * math.sqrt(ALPHA * (1 - ALPHA) / again)
        verdict = self.kind if self.kind != "offered" else ("ok" if worst[at] <= allowed else "FAILS")
        cells = (
            self.test,
            self.design,
            len(rates),
            f"{runs:,} / {again:,}" if self.share else "exact",
            f"{np.mean(list(rates.values())):.4f}",
            f"{worst[at]:.4f}",
            f"{allowed:.4f}",
            at,
            verdict,
        )
        return "| " + " | ".join(str(each) for each in cells) + " |"


HEAD = (
    "| test | design | settings | runs | mean | worst | allowed | worst setting | verdict |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def drawn(rng: np.random.Generator, rate: float, correlation: float, shape: tuple[int, int]) -> Floats:
    """Rates of variants (a row a run): Beta with a mean, and with the correlation of two trials of one variant."""
    if correlation == 0:
        return np.full(shape, rate)
    strength = 1 / correlation - 1
    return rng.beta(rate * strength, (1 - rate) * strength, shape)
