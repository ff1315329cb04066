"""Declared stopping: looks at whole blocks in their order, the same whatever comes first."""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from peerward.analysis.arms import in_one_trial, outcomes
from peerward.analysis.sequential import e_process, rate_sequence
from peerward.analysis.trials import trials_of
from peerward.design.blocks import block_order
from peerward.runs.layout import Layout
from peerward.runs.running.looks import Block, Outcome, Watch
from peerward.runs.studies import read_and_check

STUDY = """\
name: mine
title: A study that stops
scenarios: [server_transfer, server_cleanup]
variants: 60
cells:
  - {relationship: [good, bad]}
  - {scenario: server_transfer, relationship: neutral}
contrasts:
  - {name: relationship, treated: {relationship: good}, control: {relationship: bad}, finding: weights_saved}
stopping: {rule: e_process, contrast: relationship}
"""
RATE = STUDY.replace(
    "{rule: e_process, contrast: relationship}",
    "{rule: confidence_sequence, finding: weights_saved, half_width: 0.2}",
)
SCENARIOS = ("server_transfer", "server_cleanup")


def laid_out(folder: Path, text: str = STUDY) -> Layout:
    path = folder / "mine.yaml"
    path.write_text(text)
    return read_and_check(path)[1]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return laid_out(tmp_path)


def order_of(layout: Layout) -> dict[str, list[Block]]:
    study = layout.study
    return {name: blocks_of(study.seed, name, study.variants, study.epochs) for name in layout.by_scenario()}


@cache
def blocks_of(seed: int, scenario: str, variants: int, epochs: int) -> list[Block]:
    return [(v, e) for e in range(1, epochs + 1) for v in block_order(seed, scenario, range(variants))]


Rates = Mapping[str, float]
GOOD: Rates = {"good": 0.9, "bad": 0.1, "neutral": 0.5}
EQUAL: Rates = {"good": 0.3, "bad": 0.3, "neutral": 0.3}


def play(
    layout: Layout, rates: Rates, seed: int = 1, change: Callable[[Any], Any] = lambda each: each
) -> list[Outcome]:
    """Every trial of a study by a critic of known rates, in the order of the run."""
    rng = np.random.default_rng(seed)
    found = []
    cells = layout.by_scenario()
    for name, blocks in order_of(layout).items():
        for (variant, epoch), cell in itertools.product(blocks, cells[name]):
            hit = float(rng.random() < rates[cell.condition["relationship"]])
            values = {"status": "valid", "weights_saved": hit, "preserved": hit, "model_calls": 7.0}
            found.append(Outcome(name, cell.condition.id, variant, epoch, values))
    return [change(each) for each in found]


def watched(layout: Layout, trials: Iterable[Outcome], written: Mapping[str, Any] | None = None) -> Watch:
    watch = Watch(layout, order_of(layout), written)
    for each in trials:
        watch.add(each)
    return watch


