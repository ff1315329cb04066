"""How a run is, read from its folder: merged over shards, forecast, alive or not, whatever lies there."""

import json
import os
import socket
import time
from pathlib import Path

import pytest
from invented_run import CELLS, manifest, shard, spent, stamp

from peerward.runs.running.progress import Known, all_progress
from peerward.runs.running.signs import RunState
from peerward.runs.running.status import StatusError, read_status


def test_shards_are_merged_and_those_that_have_not_begun_are_planned(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 120, "two": 120})
    shard(tmp_path, "one", 0, done=10, state="finished")
    shard(tmp_path, "one", 1, done=4, cell={"running": 2, "failed": 1, "not_valid": 1})
    status = read_status(tmp_path)
    one, two = status.critics
    assert (one.name, one.trials.planned, one.trials.done, one.trials.running) == ("lab/one", 120, 56, 8)
    assert (two.trials.planned, two.trials.done, two.shards_begun) == (120, 0, 0)
    assert [(cell.scenario, cell.condition_id) for cell in two.cells] == list(CELLS)
    cell = one.cells[0]
    assert (cell.trials.planned, cell.trials.done, cell.trials.interim) == (30, 14, 0.5)
    assert cell.trials.completion == pytest.approx(13 / 14)
    assert two.cells[1].named == "relationship=bad"
    assert (status.trials.planned, status.trials.left) == (240, 184)
    assert one.trials.interim is None, "a rate over scenarios with several findings means nothing"
    assert (status.state, one.shards_running) == (RunState.RUNNING, 1)


def test_the_forecast_is_what_ended_trials_cost_times_those_left(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 80, "two": 40})
    # Twenty trials have ended for 10 dollars; 3 dollars more went into trials that still run.
    shard(
        tmp_path,
        "one",
        0,
        done=5,
        spend=spent(13, 260),
        settled=spent(10, 200),
        seconds=2000.0,
        ended=20,
        cell={"running": 1},
    )
    status = read_status(tmp_path)
    assert status.critics[0].forecast.dollars == pytest.approx(40)
    assert status.critics[0].forecast.tokens == pytest.approx(800)
    assert status.critics[0].forecast.hours == pytest.approx(100 * 60 / 4 / 3600)
    assert status.critics[1].forecast.tokens is None, "before a trial has ended it is unknown, not 0"
    assert (status.forecast.dollars, status.forecast.tokens, status.forecast.hours) == (None, None, None)
    shard(tmp_path, "two", 0, done=5, spend=spent(0, 100), settled=spent(0, 100))
    status = read_status(tmp_path)
    assert status.forecast.tokens == pytest.approx(800 + 200)
    assert status.forecast.dollars is None, "no price is known of the second critic"
    assert status.spent.dollars == 13


def test_scenarios_stopped_by_the_studys_rule_are_not_left(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 40})
    stops = {"stops": [{"scenario": "finance", "reason": "stopped by the study's rule after block 5 of 10: p"}]}
    shard(tmp_path, "one", 0, done=5, settled=spent(20, 20), spend=spent(20, 20), looks=stops)
    critic = read_status(tmp_path).critics[0]
    assert critic.left == 10
    assert critic.forecast.dollars == pytest.approx(30)
    assert critic.stopped == {"finance": "stopped by the study's rule after block 5 of 10: p"}
    assert (critic.trials.planned, critic.trials.done, critic.trials.over) == (30, 20, 10)


def test_what_runs_when_a_rule_stops_its_scenario_is_still_planned(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 40})
    stops = {"stops": [{"scenario": "finance", "reason": "stopped"}]}
    shard(tmp_path, "one", 0, done=5, cell={"running": 2}, looks=stops)
    trials = read_status(tmp_path).trials
    assert (trials.planned, trials.done, trials.running, trials.over) == (34, 20, 8, 6)


def test_waits_errors_and_notes_are_told(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 80}, {"budget": {"dollars": 50.0, "tokens": None}}, [{"begun": stamp(9000)}])
    same = {
        "retries": {"429": 3},
        "waiting": 2,
        "waited": 12.5,
        "errors": {"boom": 1},
        "notes": ["a log"],
        "stopped": 1,
    }
    shard(tmp_path, "one", 0, done=5, **same)
    shard(tmp_path, "one", 1, done=5, **same | {"retries": {"429": 1, "500": 1}})
    status = read_status(tmp_path)
    assert (status.waits.waiting, status.waits.retries, status.waits.seconds) == (4, {"429": 4, "500": 1}, 25.0)
    assert (status.errors, status.notes, status.broken_off) == ({"boom": 2}, ("a log",), 2)
    assert [each.dollars for each in status.sessions] == [None, 50.0]


def test_a_run_that_has_ended_says_how(tmp_path: Path) -> None:
    shard(tmp_path, "one", 0, done=10, state="finished", ago=500)
    manifest(tmp_path, {"one": 40}, {"ended": stamp(500), "why": "finished"})
    assert read_status(tmp_path).state is RunState.FINISHED
    manifest(tmp_path, {"one": 80}, {"ended": stamp(500), "why": "the budget of 3 dollars is spent"})
    status = read_status(tmp_path)
    assert (status.state, status.why) == (RunState.STOPPED, "the budget of 3 dollars is spent")
    assert status.is_over


def test_a_run_drains_when_it_was_asked_to_and_says_by_whom(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 40})
    shard(tmp_path, "one", 0, done=5)
    (tmp_path / "drain").write_text("Ctrl-C was pressed\n")
    status = read_status(tmp_path)
    assert (status.state, status.why) == (RunState.DRAINING, "Ctrl-C was pressed")
    (tmp_path / "drain").unlink()
    shard(tmp_path, "one", 0, done=5, state="draining", why="what is left of the budget (1 dollars) ...")
    assert read_status(tmp_path).state is RunState.DRAINING
    shard(tmp_path, "one", 1, done=5)
    assert read_status(tmp_path).state is RunState.RUNNING, "one shard that drains is not the run"


