"""Many trials at once on a slow provider: how near the wall clock comes to what the latency allows, and the memory.

A scripted critic that takes its time over every turn stands in for a provider: nothing else differs from a real run
(shards, budget, progress, logs). The bound is calls times latency divided by the trials that live at once; staging
and the start of Inspect are in the wall clock, not in the bound. Before each stands Inspect's own generate loop with
the same tools on the same trials, without any of that and with neither record nor findings.

    make bench-live      (python benchmarks/live.py [--live 100 1000] [--latency 2] [--rounds 10] [--workers 1])
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import MemoryDataset
from inspect_ai.model import get_model

from machine import told
from peerward.design.critic import Critic
from peerward.runs.execute import RunSettings
from peerward.runs.running.budget import Spend
from peerward.runs.running.conduct import Means
from peerward.runs.running.progress import all_progress
from peerward.runs.studies import read_and_check
from peerward.runs.study_run import StudyRun, run_study
from peerward.tasks import make_shard, shard_task
from turns import bare

STUDY = """\
name: live
title: Many trials at once
scenarios: [shutdown_config]
variants: {variants}
cells:
  - {{relationship: good}}
  - {{relationship: bad}}
"""


def measure_bare(live: int, latency: float, rounds: int) -> None:
    """Let Inspect's own loop play as many trials, and print what it took."""
    trials = live * rounds
    cells = [{"relationship": "good"}, {"relationship": "bad"}]
    dataset = MemoryDataset(list(shard_task(make_shard("shutdown_config", cells, variants=-(-trials // 2))).dataset))
    began, spent = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        [log] = inspect_eval(
            Task(dataset=dataset[:trials], solver=bare()),
            model=get_model("scripted/honest", latency=latency),
            log_dir=folder,
            display="none",
            log_realtime=False,
            max_samples=live,
            max_connections=live,
        )
        wall, cpu, memory = time.monotonic() - began, time.process_time() - spent, own_memory()
        # Samples are read from the file when they are asked for.
        assert log.status == "success" and log.samples, log.error
    calls = sum(message.role == "assistant" for sample in log.samples for message in sample.messages)
    tell("Inspect's loop", live, trials, calls, calls * latency / live, wall, cpu, memory)


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
    memory = own_memory()
    memory += workers * children.ru_maxrss / 1024 if workers > 1 else 0
    tell("peerward", live, report.done, total.calls, total.calls * latency / live, wall, cpu, memory)


def own_memory() -> float:
    """The most that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def tell(who: str, live: int, trials: int, calls: int, bound: float, wall: float, cpu: float, memory: float) -> None:
    """Print a row."""
    print(
        f"{who:<16}{live:>6}{trials:>9,}{calls:>9,}{bound:>10.1f}{wall:>9.1f}{bound / wall:>9.0%}{cpu:>9.1f}"
        f"{1000 * cpu / trials:>11.1f}{memory:>9.0f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--live", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--latency", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        who, live = asked.only[0], int(asked.only[1])
        if who == "bare":
            measure_bare(live, asked.latency, asked.rounds)
        else:
            measure(live, asked.latency, asked.rounds, asked.workers)
        return
    print(told(f"Trials at once, {asked.latency:g} s a call"))
    print(
        f"{'':<16}{'live':>6}{'trials':>9}{'calls':>9}{'bound s':>10}{'wall s':>9}{'reached':>9}{'CPU s':>9}"
        f"{'CPU ms/tr':>11}{'RSS MB':>9}",
        flush=True,
    )
    # A process each, so that one's memory does not stand in the other's.
    for live in asked.live:
        for who in ("bare", "peerward"):
            how = [
                "--latency",
                asked.latency,
                "--rounds",
                asked.rounds,
                "--workers",
                asked.workers,
                "--only",
                who,
                live,
            ]
            subprocess.run([sys.executable, __file__, *map(str, how)], check=True)


if __name__ == "__main__":
    main()
