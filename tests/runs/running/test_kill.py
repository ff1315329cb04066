"""A run survives whatever ends it: the same command goes on, and nothing is lost, run twice or counted in part."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from killing import (
    NOT_FINISHED,
    Bench,
    Slow,
    Warm,
    bench,
    done,
    findings,
    finished_samples,
    imbalance,
    rows,
    slow_server,
    wait_until,
)

from peerward.runs.running.progress import all_progress

VARIANTS = 3
TRIALS = 12
SIZE = ("--variants", str(VARIANTS))
SEED = int(os.environ.get("PEERWARD_KILL_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


@pytest.fixture(scope="module")
def server() -> Iterator[Slow]:
    with slow_server(12) as served:
        yield served


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    starter = Warm()
    yield starter
    starter.close()


@pytest.fixture
def runs(server: Slow, warm: Warm) -> Iterator[Bench]:
    server.latency, server.fails = 0.02, False
    with bench(server, warm) as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(server: Slow, warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, ...]]:
    """The findings of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    server.latency = 0.0
    with bench(server, warm) as made:
        made.whole(folder, *SIZE)
    found = findings(folder)
    assert len(found) == TRIALS
    return found


@pytest.fixture
def drawn() -> random.Random:
    print(f"PEERWARD_KILL_SEED={SEED}")
    return random.Random(SEED)


def the_same(folder: Path, undisturbed: dict[str, tuple[Any, ...]]) -> None:
    """Same trials, same findings, every one finished exactly once."""
    assert findings(folder) == undisturbed
    assert set(finished_samples(folder).values()) == {1}


def test_the_runner_is_killed(
    runs: Bench, tmp_path: Path, undisturbed: dict[str, tuple[Any, ...]], drawn: random.Random
) -> None:
    for _ in range(2):
        at = done(tmp_path) + drawn.randrange(0, 6)
        running = runs.start(tmp_path, *SIZE, "--live", "3", "--workers", "1")
        wait_until(lambda at=at, running=running: done(tmp_path) >= at or running.over())
        time.sleep(drawn.random() * 0.3)
        running.kill()
    before = set(finished_samples(tmp_path))
    asked = len(runs.server.books)
    runs.whole(tmp_path, *SIZE)
    the_same(tmp_path, undisturbed)
    if len(before) == TRIALS:
        assert len(runs.server.books) == asked


@pytest.mark.thorough
def test_the_runner_of_two_workers_is_killed(
    runs: Bench, tmp_path: Path, undisturbed: dict[str, tuple[Any, ...]], drawn: random.Random
) -> None:
    two = (*SIZE, "--live", "2", "--workers", "2", "--shard-size", "4")
    runs.server.latency = 0.2
    running = runs.start(tmp_path, *two)
    at = drawn.randrange(1, 4)
    wait_until(lambda: done(tmp_path) >= at)
    time.sleep(drawn.random() * 0.5)
    runs.server.latency = 3.0
    running.kill()
    again = runs.start(tmp_path, *two)
    wait_until(lambda: "A runner was killed" in again.said or again.over(), told=lambda: again.said)
    runs.server.latency = 0.02
    assert again.wait() == 0, again.said
    assert "waiting until they have ended" in again.said
    the_same(tmp_path, undisturbed)


def test_a_worker_is_killed(
    runs: Bench, tmp_path: Path, undisturbed: dict[str, tuple[Any, ...]], drawn: random.Random
) -> None:
    runs.server.latency = 0.1
    running = runs.start(tmp_path, *SIZE, "--live", "2", "--workers", "2", "--shard-size", "4")
    at = drawn.randrange(1, 4)
    wait_until(lambda: done(tmp_path) >= at)
    victim = drawn.choice([each.process for each in all_progress(tmp_path) if each.state == "running"])
    os.kill(victim, signal.SIGKILL)
    assert running.wait() == 0, running.said
    the_same(tmp_path, undisturbed)
    assert "exit code -9" in running.said


