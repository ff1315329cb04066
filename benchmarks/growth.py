"""What a trial costs as a run grows: CPU and memory of every shard, from the first thousand trials to the last.

Without a study named, one of two cells is run with as many variants as make the trials asked for; with one, that
study as it is (``paper``: the whole matrix of the paper).

CPU is read from the system while a shard runs, since the wall clock tells of whatever else the machine does.

    make bench-growth    (python benchmarks/growth.py [--trials 50000] [--study paper] [--workers 2] [--critic honest])
"""

import argparse
import json
import resource
import statistics
import tempfile
import threading
import time
from pathlib import Path

import psutil

from machine import told
from peerward.runs.execute import RunSettings
from peerward.runs.running.conduct import Means
from peerward.runs.running.progress import all_progress
from peerward.runs.studies import load_study
from peerward.runs.study_run import StudyRun, run_study

STUDY = """\
name: growth
title: A run that grows
scenarios: [finance]
variants: {variants}
cells:
  - {{relationship: good}}
  - {{relationship: bad}}
"""


class CpuWatch(threading.Thread):
    """Reads, twice a second, what CPU the process of each running shard has used."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self._folder, self._over = folder, threading.Event()
        self.first: dict[int, float] = {}
        self.last: dict[int, float] = {}

    def run(self) -> None:
        """Read until it is over."""
        while not self._over.wait(0.5):
            for each in all_progress(self._folder):
                if each.state != "running":
                    continue
                try:
                    times = psutil.Process(each.process).cpu_times()
                except psutil.NoSuchProcess:
                    continue
                self.last[each.shard] = times.user + times.system
                self.first.setdefault(each.shard, self.last[each.shard])

    def end(self) -> dict[int, float]:
        """Seconds of CPU by shard, to half a second of its end."""
        self._over.set()
        self.join()
        return {shard: self.last[shard] - self.first[shard] for shard in self.last}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=50_000)
    parser.add_argument("--study", default="")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--critic", default="honest")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "growth.yaml"
        path.write_text(STUDY.format(variants=asked.trials // 2))
        file, layout = load_study(asked.study or str(path))
        watch = CpuWatch(Path(folder) / "logs")
        watch.start()
        began = time.monotonic()
        report = run_study(
            StudyRun(file, layout, (f"scripted/{asked.critic}",), limit=asked.limit),
            RunSettings(Path(folder) / "logs", live=50),
            Means(workers=asked.workers),
        )
        wall = time.monotonic() - began
        used = watch.end()
        shards = sorted(all_progress(Path(folder) / "logs"), key=lambda each: each.shard)
        size = sum(log.stat().st_size for log in report.logs)
    print(told(f"{layout.study.name}, {asked.workers} workers"))
    print(f"{report.done:,} of {report.planned:,} trials in {wall:,.0f} s, {1000 * wall / report.done:.1f} ms a trial;")
    print(f"logs {size / 1e6:,.0f} MB, {size / 1000 / report.done:.1f} KB a trial; runner and largest worker:")
    own, workers = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"{own:.0f} MB and {workers:.0f} MB")
    tenth = max(1, len(shards) // 10)
    tenths = [shards[n : n + tenth] for n in range(0, len(shards), tenth)]
    for what, costs in (
        ("CPU", {each.shard: used.get(each.shard, 0.0) for each in shards}),
        ("wall", {each.shard: each.updated - each.begun for each in shards}),
    ):
        medians = [
            statistics.median(1000 * costs[one.shard] / max(1, one.sum("done")) for one in ten) for ten in tenths
        ]
        print(f"{what} ms a trial within a shard, {len(shards)} shards, by tenths of the run (medians):")
        print(json.dumps([round(each, 1) for each in medians]))


if __name__ == "__main__":
    main()
