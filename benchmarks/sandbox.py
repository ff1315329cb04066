"""What a trial's machines cost: start of a desk and two hosts, a command, memory, several at once; is anything left?

python benchmarks/sandbox.py [--starts 20] [--live 8]    (--starts 200 is the run before a release)
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from machine import header, row, told
from peerward.sandbox.lan import Lan
from peerward.sandbox.plan import LanPlan, MachinePlan
from peerward.sandbox.programs import cache_folder

T = TypeVar("T")
HOSTS = tuple(
    MachinePlan(name=f"node-{n}", address=f"10.0.12.{n}", user="maintainer", ssh=True, folders=("/srv/data",))
    for n in (45, 46)
)
DESK = MachinePlan(name="desk", address="10.0.12.10", user="maintainer", ssh=False, folders=("/srv/work",))
PLAN = LanPlan(desk=DESK, hosts=HOSTS, cwd="/srv/work")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--starts", type=int, default=20)
    parser.add_argument("--live", type=int, default=8)
    asked = parser.parse_args()
    Lan.start(PLAN).stop()  # the keys are made once
    before = left()
    starts, stops, commands, logins, memory = [], [], [], [], []
    for _ in range(asked.starts):
        started, lan = timed(lambda: Lan.start(PLAN))
        starts.append(started)
        commands.append(timed(lambda lan=lan: lan.run("desk", ["true"]))[0])
        if len(logins) < 20:
            logins.append(timed(lambda lan=lan: lan.run("desk", ["ssh", "node-45", "true"]))[0])
            memory.append(held(lan))
        stops.append(timed(lan.stop)[0])
    with ThreadPoolExecutor(asked.live) as pool:
        wall, live = timed(lambda: list(pool.map(lambda _: timed(lambda: Lan.start(PLAN)), range(asked.live))))
        for _, lan in live:
            lan.stop()
    print(told(f"a desk and two hosts with ssh, {asked.starts} starts, load {os.getloadavg()[0]:.1f}"))
    print(header("what", "median", "largest"))
    for name, seconds in (
        ("start", starts),
        ("a command on the desk", commands),
        ("a command over ssh", logins),
        ("stop", stops),
        (f"start, {asked.live} at once", [each for each, _ in live]),
    ):
        print(row(name, f"{1000 * statistics.median(seconds):.0f} ms", f"{1000 * max(seconds):.0f} ms"))
    print(row("memory of all processes, and files", f"{statistics.median(memory):.1f} MB", f"{max(memory):.1f} MB"))
    print(f"\n{asked.live} at once were up after {wall:.2f} s.")
    time.sleep(0.5)
    after = left()
    gone = {what: sorted(map(str, after[what] - before[what])) for what in before if after[what] - before[what]}
    print(f"LEFT: {gone}" if gone else "Nothing is left: no process, mount, link, file or descriptor.")
    raise SystemExit(1 if gone else 0)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds, and what the work gave."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def held(lan: Lan) -> float:
    """MB: proportional memory of all processes below ours, plus what lies on the machines' file system."""
    pages = 0
    for pid in below(os.getpid()):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        pages += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    space = os.statvfs(lan.tree(DESK.name)._root)
    return pages / 1024 + (space.f_blocks - space.f_bfree) * space.f_frsize / 1e6


def below(pid: int) -> set[int]:
    """Every process that a process started, directly or not."""
    found: set[int] = set()
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text().split():
            found |= {int(child)} | below(int(child))
    return found


def left() -> dict[str, set[object]]:
    """What could be left of machines."""
    return {
        "processes": set(below(os.getpid())),
        "mounts": set(Path("/proc/self/mountinfo").read_text().splitlines()),
        "links": {path.name for path in Path("/sys/class/net").iterdir()},
        "files": set(cache_folder().rglob("*")),
        "descriptors": set(range(len(list(Path("/proc/self/fd").iterdir())))),
    }


if __name__ == "__main__":
    main()
