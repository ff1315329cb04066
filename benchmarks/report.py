"""``peerward report`` on 2,000 trials with a page each: time and memory of a fresh process.

Scripted critics play the trials first; that is not measured. A log that exists already can be named instead.

    make bench-report      (python benchmarks/report.py [--trials N] [--rounds N] [--logs FOLDER])
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import MB, header, row, told
from peerward.critics import scripted

BUDGET_SECONDS, BUDGET_MB = 60.0, 500.0
PROFILES = Path(scripted.__file__).parent / "profiles"
CRITICS = (PROFILES / "general.yaml", PROFILES / "partial.yaml")
SCENARIOS = ("evaluation", "finance", "shutdown_config", "shutdown_duty", "server_transfer", "server_cleanup")
RELATIONSHIPS = ("good", "bad")

STUDY = """
name: bench_report
title: Trials for the benchmark of the report
variants: {variants}
cells:
  - {{relationship: [good, bad]}}
contrasts:
  - name: relationship
    treated: {{relationship: good}}
    control: {{relationship: bad}}
    sign: positive
primary: [relationship]
"""


def play(trials: int, folder: Path) -> None:
    """Let scripted critics play at least so many trials of all scenarios."""
    study = folder / "bench_report.yaml"
    cells = len(SCENARIOS) * len(RELATIONSHIPS) * len(CRITICS)
    study.write_text(STUDY.format(variants=-(-trials // cells)), encoding="utf-8")
    for profile in CRITICS:
        subprocess.run(
            [
                *(sys.executable, "-m", "peerward", "run", str(study), "--model", "scripted/mixture"),
                *("-M", f"profile={profile}", "--log-dir", str(folder / "logs" / profile.stem)),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )


def written(logs: Path, report: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and most memory in MB of writing a report."""
    command = [sys.executable, "-m", "peerward", "report", str(logs), "-o", str(report), "--pages", "1000000"]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    # wait4 tells of this child alone; RUSAGE_CHILDREN would take the runs before it in.
    _, status, spent = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"peerward report ended with {process.returncode}")
    return time.perf_counter() - began, spent.ru_utime + spent.ru_stime, spent.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--logs", type=Path, help="Logs that exist already.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if given.logs is None:
            play(given.trials, folder)
        logs = given.logs or folder / "logs"
        rounds = [written(logs, folder / f"report-{number}") for number in range(given.rounds)]
        report = folder / "report-0"
        pages = len(list((report / "trials").glob("*.html")))
        files = [each.stat().st_size for each in report.rglob("*") if each.is_file()]
    print(told("From logs to the report"))
    print(header("what", "measured", "budget"))
    print(
        row("wall, fresh process, best of rounds", f"{min(each[0] for each in rounds):.1f} s", f"{BUDGET_SECONDS:g} s")
    )
    print(row("wall, all rounds", ", ".join(f"{each[0]:.1f}" for each in rounds) + " s", ""))
    print(row("CPU", f"{min(each[1] for each in rounds):.1f} s", ""))
    print(row("peak memory", f"{max(each[2] for each in rounds):.0f} {MB}", f"{BUDGET_MB:g} {MB}"))
    print(row("pages of trials", f"{pages:,}", ""))
    print(row("files", f"{len(files):,}, {sum(files) / 1e6:.0f} {MB}", ""))


if __name__ == "__main__":
    main()
