"""Nothing runs on and nothing lies about, however a trial ends: stopped, interrupted at the terminal, or killed."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import needs_sandbox, shell, two_hosts
from peerward.sandbox.lan import Lan
from peerward.sandbox.programs import cache_folder

pytestmark = needs_sandbox

OWNER = """\
import sys, time
from peerward.sandbox.lan import Lan
from peerward.sandbox.plan import LanPlan
plan = LanPlan.model_validate_json(sys.argv[1])
lan = Lan.start(plan)
lan.run("desk", ["bash", "-c", "setsid sleep 98765 >/dev/null 2>&1 & head -c 20M /dev/zero > big"])
print("started", flush=True)
lan.run("node-45", ["sleep", "98765"])
"""


def below(pid: int) -> set[int]:
    """Every process that a process started, directly or not, machines' own included."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text(errors="replace").rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def running(pids: set[int]) -> list[str]:
    """The command lines of those that still run."""
    lines = []
    for pid in pids:
        with contextlib.suppress(OSError):
            lines.append(Path(f"/proc/{pid}/cmdline").read_bytes().decode())
    return [line for line in lines if line]


def mounts() -> str:
    return Path("/proc/self/mountinfo").read_text()


def links() -> set[str]:
    return {path.name for path in Path("/sys/class/net").iterdir()}


def files(folder: Path) -> set[Path]:
    """What lies in the owner's home, cache and folder for temporary files, beside the keys that are kept."""
    return {path for path in folder.rglob("*") if path.parent.name != "keys"}


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    ends = time.monotonic() + seconds
    while not (done := true()) and time.monotonic() < ends:
        time.sleep(0.02)
    return done


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs machines, in the middle of a command; all it may write lies below tmp_path."""
    shutil.copytree(cache_folder(), tmp_path / "peerward")
    own = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", OWNER, two_hosts().model_dump_json()]
    environment = {**os.environ, **own, "PYTHONPATH": ":".join(sys.path)}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path
    )
    assert process.stdout and process.stdout.readline() == "started\n"
    yield process
    process.kill()
    process.communicate()


def test_stopping_leaves_no_process_and_no_mount() -> None:
    before = (below(os.getpid()), mounts(), links())
    lan = Lan.start(two_hosts())
    shell(lan, "setsid sleep 98765 >/dev/null 2>&1 & head -c 20M /dev/zero > big; ssh -f node-45 sleep 98765")
    started = below(os.getpid()) - before[0]
    assert len(started) > 10
    lan.stop()
    assert running(started) == []
    assert (mounts(), links()) == before[1:]


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_machines_whose_owner_ends(
    owner: subprocess.Popen[str], ending: signal.Signals, tmp_path: Path
) -> None:
    started = below(owner.pid)
    assert len(started) > 10
    before = files(tmp_path)
    owner.send_signal(ending)
    owner.wait()
    assert until(lambda: running(started) == [])
    assert files(tmp_path) == before


def test_a_second_stop_does_nothing_and_no_descriptor_stays_open() -> None:
    Lan.start(two_hosts()).stop()
    before = descriptors()
    lan = Lan.start(two_hosts())
    shell(lan, "true")
    lan.freeze()
    lan.stop()
    lan.stop()
    assert descriptors() == before


def test_files_are_read_after_all_processes_were_ended(lan: Lan) -> None:
    shell(lan, "echo kept > kept; ssh -n node-45 'echo there > /srv/data/kept; setsid sleep 98765 >/dev/null 2>&1 &'")
    lan.freeze()
    assert [lan.processes(machine) for machine in ("desk", "node-45", "node-46")] == [[], [], []]
    assert lan.tree("desk").read("/srv/work/kept") == b"kept\n"
    assert lan.tree("node-45").read("/srv/data/kept") == b"there\n"


def test_what_is_written_from_outside_is_the_user_s_own_inside(lan: Lan) -> None:
    lan.tree("desk").write("/srv/work/docs/plan.txt", b"plan\n")
    assert shell(lan, "stat -c %U docs docs/plan.txt; echo more >> docs/plan.txt; cat docs/plan.txt").split() == [
        "maintainer",
        "maintainer",
        "plan",
        "more",
    ]


def test_a_timeout_ends_a_command_and_its_children(lan: Lan) -> None:
    with pytest.raises(TimeoutError, match=r"bash did not end within 0\.5 s"):
        lan.run("desk", ["bash", "-c", "sleep 98765 & sleep 98765"], timeout=0.5)
    assert until(lambda: lan.processes("desk") == [])


def test_several_groups_of_machines_do_not_meet() -> None:
    started: list[Lan] = []
    threads = [threading.Thread(target=lambda: started.append(Lan.start(two_hosts()))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        for number, lan in enumerate(started):
            shell(lan, f"ssh node-45 'echo {number} > /srv/data/number'")
        assert [shell(lan, "ssh node-45 cat /srv/data/number").strip() for lan in started] == ["0", "1", "2"]
    finally:
        for lan in started:
            lan.stop()
    assert len(started) == 3


def test_a_command_ends_though_what_it_left_behind_still_writes(lan: Lan) -> None:
    left = "setsid bash -c 'while sleep 0.1; do echo still; done' & echo begun"
    assert lan.run("desk", ["bash", "-c", left], timeout=20).stdout.startswith(b"begun")
    assert lan.processes("desk")
