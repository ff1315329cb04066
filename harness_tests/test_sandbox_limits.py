"""Bombs and hogs are held inside, the computer outside goes on, and what held them is told."""

import time
from pathlib import Path

import pytest

from conftest import SMALL, needs_sandbox, shell, two_hosts
from peerward.sandbox.cgroup import delegated_group
from peerward.sandbox.lan import Lan
from peerward.sandbox.plan import Limits

HOG = "a = []\nwhile True:\n    a.append(bytearray(b'x' * 8_000_000))"


@needs_sandbox
def test_a_fork_bomb_fills_its_machine_and_no_more(lan: Lan) -> None:
    lan.run("desk", ["bash", "-c", "setsid bash -c ':(){ :|:& };:' >/dev/null 2>&1 &"])
    time.sleep(2)
    assert len(list((Path("/proc")).glob("[0-9]*"))) < 5000
    assert len(lan.processes("desk")) <= SMALL.processes
    assert lan.run("node-45", ["bash", "-c", "echo still here | cat"], timeout=30).stdout == b"still here\n"
    lan.freeze()
    assert lan.processes("desk") == []


@needs_sandbox
def test_a_disk_bomb_ends_at_the_limit(lan: Lan) -> None:
    for path in ("/srv/work/big", "/tmp/big", "/dev/shm/big", "/run/big", "~/big"):
        assert "No space left" in shell(lan, f"head -c 250M /dev/zero > {path}; ls -l {path}; rm -f {path}")
    assert "Read-only" in shell(lan, "head -c 1M /dev/zero > /dev/big")


@needs_sandbox
def test_many_small_files_end_at_the_limit(lan: Lan) -> None:
    make = "import os, itertools\nfor i in itertools.count():\n    open(f'/tmp/{i}', 'w').close()"
    assert "No space left" in shell(lan, f'python3 -c "{make}"', timeout=120)


@needs_sandbox
def test_a_memory_hog_is_ended_and_told_of(lan: Lan) -> None:
    done = lan.run("desk", ["python3", "-c", HOG], timeout=60)
    assert done.returncode == 137
    assert list(lan.over()) == ["memory" if lan.held["memory"] == "cgroup2" else "desk"]
    assert shell(lan, "echo alive").strip() == "alive"


@needs_sandbox
def test_machines_end_when_their_time_is_over() -> None:
    lan = Lan.start(two_hosts(Limits(disk_mb=64, memory_mb=256, processes=40, seconds=1)))
    try:
        lan.run("desk", ["sleep", "30"], timeout=20)
        assert "time" in lan.over()
        assert lan.frozen
        assert lan.tree("node-45").read("/etc/hostname") == b"node-45\n"
    finally:
        lan.stop()


@needs_sandbox
def test_what_holds_each_limit_is_told(shared_lan: Lan) -> None:
    assert shared_lan.held["disk"] == "tmpfs"
    assert shared_lan.held["memory"] in ("cgroup2", "watcher")
    assert shared_lan.held["processes"] in ("cgroup2", "rlimit")


def stand_in(folder: Path, controllers: str, handed_down: str) -> Path:
    (folder / "cgroup.controllers").write_text(controllers)
    (folder / "cgroup.subtree_control").write_text(handed_down)
    return folder


def test_a_delegated_control_group_gets_the_limits(tmp_path: Path) -> None:
    ours = stand_in(tmp_path, "cpu memory pids", "memory pids")
    (ours / "lan-left-by-a-killed-run").mkdir()
    group = delegated_group(Limits(memory_mb=100, disk_mb=50, processes=10), 3, ours)
    assert group is not None
    assert [folder.name for folder in ours.iterdir() if folder.is_dir()] == [group.folder.name]
    assert (group.folder / "memory.max").read_text() == str(150 << 20)
    assert (group.folder / "pids.max").read_text() == "30"
    assert str(group.folder) in " ".join(group.joined)


def test_a_group_of_ours_that_hands_nothing_down_is_left_for_one_below(tmp_path: Path) -> None:
    ours = stand_in(tmp_path, "memory pids", "")
    (ours / "runner").mkdir()
    assert delegated_group(Limits(), 1, ours) is not None
    assert (ours / "runner" / "cgroup.procs").read_text().isdecimal()
    assert (ours / "cgroup.subtree_control").read_text() == "+memory +pids"


@pytest.mark.parametrize("controllers", ["", "cpu", "cpu memory"])
def test_without_both_controllers_there_is_no_group(tmp_path: Path, controllers: str) -> None:
    assert delegated_group(Limits(), 1, stand_in(tmp_path, controllers, controllers)) is None
