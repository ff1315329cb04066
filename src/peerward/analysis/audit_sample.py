"""Correcting a judge's rate by an audit: a person labels a sample of the trials that the judge has read."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peerward.analysis.estimate import AnalysisError, Estimate, RefusedTestError

Pool = Literal["same_trials", "other_pool"]
"""Whether a person's labels are of a sample of these trials, or of trials of another pool."""
DRAWS = 20_000
"""Draws of an interval."""
_NOTHING = "A stratum has no label: its error is drawn from 0 to 1, and the interval says little."


@dataclass(frozen=True)
class AuditCounts:
    """A judge's verdicts on all trials, and a person's labels of a sample of each verdict.

    Attributes:
        judged_yes: Trials that the judge called yes.
        judged_no: Trials that the judge called no.
        labelled_yes: Labelled trials among the first.
        right_yes: Those of them that the person called yes too.
        labelled_no: Labelled trials among the second.
        missed_no: Those of them that the person called yes.
    """

    judged_yes: int
    judged_no: int
    labelled_yes: int
    right_yes: int
    labelled_no: int
    missed_no: int

    @property
    def precision(self) -> float:
        """Share of the judge's yes that are right (positive predictive value); NaN without a label."""
        return self.right_yes / self.labelled_yes if self.labelled_yes else math.nan

    @property
    def omission(self) -> float:
        """Share of the judge's no that are wrong (false omission rate); NaN without a label."""
        return self.missed_no / self.labelled_no if self.labelled_no else math.nan


