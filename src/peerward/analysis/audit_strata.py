"""Drawing an audit out of strata: every stratum has its minimum, and every drawn trial its exact probability."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from peerward.analysis.estimate import AnalysisError

MINIMUM = 2
"""Trials drawn of every stratum that has as many."""


@dataclass(frozen=True)
class DrawnTrial:
    """A trial that was drawn.

    Attributes:
        place: Its position among the trials.
        stratum: Its stratum.
        probability: The probability with which it was drawn, given how many its stratum gives: drawn by all, 0-1.
    """

    place: int
    stratum: Hashable
    probability: float


def draw_by_strata(
    strata: Sequence[Hashable], size: int, minimum: int = MINIMUM, seed: int = 1
) -> tuple[DrawnTrial, ...]:
    """Return which trials a person is to label: of every stratum a simple random sample, without replacement.

    Every stratum first gives ``minimum`` trials (all it has, if fewer); what is left of the size goes to the strata
    evenly, so that rare verdicts and small conditions are not lost among the common ones.

    Args:
        strata: The stratum of every trial, e.g. condition and verdict; None for a trial that is not to be drawn.
        size: How many trials; with fewer than that, all are drawn.
        minimum: Trials of every stratum, at least 1.
        seed: Seed of the draw.

    Returns:
        The drawn trials, in the order of their positions.

    Raises:
        AnalysisError: If the size cannot hold every stratum's minimum.

    Source: stratified sampling with equal allocation, Cochran (1977), chapter 5.
    """
    if minimum < 1 or size < 1:
        raise AnalysisError(f"a size of {size} with a minimum of {minimum} draws nothing; both are 1 or more")
    counts = Counter(each for each in strata if each is not None)
    needed = sum(min(minimum, count) for count in counts.values())
    if needed > size:
        raise AnalysisError(
            f"{len(counts)} strata with {minimum} trials each take {needed} trials, more than {size}: raise the size, "
            "lower the minimum, or stratify by fewer things"
        )
    rng = np.random.default_rng(seed)
    wanted = _allocation(counts, size, minimum, rng)
    drawn: list[DrawnTrial] = []
    for stratum, count in counts.items():
        places = [place for place, each in enumerate(strata) if each == stratum]
        for place in rng.choice(places, wanted[stratum], replace=False):
            drawn.append(DrawnTrial(int(place), stratum, wanted[stratum] / count))
    return tuple(sorted(drawn, key=lambda each: each.place))


def _allocation(counts: Counter[Hashable], size: int, minimum: int, rng: np.random.Generator) -> dict[Hashable, int]:
    """How many trials each stratum gives; who gets the last ones, where they do not go round, is drawn."""
    wanted = {stratum: min(minimum, count) for stratum, count in counts.items()}
    left = min(size, counts.total()) - sum(wanted.values())
    names = list(counts)
    turn = {names[place]: rank for rank, place in enumerate(rng.permutation(len(names)))}
    while left > 0:
        poorest = min((each for each in names if wanted[each] < counts[each]), key=lambda s: (wanted[s], turn[s]))
        wanted[poorest] += 1
        left -= 1
    return wanted
