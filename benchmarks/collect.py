"""What ``peerward collect`` costs: logs of many shards to one table, and how its memory grows with them.

The samples of a scripted run are repeated into shards of 1,000 trials, each trial with an id of its own; one shard in
ten is there twice, as after a copy that was interrupted. Every figure is of a process of its own.

    python benchmarks/collect.py [scenario] [--trials N ...]
"""

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

from peerward.runs.collecting import collect
from peerward.runs.running.manifest import read_manifest  # noqa: F401  (imported before memory is looked at)
from table import _peak, many

SHARD = 1_000


def one(logs: Path, table: Path) -> dict[str, float]:
    import numpy
    import pyarrow.parquet

    assert numpy and pyarrow
    before = _peak()
    began, cpu = time.perf_counter(), time.process_time()
    found = collect([logs], table)
    return {
        "trials": found.trials,
        "logs": found.logs,
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "imports": before,
        "peak": _peak(),
    }


def report(scenario: str, sizes: list[int]) -> None:
    from peerward.runs.execute import RunSettings, execute
    from peerward.tasks import make_shard

    warnings.simplefilter("ignore")
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {scenario}.\n")
    print("| trials | logs | log, KB a trial | ms a trial (wall) | ms a trial (CPU) | peak MB | of it imports |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        [small] = execute([make_shard(scenario, [{}], variants=5)], ["scripted/honest"], RunSettings(folder / "small"))
        logs, shards, size = folder / "logs", 0, 0
        for trials in sizes:
            while shards * SHARD < trials:
                path = logs / f"{shards:04d}" / f"{shards:04d}.eval"
                path.parent.mkdir(parents=True)
                many(small, path, SHARD, shards * SHARD)
                size += path.stat().st_size
                if shards % 10 == 0:
                    shutil.copy(path, path.with_name(f"{shards:04d}-copy.eval"))
                shards += 1
            command = [sys.executable, __file__, "--logs", str(logs), "--table", str(folder / "all.parquet")]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            found: dict[str, float] = json.loads(done.stdout)
            each = 1000 / found["trials"]
            print(
                f"| {found['trials']:,.0f} | {found['logs']:.0f} | {size / 1000 / (shards * SHARD):.1f} "
                f"| {found['seconds'] * each:.3f} | {found['cpu'] * each:.3f} "
                f"| {found['peak']:.0f} | {found['imports']:.0f} |",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", default="evaluation")
    parser.add_argument("--trials", type=int, nargs="+", default=[20_000, 60_000])
    parser.add_argument("--logs", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--table", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.logs:
        print(json.dumps(one(given.logs, given.table)))
    else:
        report(given.scenario, given.trials)


if __name__ == "__main__":
    main()