def draw_audit(verdicts: ArrayLike, size: int, seed: int = 1) -> tuple[int, ...]:
    """Return which trials a person is to label: half of each verdict, by chance, filled up from the other.

    Args:
        verdicts: The judge's verdict of every trial, 1 or 0; NaN (not judged) is never drawn.
        size: How many, at least 2; with fewer judged trials than that, all are drawn.
        seed: Seed of the draw.

    Returns:
        Positions of trials, in order.

    Raises:
        AnalysisError: If the size is below 2 or a verdict is neither 0, 1 nor NaN.
    """
    judged = _ratings("verdicts", verdicts)
    if size < 2:
        raise AnalysisError(f"an audit of {size} tells nothing of both verdicts; draw 2 trials or more")
    rng = np.random.default_rng(seed)
    yes, no = np.flatnonzero(judged == 1), np.flatnonzero(judged == 0)
    from_no = min(len(no), max(size // 2, size - len(yes)))
    from_yes = min(len(yes), size - from_no)
    drawn = [rng.choice(stratum, number, replace=False) for stratum, number in ((yes, from_yes), (no, from_no))]
    return tuple(sorted(int(place) for place in np.concatenate(drawn)))


def count_audit(verdicts: ArrayLike, labels: ArrayLike) -> AuditCounts:
    """Return the counts of an audit.

    Args:
        verdicts: The judge's verdict of every trial, 1 or 0; NaN for not judged.
        labels: The person's label of the same trials, 1 or 0; NaN for not labelled.

    Raises:
        AnalysisError: If lengths differ or a value is neither 0, 1 nor NaN.
    """
    judged, told = _ratings("verdicts", verdicts), _ratings("labels", labels)
    if judged.shape != told.shape:
        raise AnalysisError(f"{len(judged)} verdicts and {len(told)} labels; give one of each for every trial")
    yes, no, labelled = judged == 1, judged == 0, ~np.isnan(told)
    return AuditCounts(
        judged_yes=int(yes.sum()),
        judged_no=int(no.sum()),
        labelled_yes=int((yes & labelled).sum()),
        right_yes=int((yes & (told == 1)).sum()),
        labelled_no=int((no & labelled).sum()),
        missed_no=int((no & (told == 1)).sum()),
    )


def audit_rate(counts: AuditCounts, level: float = 0.95, draws: int = DRAWS, seed: int = 1) -> Estimate:
    """Return the rate that a person would find, from a judge's rate and an audit stratified by its verdict.

    q * PPV + (1 - q) * FOR: q is the judge's rate, PPV the share of its yes that are right, FOR the share of its no
    that are wrong. The sample may take any part of each verdict, for both parts are weighted back. The interval holds
    the judge's rate as one of a sample too: each of the three is drawn from its Jeffreys posterior.

    Args:
        counts: The counts of the audit; labels have to be a random sample within each verdict.
        level: The interval's level, above 0 and below 1.
        draws: Draws, at least 1000.
        seed: Their seed.

    Returns:
        The estimate. Where a verdict has trials but none of them labelled the value is NaN, and the interval is drawn
        with that error free from 0 to 1.

    Raises:
        AnalysisError: If counts are out of range.

    Source: post-stratification, Cochran (1977); Jeffreys intervals, Brown, Cai and DasGupta (2001).
    """
    _check_counts(counts, draws)
    rng = np.random.default_rng(seed)
    trials = counts.judged_yes + counts.judged_no
    share = counts.judged_yes / trials if trials else math.nan
    # An empty verdict weighs nothing, so what is not known of it does no harm.
    parts = [weight * part for weight, part in ((share, counts.precision), (1 - share, counts.omission)) if weight > 0]
    value = sum(parts) if trials else math.nan
    lower, upper = 0.0, 1.0
    if trials:
        judged = _posterior(rng, counts.judged_yes, trials, draws)
        precision = _posterior(rng, counts.right_yes, counts.labelled_yes, draws)
        omission = _posterior(rng, counts.missed_no, counts.labelled_no, draws)
        lower, upper = _limits(judged * precision + (1 - judged) * omission, level)
        # At 0 or n of n draws stay off the edge, where the estimate stands.
        lower, upper = float(np.fmin(lower, value)), float(np.fmax(upper, value))
    blind = (counts.judged_yes and not counts.labelled_yes) or (counts.judged_no and not counts.labelled_no)
    return Estimate(
        estimand="share of trials that a person would call yes, by the judge's verdicts and an audit of them",
        value=value,
        lower=lower,
        upper=upper,
        unit="share",
        method="post-stratified by verdict, Jeffreys draws",
        events=value * trials,
        trials=trials,
        level=level,
        warnings=(_NOTHING,) if blind else (),
    )


def rogan_gladen(
    judged_yes: int,
    judged: int,
    found: tuple[int, int],
    cleared: tuple[int, int],
    *,
    labels_from: Pool,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 1,
) -> Estimate:
    """Return a judge's rate corrected by a sensitivity and specificity that were measured on another pool of trials.

    (q + specificity - 1) / (sensitivity + specificity - 1), held to 0-1. It takes both as the same here as in the other
    pool; where trials of this pool were labelled, ``audit_rate`` asks for no such thing.

    Args:
        judged_yes: Trials of this pool that the judge called yes.
        judged: Trials of this pool that it judged.
        found: Of the other pool's trials that a person called yes: how many the judge called yes, and how many in all.
        cleared: Of the other pool's trials that a person called no: how many the judge called no, and how many in all.
        labels_from: ``other_pool``; with ``same_trials`` it is refused.
        level: The interval's level.
        draws: Draws, at least 1000.
        seed: Their seed.

    Returns:
        The estimate, with an interval by Jeffreys draws of all three shares; NaN and 0 to 1 where the judge is no
        better than chance (sensitivity + specificity at most 1).

    Raises:
        RefusedTestError: If the labels are of these trials.
        AnalysisError: If a count is out of range.

    Source: Rogan and Gladen (1978).
    """
    if labels_from != "other_pool":
        raise RefusedTestError(
            "Rogan-Gladen is for labels of another pool of trials; for labels of a sample of these trials use "
            "audit_rate, which needs no sensitivity to carry over"
        )
    for events, trials in ((judged_yes, judged), found, cleared):
        _check_count(events, trials)
    _check_draws(draws)
    rng = np.random.default_rng(seed)
    shares = [events / trials if trials else math.nan for events, trials in ((judged_yes, judged), found, cleared)]
    better = shares[1] + shares[2] - 1
    warnings: tuple[str, ...] = ()
    value, lower, upper = math.nan, 0.0, 1.0
    if better > 0 and judged:
        value = min(1.0, max(0.0, (shares[0] + shares[2] - 1) / better))
        rate, sensitivity, specificity = (
            _posterior(rng, *pair, draws) for pair in ((judged_yes, judged), found, cleared)
        )
        gain = sensitivity + specificity - 1
        usable = gain > 0
        lower, upper = _limits(np.clip((rate + specificity - 1)[usable] / gain[usable], 0, 1), level)
        if not usable.all():
            warnings = ("The judge may be no better than chance; draws in which it is were left out.",)
    else:
        warnings = ("The judge is no better than chance, or there are no labels: nothing can be corrected.",)
    return Estimate(
        estimand="share of trials that a person would call yes, if the judge errs here as it did in the other pool",
        value=value,
        lower=lower,
        upper=upper,
        unit="share",
        method="Rogan-Gladen, Jeffreys draws",
        events=value * judged,
        trials=judged,
        level=level,
        warnings=warnings,
    )


def _posterior(rng: np.random.Generator, events: int, trials: int, draws: int) -> NDArray[np.float64]:
    # With no trial nothing is known, and Jeffreys' prior alone would lean to 0 and 1.
    prior = 0.5 if trials else 1.0
    return rng.beta(events + prior, trials - events + prior, draws)


def _limits(values: NDArray[np.float64], level: float) -> tuple[float, float]:
    lower, upper = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(lower), float(upper)


def _ratings(what: str, values: ArrayLike) -> NDArray[np.float64]:
    ratings = np.asarray(values, dtype=np.float64)
    if ratings.ndim != 1 or not np.isin(ratings[~np.isnan(ratings)], (0.0, 1.0)).all():
        raise AnalysisError(f"{what} have to be one row of 0 and 1, with NaN for none")
    return ratings


def _check_counts(counts: AuditCounts, draws: int) -> None:
    _check_draws(draws)
    pairs: Sequence[tuple[int, int]] = (
        (counts.labelled_yes, counts.judged_yes),
        (counts.labelled_no, counts.judged_no),
        (counts.right_yes, counts.labelled_yes),
        (counts.missed_no, counts.labelled_no),
    )
    for part, whole in pairs:
        _check_count(part, whole)


def _check_count(part: int, whole: int) -> None:
    if not 0 <= part <= whole:
        raise AnalysisError(
            f"{part} of {whole} is no count; labels are part of what was judged, and hits of the labels"
        )


def _check_draws(draws: int) -> None:
    if draws < 1000:
        raise AnalysisError(f"{draws} draws are too few for an interval; take 1000 or more")
