"""A study that may stop early: what its rule looked at is answered by the anytime methods, the rest says so."""

import math

import numpy as np
import pytest
from made_trials import NAN, arm, table

from peerward.analysis import answer
from peerward.analysis.answers import Answers
from peerward.analysis.looked_at import UNACCOUNTED
from peerward.analysis.sequential import CONTRAST, RATE, e_process, rate_sequence
from peerward.design.blocks import block_order
from peerward.design.declared import DeclaredComparison
from peerward.design.study import Stopping
from peerward.report.sentences import sentences

LOOKS = Stopping(rule="e_process", contrast="relationship")
WIDTH = Stopping(rule="confidence_sequence", finding="headline", half_width=0.1)
SIZE = 40
GOOD = [float(number % 10 < 7) for number in range(SIZE)]
BAD = [float(number % 10 < 2) for number in range(SIZE)]


def rows(level: str, values: list[float], **more):
    found = {"preserved": values, "weights_saved": values, "faithful_survived": [0.0] * len(values)}
    return arm("server_cleanup", {"relationship": level}, found, study="mine", **more)


def answered(treated, control, rule: Stopping | None = LOOKS, **more) -> Answers:
    arms = {"treated": treated[0]["condition_id"], "control": control[0]["condition_id"]}
    declared = [
        DeclaredComparison("mine", name, "server_cleanup", arms, "preserved", primary=name == "relationship")
        for name in ("relationship", "the same again")
    ]
    rules = {} if rule is None else {"mine": rule}
    return answer(table(treated, control), declared, stopping=rules, exploratory=False, **more)


def in_order(values: list[float]) -> list[float]:
    return [values[variant] for variant in block_order(0, "server_cleanup", range(len(values)))]


def test_a_contrast_that_was_looked_at_has_the_anytime_p_and_interval() -> None:
    answers = answered(rows("good", GOOD), rows("bad", BAD))
    looked = answers.comparisons[0]
    last = e_process(in_order(GOOD), in_order(BAD)).looks[-1]
    estimate, test = looked.estimate, looked.test
    assert (estimate.value, estimate.lower, estimate.upper) == (last.value, last.lower, last.upper)
    assert test is not None and (test.p, test.units) == (last.p, SIZE)
    assert estimate.method == test.method == CONTRAST
    assert looked.p_adjusted == last.p and looked.procedure == "Holm"
    assert not looked.other_tests and looked.equivalence is None and "risk ratio" not in looked.beside
    assert {each.method for each in looked.beside.values()} == {CONTRAST}
    assert UNACCOUNTED not in looked.warnings
    told = next(each.text for each in sentences(answers) if "ontrast «relationship»" in each.text)
    assert "(anytime interval and p, 40 blocks)" in told


def test_everything_else_says_that_it_does_not_account_for_the_rule() -> None:
    answers = answered(rows("good", GOOD), rows("bad", BAD))
    assert [UNACCOUNTED in each.warnings for each in answers.comparisons] == [False, True]
    assert all(UNACCOUNTED in rate.warnings for cell in answers.cells for rate in cell.rates.values())
    assert any("study mine stops by a rule" in each and "relationship" in each for each in answers.warnings)
    without = answered(rows("good", GOOD), rows("bad", BAD), rule=None)
    assert without.comparisons[0].test is not None and without.comparisons[0].test.method != CONTRAST
    assert not any(UNACCOUNTED in each.warnings for each in without.comparisons)


def test_blocks_count_up_to_the_first_that_an_arm_lacks() -> None:
    """A trial that was still to come when the run stopped must not let later blocks in: they may be the quick ones."""
    order = block_order(0, "server_cleanup", range(SIZE))
    short = [row for row in rows("bad", BAD) if row["variant"] != order[25]]
    looked = answered(rows("good", GOOD), short).comparisons[0]
    assert looked.test is not None and looked.test.units == 25
    assert looked.test.p == e_process(in_order(GOOD)[:25], in_order(BAD)[:25]).looks[-1].p
    assert any("15 blocks after the last whole one" in each for each in looked.warnings)


