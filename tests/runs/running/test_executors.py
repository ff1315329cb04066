"""What executors are given and told; that they find the same is shown where Ray is installed (make scale)."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from inspect_ai.model import ModelCost

from peerward.cli import cli
from peerward.design.critic import Critic
from peerward.design.study import Study
from peerward.runs.execute import RunError, RunSettings
from peerward.runs.layout import Layout, expand
from peerward.runs.running.conduct import Means
from peerward.runs.running.executors import EXECUTORS, Ended, Executor, executor_named
from peerward.runs.running.executors.work import packed
from peerward.runs.running.shard_run import ShardJob
from peerward.runs.study_run import RunReport, StudyRun, run_study


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


def test_slurm_is_asked_as_was_said_and_a_node_that_fails_is_a_death(
    critic: Critic, tmp_path: Path, monkeypatch: Any
) -> None:
    """Against stand-ins for Slurm's own commands: what sbatch is given, and what is made of what sacct says."""
    pytest.importorskip("submitit", reason="submitit is not installed: pip install 'peerward[slurm]'")
    commands = {
        "srun": "",
        "sbatch": f'cp "$1" {tmp_path}/asked; echo Submitted batch job 7',
        "sacct": "printf 'JobID|State|NodeList\\n7|NODE_FAIL|node1\\n'",
        "scancel": f"echo $* > {tmp_path}/cancelled",
    }
    (tmp_path / "bin").mkdir()
    for name, does in commands.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    seen = Seen()
    run(critic, tmp_path / "run", seen)
    executor = executor_named("slurm", {"partition": "cpu", "time": "90", "mem": "4GB"}, tmp_path / "run")
    executor.submit(seen.jobs[0])
    asked = (tmp_path / "asked").read_text()
    for option in ("--partition=cpu", "--time=90", "--mem=4GB", "--job-name=peerward"):
        assert f"#SBATCH {option}\n" in asked
    [ended] = executor.ended(60)
    assert "job 7 ended without a result (state NODE_FAIL)" in ended.died
    executor.submit(seen.jobs[0])
    executor.stop()
    assert (tmp_path / "cancelled").read_text().strip() == "7"


def test_a_job_travels_with_its_extensions_and_prices(critic: Critic, tmp_path: Path, monkeypatch: Any) -> None:
    """What goes to another machine: the job as bytes, which a process without any of this can run."""
    cost = ModelCost(input=1, output=2, input_cache_write=0, input_cache_read=0)
    seen = Seen()
    means = Means(workers=1, executor=seen, trials=4)
    settings = RunSettings(tmp_path / "run", prices={critic.name: cost})
    report = run_study(StudyRun(None, layout(2), (critic,)), settings, means)
    assert report.why == "1 shard could not be run to the end"
    extension = Path(__file__).parents[2] / "extension_package" / "peerward_licences"
    monkeypatch.setenv("PEERWARD_EXTENSIONS", str(extension))
    (tmp_path / "job").write_bytes(packed(seen.jobs[0]))
    monkeypatch.delenv("PEERWARD_EXTENSIONS")
    program = """
import sys
from peerward.runs.running.executors.work import work_packed
report = work_packed(open(sys.argv[1], "rb").read())
from peerward.design.extensions import extensions
print(report.done, *(name for each in extensions() for name in each.scenarios))
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "job")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].split() == ["4", "licences"]


class Seen:
    """An executor that runs nothing and keeps what it was given."""

    def __init__(self) -> None:
        self.jobs: list[ShardJob] = []
        self.told = 0

    def room(self) -> int:
        return 1

    def submit(self, job: ShardJob) -> None:
        self.jobs.append(job)

    def ended(self, wait: float) -> list[Ended]:
        new = self.jobs[self.told :]
        self.told += len(new)
        return [Ended(each, problem="nobody ran it") for each in new]

    def stop(self) -> None:
        pass


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--ray-address", "auto"], "--ray-address belongs to --executor ray"),
        (["--slurm", "mem=4GB"], "--slurm belongs to --executor slurm"),
        (["--executor", "slurm", "--slurm", "mem"], "'mem' is not NAME=VALUE"),
        (["--executor", "slurm", "--slurm", "cluster=there"], "cluster=there: it is slurm, or local"),
    ],
)
def test_options_that_do_not_fit_are_told(options: list[str], says: str, tmp_path: Path) -> None:
    words = ["run", "finance", "--model", "scripted/honest", "--log-dir", str(tmp_path / "run"), *options]
    done = CliRunner().invoke(cli, words)
    assert says in (done.output + str(done.exception))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", EXECUTORS)
def test_an_executor_says_what_it_does_not_know(name: str, tmp_path: Path) -> None:
    if name != "local":
        pytest.importorskip({"ray": "ray", "slurm": "submitit"}[name])
    with pytest.raises(RunError, match="colour"):
        executor_named(name, {"colour": "red", "cluster": "local"} if name == "slurm" else {"colour": "red"}, tmp_path)


def test_a_package_that_is_not_there_is_named_with_its_extra(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(RunError, match=r"pip install 'peerward\[ray\]'"):
        executor_named("ray", {}, tmp_path)
    with pytest.raises(RunError, match="local, slurm, ray"):
        executor_named("dask", {}, tmp_path)
