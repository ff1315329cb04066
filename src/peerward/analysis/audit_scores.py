"""What an audit by strata says of a judge: its rate corrected, what it finds and what it clears, in any part of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peerward.analysis.audit_sample import DRAWS
from peerward.analysis.estimate import AnalysisError, Estimate

BLIND = "A stratum has no label: its error is drawn from 0 to 1, and the interval says little."
"""The warning of an estimate for which nobody looked at a part of the trials."""
METHOD = "post-stratified by verdict and condition, Jeffreys draws"


@dataclass(frozen=True)
class AuditStratum:
    """Trials of one condition to which the judge gave one answer, and a person's labels of a random sample of them.

    Attributes:
        condition: The condition.
        judged_yes: Whether the judge's answer is, or holds, the word that is asked about.
        trials: All such trials.
        labelled: Those of them that the person labelled.
        yes: Those of the labelled that the person gave the word.
    """

    condition: str
    judged_yes: bool
    trials: int
    labelled: int
    yes: int


@dataclass(frozen=True)
class AuditScore:
    """A judge's rate of a word as it stands, corrected, and how far the judge is to be trusted, weighted to all trials.

    Attributes:
        raw: The judge's share of yes among the trials that it judged; Wilson.
        corrected: The share that the person would call yes.
        sensitivity: Of the trials that the person would call yes, the share that the judge calls yes.
        specificity: Of the trials that the person would call no, the share that the judge calls no.
    """

    raw: Estimate
    corrected: Estimate
    sensitivity: Estimate
    specificity: Estimate


def audit_score(strata: Sequence[AuditStratum], level: float = 0.95, draws: int = DRAWS, seed: int = 1) -> AuditScore:
    """Return what an audit says of a judge, in all the conditions of these strata together.

    Strata may be sampled at any rate: each is weighted back by its trials. With one condition the corrected rate is
    ``audit_rate``. The share of each verdict is one of a sample too and drawn from its Jeffreys posterior; conditions
    are the study's own and keep their weights. A verdict's prior (one half a success, one half a failure) is divided
    among its strata by their trials, so that many small strata do not pull a rare answer towards one half. Where the
    judge gave all trials of a condition one answer, the other stands beside it with no trial and an unknown share:
    a judge that never said no has not been seen to miss nothing.

    Args:
        strata: The strata; those without trials have no part.
        level: The level of all intervals.
        draws: Draws, at least 1000.
        seed: Their seed.

    Returns:
        The scores. A value is NaN where a stratum has no label, or where nothing of its kind is there.

    Raises:
        AnalysisError: If counts are out of range.

    Source: post-stratification, Cochran (1977); Jeffreys intervals, Brown, Cai and DasGupta (2001).
    """
    from peerward.analysis.agreement import wilson_share

    held = [each for each in strata if each.trials]
    held += [
        AuditStratum(condition, said_yes, 0, 0, 0)
        for condition in dict.fromkeys(each.condition for each in held)
        for said_yes in (True, False)
        if not any(each.condition == condition and each.judged_yes == said_yes for each in held)
    ]
    for each in strata:
        if not 0 <= each.yes <= each.labelled <= each.trials:
            raise AnalysisError(f"{each.yes} of {each.labelled} of {each.trials} is no count of {each.condition}")
    if draws < 1000:
        raise AnalysisError(f"{draws} draws are too few for an interval; take 1000 or more")
    trials, said = sum(each.trials for each in held), sum(each.trials for each in held if each.judged_yes)
    warnings = (BLIND,) if any(each.trials and not each.labelled for each in held) else ()
    weights, yes = (
        _draw(held, draws, np.random.default_rng(seed)) if held else (np.ones((draws, 0)), np.ones((draws, 0)))
    )
    judged = np.array([each.judged_yes for each in held], dtype=bool)
    size = np.array([each.trials / trials for each in held])
    share = np.array([each.yes / each.labelled if each.labelled else math.nan if each.trials else 0.0 for each in held])

    def estimate(what: str, point: float, drawn: NDArray[np.float64], counted: float = math.nan) -> Estimate:
        usable = drawn[np.isfinite(drawn)]
        known = bool(held) and len(usable) > 0
        lower, upper = np.quantile(usable, [(1 - level) / 2, (1 + level) / 2]) if known else (0.0, 1.0)
        # At 0 or n of n draws stay off the edge, where the estimate stands.
        lower, upper = np.fmin(lower, point), np.fmax(upper, point)
        return Estimate(
            what, point, float(lower), float(upper), "share", METHOD, point * counted, trials, level=level,
            warnings=warnings,
        )  # fmt: skip

    found, cleared = weights * yes, weights * (1 - yes)
    point_found, point_cleared = size * share, size * (1 - share)
    return AuditScore(
        raw=wilson_share("share of judged trials that the judge calls yes", said, trials, level),
        corrected=estimate(
            "share of judged trials that the person would call yes",
            float(point_found.sum()) if held else math.nan,
            found.sum(axis=1),
            trials,
        ),
        sensitivity=estimate("sensitivity of the judge", *_part(point_found, found, judged)),
        specificity=estimate("specificity of the judge", *_part(point_cleared, cleared, ~judged)),
    )


def _part(
    point: NDArray[np.float64], drawn: NDArray[np.float64], inside: NDArray[np.bool_]
) -> tuple[float, NDArray[np.float64]]:
    """The share of a mass that lies in some of the strata: its value and its draws."""
    whole = float(point.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = drawn[:, inside].sum(axis=1) / drawn.sum(axis=1)
    return float(point[inside].sum()) / whole if whole > 0 else math.nan, shares


def _draw(
    held: Sequence[AuditStratum], draws: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draws of the strata's weights and of the person's share of yes in each; both (draws, strata)."""
    trials = sum(each.trials for each in held)
    weights, yes = np.empty((draws, len(held))), np.empty((draws, len(held)))
    for condition in dict.fromkeys(each.condition for each in held):
        mine = [place for place, each in enumerate(held) if each.condition == condition]
        own = np.array([held[place].trials for place in mine], dtype=np.float64)
        # Both answers stand here, the one that was never given with 0 trials: Jeffreys, as for 0 of n.
        weights[:, mine] = rng.dirichlet(own + 1 / len(own), draws) * own.sum() / trials
    for place, each in enumerate(held):
        of_verdict = sum(other.trials for other in held if other.judged_yes == each.judged_yes)
        prior = 0.5 if not each.trials else 0.5 * each.trials / of_verdict if each.labelled else 1.0
        yes[:, place] = rng.beta(each.yes + prior, each.labelled - each.yes + prior, draws)
    return weights, yes
