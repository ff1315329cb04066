"""Agreement: statsmodels, krippendorff and hand computation as oracles."""

import math

import krippendorff
import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from peerward.analysis.agreement import (
    agreement_table,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    sensitivity_specificity,
)
from peerward.analysis.estimate import AnalysisError

NAN = math.nan


def two_raters(trials: int, prevalence: float, slip: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.random(trials) < prevalence
    return (truth ^ (rng.random(trials) < slip)).astype(float), (truth ^ (rng.random(trials) < slip)).astype(float)


def test_the_table_counts_every_trial_once() -> None:
    table = agreement_table([1, 1, 0, 0, NAN, 1], [1, 0, 1, 0, 1, NAN])
    assert (table.both, table.only_first, table.only_second, table.neither, table.skipped) == (1, 1, 1, 1, 2)
    assert table.observed == 0.5
    assert table.prevalence == 0.5


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_statsmodels(seed: int) -> None:
    one, two = two_raters(80, 0.3, 0.1, seed)
    table = agreement_table(one, two)
    oracle = cohens_kappa([[table.neither, table.only_second], [table.only_first, table.both]])
    found = cohen_kappa(one, two, resamples=1500)
    assert found.value == pytest.approx(oracle.kappa)
    # The normal interval is another method; at 80 trials the two are near.
    assert found.lower == pytest.approx(oracle.kappa_low, abs=0.08)
    assert found.upper == pytest.approx(oracle.kappa_upp, abs=0.08)


def test_kappa_of_three_categories_is_that_of_statsmodels() -> None:
    rng = np.random.default_rng(3)
    one = rng.integers(0, 3, 120)
    two = np.where(rng.random(120) < 0.7, one, rng.integers(0, 3, 120))
    table = np.array([[((one == a) & (two == b)).sum() for b in range(3)] for a in range(3)])
    assert cohen_kappa(one, two, resamples=10).value == pytest.approx(cohens_kappa(table).kappa)


@pytest.mark.parametrize("seed", range(5))
def test_alpha_is_that_of_krippendorff_with_missing_ratings_and_four_raters(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, 50)
    ratings = np.where(rng.random((4, 50)) < 0.7, truth, rng.integers(0, 4, (4, 50))).astype(float)
    ratings[rng.random((4, 50)) < 0.3] = NAN
    oracle = krippendorff.alpha(reliability_data=ratings, level_of_measurement="nominal")
    assert krippendorff_alpha(ratings, resamples=10).value == pytest.approx(oracle)


def test_ac1_is_that_of_a_table_worked_by_hand() -> None:
    # 118 agree on yes, 5 and 2 differ, none agrees on no: share of yes (123 + 120) / 250 = 0.972.
    one = [1] * 118 + [1] * 5 + [0] * 2
    two = [1] * 118 + [0] * 5 + [1] * 2
    expected = 2 * 0.972 * 0.028
    assert gwet_ac1(one, two, resamples=10).value == pytest.approx((118 / 125 - expected) / (1 - expected))
    assert cohen_kappa(one, two, resamples=10).value < 0


def test_at_a_low_prevalence_good_raters_have_a_low_kappa_and_a_high_ac1() -> None:
    one, two = two_raters(20_000, 0.02, 0.02, seed=1)
    assert 0.25 < cohen_kappa(one, two, resamples=2).value < 0.55
    assert gwet_ac1(one, two, resamples=2).value > 0.94


def test_ratings_that_are_always_the_same_category() -> None:
    assert math.isnan(cohen_kappa([0] * 20, [0] * 20).value)
    assert math.isnan(krippendorff_alpha([[0] * 20, [0] * 20]).value)
    assert gwet_ac1([0] * 20, [0] * 20, resamples=10).value == 1


def test_nothing_rated_is_not_a_number() -> None:
    for found in (cohen_kappa([NAN, NAN], [1, 0]), gwet_ac1([], []), krippendorff_alpha([[NAN, 1], [0, NAN]])):
        assert math.isnan(found.value) and math.isnan(found.lower) and found.trials == 0


def test_the_interval_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    one, two = two_raters(60, 0.4, 0.15, seed=2)
    assert cohen_kappa(one, two, seed=5, resamples=200) == cohen_kappa(one, two, seed=5, resamples=200)
    assert cohen_kappa(one, two, seed=5, resamples=200) != cohen_kappa(one, two, seed=6, resamples=200)


def test_the_bootstrap_interval_covers_the_true_kappa() -> None:
    prevalence, slip = 0.4, 0.1
    agree = (1 - slip) ** 2 + slip**2
    share = prevalence * (1 - slip) + (1 - prevalence) * slip
    chance = share**2 + (1 - share) ** 2
    truth = (agree - chance) / (1 - chance)
    inside = 0
    for seed in range(100):
        found = cohen_kappa(*two_raters(100, prevalence, slip, 100 + seed), resamples=200)
        inside += found.lower <= truth <= found.upper
    assert 88 <= inside <= 100


def test_the_bootstrap_over_variants_is_wider_where_trials_of_a_variant_are_alike() -> None:
    rng = np.random.default_rng(4)
    agree = rng.random(30) < 0.7
    one = np.repeat(rng.integers(0, 2, 30), 10)
    two = np.where(np.repeat(agree, 10), one, 1 - one)
    names = np.repeat(np.arange(30), 10).tolist()
    trials = cohen_kappa(one, two, resamples=300)
    variants = cohen_kappa(one, two, variants=names, resamples=300)
    assert variants.upper - variants.lower > 2 * (trials.upper - trials.lower)
    assert variants.variants == 30


def test_sensitivity_and_specificity_stand_apart_by_condition() -> None:
    judge = [1, 1, 0, 0, 0, 1, 0, 0, 1, NAN]
    person = [1, 1, 1, 0, 0, 0, 1, 1, 1, 1]
    conditions = ["a"] * 6 + ["b"] * 4
    found = {each.condition: each for each in sensitivity_specificity(judge, person, conditions)}
    assert (found["a"].sensitivity.events, found["a"].sensitivity.trials) == (2, 3)
    assert (found["a"].specificity.events, found["a"].specificity.trials) == (2, 3)
    assert (found["b"].sensitivity.events, found["b"].sensitivity.trials) == (1, 3)
    assert found["b"].specificity.trials == 0 and math.isnan(found["b"].specificity.value)
    assert (found["all"].sensitivity.events, found["all"].sensitivity.trials) == (3, 6)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(AnalysisError, match="one of each rater"):
        cohen_kappa([1, 0], [1])
    with pytest.raises(AnalysisError, match="recode"):
        agreement_table([2, 0], [1, 0])
    with pytest.raises(AnalysisError, match="two raters"):
        krippendorff_alpha([1.0, 0.0])
    with pytest.raises(AnalysisError, match="variants for 2 trials"):
        gwet_ac1([1, 0], [1, 0], variants=["a"])
    with pytest.raises(AnalysisError, match="conditions for 2 trials"):
        sensitivity_specificity([1, 0], [1, 0], ["a"])
