"""What a trial costs as a run grows: CPU and memory of every shard, from the first thousand trials to the last.

Without a study named, one of two cells is run with as many variants as make the trials asked for; with one, that
study as it is (``paper``: the whole matrix of the paper).

    make bench-growth    (python benchmarks/growth.py [--trials 50000] [--study paper] [--workers 2])
"""

import argparse
import json
import resource
import statistics
import tempfile
import time
from pathlib import Path

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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=50_000)
    parser.add_argument("--study", default="")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "growth.yaml"
        path.write_text(STUDY.format(variants=asked.trials // 2))
        file, layout = load_study(asked.study or str(path))
        began = time.monotonic()
        report = run_study(
            StudyRun(file, layout, ("scripted/honest",), limit=asked.limit),
            RunSettings(Path(folder) / "logs", live=50),
            Means(workers=asked.workers),
        )
        wall = time.monotonic() - began
        shards = sorted(all_progress(Path(folder) / "logs"), key=lambda each: each.shard)
        size = sum(log.stat().st_size for log in report.logs)
    print(told(f"{layout.study.name}, {asked.workers} workers"))
    print(f"{report.done:,} of {report.planned:,} trials in {wall:,.0f} s, {1000 * wall / report.done:.1f} ms a trial;")
    print(f"logs {size / 1e6:,.0f} MB, {size / 1000 / report.done:.1f} KB a trial; runner and largest worker:")
    own, workers = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"{own:.0f} MB and {workers:.0f} MB")
    costs = [1000 * (each.updated - each.begun) / max(1, each.sum("done")) for each in shards]
    tenth = max(1, len(costs) // 10)
    print(f"wall ms a trial within a shard, {len(costs)} shards, by tenths of the run (medians):")
    print(json.dumps([round(statistics.median(costs[n : n + tenth]), 1) for n in range(0, len(costs), tenth)]))


if __name__ == "__main__":
    main()
