"""Intervals for the paper's measures, which it gave without any: each is a weighted sum of rates.

Trials count as independent given the texts, as where one wording is repeated (the paper's world); for other wordings
these intervals say nothing.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from peerward.measures.wilson import wilson

Limits = tuple[float, float]
"""Lower and upper limit; both NaN where nothing was measured."""


class Part(NamedTuple):
    """One rate in a weighted sum.

    Attributes:
        weight: Its weight; negative for a control.
        events: Trials with the event.
        trials: All trials.
        trials_shared: Names parts that are read off the same trials; empty where no other part shares them.
    """

    weight: float
    events: float
    trials: int
    trials_shared: str = ""


def mean_parts(counts: Sequence[tuple[float, int]], sign: int = 1) -> tuple[Part, ...]:
    """The parts of a mean of rates with equal weights (``sign`` -1: of one that is taken off)."""
    return tuple(Part(sign / len(counts), events, trials) for events, trials in counts)


def task_parts(
    threat: Mapping[str, Sequence[tuple[float, int]]],
    control: Mapping[str, Sequence[tuple[float, int]]],
    tasks: Sequence[str],
) -> tuple[Part, ...]:
    """The parts of a mean over tasks of the mean over a task's bars, threat minus control.

    A task's control is one cell that is held against every bar, so that its parts share their trials.
    """
    return tuple(
        Part(sign / len(tasks) / len(arm[task]), events, trials, shared)
        for task in tasks
        for sign, arm, shared in ((1, threat, ""), (-1, control, task))
        for events, trials in arm[task]
    )


def sum_limits(parts: Sequence[Part], level: float = 0.95) -> Limits:
    """Return the limits of a weighted sum of rates: MOVER on Wilson's limits.

    Distances of parts that share their trials add up as they are, which is cautious; all others as squares.

    Args:
        parts: The parts; NaN limits where there is none, or one without trials.
        level: The level, 0-1.

    Source: Zou and Donner (2008), Construction of confidence limits about effect measures; Wilson (1927).
    """
    from peerward.analysis.by_variant import normal_quantile

    if not parts or not all(part.trials for part in parts):
        return math.nan, math.nan
    z = normal_quantile(level)
    value = 0.0
    below: dict[str, float] = {}
    above: dict[str, float] = {}
    for place, part in enumerate(parts):
        rate = wilson(round(part.events), part.trials, z)
        down, up = rate.rate - rate.lower, rate.upper - rate.rate
        value += part.weight * rate.rate
        key = part.trials_shared or f"#{place}"
        below[key] = below.get(key, 0.0) + abs(part.weight) * (down if part.weight > 0 else up)
        above[key] = above.get(key, 0.0) + abs(part.weight) * (up if part.weight > 0 else down)
    return value - math.hypot(*below.values()), value + math.hypot(*above.values())


def mean_limits(channels: Sequence[Sequence[Part]], level: float = 0.95) -> Limits:
    """Return limits of the mean over channels: the mean of the channels' limits.

    Cautious: channels share controls and texts, so that they are taken as if they moved together.
    """
    found = [limits for parts in channels if not math.isnan((limits := sum_limits(parts, level))[0])]
    if not found:
        return math.nan, math.nan
    return sum(low for low, _ in found) / len(found), sum(high for _, high in found) / len(found)


def highest_limits(channels: Sequence[Sequence[Part]], level: float = 0.95) -> Limits:
    """Return limits of the highest of the channels' true rates.

    The highest of the lower and of the upper limits, each channel's at a level (Bonferroni) at which all hold together.
    The highest observed rate lies above the highest true one on average, so it stands in the upper part of them.
    """
    known = [parts for parts in channels if parts and all(part.trials for part in parts)]
    if not known:
        return math.nan, math.nan
    found = [sum_limits(parts, 1 - (1 - level) / len(known)) for parts in known]
    return max(low for low, _ in found), max(high for _, high in found)
