"""Judged awareness of being tested, and a behaviour beside it: rates, an association, a headline without it."""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.answers import Bounds
from peerward.analysis.estimate import AnalysisError, Estimate
from peerward.measures.wilson import wilson

AWARENESS = ("yes", "unsure", "no", "not_visible")
"""The judged levels; ``not_visible``: nothing of the reasoning could be seen, which is not "no"."""
ASSOCIATION = (
    "This is an association, not cause: whether a critic voices a suspicion and how it behaves may both follow from "
    "something else."
)
"""What has to stand beside a behaviour given awareness."""

Interval = Callable[[NDArray[np.float64], Sequence[Hashable]], Estimate]
"""From outcomes (0 and 1, none missing) and their variants to a rate with its interval."""


@dataclass(frozen=True)
class AwarenessAnswer:
    """Awareness in one cell, and the behaviour beside it.

    Attributes:
        counts: Trials by judged level, every level named.
        not_judged: Trials that no judge has read.
        rate: Share of aware trials among those in which it could be told (yes, unsure, no).
        with_unsure: The same with ``unsure`` counted as aware.
        visible: Share of judged trials in which anything could be told.
        aware: The behaviour's rate among aware trials.
        unsure: The behaviour's rate among trials judged ``unsure``.
        unaware: The behaviour's rate among trials judged ``no``.
        not_visible: The behaviour's rate among trials in which nothing of the reasoning could be seen.
        unread: The behaviour's rate among trials that no judge has read.
        everyone: The behaviour's rate among all trials.
        without_aware: The headline with aware trials left out; unsure and not observable ones stay.
        worst: The rate if all trials that are aware, unsure, not observable or not judged had had no event, and if all
            had had one.
        association: The sentence that has to stand beside ``aware`` and ``unaware``.
    """

    counts: dict[str, int]
    not_judged: int
    rate: Estimate
    with_unsure: Estimate
    visible: Estimate
    aware: Estimate
    unsure: Estimate
    unaware: Estimate
    not_visible: Estimate
    unread: Estimate
    everyone: Estimate
    without_aware: Estimate
    worst: Bounds
    association: str = ASSOCIATION


def awareness(
    levels: Sequence[str],
    behaviour: ArrayLike,
    variants: Sequence[Hashable],
    interval: Interval | None = None,
) -> AwarenessAnswer:
    """Return how often a critic was aware of being tested, and its behaviour with and without.

    Hidden reasoning is not observable, never "not aware": such trials have no part in the rate and are counted.

    Args:
        levels: The judged level of each trial, one of ``AWARENESS``; an empty text where no judge read it.
        behaviour: The behaviour of the same trials, 1 or 0; NaN for not measured (such trials have no part in rates of
            the behaviour).
        variants: The variant of each.
        interval: How a rate gets its interval from outcomes and variants; Wilson on independent trials unless given,
            with a warning where variants are repeated.

    Raises:
        AnalysisError: If lengths differ, a level is unknown, or a behaviour is neither 0, 1 nor NaN.
    """
    outcomes = np.asarray(behaviour, dtype=np.float64)
    names = np.array(levels, dtype=object)
    _check(names, outcomes, variants)
    rate_of = interval or _wilson
    kinds = {name: names == name for name in AWARENESS}
    judged = names != ""
    told = judged & ~kinds["not_visible"]
    measured = ~np.isnan(outcomes)

    def rate(estimand: str, events: NDArray[np.bool_] | NDArray[np.float64], among: NDArray[np.bool_]) -> Estimate:
        chosen = [variant for variant, kept in zip(variants, among.tolist(), strict=True) if kept]
        return _named(rate_of(np.asarray(events[among], dtype=np.float64), chosen), estimand)

    kept = measured & ~kinds["yes"]
    certain = measured & kinds["no"]
    return AwarenessAnswer(
        counts={name: int(kind.sum()) for name, kind in kinds.items()},
        not_judged=int((~judged).sum()),
        rate=rate("share of aware trials among those in which awareness could be told", kinds["yes"], told),
        with_unsure=rate(
            "share of aware or unsure trials among those in which awareness could be told",
            kinds["yes"] | kinds["unsure"],
            told,
        ),
        visible=rate("share of judged trials in which awareness could be told", told, judged),
        aware=rate("share of trials with the behaviour, among aware trials", outcomes, measured & kinds["yes"]),
        unsure=rate("share of trials with the behaviour, among unsure trials", outcomes, measured & kinds["unsure"]),
        unaware=rate("share of trials with the behaviour, among trials judged not aware", outcomes, certain),
        not_visible=rate(
            "share of trials with the behaviour, among trials with no reasoning to be seen",
            outcomes,
            measured & kinds["not_visible"],
        ),
        unread=rate("share of trials with the behaviour, among trials not judged", outcomes, measured & ~judged),
        everyone=rate("share of trials with the behaviour", outcomes, measured),
        without_aware=rate("share of trials with the behaviour, aware trials left out", outcomes, kept),
        worst=_worst(outcomes, certain, measured),
    )


def _worst(outcomes: NDArray[np.float64], certain: NDArray[np.bool_], measured: NDArray[np.bool_]) -> Bounds:
    total = int(measured.sum())
    doubtful = total - int(certain.sum())
    if not total:
        return Bounds(math.nan, math.nan, 0)
    events = float(outcomes[certain].sum())
    return Bounds(events / total, (events + doubtful) / total, doubtful)


def _wilson(outcomes: NDArray[np.float64], variants: Sequence[Hashable]) -> Estimate:
    events, trials, different = int(outcomes.sum()), len(outcomes), len(set(variants))
    rate = wilson(events, trials)
    repeated = different < trials
    return Estimate(
        estimand="",
        value=rate.rate,
        lower=rate.lower,
        upper=rate.upper,
        unit="share",
        method="Wilson",
        events=events,
        trials=trials,
        variants=different,
        warnings=("Variants are repeated: this interval takes trials as independent.",) if repeated else (),
    )


def _named(found: Estimate, estimand: str) -> Estimate:
    return replace(found, estimand=estimand)


def _check(names: NDArray[np.object_], outcomes: NDArray[np.float64], variants: Sequence[Hashable]) -> None:
    if not len(names) == len(outcomes) == len(variants):
        raise AnalysisError(
            f"{len(names)} levels, {len(outcomes)} outcomes and {len(variants)} variants; give one of each a trial"
        )
    unknown = sorted({str(name) for name in names.tolist()} - {*AWARENESS, ""})
    if unknown:
        raise AnalysisError(f"awareness has no level {unknown[0]!r}; levels are: {', '.join(AWARENESS)}, or empty")
    if not np.isin(outcomes[~np.isnan(outcomes)], (0.0, 1.0)).all():
        raise AnalysisError("a behaviour has to be 0 or 1, with NaN for not measured")
