"""Audits by strata: exact probabilities, weights that undo the draw, and intervals that hold in simulation."""

import math
from collections import Counter

import numpy as np
import pytest

from peerward.analysis.audit_sample import AuditCounts, audit_rate
from peerward.analysis.audit_scores import BLIND, AuditStratum, audit_score
from peerward.analysis.audit_strata import draw_by_strata
from peerward.analysis.estimate import AnalysisError


def test_every_stratum_has_its_minimum_and_every_trial_its_probability() -> None:
    strata = ["a yes"] * 3 + ["a no"] * 97 + ["b yes"] + ["b no"] * 99 + [None] * 50
    drawn = draw_by_strata(strata, 30, minimum=2, seed=4)
    counts = Counter(each.stratum for each in drawn)
    assert len(drawn) == 30 == len({each.place for each in drawn})
    assert (counts["a yes"], counts["b yes"]) == (3, 1)
    assert counts["a no"] == counts["b no"] == 13
    sizes = Counter(strata)
    for each in drawn:
        assert strata[each.place] == each.stratum
        assert each.probability == counts[each.stratum] / sizes[each.stratum]  # type: ignore[index]
    # Weighted by its probability, the sample counts the trials.
    assert sum(1 / each.probability for each in drawn) == pytest.approx(200)
    assert drawn == draw_by_strata(strata, 30, minimum=2, seed=4) != draw_by_strata(strata, 30, minimum=2, seed=5)


def test_the_probability_is_how_often_a_trial_is_drawn() -> None:
    strata = [0] * 4 + [1] * 10
    seen = Counter(each.place for seed in range(2000) for each in draw_by_strata(strata, 6, minimum=1, seed=seed))
    told = {each.place: each.probability for seed in range(40) for each in draw_by_strata(strata, 6, seed=seed)}
    for place, probability in told.items():
        assert seen[place] / 2000 == pytest.approx(probability, abs=0.05)


def test_a_size_that_cannot_hold_the_minimum_is_refused_with_what_to_do() -> None:
    with pytest.raises(
        AnalysisError, match=r"20 strata with 2 trials each take 40 trials, more than 30: raise the size"
    ):
        draw_by_strata([n for n in range(20) for _ in range(5)], 30)
    assert len(draw_by_strata(["x"] * 3, 30)) == 3


def test_one_condition_is_the_plain_audit() -> None:
    found = audit_score([AuditStratum("x", True, 40, 20, 15), AuditStratum("x", False, 160, 30, 3)])
    plain = audit_rate(AuditCounts(40, 160, 20, 15, 30, 3))
    assert found.corrected.value == pytest.approx(plain.value)
    assert (found.corrected.lower, found.corrected.upper) == pytest.approx((plain.lower, plain.upper), abs=0.01)
    assert found.raw.value == pytest.approx(0.2)
    # Of 30 true ones by weight among the judge's yes and 16 among its no.
    assert found.sensitivity.value == pytest.approx(30 / 46)
    assert found.specificity.value == pytest.approx(144 / 154)
    assert found.sensitivity.lower < 30 / 46 < found.sensitivity.upper


def test_a_judge_that_gave_one_answer_only_has_not_been_seen_to_miss_nothing() -> None:
    found = audit_score([AuditStratum("x", True, 36, 8, 8)])
    assert found.corrected.value == found.sensitivity.value == 1
    assert found.corrected.lower < 0.8
    assert found.corrected.upper == 1
    assert found.sensitivity.lower < 0.97
    assert math.isnan(found.specificity.value)
    assert found.specificity.upper - found.specificity.lower > 0.9
    assert not found.sensitivity.warnings
    plain = audit_rate(AuditCounts(36, 0, 8, 8, 0, 0))
    assert found.corrected.lower == pytest.approx(plain.lower, abs=0.02)


def test_a_stratum_that_nobody_looked_at_has_no_value_and_says_so() -> None:
    found = audit_score([AuditStratum("x", True, 40, 0, 0), AuditStratum("x", False, 60, 30, 0)])
    assert math.isnan(found.corrected.value) and found.corrected.warnings == (BLIND,)
    assert found.corrected.upper - found.corrected.lower > 0.3
    assert math.isnan(audit_score([]).corrected.value)
    with pytest.raises(AnalysisError, match="no count of x"):
        audit_score([AuditStratum("x", True, 4, 5, 0)])


def test_intervals_hold_where_conditions_are_many_and_the_answer_rare() -> None:
    rng = np.random.default_rng(7)
    conditions, trials, runs = 6, 60, 150
    hits = dict.fromkeys(("corrected", "specificity"), 0)
    for run in range(runs):
        truth = rng.random((conditions, trials)) < 0.08
        said = np.where(truth, rng.random(truth.shape) < 0.8, rng.random(truth.shape) < 0.05)
        strata = [(c, bool(said[c, n])) for c in range(conditions) for n in range(trials)]
        drawn = draw_by_strata(strata, 90, seed=run)
        held = []
        for stratum in sorted(set(strata)):
            labels = [truth.ravel()[each.place] for each in drawn if each.stratum == stratum]
            held.append(AuditStratum(str(stratum[0]), stratum[1], strata.count(stratum), len(labels), int(sum(labels))))
        found = audit_score(held, draws=2000, seed=run)
        hits["corrected"] += found.corrected.lower <= 0.08 <= found.corrected.upper
        hits["specificity"] += found.specificity.lower <= 0.95 <= found.specificity.upper
    assert all(count / runs >= 0.9 for count in hits.values()), hits
