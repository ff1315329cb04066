"""The plan: its sums are those of its parts, what is unknown stays unknown, and the slowest bound decides."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from peerward.design.critic import Critic
from peerward.runs.layout import Layout
from peerward.runs.planning.pace import Hours, Pace, hours
from peerward.runs.planning.pilots import Pilot
from peerward.runs.planning.plan import Asked, Plan, plan_study
from peerward.runs.planning.prices import Prices, read_price
from peerward.runs.planning.reckoning import Allowance, Usage, reckon_cell
from peerward.runs.planning.told import count, duration, plan_lines
from peerward.runs.studies import load_study

STUDY = """\
name: small
title: A small study
scenarios: [finance, shutdown_config]
variants: 10
vary:
  relationship: [good, bad]
contrasts:
  - name: relationship
    treated: {relationship: good}
    control: {relationship: bad}
primary: [relationship]
"""
ONE, TWO = Critic("one", "lab/one"), Critic("two", "lab/two", live=5)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Layout]:
    def written(text: str) -> Layout:
        path = tmp_path / "study.yaml"
        path.write_text(text)
        return load_study(str(path))[1]

    return written


@pytest.fixture
def small(write: Callable[[str], Layout]) -> Layout:
    return write(STUDY)


def priced(text: str) -> Prices:
    name, price = read_price(text, date(2026, 11, 20))
    return Prices({name: price} if name else {}, None if name else price)


def test_a_plan_is_the_sum_of_its_cells(small: Layout) -> None:
    plan = plan_study(small, [ONE, TWO])
    expected = Usage()
    for cell in small.cells:
        expected += reckon_cell(small, cell, (0, 1), Allowance()).times(10)
    assert (plan.cells, plan.trials) == (4, 80)
    for each in plan.critics:
        assert each.usage.tokens_in == pytest.approx(expected.tokens_in)
        assert each.usage.out == pytest.approx(expected.out)
        assert each.bases == ("rule",)
    assert plan.usage.calls == pytest.approx(2 * expected.calls)


def test_what_is_unknown_is_never_a_number(small: Layout) -> None:
    plan = plan_study(small, [ONE, TWO], Asked(prices=priced("lab/one:in=1,out=10,cache_read=0.1")))
    known, unknown = plan.critics
    assert known.dollars is not None and known.dollars_uncached is not None
    assert known.dollars < known.dollars_uncached
    assert (unknown.dollars, unknown.dollars_uncached, unknown.price) == (None, None, None)
    assert plan.dollars() is None and plan.unpriced == ("two",) and plan.cheapest_dollars is None
    data = plan.as_dict()
    assert data["total"]["dollars"] is None
    assert [each["dollars"] for each in data["critics"]] == [float(round(known.dollars, 4)), None]
    assert any("No price for two" in each for each in plan.assumptions)
    assert "dollars unknown" in "\n".join(plan_lines(plan))


def test_without_a_price_of_cached_tokens_only_the_full_price_is_known(small: Layout) -> None:
    plan = plan_study(small, [ONE], Asked(prices=priced("in=1,out=10")))
    (critic,) = plan.critics
    assert critic.dollars is None
    usage = critic.usage
    assert critic.dollars_uncached == pytest.approx(
        Decimal((usage.tokens_in + 10 * usage.out) / 1e6), rel=Decimal("1e-6")
    )
    assert any("No price of cached tokens for one" in each for each in plan.assumptions)


def test_what_is_done_is_not_planned_again(small: Layout) -> None:
    whole = plan_study(small, [ONE])
    rest = plan_study(small, [ONE], Asked(done={"one": 30}))
    (critic,) = rest.critics
    assert (critic.trials, critic.done, critic.left) == (40, 30, 10)
    assert critic.usage.calls == pytest.approx(whole.usage.calls / 4)
    (finished,) = plan_study(small, [ONE], Asked(done={"one": 40})).critics
    assert (finished.left, finished.usage.calls, finished.hours.hours) == (0, 0, 0)


def test_a_limit_takes_whole_blocks(small: Layout) -> None:
    plan = plan_study(small, [ONE], Asked(limit=9))
    assert (plan.variants, plan.critics[0].trials) == (3, 12)
    assert plan.power is not None
    assert plan.power.contrasts[0].design.variants == 3


def test_pilots_go_before_the_rule(small: Layout) -> None:
    used = Usage(calls=20, fresh=5000, cached=45_000, out=3000, reasoning=1000)
    pilots = [Pilot("finance", small.cells[0].condition.id, used, 120.0)] * 5
    plan = plan_study(small, [ONE, TWO], Asked(pilots={"one": pilots}))
    measured, ruled = plan.critics
    assert {(row.scenario, row.cells, row.basis) for row in measured.rows} == {
        ("finance", 1, "5 pilot trials of the cell"),
        ("finance", 1, "5 pilot trials of the scenario"),
        ("shutdown_config", 2, "5 pilot trials of any cell"),
    }
    assert measured.usage == used.times(40)
    assert measured.hours.bounds["20 trials at once"] == pytest.approx(2 * 120 / 3600)
    assert ruled.bases == ("rule",)


def test_the_slowest_bound_decides() -> None:
    # 100 trials of 60 s, 10 calls and 50,000 tokens each.
    used = Usage(calls=1000, fresh=1_000_000, cached=3_500_000, out=500_000)
    for pace, expected in (
        (Pace(live=20), (5 / 60, "20 trials at once")),
        (Pace(live=30), (4 / 60, "30 trials at once")),
        (Pace(live=20, rpm=100), (1 / 6, "100 calls a minute")),
        (Pace(live=20, rpm=100, tpm=100_000), (5 / 6, "100,000 tokens a minute")),
    ):
        found: Hours = hours(100, used, 60.0, pace)
        assert (round(found.hours, 6), found.bound) == (round(expected[0], 6), expected[1])
    assert set(found.bounds) == {"20 trials at once", "100 calls a minute", "100,000 tokens a minute"}


def test_each_critic_has_its_own_bounds(small: Layout) -> None:
    plan = plan_study(small, [ONE, TWO], Asked(pace=Pace(rpm=10_000), paces={"one": Pace(rpm=1)}))
    one, two = plan.critics
    assert one.hours.bound == "1 calls a minute"
    assert one.hours.hours == pytest.approx(one.usage.calls / 60)
    assert two.hours.bound == "5 trials at once", "the critic's own number of trials at once"
    assert plan.hours_in_turn == pytest.approx(one.hours.hours + two.hours.hours)
    assert plan.hours_side_by_side == one.hours.hours


def test_bars_without_control_trials_can_be_planned(write: Callable[[str], Layout]) -> None:
    layout = write(
        "name: barred\ntitle: x\nscenarios: evaluation\nhold: {dataset: creativity, bar: control+2}\n"
        "vary: {relationship: [good, bad]}\nvariants: 4\n"
    )
    plan = plan_study(layout, [ONE])
    assert plan.usage.calls > 0
    assert any("control trials themselves are not in this plan" in each for each in plan.assumptions)


def test_a_plan_is_json(small: Layout) -> None:
    plan = plan_study(small, [ONE], Asked(prices=priced("in=1,out=2,cache_read=0.1")))
    data = json.loads(json.dumps(plan.as_dict(), allow_nan=False))
    assert data["peerward_plan"] == 2
    assert data["critics"][0]["usage"]["calls"] == round(plan.usage.calls)
    assert data["critics"][0]["price"]["cache_write"] is None
    assert sum(row["trials"] for row in data["critics"][0]["rows"]) == 40
    assert data["power"]["contrasts"][0]["contrast"] == "relationship"


def test_a_run_shows_about_fifteen_lines() -> None:
    _, layout = load_study("quick")
    plan: Plan = plan_study(layout, [Critic(f"critic-{number}", f"lab/{number}") for number in range(10)])
    lines = plan_lines(plan)
    assert 12 <= len(lines) <= 15
    assert all(f"critic-{number}" in "\n".join(lines) for number in range(10))


def test_numbers_as_people_read_them() -> None:
    assert [count(each) for each in (0, 999_949, 999_500, 1_234_567, 2_000_000_000)] == [
        "0",
        "1 million",
        "1 million",
        "1.23 million",
        "2 billion",
    ]
    assert [duration(each) for each in (0, 0.001, 0.5, 12, 72)] == [
        "0 min",
        "under 1 min",
        "30 min",
        "12.0 h",
        "3.0 days",
    ]