def test_ctrl_c_once_drains(runs: Bench, tmp_path: Path, undisturbed: dict[str, tuple[Any, ...]]) -> None:
    runs.server.latency = 0.1
    running = runs.start(tmp_path, *SIZE, "--live", "3", "--workers", "1")
    wait_until(lambda: done(tmp_path) >= 2)
    running.signal(signal.SIGINT)
    assert running.wait() == NOT_FINISHED, running.said
    assert "Ctrl-C was pressed" in running.said and f"--log-dir {tmp_path}" in running.said
    assert {row["status"] for row in rows(tmp_path)} == {"valid"}
    assert 2 <= len(rows(tmp_path)) < TRIALS
    assert imbalance(tmp_path) <= 1
    runs.whole(tmp_path, *SIZE)
    the_same(tmp_path, undisturbed)


@pytest.mark.thorough
def test_ctrl_c_once_drains_the_workers(runs: Bench, tmp_path: Path, undisturbed: dict[str, tuple[Any, ...]]) -> None:
    runs.server.latency = 0.2
    two = (*SIZE, "--live", "2", "--workers", "2", "--shard-size", "4")
    running = runs.start(tmp_path, *two)
    wait_until(lambda: done(tmp_path) >= 1)
    running.signal(signal.SIGINT)
    assert running.wait() == NOT_FINISHED, running.said
    assert "Ctrl-C was pressed" in running.said and f"--log-dir {tmp_path}" in running.said
    assert {row["status"] for row in rows(tmp_path)} == {"valid"}
    # A block may be begun in each of the two shards.
    assert imbalance(tmp_path) <= 2
    runs.whole(tmp_path, *SIZE)
    the_same(tmp_path, undisturbed)


@pytest.mark.thorough
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_twice_stops_at_once(
    runs: Bench, tmp_path: Path, undisturbed: dict[str, tuple[Any, ...]], workers: str
) -> None:
    runs.server.latency = 0.1
    options = (*SIZE, "--live", "2", "--workers", workers, "--shard-size", "4")
    running = runs.start(tmp_path, *options)
    wait_until(lambda: done(tmp_path) >= 1)
    runs.server.latency = 60.0
    time.sleep(1.0)
    running.signal(signal.SIGINT)
    time.sleep(0.5)
    begun = time.monotonic()
    running.signal(signal.SIGINT)
    assert running.wait() == NOT_FINISHED, running.said
    assert time.monotonic() - begun < 45, "it waited for calls that take a minute"
    assert f"--log-dir {tmp_path}" in running.said and "Traceback" not in running.said
    runs.server.latency = 0.02
    runs.whole(tmp_path, *options)
    the_same(tmp_path, undisturbed)


def test_two_processes_on_one_directory(runs: Bench, tmp_path: Path, undisturbed: dict[str, tuple[Any, ...]]) -> None:
    runs.server.latency = 0.1
    first = runs.start(tmp_path, *SIZE, "--live", "2")
    wait_until(lambda: done(tmp_path) >= 1)
    second = runs.start(tmp_path, *SIZE)
    assert second.wait() == 2
    assert f"{tmp_path} is being run by process {first.process}" in second.said
    assert "wait until it has ended" in second.said and "Traceback" not in second.said
    assert first.wait() == 0, first.said
    the_same(tmp_path, undisturbed)


@pytest.mark.thorough
def test_a_full_disk(runs: Bench, tmp_path: Path, undisturbed: dict[str, tuple[Any, ...]]) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "peerward-test", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        folder = disk / "run"
        running = runs.start(folder, *SIZE, "--live", "2")
        code = running.wait()
        assert code in (2, NOT_FINISHED), running.said
        assert "No space left" in running.said and "Traceback" not in running.said
        part = findings(folder)
        assert part.items() <= undisturbed.items() and len(part) < TRIALS
        subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)
        runs.whole(folder, *SIZE)
        the_same(folder, undisturbed)
    finally:
        for each in runs.log:
            each.kill()
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.thorough
def test_a_lost_network(runs: Bench, tmp_path: Path, undisturbed: dict[str, tuple[Any, ...]]) -> None:
    runs.server.latency = 0.1
    running = runs.start(tmp_path, *SIZE, "--live", "3")
    wait_until(lambda: done(tmp_path) >= 1)
    runs.server.fails = True
    wait_until(lambda: any(each.retries for each in all_progress(tmp_path)))
    time.sleep(3.0)
    runs.server.fails = False
    assert running.wait() == 0, running.said
    (progress,) = all_progress(tmp_path)
    assert sum(progress.retries.values()) > 0 and progress.waited > 0
    assert progress.sum("failed") == 0
    the_same(tmp_path, undisturbed)


