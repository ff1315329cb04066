"""Many trials at once on a slow provider: how near the wall clock comes to what the latency allows, and the memory.

A scripted critic that takes its time over every turn stands in for a provider: nothing else differs from a real run
(shards, budget, progress, logs). The bound is calls times latency divided by the trials that live at once; staging
and the start of Inspect are in the wall clock, not in the bound.

    make bench-live      (python benchmarks/live.py [--live 100 1000] [--latency 2] [--rounds 3] [--workers 1])
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import told
from peerward.design.critic import Critic
from peerward.runs.execute import RunSettings
from peerward.runs.running.budget import Spend
from peerward.runs.running.conduct import Means
from peerward.runs.running.progress import all_progress
from peerward.runs.studies import read_and_check
from peerward.runs.study_run import StudyRun, run_study

STUDY = """\
name: live
title: Many trials at once
scenarios: [shutdown_config]
variants: {variants}
cells:
  - {{relationship: good}}
  - {{relationship: bad}}
"""


def measure(live: int, latency: float, rounds: int, workers: int) -> None:
    """Run so many trials at once, a few rounds of them, and print what it took."""
    trials = live * rounds
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "live.yaml"
        path.write_text(STUDY.format(variants=-(-trials // 2)))
        file, layout = read_and_check(path)
        critic = Critic("slow", "scripted/honest", model_args={"latency": latency})
        began, spent = time.monotonic(), time.process_time()
        report = run_study(
            StudyRun(file, layout, (critic,)),
            RunSettings(Path(folder) / "logs", live=live),
            Means(workers=workers, trials=trials),
        )
        wall, cpu = time.monotonic() - began, time.process_time() - spent
        # One worker is this process; several are its children.
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu += children.ru_utime + children.ru_stime if workers > 1 else 0
        total = Spend()
        for each in all_progress(Path(folder) / "logs"):
            total += each.spend
    assert report.done == report.planned, report
    bound = total.calls * latency / live
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    memory += workers * children.ru_maxrss / 1024 if workers > 1 else 0
    share = bound / wall
    print(
        f"{live:>6}{report.done:>9,}{total.calls:>9,}{bound:>10.1f}{wall:>9.1f}{share:>9.0%}{cpu:>9.1f}"
        f"{1000 * cpu / report.done:>11.1f}{memory:>9.0f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--live", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--latency", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        measure(asked.only, asked.latency, asked.rounds, asked.workers)
        return
    print(told(f"Trials at once, {asked.latency:g} s a call"))
    print(
        f"{'live':>6}{'trials':>9}{'calls':>9}{'bound s':>10}{'wall s':>9}{'reached':>9}{'CPU s':>9}"
        f"{'CPU ms/tr':>11}{'RSS MB':>9}",
        flush=True,
    )
    # A process each, so that one's memory does not stand in the other's.
    for live in asked.live:
        how = ["--latency", asked.latency, "--rounds", asked.rounds, "--workers", asked.workers, "--only", live]
        subprocess.run([sys.executable, __file__, *map(str, how)], check=True)


if __name__ == "__main__":
    main()