def test_a_run_that_no_longer_writes_is_silent_and_says_whether_its_process_is_there(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 40}, {"begun": stamp(200)})
    shard(tmp_path, "one", 0, done=5, ago=100, host="elsewhere", process=7)
    status = read_status(tmp_path)
    assert status.state is RunState.SILENT
    assert status.age == pytest.approx(100, abs=5)
    assert "process 7 on elsewhere may be gone" in status.why
    gone = os.fork()
    if not gone:
        os._exit(0)
    os.waitpid(gone, 0)
    lock = {"host": socket.gethostname(), "process": gone, "since": "today", "key": "k"}
    (tmp_path / "lock").write_text(json.dumps(lock))
    assert read_status(tmp_path).why.endswith(f"process {gone} on {socket.gethostname()} is gone")
    (tmp_path / "lock").write_text(json.dumps(lock | {"process": os.getpid()}))
    assert "is still there" in read_status(tmp_path).why


def test_a_run_that_waits_for_a_worker_is_not_silent(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 80}, {"begun": stamp(5000)})
    shard(tmp_path, "one", 0, done=10, ago=4000, state="finished")
    lock = {"host": socket.gethostname(), "process": os.getpid(), "since": "today", "key": "k"}
    (tmp_path / "lock").write_text(json.dumps(lock))
    assert read_status(tmp_path).state is RunState.RUNNING
    # Elsewhere a lock that is written anew is the sign of life.
    (tmp_path / "lock").write_text(json.dumps(lock | {"host": "elsewhere", "beat": time.time() - 15}))
    assert read_status(tmp_path).state is RunState.RUNNING
    (tmp_path / "lock").write_text(json.dumps(lock | {"host": "elsewhere", "beat": time.time() - 500}))
    assert read_status(tmp_path).state is RunState.SILENT


def test_a_runner_that_let_go_without_a_word_has_stopped(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 80}, {"begun": stamp(5000)})
    (tmp_path / "lock").write_text("")
    assert read_status(tmp_path).state is RunState.STOPPED


def test_what_a_killed_session_left_running_does_not_run(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 80}, {"begun": stamp(3)}, [{"begun": stamp(900)}])
    shard(tmp_path, "one", 0, done=5, ago=600, cell={"running": 3})
    status = read_status(tmp_path)
    assert (status.state, status.trials.running, status.critics[0].shards_running) == (RunState.RUNNING, 0, 0)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '"text"', '{"peerward_manifest": 2, "critics": 7}', '{"other": 1}', "\x00\xff", "[" * 9000],
)
def test_files_that_are_half_or_of_somebody_else_are_passed_over(tmp_path: Path, text: str) -> None:
    good = shard(tmp_path, "one", 0, done=5)
    for name in ("manifest.json", "lock", "one/0000/lock"):
        (tmp_path / name).write_text(text)
    for number in range(1, 3):
        folder = tmp_path / "one" / f"{number:04d}"
        folder.mkdir()
        (folder / "progress.json").write_text(text)
    status = read_status(tmp_path)
    assert status.trials.done == good.sum("done")
    assert any("manifest.json" in note for note in status.notes)


@pytest.mark.parametrize(
    "change",
    [
        {"cells": [{"planned": 1}]},
        {"cells": {}},
        {"spend": {"dollars": "much"}},
        {"begun": None},
        {"updated": float("nan")},
        {"waited": float("inf")},
        {"errors": ["a"]},
        {"peerward_progress": 99},
        {"shard": 10**400},
        {"waiting": -1},
    ],
)
def test_progress_with_one_wrong_value_is_no_progress(tmp_path: Path, change: dict[str, object]) -> None:
    manifest(tmp_path, {"one": 40})
    shard(tmp_path, "one", 0, done=5)
    assert read_status(tmp_path).trials.done == 20
    path = tmp_path / "one" / "0000" / "progress.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert read_status(tmp_path).trials.done == 0


def test_a_folder_without_a_run_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(StatusError, match="no such folder"):
        read_status(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(StatusError, match="--log-dir"):
        read_status(tmp_path / "empty")
    manifest(tmp_path / "logs" / "mine", {"one": 40})
    with pytest.raises(StatusError, match="logs/mine"):
        read_status(tmp_path / "logs")
    shards = tmp_path / "logs" / "mine" / "one" / "0000"
    shards.mkdir(parents=True)
    with pytest.raises(StatusError, match=f"run's folder is {tmp_path / 'logs' / 'mine'}"):
        read_status(shards)


def test_a_run_in_another_place_is_read_alike(tmp_path: Path) -> None:
    from upath import UPath

    manifest(tmp_path, {"one": 40})
    shard(tmp_path, "one", 0, done=5)
    root = UPath("memory://status-of-a-run")
    for path in tmp_path.rglob("*.json"):
        copy = root / str(path.relative_to(tmp_path))
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text())
    status = read_status(root)
    assert (status.trials.done, status.trials.planned, status.state) == (20, 40, RunState.RUNNING)


def test_progress_that_was_read_is_read_again_only_when_it_was_written_again(tmp_path: Path) -> None:
    known: Known = {}
    shard(tmp_path, "one", 0, done=1)
    shard(tmp_path, "one", 1, done=1)
    first = list(all_progress(tmp_path, known))
    shard(tmp_path, "one", 1, done=2)
    again = list(all_progress(tmp_path, known))
    assert again[0] is first[0]
    assert (again[1].sum("done"), first[1].sum("done")) == (8, 4)
