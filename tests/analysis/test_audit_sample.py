"""Audits of a judge: known truth, coverage by simulation, and refusals."""

import math

import numpy as np
import pytest

from peerward.analysis.audit_sample import AuditCounts, audit_rate, count_audit, draw_audit, rogan_gladen
from peerward.analysis.estimate import AnalysisError, RefusedTestError

NAN = math.nan


def pool(trials: int, rate: float, sensitivity: float, specificity: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Truth and a judge's verdicts."""
    rng = np.random.default_rng(seed)
    truth = rng.random(trials) < rate
    verdicts = np.where(truth, rng.random(trials) < sensitivity, rng.random(trials) >= specificity)
    return truth.astype(float), verdicts.astype(float)


def test_the_rate_is_the_formula() -> None:
    counts = AuditCounts(judged_yes=30, judged_no=70, labelled_yes=20, right_yes=15, labelled_no=20, missed_no=2)
    found = audit_rate(counts)
    assert found.value == pytest.approx(0.3 * 15 / 20 + 0.7 * 2 / 20)
    assert found.lower < found.value < found.upper
    assert found == audit_rate(counts)
    assert found != audit_rate(counts, seed=2)


def test_with_every_trial_labelled_it_is_what_the_person_found() -> None:
    truth, verdicts = pool(400, 0.2, 0.8, 0.9, seed=1)
    found = audit_rate(count_audit(verdicts, truth))
    assert found.value == pytest.approx(truth.mean())
    assert found.trials == 400


def test_the_draw_takes_half_of_each_verdict_and_fills_up() -> None:
    verdicts = np.array([1.0] * 40 + [0.0] * 60 + [NAN] * 5)
    drawn = draw_audit(verdicts, 30)
    assert len(drawn) == len(set(drawn)) == 30
    assert sum(verdicts[place] == 1 for place in drawn) == 15
    assert draw_audit(verdicts, 30) == drawn != draw_audit(verdicts, 30, seed=2)
    few = np.array([1.0] * 3 + [0.0] * 60)
    assert sum(few[place] == 1 for place in draw_audit(few, 30)) == 3
    assert len(draw_audit(few, 30)) == 30
    assert len(draw_audit(1 - few, 30)) == 30
    assert draw_audit(verdicts, 1000) == tuple(range(100))


@pytest.mark.parametrize(
    "rate, sensitivity, specificity", [(0.3, 0.8, 0.9), (0.1, 0.7, 0.98), (0.5, 0.95, 0.6), (0.8, 0.9, 0.9)]
)
def test_the_interval_covers_the_true_rate(rate: float, sensitivity: float, specificity: float) -> None:
    inside, runs = 0, 300
    for seed in range(runs):
        truth, verdicts = pool(200, rate, sensitivity, specificity, seed)
        labels = np.full(200, NAN)
        drawn = list(draw_audit(verdicts, 60, seed))
        labels[drawn] = truth[drawn]
        found = audit_rate(count_audit(verdicts, labels), draws=2000)
        inside += found.lower <= rate <= found.upper
    # 0.94 less two standard errors of the simulation.
    assert inside / runs >= 0.94 - 2 * math.sqrt(0.94 * 0.06 / runs)


def test_a_verdict_without_labels_is_not_measured_and_its_interval_is_wide() -> None:
    found = audit_rate(AuditCounts(10, 90, 10, 9, 0, 0))
    assert math.isnan(found.value)
    assert found.upper > 0.9
    assert found.warnings
    # A verdict that was never given weighs nothing, and needs no labels.
    assert audit_rate(AuditCounts(0, 90, 0, 0, 30, 3)).value == pytest.approx(0.1)
    assert not audit_rate(AuditCounts(0, 90, 0, 0, 30, 3)).warnings
    nothing = audit_rate(AuditCounts(0, 0, 0, 0, 0, 0))
    assert math.isnan(nothing.value) and (nothing.lower, nothing.upper) == (0, 1)


def test_rogan_gladen_is_the_formula_and_is_refused_for_labels_of_the_same_trials() -> None:
    found = rogan_gladen(40, 100, (80, 100), (180, 200), labels_from="other_pool")
    assert found.value == pytest.approx((0.4 + 0.9 - 1) / (0.8 + 0.9 - 1))
    assert found.lower < found.value < found.upper
    with pytest.raises(RefusedTestError, match="audit_rate"):
        rogan_gladen(40, 100, (80, 100), (180, 200), labels_from="same_trials")
    with pytest.raises(TypeError):
        rogan_gladen(40, 100, (80, 100), (180, 200))  # type: ignore[call-arg]


def test_rogan_gladen_finds_the_true_rate_and_stays_between_nought_and_one() -> None:
    found = rogan_gladen(20_000, 100_000, (9_000, 10_000), (9_500, 10_000), labels_from="other_pool")
    assert found.value == pytest.approx((0.2 - 0.05) / 0.85)
    assert found.upper - found.lower < 0.03
    assert rogan_gladen(0, 100, (80, 100), (80, 100), labels_from="other_pool").value == 0
    assert rogan_gladen(100, 100, (80, 100), (80, 100), labels_from="other_pool").value == 1


def test_a_judge_no_better_than_chance_cannot_be_corrected() -> None:
    found = rogan_gladen(40, 100, (50, 100), (50, 100), labels_from="other_pool")
    assert math.isnan(found.value) and (found.lower, found.upper) == (0, 1)
    assert found.warnings


def test_counts_that_cannot_be_are_refused() -> None:
    for counts in (AuditCounts(10, 90, 11, 9, 5, 0), AuditCounts(10, 90, 5, 6, 5, 0), AuditCounts(10, 90, 5, 5, 5, 6)):
        with pytest.raises(AnalysisError, match="no count"):
            audit_rate(counts)
    with pytest.raises(AnalysisError, match="0 and 1"):
        count_audit([0.5, 1], [1, 1])
    with pytest.raises(AnalysisError, match="one of each"):
        count_audit([0, 1], [1])
    with pytest.raises(AnalysisError, match="2 trials or more"):
        draw_audit([0, 1], 1)
    with pytest.raises(AnalysisError, match="1000 or more"):
        audit_rate(AuditCounts(1, 1, 1, 1, 1, 1), draws=10)
