"""Sequential stopping against fixed sizes, on simulated critics with the rates that the paper published.

Every study is simulated with the package's own e-process, looked at after every block of one trial an arm, against
100 blocks with the exact test of the same data (sign-flip over variants; Boschloo's for arms on other variants).

Run with ``python benchmarks/stopping.py`` (``--quick`` for a tenth of the studies).
"""

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from machine import header, row, told
from peerward.analysis.power import sample_size
from peerward.analysis.power_tests import power
from peerward.analysis.sequential import StopRule, e_process, rate_sequence, stop
from peerward.interop.published import published_harness, published_own, published_peer, published_source
from peerward.measures.wilson import wilson

ALPHA = 0.05
FIXED = 100
CAPS = (100, 150, 200)
MOST = 300
HALF_WIDTH = 0.1
RATES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
NEVER = MOST + 1


@dataclass(frozen=True)
class Pair:
    """Two published rates, as shares."""

    what: str
    treated: float
    control: float


def pairs() -> list[Pair]:
    """The published pairs, from the smallest difference to the largest."""
    found: list[Pair] = []
    for line in published_peer():
        good, bad = line.values["good"], line.values["bad"]
        if good is not None and bad is not None:
            found.append(Pair(f"{line.model}, {line.behaviour}: good - bad peer", good[1] / 100, bad[1] / 100))
    for own in published_own():
        # Alone, and with a peer in sight; the mean over channels where it is known, else the highest.
        beside = own.mean_with_peer if own.mean_with_peer is not None else own.highest_with_peer
        if beside is not None and own.alone is not None:
            which = "mean" if own.mean_with_peer is not None else "highest"
            what = f"{own.model}, own {own.behaviour}: with peer ({which}) - alone"
            found.append(Pair(what, beside / 100, own.alone / 100))
    for each in published_harness():
        if each.loop is not None and each.in_harness is not None:
            found.append(Pair(f"{each.model}: loop - {each.harness}", each.loop / 100, each.in_harness / 100))
    return sorted(found, key=lambda pair: abs(pair.treated - pair.control))


def stops(treated: float, control: float, studies: int, seed: Sequence[int]) -> np.ndarray:
    """The block at which each simulated study rejects; NEVER where it does not within MOST blocks."""
    rng = np.random.default_rng(seed)
    found = np.full(studies, NEVER)
    for number in range(studies):
        drawn = rng.random((2, MOST)) < np.array([[treated], [control]])
        sequence = e_process(*drawn.astype(float), interval=False)
        stopped = stop(sequence, StopRule(NEVER, ALPHA))
        if stopped is not None:
            found[number] = stopped.look.blocks
    return found


def blocks(at: np.ndarray, cap: int) -> float:
    """Mean blocks that are run with a cap."""
    return float(np.minimum(at, cap).mean())


def contrast_table(studies: int, seed: int) -> Iterator[str]:
    """For each pair: power and blocks of both, and what is saved at equal error."""
    yield header(
        *("Published pair", "Rates, %", "Power of 100 fixed (Boschloo)"),
        *(f"Cap {cap}: power, mean blocks" for cap in CAPS),
        *("Saved, cap 100", "Fixed size with that power, saved", "Cap with the power of 100 fixed, saved"),
    )
    totals = []
    for pair in pairs():
        low, high = pair.control, pair.treated
        exact = power(low, high, FIXED)
        at = stops(high, low, studies, [seed, *pair.what.encode()])
        shares = [float((at <= cap).mean()) for cap in CAPS]
        used = [blocks(at, cap) for cap in CAPS]
        totals.append([exact, *shares, *used])
        yield row(
            pair.what,
            f"{100 * high:g} / {100 * low:g}",
            f"{exact:.2f} ({power(low, high, FIXED, crossed=False):.2f})",
            *(f"{share:.2f}, {mean:.0f}" for share, mean in zip(shares, used, strict=True)),
            _percent(1 - used[0] / FIXED),
            _fixed_alike(low, high, shares[0], used[0]),
            _cap_alike(at, exact),
        )
    exact, *rest = np.mean(totals, axis=0).tolist()
    shares, used = rest[: len(CAPS)], rest[len(CAPS) :]
    told_caps = [f"{share:.2f}, {mean:.0f}" for share, mean in zip(shares, used, strict=True)]
    saved = _percent(1 - used[0] / FIXED)
    yield row(f"**mean of all {len(totals)}**", "", f"{exact:.2f}", *told_caps, saved, "", "")


