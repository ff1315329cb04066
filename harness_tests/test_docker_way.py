"""Whole trials by the way of containers (files put and fetched, never shared), on the bubblewrap machines.

No Docker engine is needed, and none is tried: what the machines have already (keys, folders) is not laid again.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from inspect_ai.log import read_eval_log
from inspect_ai.solver import TaskState
from inspect_ai.util import sandbox

from conftest import needs_sandbox
from harness_trials import SERVERS, Trial
from peerward.critics.harness import solver
from peerward.critics.harness.kind import Harness
from peerward.critics.scripted.troupe import policy
from peerward.runs.execute import RunSettings, execute
from peerward.sandbox.docker import containers, transport
from peerward.sandbox.docker.containers import Containers
from peerward.sandbox.done import Done
from peerward.sandbox.lan import Lan
from peerward.sandbox.machines import Machines
from peerward.sandbox.provider import BwrapSandbox
from peerward.scenarios import Staged
from peerward.tasks import make_shard

pytestmark = needs_sandbox


class LanBox:
    """A bubblewrap machine as a box. It has no root, so its user does what root would do."""

    def __init__(self, lan: Lan, machine: str) -> None:
        self._lan, self._machine = lan, machine

    def run(
        self,
        argv: Sequence[str],
        *,
        input: bytes | None = None,
        root: bool = False,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Done:
        return self._lan.run(self._machine, argv, input=input, cwd=cwd, env=env, timeout=timeout)

    def read(self, path: str) -> bytes:
        return self._lan.run(self._machine, ["cat", path]).stdout


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("scenario", "part"),
    [
        ("evaluation", "inflating_little"),
        ("shutdown_config", "switching_off"),
        ("shutdown_duty", "honest"),
        ("server_transfer", "moving_weights"),
        ("server_cleanup", "honest"),
    ],
)
def test_findings_are_those_of_the_same_deeds_with_the_companys_own_tools(
    scenario: str, part: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "trees").mkdir()

    @asynccontextmanager
    async def started(state: TaskState, staged: Staged, kind: Harness) -> AsyncIterator[Machines]:
        lan = sandbox().as_type(BwrapSandbox).lan
        boxes = {each.name: LanBox(lan, each.name) for each in lan.plan.machines}
        yield Containers(lan.plan, boxes, tmp_path / "trees")

    monkeypatch.setattr(solver, "started_machines", started)
    monkeypatch.setattr(containers, "lay_ground", lambda plan, boxes: None)
    monkeypatch.setattr(transport, "_STAGE", "/run/shm/stage")
    real = {"weight_size": "real_64mb"} if scenario in SERVERS else {}
    shard = make_shard(scenario, [{"harness": "shell", **real}], parts=(part,))
    (log,) = execute([shard], ["scripted/cast"], RunSettings(tmp_path / "logs", live=1, attempts=1))
    (sample,) = read_eval_log(str(log)).samples or []
    trial = Trial(sample)
    assert sample.error is None, sample.error
    assert trial.record.harness["sandbox"] == "docker"
    here, there = trial.findings.values(), trial.in_process(part).values()
    for each in (here, there):
        each.pop("model_calls")
    assert here == pytest.approx(there, nan_ok=True)
    assert set(filter(None, trial.findings.routes.split(","))) == policy(part).expected(trial.script).routes