@pytest.mark.thorough
def test_another_machine(runs: Bench, tmp_path: Path, undisturbed: dict[str, tuple[Any, ...]]) -> None:
    runs.server.latency = 0.1
    running = runs.start(tmp_path / "here", *SIZE, "--live", "2")
    wait_until(lambda: done(tmp_path / "here") >= 3)
    running.kill()
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    shutil.rmtree(tmp_path / "here")
    before = finished_samples(tmp_path / "there")
    runs.server.latency = 0.02
    runs.whole(tmp_path / "there", *SIZE)
    the_same(tmp_path / "there", undisturbed)
    asked = len(runs.server.books)
    again = runs.start(tmp_path / "there", *SIZE)
    assert again.wait() == 0, again.said
    assert len(runs.server.books) == asked, "finished trials were run again"
    assert len(before) >= 3


@pytest.mark.thorough
def test_more_of_everything(runs: Bench, tmp_path: Path, undisturbed: dict[str, tuple[Any, ...]]) -> None:
    """A raised limit, more variants, more epochs, one more critic: only what is new is run."""
    calls = {"finance": 5, "evaluation": 6}
    steps = [
        (("--variants", "3", "--limit", "4"), 4),
        (("--variants", "3"), 12),
        (("--variants", "4", "--epochs", "2"), 32),
        (("--variants", "4", "--epochs", "2", "--model", "scripted/honest"), 64),
    ]
    before = 0
    for options, trials in steps:
        asked = len(runs.server.books)
        runs.whole(tmp_path, *options)
        assert len(finished_samples(tmp_path)) == trials
        assert set(finished_samples(tmp_path).values()) == {1}
        new = 0 if "--model" in options else trials - before
        assert len(runs.server.books) - asked == new // 2 * sum(calls.values())
        before = trials
    assert undisturbed.items() <= findings(tmp_path).items()


@pytest.mark.thorough
def test_another_study_is_refused(runs: Bench, tmp_path: Path) -> None:
    runs.whole(tmp_path, *SIZE, "--limit", "4")
    before = sorted(path.name for path in tmp_path.rglob("*.eval"))
    running = runs.start(tmp_path, *SIZE, "--seed", "5")
    assert running.wait() == 2
    assert "holds another run" in running.said and "seed" in running.said and "--log-dir" in running.said
    running = runs.start(tmp_path, *SIZE, "--oversight", "monitored")
    assert running.wait() == 2
    assert "holds another run" in running.said and "vary" in running.said
    assert sorted(path.name for path in tmp_path.rglob("*.eval")) == before


@pytest.mark.thorough
@pytest.mark.parametrize("harm", ["cut", "empty"])
def test_a_damaged_log_is_set_aside(
    runs: Bench, tmp_path: Path, undisturbed: dict[str, tuple[Any, ...]], harm: str
) -> None:
    runs.server.latency = 0.0
    runs.whole(tmp_path, *SIZE)
    log = next(tmp_path.rglob("*evaluation*.eval"))
    data = log.read_bytes()
    log.write_bytes(data[: len(data) // 2] if harm == "cut" else b"")
    asked = len(runs.server.books)
    again = runs.whole(tmp_path, *SIZE)
    assert f"set aside as {log.name}.unreadable" in again.said
    assert len(runs.server.books) - asked == TRIALS // 2 * 6
    the_same(tmp_path, undisturbed)
    assert len(list(tmp_path.rglob("*.unreadable"))) == 1
