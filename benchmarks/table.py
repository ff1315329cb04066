"""What the trials table costs: logs to Parquet, and Parquet to memory.

The samples of a scripted run are repeated into one log, each with an id of its own, and every step runs in a process
of its own, so that peak memory is that step's. Compare figures as ratios of one run.

    python benchmarks/table.py [scenario ...] [--trials N] [--rows N]
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import zipfile_zstd  # noqa: F401  (teaches zipfile the method of Inspect's logs)

from peerward.runs.logs import member_names, read_header, read_members
from peerward.runs.table import load_table
from peerward.runs.table_write import write_table
from peerward.runs.transcripts import read_transcripts
from peerward.runs.trials import read_rows, read_trials

FEW = 500
"""Trials for what is slow."""


def many(log: Path, path: Path, trials: int, first: int = 0) -> float:
    """Write a log of many trials out of a small one, of variants from ``first`` on; returns the bytes of a sample."""
    samples = list(read_members(log))
    header = read_header(log)
    header["eval"]["dataset"]["sample_ids"] = []
    size = 0
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_ZSTANDARD, compresslevel=3) as archive:
        for number in range(first, first + trials):
            name, data = samples[number % len(samples)]
            sample = name.removeprefix("samples/").rpartition("_epoch_")[0]
            stem = sample.rpartition("-v")[0]
            variant = f'"variant":{int(sample.rpartition("-v")[2])},'.encode()
            data = data.replace(sample.encode(), f"{stem}-v{number:04d}".encode(), 1)
            data = data.replace(variant, f'"variant":{number},'.encode(), 1)
            archive.writestr(f"samples/{stem}-v{number:04d}_epoch_1.json", data)
            size += len(data)
        archive.writestr("header.json", json.dumps(header))
    return size / trials


def to_parquet(log: Path, table: Path) -> int:
    return write_table(read_trials([log]), table)


def whole_json(log: Path, table: Path) -> int:
    names = member_names(log)[:FEW]
    return sum(1 for _, data in read_members(log, only=set(names)) if json.loads(data))


def transcripts(log: Path, table: Path) -> int:
    rows = [row for row, _ in zip(load_table(table).rows(), range(FEW), strict=False)]
    return sum(1 for _ in read_transcripts([log], rows=rows))


def rows_only(log: Path, table: Path) -> int:
    return sum(1 for _ in read_rows([log]))


def load(log: Path, table: Path) -> int:
    return len(load_table(table))


STEPS: dict[str, tuple[Callable[[Path, Path], int], str]] = {
    "rows": (rows_only, "logs to rows"),
    "parquet": (to_parquet, "logs to Parquet"),
    "json": (whole_json, f"the same samples by json.loads, {FEW} of them"),
    "transcripts": (transcripts, f"logs to transcripts, {FEW} of them"),
    "load": (load, "Parquet to memory"),
}


def one_step(step: str, log: Path, table: Path) -> dict[str, float]:
    """Run a step; returns trials, seconds, and the peak memory in MB beside what importing takes."""
    before = _peak()
    began, cpu = time.perf_counter(), time.process_time()
    count = STEPS[step][0](log, table)
    return {
        "trials": count,
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "imports": before,
        "peak": _peak(),
    }


def _peak() -> float:
    """Peak memory of this process, MB. On Linux getrusage counts what the parent held when it started the process."""
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_a_process(step: str, log: Path, table: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--step", step, "--log", str(log), "--table", str(table)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def report(scenarios: list[str], trials: int, rows: int) -> None:
    from peerward.runs.execute import RunSettings, execute
    from peerward.tasks import make_shard

    warnings.simplefilter("ignore")
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {trials} trials a log.\n")
    print("| scenario | sample, KB | step | trials | ms a trial (wall) | ms a trial (CPU) | peak MB (imports) |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in scenarios:
            [small] = execute([make_shard(name, [{}], variants=5)], ["scripted/honest"], RunSettings(folder / name))
            log, table = folder / f"{name}.eval", folder / f"{name}.parquet"
            size = many(small, log, trials) / 1000
            for step in STEPS:
                tell(name, f"{size:.0f}", STEPS[step][1], in_a_process(step, log, table))
            log.unlink()
        long = folder / "long.parquet"
        one = list(load_table(folder / f"{scenarios[0]}.parquet").rows())
        write_table(
            (one[n % len(one)] | {"trial_id": f"long/{n:016x}", "run": f"{n:022d}", "variant": n} for n in range(rows)),
            long,
        )
        tell("-", "-", STEPS["load"][1], in_a_process("load", long, long))


def tell(name: str, size: str, step: str, found: dict[str, float]) -> None:
    each = 1000 / found["trials"]
    times = f"{found['seconds'] * each:.3f} | {found['cpu'] * each:.3f}"
    print(
        f"| {name} | {size} | {step} | {found['trials']:.0f} | {times} "
        f"| {found['peak']:.0f} ({found['imports']:.0f}) |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", default=["evaluation", "server_cleanup"])
    parser.add_argument("--trials", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=200_000, help="Rows of the table that is loaded.")
    parser.add_argument("--step", choices=list(STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--log", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--table", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(one_step(given.step, given.log, given.table)))
    else:
        report(given.scenarios, given.trials, given.rows)


if __name__ == "__main__":
    main()
