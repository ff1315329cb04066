"""Scenarios that broke a run once: budgets over shards, logs that cannot be written, kills between two steps."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import ModelOutput, ModelUsage

from peerward.design.critic import Critic
from peerward.design.study import Study
from peerward.runs import study_run
from peerward.runs.execute import RunError, RunSettings
from peerward.runs.given import read_given
from peerward.runs.layout import Layout, expand
from peerward.runs.running import looks
from peerward.runs.running.budget import Budget, Ledger, Spend
from peerward.runs.running.conduct import Means
from peerward.runs.running.executors import Ended
from peerward.runs.running.finished import past_of
from peerward.runs.running.names import DRAIN
from peerward.runs.running.progress import Progress, read_progress
from peerward.runs.running.queue import run_queue
from peerward.runs.running.session import Session
from peerward.runs.running.shard_run import ShardJob, ShardReport, run_shard
from peerward.runs.studies import read_and_check
from peerward.runs.study_run import StudyRun, run_study
from peerward.runs.study_shards import study_shards
from peerward.runs.trials import read_trials

HONEST = Critic("honest", "scripted/honest")


def layout(variants: int = 4, scenarios: tuple[str, ...] = ("finance",)) -> Layout:
    study = {"name": "scenarios", "title": "Scenarios", "scenarios": list(scenarios), "variants": variants}
    return expand(Study.model_validate(study))


def jobs(root: Path, critic: Critic, variants: int, size: int, live: int = 2) -> list[ShardJob]:
    whole = layout(variants)
    known = read_given(whole, critic.model, critic.family, ())
    settings = RunSettings(root, live=live)
    return [
        ShardJob(critic, number, own, str(root), settings)
        for number, own in enumerate(study_shards(whole, known, size))
    ]


class Says:
    """An executor that plays no trial and says what it was told to."""

    def __init__(self, says: Any) -> None:
        self.says, self.running, self.most = says, [], 0

    def room(self) -> int:
        return 0

    def submit(self, job: ShardJob) -> None:
        self.running.append(job)
        self.most = max(self.most, len(self.running))

    def ended(self, wait: float) -> list[Ended]:
        return [self.says(self.running.pop(0))] if self.running else []

    def stop(self) -> None:
        self.running = []


def finished(job: ShardJob) -> Ended:
    return Ended(job, ShardReport(planned=2, done=2, failed=0, spent=Spend(), why=""))


@pytest.mark.parametrize("budget", [Budget(dollars=100), Budget(tokens=1e6)])
def test_a_budget_of_one_kind_leaves_the_shards_running_at_once(tmp_path: Path, budget: Budget) -> None:
    """What is left of a limit that there is not is infinite minus infinite: no number, which counts as spent."""
    executor = Says(finished)
    run_queue(jobs(tmp_path, HONEST, 8, 2), executor, 4, 4, budget, lambda: "")
    assert executor.most == 4


def test_what_a_shard_spent_before_it_failed_is_spent(tmp_path: Path) -> None:
    """A log that could not be written at the end: the shard is given up, and its money must not be had again."""

    def fails(job: ShardJob) -> Ended:
        Progress(job.critic.name, job.critic.model, job.critic.slug, job.number, spend=Spend(dollars=4.0)).write(
            job.folder
        )
        return Ended(job, problem="finance ended in an error: no space left on device")

    own = jobs(tmp_path, HONEST, 2, 2)
    own[0].folder.mkdir(parents=True)
    assert run_queue(own, Says(fails), 1, 1, Budget(dollars=10, tokens=1e9), lambda: "").spent.dollars == 4.0


def test_a_job_that_is_begun_again_has_the_lease_once(tmp_path: Path) -> None:
    """Slurm puts a preempted job into the queue again as it was: 100 times, if need be."""

    def answer(*_: Any, **__: Any) -> ModelOutput:
        output = ModelOutput.from_content("mockllm/model", "Well.")
        output.usage = ModelUsage(input_tokens=100, output_tokens=10, total_tokens=110)
        return output

    critic = Critic("mock", "mockllm/model", model_args={"custom_outputs": answer}, family="openai")
    job = replace(jobs(tmp_path, critic, 40, 40)[0], budget=Budget(tokens=2000), spent=Spend())
    for _ in range(3):
        run_shard(job)
    progress = read_progress(job.folder)
    assert progress is not None
    # A call of this critic takes 110 tokens, and two trials are live.
    assert progress.spend.tokens <= 2000 + 2 * 110


HANGS = """
import sys, threading, time
from pathlib import Path
from peerward.design.study import Study
from peerward.runs.execute import RunSettings
from peerward.runs.layout import expand
from peerward.runs.running.conduct import Means
from peerward.runs.study_run import StudyRun, run_study

root = Path(sys.argv[1])

def breaks() -> None:
    while not (found := list(root.glob("*/*/*finance*.eval"))):
        time.sleep(0.005)
    found[0].unlink()
    (found[0] / "in the way").mkdir(parents=True)

