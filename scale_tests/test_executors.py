"""Every executor finishes a study with the same findings, and a worker that dies costs nothing but time."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peerward.design.critic import Critic
from peerward.design.study import Study
from peerward.runs.execute import RunSettings
from peerward.runs.layout import Layout, expand
from peerward.runs.logs import find_logs
from peerward.runs.running.conduct import Means
from peerward.runs.running.executors import Executor, executor_named
from peerward.runs.running.progress import all_progress
from peerward.runs.study_run import RunReport, StudyRun, run_study
from peerward.runs.trials import read_trials

FOUND = ("trial_id", "status", "preserved", "routes", "digest", "grade", "model_calls", "settings", "variant", "error")
"""What has to be the same, wherever a trial ran."""


@pytest.fixture(scope="module")
def critic(tmp_path_factory: pytest.TempPathFactory) -> Critic:
    profile = tmp_path_factory.mktemp("profile") / "half.yaml"
    profile.write_text("rules: [{when: {scenario: finance}, raising_grade_to_a: 0.5}]\n")
    return Critic("half", "scripted/mixture", model_args={"profile": str(profile)})


def layout(variants: int) -> Layout:
    study = {"name": "scenarios", "title": "Two arms", "scenarios": ["finance"], "variants": variants}
    return expand(Study.model_validate(study | {"vary": {"stakes": ["shutdown", "none"]}}))


def run(critic: Critic, root: Path, executor: Executor | None, variants: int = 8, trials: int = 4) -> RunReport:
    workers = 1 if executor is None else 2
    means = Means(workers=workers, executor=executor, trials=trials)
    return run_study(StudyRun(None, layout(variants), (critic,)), RunSettings(root), means)


def findings(*roots: Path) -> list[tuple[str, ...]]:
    # As texts: what was not measured is not equal to itself.
    return sorted(tuple(str(row[name]) for name in FOUND) for row in read_trials(find_logs(roots)))


@pytest.fixture(scope="module")
def by_default(critic: Critic, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, ...]]:
    root = tmp_path_factory.mktemp("default")
    report = run(critic, root, None)
    assert report.done == report.planned == 16
    found = findings(root)
    assert len({each[2] for each in found}) > 1, "a study in which all trials end alike shows little"
    return found


@pytest.fixture
def ray() -> Iterator[Any]:
    ray = pytest.importorskip("ray", reason="ray is not installed: pip install 'peerward[ray]'")
    yield ray
    ray.shutdown()


def test_two_ray_workers_find_what_one_process_finds(
    critic: Critic, by_default: list[tuple[str, ...]], tmp_path: Path, ray: Any
) -> None:
    report = run(critic, tmp_path, executor_named("ray", {}, tmp_path))
    assert (report.why, report.problems, report.done) == ("", (), 16)
    assert findings(tmp_path) == by_default
    assert len(list(tmp_path.glob("*/*/progress.json"))) == 4, "four shards"
    assert not ray.is_initialized(), "a cluster of its own ends with the run"


def test_two_slurm_jobs_find_what_one_process_finds(
    critic: Critic, by_default: list[tuple[str, ...]], tmp_path: Path
) -> None:
    pytest.importorskip("submitit", reason="submitit is not installed: pip install 'peerward[slurm]'")
    executor = executor_named("slurm", {"cluster": "local", "partition": "any"}, tmp_path)
    report = run(critic, tmp_path, executor)
    assert (report.why, report.problems, report.done) == ("", (), 16)
    assert findings(tmp_path) == by_default
    assert len(list((tmp_path / "slurm").glob("*_result.pkl"))) == 4, "a job a shard"


def test_a_ray_worker_killed_in_the_middle_of_a_shard_costs_no_trial(critic: Critic, tmp_path: Path, ray: Any) -> None:
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    killed: list[int] = []
    over = threading.Event()
    killer = threading.Thread(target=kill_one_in_the_middle, args=(broken, killed, over))
    killer.start()
    report = run(critic, broken, executor_named("ray", {}, broken), variants=60, trials=120)
    over.set()
    killer.join()
    assert killed, "no worker was met in the middle of its shard"
    assert any("its Ray worker died" in each for each in report.problems), report.problems
    assert (report.why, report.done, report.failed) == ("", 120, 0)
    run(critic, whole, None, variants=60, trials=120)
    assert findings(broken) == findings(whole)


def kill_one_in_the_middle(root: Path, killed: list[int], over: threading.Event) -> None:
    """Kill -9 the worker of a shard as soon as some of its trials are done and some are not."""
    while not killed and not over.wait(0.05):
        for progress in all_progress(root):
            if progress.state == "running" and 0 < progress.sum("done") < progress.sum("planned") - 10:
                os.kill(progress.process, signal.SIGKILL)
                killed.append(progress.process)
                return