def _fixed_alike(control: float, treated: float, wanted: float, used: float) -> str:
    """The fixed size with a power, and what is saved against it; a dash where there is no power to speak of."""
    if wanted <= 2 * ALPHA:
        return "-"
    size = sample_size(control, treated, min(wanted, 0.999)).variants
    return f"{size}, {_percent(1 - used / size)}"


def _cap_alike(at: np.ndarray, wanted: float) -> str:
    """The cap at which as many studies reject as at the fixed size, and what is saved with it."""
    if wanted <= 2 * ALPHA:
        return "-"
    for cap in range(1, MOST + 1):
        if (at <= cap).mean() >= min(wanted, 0.999):
            return f"{cap}, {_percent(1 - blocks(at, cap) / FIXED)}"
    return f"over {MOST}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %".replace("-0 %", "0 %").replace("-", "\u2212")


def null_table(studies: int, seed: int) -> Iterator[str]:
    """False stops and blocks used where both arms have the control's rate (rounded to whole percents)."""
    yield header("Rate of both arms, %", "False stops by 100 blocks", "By 300", "Mean blocks, cap 100", "100 fixed")
    for rate in sorted({round(pair.control, 2) for pair in pairs()} | {0.5}):
        at = stops(rate, rate, studies, [seed, 7, round(1e6 * rate)])
        exact = power(rate, rate, FIXED) if rate else 0.0
        shares = [f"{100 * float((at <= cap).mean()):.1f} %" for cap in (100, MOST)]
        yield row(f"{100 * rate:g}", *shares, f"{blocks(at, 100):.1f}", f"{100 * exact:.1f} %")


def width_table(studies: int, seed: int) -> Iterator[str]:
    """Trials until a rate's anytime interval is 0.1 to either side, against the sizes at which Wilson's is."""
    yield header(
        *("Rate, %", "Trials until it is that narrow: mean (5 - 95 %)", "Fixed, were the rate known", "Saved"),
        *("Fixed for any rate", "Saved", "Intervals that miss"),
    )
    any_rate = max(_wilson_size(rate) for rate in RATES)
    for rate in RATES:
        rng = np.random.default_rng([seed, 11, round(1e6 * rate)])
        rule = StopRule(NEVER, 0, 2 * HALF_WIDTH)
        at, missed = [], 0
        for _ in range(studies):
            stopped = stop(rate_sequence((rng.random(MOST) < rate).astype(float)), rule)
            assert stopped is not None, "300 trials are enough at every rate"
            at.append(stopped.look.blocks)
            missed += not stopped.look.lower <= rate <= stopped.look.upper
        fixed = _wilson_size(rate)
        low, high = np.quantile(at, [0.05, 0.95])
        mean = float(np.mean(at))
        yield row(
            f"{100 * rate:g}",
            f"{mean:.0f} ({low:.0f} - {high:.0f})",
            str(fixed),
            _percent(1 - mean / fixed),
            str(any_rate),
            _percent(1 - mean / any_rate),
            f"{100 * missed / studies:.1f} %",
        )


def _wilson_size(rate: float) -> int:
    """The least number of trials at which Wilson's interval is narrow enough, with the events that are expected."""
    for trials in range(1, 1000):
        found = wilson(round(rate * trials), trials)
        if (found.upper - found.lower) / 2 <= HALF_WIDTH:
            return trials
    raise ValueError("no size is enough")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=4000)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=20261)
    asked = parser.parse_args()
    studies = 400 if asked.quick else asked.studies
    print(told("Sequential stopping against fixed sizes"))
    error = 100 * math.sqrt(0.25 / studies)
    print(f"{studies} studies a line (standard error of a power at most {error:.1f} points), seed {asked.seed}.")
    print(f"Rates: {published_source()}.\n")
    for lines in (
        contrast_table(studies, asked.seed),
        null_table(studies, asked.seed),
        width_table(studies // 4, asked.seed),
    ):
        for line in lines:
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