threading.Thread(target=breaks, daemon=True).start()
study = {"name": "s", "title": "S", "scenarios": ["finance", "evaluation"], "variants": 60}
run = StudyRun(None, expand(Study.model_validate(study)), ("scripted/honest",))
run_study(run, RunSettings(root, live=4), Means(workers=1))
"""


@pytest.mark.thorough
def test_a_log_that_cannot_be_written_does_not_hang_the_run(tmp_path: Path) -> None:
    """A task whose log fails goes down without a word; the turns that its trials held must not go down with it."""
    from peerward.design import study

    source = Path(study.__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", HANGS, str(tmp_path / "run")],
        env={**os.environ, "PYTHONPATH": str(source)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(120)
    except subprocess.TimeoutExpired:
        pytest.fail("the run hangs")
    finally:
        process.kill()


def test_a_log_that_cannot_be_opened_now_is_not_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many open files, or a network that is away: the log is good, and its trials were paid for."""
    [job] = jobs(tmp_path, HONEST, 2, 2)
    run_shard(job)
    [log] = job.folder.glob("*.eval")

    def fails(*_: Any, **__: Any) -> None:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr("peerward.runs.logs.zipfile.ZipFile", fails)
        with suppress(RunError):
            past_of(job.folder)
    assert log.exists()


def test_a_drain_is_heard_whatever_the_writing_met(tmp_path: Path) -> None:
    """The looks are read by the writing thread while the trials change them; that may fail once, not for good."""

    class Changing:
        asked = 0

        def record(self) -> dict[str, Any]:
            self.asked += 1
            if self.asked == 1:
                raise RuntimeError("dictionary changed size during iteration")
            return {}

    watch: Any = Changing()
    folder = tmp_path / "critic" / "0000"
    folder.mkdir(parents=True)
    progress = Progress("honest", "scripted/honest", "critic", 0)
    with Session(tmp_path, folder, progress, Ledger(Budget(), Spend()), Spend(), watch) as session:
        time.sleep(1.5)
        (tmp_path / DRAIN).write_text("asked\n")
        time.sleep(1.5)
        heard = session.closing
    assert heard == "asked"


def test_a_report_counts_what_earlier_sessions_finished(tmp_path: Path) -> None:
    run = StudyRun(None, layout(4), (HONEST,))
    assert run_study(run, RunSettings(tmp_path), Means(workers=1, trials=2)).done == 4
    executor: Any = Says(lambda job: Ended(job, problem="no machine is free"))
    assert run_study(run, RunSettings(tmp_path), Means(workers=1, executor=executor)).done == 4


def test_a_session_that_ended_meanwhile_stays_in_the_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process begins, runs and ends between the reading of the manifest and the lock."""
    run = StudyRun(None, layout(2), (HONEST,))
    checks = study_run.check_critics

    def meanwhile(critics: Sequence[Critic]) -> None:
        monkeypatch.setattr(study_run, "check_critics", checks)
        run_study(run, RunSettings(tmp_path), Means(workers=1))

    monkeypatch.setattr(study_run, "check_critics", meanwhile)
    run_study(run, RunSettings(tmp_path), Means(workers=1))
    assert len(json.loads((tmp_path / "manifest.json").read_text())["sessions"]) == 2


STOPPING = """\
name: mine
title: A study that stops
scenarios: [server_transfer]
variants: 30
cells:
  - {relationship: [good, bad]}
contrasts:
  - {name: relationship, treated: {relationship: good}, control: {relationship: bad}, finding: weights_saved}
stopping: {rule: e_process, contrast: relationship, look_every: 5}
"""


def test_a_look_is_written_once_over_all_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third shard has to go on from the looks of the second, not from those of the first."""
    times = iter(f"2026-01-01T00:00:{number:02d}Z" for number in range(60))
    monkeypatch.setattr(looks, "_now", lambda: next(times))
    path = tmp_path / "mine.yaml"
    path.write_text(STOPPING)
    file, whole = read_and_check(path)
    root = tmp_path / "run"
    run_study(StudyRun(file, whole, (HONEST,)), RunSettings(root), Means(workers=1, trials=20))
    [critic] = [each for each in root.iterdir() if each.is_dir()]
    written = []
    for number in range(3):
        progress = read_progress(critic / f"{number:04d}")
        assert progress is not None
        written.append(progress.looks["looks"])
    assert len(written[1]) > len(written[0])
    assert written[2][: len(written[1])] == written[1]


TWICE = """
import os, signal, sys, threading, time
from pathlib import Path
from peerward.design.critic import Critic
from peerward.design.study import Study
from peerward.runs.execute import RunSettings
from peerward.runs.layout import expand
from peerward.runs.running.conduct import Means
from peerward.runs.study_run import StudyRun, run_study

root = Path(sys.argv[1])

def twice() -> None:
    while not list(root.glob("*/*/*.eval")):
        time.sleep(0.05)
    time.sleep(2)
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)

threading.Thread(target=twice, daemon=True).start()
study = {"name": "s", "title": "S", "scenarios": ["finance"], "variants": 40}
slow = Critic("slow", "scripted/honest", model_args={"latency": 0.5})
run_study(StudyRun(None, expand(Study.model_validate(study)), (slow,)), RunSettings(root, live=4), Means(workers=1))
"""


def test_trials_that_a_second_ctrl_c_broke_off_are_no_failures_of_infrastructure(tmp_path: Path) -> None:
    from peerward.design import study

    source = Path(study.__file__).parents[2]
    subprocess.run(
        [sys.executable, "-c", TWICE, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        timeout=90,
        check=False,
    )
    rows = list(read_trials(sorted(tmp_path.rglob("*.eval"))))
    assert [row["error"] for row in rows if row["status"] == "infrastructure"] == []
