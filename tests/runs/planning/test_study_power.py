"""What a study can find: the numbers of analysis.power for the tests that the report really makes."""

from math import sqrt
from pathlib import Path

import pytest

from peerward.analysis.estimate import AnalysisError
from peerward.analysis.power import effective_trials, power, power_mean, sample_size, sample_size_mean
from peerward.runs.layout import Layout
from peerward.runs.planning.expected import Design, Expected, power_at, smallest_found, variants_for
from peerward.runs.planning.power import study_power
from peerward.runs.studies import load_study

AT = Expected()
PAIR = Design("preserved", 2, crossed=True, these_variants=False, variants=50, epochs=1, tests=1)


def layout_of(folder: Path, more: str) -> Layout:
    path = folder / "study.yaml"
    path.write_text(
        "name: small\ntitle: x\nscenarios: [evaluation]\nvary:\n  relationship: [good, none]\n"
        "  stakes: [shutdown, none]\nno_stake: [{stakes: none}]\n" + more
    )
    return load_study(str(path))[1]


CONTRASTS = """\
contrasts:
  - name: relationship
    treated: {relationship: good, stakes: shutdown}
    control: {relationship: none, stakes: shutdown}
  - name: by_relationship
    treated: {stakes: shutdown, relationship: good}
    control: {stakes: shutdown, relationship: none}
    treated_baseline: {stakes: none, relationship: good}
    control_baseline: {stakes: none, relationship: none}
    finding: over_bar
  - {name: error, treated: {stakes: shutdown}, control: {stakes: none}, finding: score_error}
  - {name: calls, treated: {stakes: shutdown}, control: {stakes: none}, finding: model_calls}
primary: [relationship, by_relationship]
"""


def test_each_design_has_the_power_of_its_test(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, CONTRASTS)
    found = study_power(layout, 50, 1, AT)
    by_name = {each.contrast: each for each in found.contrasts}
    assert found.family == 2
    assert by_name["relationship"].power == power(0.05, 0.2, 50, tests=2)
    spread = sqrt((0.2 * 0.8 + 3 * 0.05 * 0.95) / 2)
    assert by_name["by_relationship"].power == power_mean(0.15, spread, 50, tests=2)
    # Two comparisons, one a relationship, outside of the primary family.
    assert by_name["error"].comparisons == 2
    assert by_name["error"].power == power_mean(5, 10, 50)
    assert (by_name["calls"].power, by_name["calls"].why_not) == (None, "no mean and spread are stated for model_calls")
    assert [each.primary for each in found.contrasts] == [True, True, False, False]


def test_the_cheapest_design_satisfies_every_primary_contrast(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, CONTRASTS)
    found = study_power(layout, 50, 1, AT)
    pair = sample_size(0.05, 0.2, tests=2).variants
    four = sample_size_mean(0.15, sqrt((0.2 * 0.8 + 3 * 0.05 * 0.95) / 2), tests=2).variants
    cheapest = found.cheapest
    assert cheapest is not None
    assert (cheapest.variants, cheapest.epochs, cheapest.of) == (max(pair, four), 1, "primary")
    assert cheapest.decides == f"{'relationship' if pair > four else 'by_relationship'} in evaluation"
    assert (cheapest.cells, cheapest.trials) == (4, 4 * cheapest.variants)
    reached = study_power(layout, cheapest.variants, 1, AT)
    assert all(each.power is not None and each.power >= 0.8 for each in reached.contrasts if each.primary)


def test_trials_on_one_variant_are_boschlooss_and_little_beyond_it(tmp_path: Path) -> None:
    layout = layout_of(
        tmp_path, "variants: 1\nepochs: 40\nestimand: these_variants\n" + CONTRASTS.replace("primary", "#")
    )
    found = study_power(layout, 1, 40, AT)
    by_name = {each.contrast: each for each in found.contrasts}
    assert by_name["relationship"].power == power(0.05, 0.2, 40, crossed=False)
    assert "difference of differences" in by_name["by_relationship"].why_not
    assert "mean" in by_name["error"].why_not
    assert found.worth == effective_trials(1, 40)
    assert found.cheapest is not None
    assert (found.cheapest.variants, found.cheapest.epochs) == (1, sample_size(0.05, 0.2, crossed=False).variants)


def test_repeated_variants_are_worth_less_than_as_many_more() -> None:
    repeated = Design("preserved", 2, True, False, variants=20, epochs=5, tests=1)
    many = Design("preserved", 2, True, False, variants=100, epochs=1, tests=1)
    assert power_at(repeated, AT, 0.15) < power_at(many, AT, 0.15) - 0.1


def test_the_smallest_difference_is_just_found() -> None:
    smallest = smallest_found(PAIR, AT)
    assert smallest is not None
    assert power(0.05, 0.05 + smallest, 50) >= 0.8 > power(0.05, 0.05 + smallest - 0.002, 50)
    points = smallest_found(Design("score_error", 2, True, False, 50, 1, 1), AT)
    assert points is not None
    assert power_mean(points, 10, 50) >= 0.8 > power_mean(points - 0.2, 10, 50)
    assert smallest_found(Design("preserved", 2, True, False, 4, 1, 1), AT) is None, "four variants reject nothing"


def test_what_no_design_reaches_is_said(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, CONTRASTS)
    near = study_power(layout, 50, 1, Expected(rate_control=0.2, rate_treated=0.205))
    assert near.cheapest is None
    assert "2000 variants are not enough for relationship in evaluation" in near.why_not
    assert study_power(layout_of(tmp_path, ""), 50, 1, AT).why_not == "the study declares no contrast"
    assert variants_for(PAIR, Expected(rate_control=0.2, rate_treated=0.205)) is None


def test_large_designs_stay_cheap_and_agree_with_the_exact_sum() -> None:
    large = Design("preserved", 2, True, False, variants=600, epochs=1, tests=1)
    assert power_at(large, AT, 0.05) == pytest.approx(power(0.05, 0.1, 600), abs=0.03)


@pytest.mark.parametrize(
    "wrong, word",
    [
        ({"rate_control": 0.3}, "treated one has to be the larger"),
        ({"rate_treated": 1.2}, "rate_treated 1.2 is out of range"),
        ({"points": 0}, "give both above 0"),
        ({"deviation": -1}, "give both above 0"),
        ({"correlation": 1}, "correlation of 1"),
        ({"wanted": 1}, "power of 1"),
        ({"wanted": float("nan")}, "power of nan"),
    ],
)
def test_expectations_that_cannot_be_are_refused(wrong: dict[str, float], word: str) -> None:
    with pytest.raises(AnalysisError, match=word):
        Expected(**wrong)