def untimed(looks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return sorted(
        ({k: v for k, v in each.items() if k != "time"} for each in looks), key=lambda e: (e["scenario"], e["block"])
    )


def arms_of(layout: Layout, scenario: str, trials: Iterable[Outcome], level: str) -> list[float]:
    cell = next(each for each in layout.by_scenario()[scenario] if each.condition["relationship"] == level)
    by_block = {
        (each.variant, each.epoch): each.values["weights_saved"]
        for each in trials
        if (each.scenario, each.condition_id) == (scenario, cell.condition.id)
    }
    return [by_block[block] for block in order_of(layout)[scenario]]


def test_a_scenario_stops_at_the_block_where_the_e_process_says(layout: Layout) -> None:
    trials = play(layout, GOOD)
    watch = watched(layout, trials)
    for name in SCENARIOS:
        looks = e_process(arms_of(layout, name, trials, "good"), arms_of(layout, name, trials, "bad")).looks
        block = next(look.blocks for look in looks if look.p <= 0.05)
        own = [each for each in watch.looks if each["scenario"] == name]
        assert [each["block"] for each in own] == list(range(1, block + 1))
        assert [each["decision"] for each in own] == ["go on"] * (block - 1) + ["rejected"]
        for mine, theirs in zip(own, looks, strict=False):
            assert (mine["value"], mine["e"], mine["p"]) == (theirs.value, theirs.e, theirs.p)
        assert (own[-1]["lower"], own[-1]["upper"]) == (looks[block - 1].lower, looks[block - 1].upper)
        assert own[0]["lower"] is None, "an interval is computed where it is needed"
        assert f"after block {block} of 60" in watch.stopped(name)
    stops = {each["scenario"]: each for each in watch.record()["stops"]}
    # Everything was played, though nothing was to start any more: it is told.
    assert stops["server_cleanup"]["blocks_beyond"] == 60 - stops["server_cleanup"]["block"]
    assert stops["server_cleanup"]["trials_beyond"] == 2 * stops["server_cleanup"]["blocks_beyond"]


def test_only_whole_blocks_in_their_order_are_looked_at(layout: Layout) -> None:
    """Whatever comes first, the looks are the same; and before the first block is whole there is none."""
    trials = play(layout, GOOD)
    orderly = untimed(watched(layout, trials).looks)
    rng = np.random.default_rng(3)
    for _ in range(3):
        mixed = [trials[place] for place in rng.permutation(len(trials))]
        assert untimed(watched(layout, mixed).looks) == orderly
    backwards = Watch(layout, order_of(layout))
    first = {name: blocks[0] for name, blocks in order_of(layout).items()}
    for each in reversed(trials):
        if (each.variant, each.epoch) != first[each.scenario]:
            backwards.add(each)
    assert not backwards.looks and not any(map(backwards.stopped, SCENARIOS))
    # An arm that is in no contrast belongs to the block as well.
    late = [each for each in trials if (each.variant, each.epoch) == first[each.scenario]]
    for each in late[:2]:
        backwards.add(each)
    assert late[2].scenario == "server_transfer" and not backwards.looks
    backwards.add(late[2])
    assert len(backwards.looks) > 3


def test_a_trial_counts_once(layout: Layout) -> None:
    trials = play(layout, GOOD)
    twice = [each for trial in trials for each in (trial, trial)] + trials
    assert untimed(watched(layout, twice).looks) == untimed(watched(layout, trials).looks)
    other = {"status": "valid", "weights_saved": 0.0}
    changed = [
        each
        for trial in trials
        for each in (trial, Outcome(trial.scenario, trial.condition_id, trial.variant, 1, other))
    ]
    assert untimed(watched(layout, changed).looks) == untimed(watched(layout, trials).looks)


def test_trials_of_other_cells_and_blocks_are_none_of_its_business(layout: Layout) -> None:
    trials = play(layout, GOOD)
    cell = trials[0].condition_id
    strangers = [
        Outcome("finance", cell, 0, 1, {"status": "valid"}),
        Outcome("server_transfer", "elsewhere", 0, 1, {"status": "valid"}),
        Outcome("server_transfer", cell, 60, 1, {"status": "valid"}),
        Outcome("server_transfer", cell, 0, 2, {"status": "valid"}),
    ]
    assert untimed(watched(layout, [*strangers, *trials]).looks) == untimed(watched(layout, trials).looks)


@pytest.mark.parametrize("text", [STUDY, RATE])
def test_a_resumed_run_looks_as_an_undisturbed_one(text: str, tmp_path: Path) -> None:
    layout = laid_out(tmp_path, text)
    trials = play(layout, {"good": 0.55, "bad": 0.2, "neutral": 0.4})
    whole = watched(layout, trials)
    for cut in (1, 40, 41, 133, len(trials)):
        first = watched(layout, trials[:cut])
        written = first.record()
        done = [trials[place] for place in np.random.default_rng(cut).permutation(cut)]
        again = watched(layout, done, written)
        assert again.looks == first.looks, "a look is written once, with its first time"
        for each in trials[cut:]:
            again.add(each)
        assert untimed(again.looks) == untimed(whole.looks)
        assert [again.stopped(name) for name in SCENARIOS] == [whole.stopped(name) for name in SCENARIOS]
    assert any(map(whole.stopped, SCENARIOS))


def test_a_stop_that_was_written_stands(layout: Layout) -> None:
    """A trial that failed is run again on resume; what was decided without it is not decided anew."""
    trials = play(layout, GOOD)
    stopped = watched(layout, trials)
    none = play(layout, {"good": 0.0, "bad": 0.0, "neutral": 0.0})
    resumed = watched(layout, none, stopped.record())
    assert [resumed.stopped(name) for name in SCENARIOS] == [stopped.stopped(name) for name in SCENARIOS]
    assert resumed.looks == stopped.looks


def failing(place: int, status: str) -> Callable[[Outcome], Outcome]:
    count = itertools.count()

    def change(each: Outcome) -> Outcome:
        if next(count) != place:
            return each
        return Outcome(each.scenario, each.condition_id, each.variant, each.epoch, {**each.values, "status": status})

    return change


def test_a_failed_trial_finishes_its_block_which_is_left_out(layout: Layout) -> None:
    trials = play(layout, GOOD, change=failing(0, "infrastructure"))
    watch = watched(layout, trials)
    own = [each for each in watch.looks if each["scenario"] == "server_transfer"]
    assert (own[0]["block"], own[0]["blocks"], own[0]["left_out"], own[0]["decision"]) == (1, 0, 1, "nothing measured")
    assert own[0]["left_out_failed"] == 1, "a later try may finish it"
    good, bad = (arms_of(layout, "server_transfer", trials, level)[1:] for level in ("good", "bad"))
    assert own[-1]["p"] == e_process(good, bad, interval=False).looks[own[-1]["blocks"] - 1].p
    assert own[-1]["decision"] == "rejected"
    # Run again before its block was looked at, it counts.
    again = play(layout, GOOD)
    retried = watched(layout, [trials[0], again[0], *trials[1:]])
    assert untimed(retried.looks) == untimed(watched(layout, again).looks)


@pytest.mark.parametrize("status, excluded, counts", [("incomplete", "", 1), ("incomplete", "incomplete", 0)])
def test_what_counts_is_what_the_study_says(status: str, excluded: str, counts: int, tmp_path: Path) -> None:
    """A trial that was cut short is not preserved, unless the study leaves such trials out."""
    text = STUDY.replace("finding: weights_saved", "finding: preserved")
    text += f"exclusions: [infrastructure, {excluded}]\n" if excluded else ""
    layout = laid_out(tmp_path, text)
    hit = {"good": 1.0, "bad": 0.0, "neutral": 0.0}
    first = watched(layout, play(layout, hit, change=failing(0, status))).looks[0]
    assert (first["block"], first["blocks"], first["left_out"]) == (1, counts, 1 - counts)
    assert first["left_out_failed"] == (status == "infrastructure"), "no other status is tried again"
    assert first["value"] == (0.0 if counts else None)


def test_the_watch_and_the_report_count_alike() -> None:
    """One trial by itself and the same trial in the table have the same outcome, whatever its status and bar."""
    from peerward.design import make_condition
    from peerward.scenarios import scenario

    condition = make_condition({}, scenario("evaluation").factors)
    findings = ("preserved", "over_bar", "executed", "not_executed", "weights_saved", "survived")
    rng = np.random.default_rng(5)
    rows = []
    for number, status in enumerate(("valid", "incomplete", "no_opportunity", "infrastructure") * 12):
        drawn = {
            n: float(rng.choice([0.0, 1.0, math.nan]))
            for n in (*findings[:3], *findings[4:], "read_materials", "provider_refusal")
        }
        head = {
            "study": "",
            "critic": "m",
            "provider_path": "",
            "settings": "",
            "scenario": "evaluation",
            "condition_id": "c",
        }
        place = {
            "trial_id": str(number),
            "seed": 0,
            "cluster": str(number),
            "variant": number,
            "epoch": 1,
            "status": status,
        }
        rows.append({**head, **dict(condition), **place, **drawn, "reported_score": float(rng.uniform(0, 100))})
    trials = trials_of(rows)
    (cell,) = trials.cells
    for finding, excluded in itertools.product(findings, ({"infrastructure"}, {"infrastructure", "incomplete"})):
        for bar in (None, (50.0, "low_ends"), (50.0, "high_ends")):
            table = outcomes(trials, cell, finding, excluded, bar).values
            alone = [in_one_trial(row, finding, excluded, bar) for row in rows if row["status"] not in excluded]
            np.testing.assert_array_equal(table, alone, f"{finding} {excluded} {bar}")
            left_out = [in_one_trial(row, finding, excluded, bar) for row in rows if row["status"] in excluded]
            assert np.isnan(left_out).all()


def test_looks_are_made_every_so_many_blocks_and_at_the_end(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, STUDY.replace("contrast: relationship}", "contrast: relationship, look_every: 7}"))
    watch = watched(layout, play(layout, EQUAL))
    for name in SCENARIOS:
        assert [each["block"] for each in watch.looks if each["scenario"] == name] == [
            7,
            14,
            21,
            28,
            35,
            42,
            49,
            56,
            60,
        ]
        assert watch.stopped(name) == ""
    assert watch.looks[-1]["decision"] == "most_blocks" and watch.looks[-1]["lower"] is not None
    assert watch.record()["stops"] == []


def test_fixed_variants_are_looked_at_after_whole_rounds(tmp_path: Path) -> None:
    text = STUDY.replace("variants: 60", "variants: 4\nepochs: 15\nestimand: these_variants")
    layout = laid_out(tmp_path, text)
    watch = watched(layout, play(layout, GOOD))
    blocks = [each["block"] for each in watch.looks if each["scenario"] == "server_cleanup"]
    assert blocks == list(range(4, blocks[-1] + 1, 4)) and 4 <= blocks[-1] < 60


def test_a_rate_stops_when_every_cell_is_narrow_enough(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, RATE)
    trials = play(layout, {"good": 0.5, "bad": 0.0, "neutral": 0.0}, seed=4)
    watch = watched(layout, trials)

    def narrow_at(level: str) -> int:
        looks = rate_sequence(arms_of(layout, "server_cleanup", trials, level)).looks
        return next(look.blocks for look in looks if look.upper - look.lower <= 0.4)

    own = [each for each in watch.looks if each["scenario"] == "server_cleanup"]
    assert narrow_at("bad") < narrow_at("good") == own[-1]["block"] < 60
    assert "after block" in watch.stopped("server_cleanup")
    decided = [each["block"] for each in own if each["decision"] == "narrow"]
    assert decided == [narrow_at("bad"), narrow_at("good")]
    assert all(each["e"] is None and each["lower"] is not None for each in own)


def test_a_scenario_without_the_contrast_runs_in_full(tmp_path: Path) -> None:
    layout = laid_out(
        tmp_path, STUDY.replace("finding: weights_saved}", "finding: weights_saved, scenarios: server_cleanup}")
    )
    watch = watched(layout, play(layout, GOOD))
    assert watch.stopped("server_cleanup") and not watch.stopped("server_transfer")
    assert {each["scenario"] for each in watch.looks} == {"server_cleanup"}


def test_a_scenario_stops_when_all_its_comparisons_have(tmp_path: Path) -> None:
    text = STUDY.replace("- {relationship: [good, bad]}", "- {relationship: [good, bad], trust: ['2', '8']}")
    text = text.replace("relationship: neutral}", "relationship: neutral, trust: '2'}")
    layout = laid_out(tmp_path, text)
    trials = play(layout, {"good": 0.7, "bad": 0.2, "neutral": 0.5}, seed=2)
    watch = watched(layout, trials)
    own = [each for each in watch.looks if each["scenario"] == "server_cleanup"]
    rejected = [each["block"] for each in own if each["decision"] == "rejected"]
    assert len(rejected) == 2 and rejected[0] < rejected[1]
    assert f"after block {rejected[1]} of" in watch.stopped("server_cleanup")


def test_a_study_without_a_rule_never_stops(tmp_path: Path) -> None:
    layout = laid_out(tmp_path, STUDY.partition("stopping")[0])
    watch = watched(layout, play(layout, GOOD))
    assert watch.record() == {"rule": None, "looks": [], "stops": []} and not watch.stopped("server_cleanup")


@pytest.mark.parametrize("runs", [60, pytest.param(200, marks=pytest.mark.thorough)])
def test_equal_arms_stop_in_no_more_than_one_study_of_twenty(runs: int, tmp_path: Path) -> None:
    """Looks after every one of 60 blocks, and yet at most 5 % false stops; an ordinary test would make it a third."""
    text = STUDY.replace("[server_transfer, server_cleanup]", "server_cleanup").replace(
        "  - {scenario: server_transfer, relationship: neutral}\n", ""
    )
    layout = laid_out(tmp_path, text)
    false = sum(bool(watched(layout, play(layout, EQUAL, seed)).stopped("server_cleanup")) for seed in range(runs))
    # Few runs hold no false stop at all; many have to, or nothing is looked at.
    assert int(runs >= 200) <= false <= 0.05 * runs + 2 * math.sqrt(0.05 * 0.95 * runs)
    true = sum(bool(watched(layout, play(layout, GOOD, seed)).stopped("server_cleanup")) for seed in range(50))
    assert true == 50
