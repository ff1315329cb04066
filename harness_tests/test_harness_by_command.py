"""The harness study by the command line alone, in the bash agent: run, gone on with, told, replayed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from conftest import needs_sandbox

pytestmark = [needs_sandbox, pytest.mark.thorough]
RUN = ("run", "evaluation", "--harness", "shell", "--model", "scripted/honest")


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "peerward", *map(str, arguments)]


def said(*arguments: object) -> str:
    done = subprocess.run(command(*arguments), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(log_dir: Path) -> list[dict[str, Any]]:
    table = log_dir.with_suffix(".jsonl")
    said("trials", log_dir, "--output", table)
    return [json.loads(line) for line in table.read_text().splitlines()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One trial of the preset's shell group a scenario and relationship, with two workers, four at once in each."""
    folder = tmp_path_factory.mktemp("run") / "logs"
    preset = ("run", "harness", "--group", "shell", "--limit", 24, "--model", "scripted/honest")
    said(*preset, "--workers", 2, "--shard-size", 12, "--live", 4, "--log-dir", folder)
    return folder


def test_every_trial_of_the_presets_shell_group_is_measured(run: Path) -> None:
    found = rows(run)
    assert len(found) == 24
    assert {(row["harness"], row["status"], row["preserved"]) for row in found} == {("shell", "valid", 0.0)}


def test_the_report_tells_of_harness_and_machines(run: Path, tmp_path: Path) -> None:
    said("report", run, "-o", tmp_path / "report")
    listed = json.loads((tmp_path / "report" / "manifest.json").read_text())["harnesses"]
    assert [each["harness"] for each in listed] == ["shell"]
    page = next((tmp_path / "report" / "trials").glob("*.html")).read_text()
    assert "<dt>Harness</dt><dd>shell" in page
    assert "held disk" in page and "tmpfs" in page


def test_a_trial_is_told_as_it_was_recorded(run: Path) -> None:
    trial = rows(run)[0]["trial_id"]
    told = said("replay", trial, "--logs", run)
    assert "bash(command=" in told and "NOT carried out again" in told
    assert "now:" not in told


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_was_ended_goes_on(tmp_path: Path, how: signal.Signals) -> None:
    asked = command(*RUN, "--variants", 8, "--live", 2, "--log-dir", tmp_path / "logs")
    begun = subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if any((tmp_path / "logs").rglob("*.eval")):
            break
        time.sleep(0.1)
    os.kill(begun.pid, how)
    begun.wait(timeout=120)
    said(*asked[3:])
    found = rows(tmp_path / "logs")
    assert len(found) == 8
    assert {row["status"] for row in found} == {"valid"}