def test_a_failed_trial_leaves_its_block_out_and_bounds_take_it_both_ways() -> None:
    order = block_order(0, "server_cleanup", range(SIZE))
    status = ["infrastructure" if variant == order[3] else "valid" for variant in range(SIZE)]
    lost = [NAN if variant == order[3] else value for variant, value in enumerate(BAD)]
    looked = answered(rows("good", GOOD), rows("bad", lost, status=status)).comparisons[0]
    good, bad = in_order(GOOD), in_order(BAD)
    assert looked.test is not None and looked.test.units == SIZE - 1
    without = e_process(good[:3] + good[4:], bad[:3] + bad[4:]).looks[-1]
    assert (looked.test.p, looked.estimate.value) == (without.p, without.value)
    for name, filled in (("missing counted for", 0.0), ("missing counted against", 1.0)):
        expected = e_process(good, [*bad[:3], filled, *bad[4:]]).looks[-1]
        assert (looked.beside[name].value, looked.beside[name].lower) == (expected.value, expected.lower)


@pytest.mark.parametrize("excluded, units", [((), SIZE), (("incomplete",), SIZE - 1)])
def test_statuses_that_the_study_leaves_out_are_left_out(excluded: tuple[str, ...], units: int) -> None:
    status = ["incomplete", *["valid"] * (SIZE - 1)]
    good = rows("good", [1.0, *GOOD[1:]], status=status)
    looked = answered(good, rows("bad", BAD), exclusions={"mine": excluded}).comparisons[0]
    assert looked.test is not None and looked.test.units == units
    assert looked.beside["valid trials only"].trials == 2 * (SIZE - 1)
    if not excluded:
        # Cut short is not preserved, whatever was measured.
        assert looked.estimate.value == pytest.approx(np.mean([0.0, *GOOD[1:]]) - np.mean(BAD))


def test_nothing_measured_is_no_estimate() -> None:
    looked = answered(rows("good", [NAN] * 5), rows("bad", [NAN] * 5)).comparisons
    assert not looked[0].estimate.measured and looked[0].test is None


def test_fixed_variants_count_in_whole_rounds() -> None:
    """Eight variants, five rounds, of which the last was cut: four are counted."""
    good, bad = (rows(level, values, epochs=5) for level, values in (("good", GOOD), ("bad", BAD)))
    order = block_order(0, "server_cleanup", range(8))
    cut = [row for row in bad if row["epoch"] < 5 or row["variant"] in order[:3]]
    looked = answered(good, cut, these_variants={"mine": True}).comparisons[0]
    assert looked.test is not None and looked.test.units == 32
    assert any("variants repeat" in each for each in looked.warnings)


def test_a_rate_that_was_looked_at_has_the_anytime_interval() -> None:
    answers = answer(
        table(rows("good", GOOD), rows("bad", BAD)),
        headlines={"server_cleanup": "weights_saved"},
        stopping={"mine": WIDTH},
    )
    cell = next(each for each in answers.cells if "good" in each.levels["relationship"])
    rate, last = cell.rates["weights_saved"], rate_sequence(in_order(GOOD)).looks[-1]
    assert (rate.value, rate.lower, rate.upper, rate.method) == (last.value, last.lower, last.upper, RATE)
    assert (rate.events, rate.trials, rate.variants) == (sum(GOOD), SIZE, SIZE)
    assert UNACCOUNTED not in rate.warnings and UNACCOUNTED in cell.rates["preserved"].warnings
    assert all(UNACCOUNTED in each.warnings for each in answers.exploratory)


def test_stopping_at_the_first_significant_look_does_not_make_an_interval_miss() -> None:
    """Equal arms, stopped when the rule says so or after 40 blocks: what is reported misses 0 in at most 5 %."""
    rng = np.random.default_rng(8)
    missed = 0
    for _ in range(40):
        good, bad = ((rng.random(SIZE) < 0.3).astype(float).tolist() for _ in range(2))
        looks = e_process(in_order(good), in_order(bad), interval=False).looks
        stop = next((look.blocks for look in looks if look.p <= 0.05), SIZE)
        run = set(block_order(0, "server_cleanup", range(SIZE))[:stop])
        arms = [
            [row for row in rows(level, values) if row["variant"] in run]
            for level, values in (("good", good), ("bad", bad))
        ]
        found = answered(*arms).comparisons[0]
        assert found.test is not None and not math.isnan(found.estimate.lower)
        missed += not found.estimate.lower <= 0 <= found.estimate.upper
    assert missed <= 5
