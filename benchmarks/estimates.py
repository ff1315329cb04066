"""From a table of 200,000 invented trials in a file to all its estimates: time and memory of a fresh process.

make bench-estimates      (python benchmarks/estimates.py [--trials N] [--rounds N])
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from machine import MB, header, row, told
from peerward.design.declared import DeclaredComparison
from peerward.runs.layout import Comparison
from simulated import STUDIES, simulated_rows, write_simulated

BUDGET_SECONDS, BUDGET_MB = 10.0, 500.0


def declared(study: str, comparison: Comparison) -> DeclaredComparison:
    """A comparison of a study as the logs of its run would declare it."""
    roles = ("treated", "control", "treated_baseline", "control_baseline")
    return DeclaredComparison(
        study=study,
        contrast=comparison.contrast.name,
        scenario=comparison.scenario,
        arms={role: cell.condition.id for role, cell in zip(roles, comparison.cells, strict=False)},
        finding=comparison.finding,
        sign=comparison.contrast.sign.value,
        primary=comparison.primary,
    )


def write_declared(file: Path) -> None:
    """Write what the studies declare, so that laying them out is not measured; their runs' logs hold it too."""
    from peerward.runs.studies import load_study

    layouts = [load_study(name)[1] for name in STUDIES]
    found = [asdict(declared(each.study.name, one)) for each in layouts for one in each.comparisons]
    file.write_text(json.dumps(found), encoding="utf-8")


def estimates(table: Path, comparisons: Path) -> dict[str, Any]:
    """Load a table, answer all that it answers, and return how much that was."""
    from peerward.report import answers_of
    from peerward.runs.facts import RunFacts
    from peerward.runs.table import load_table

    declared = tuple(DeclaredComparison(**each) for each in json.loads(comparisons.read_text(encoding="utf-8")))
    facts = RunFacts({}, declared, (), {}, {}, (), (), {}, ())
    answers = answers_of(load_table(table), facts)
    return {
        "trials": answers.trials,
        "cells": len(answers.cells),
        "rates": sum(len(each.rates) for each in answers.cells),
        "declared": sum(each.declared for each in answers.comparisons),
        "exploratory": len(answers.exploratory),
        "tests": sum(each.test is not None for each in (*answers.comparisons, *answers.exploratory)),
        "alignment": len(answers.alignment),
        "missing_arms": len(answers.missing_arms),
    }


def measured(table: Path, comparisons: Path) -> dict[str, Any]:
    """The same in this process, with what it took: seconds since its start, CPU, and the most memory it held."""
    began = time.perf_counter()
    found = estimates(table, comparisons)
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return found | {
        "wall": time.perf_counter() - began,
        "cpu": spent.ru_utime + spent.ru_stime,
        "peak": spent.ru_maxrss / 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--measure", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure is not None:
        print(json.dumps(measured(*given.measure)))
        return
    with tempfile.TemporaryDirectory() as folder:
        table, comparisons = Path(folder) / "trials.parquet", Path(folder) / "declared.json"
        write_simulated(simulated_rows(given.trials, given.seed), table)
        write_declared(comparisons)
        rounds = []
        for _ in range(given.rounds):
            began = time.perf_counter()
            done = subprocess.run(
                [sys.executable, __file__, "--measure", str(table), str(comparisons)],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            # With the start of Python and all imports: what a user waits for.
            rounds.append(json.loads(done.stdout) | {"wall": time.perf_counter() - began})
    best = min(rounds, key=lambda each: each["wall"])
    print(told("From the table to all estimates"))
    print(header("what", "measured", "budget"))
    print(row("wall, fresh process, best of rounds", f"{best['wall']:.1f} s", f"{BUDGET_SECONDS:g} s"))
    print(row("wall, all rounds", ", ".join(f"{each['wall']:.1f}" for each in rounds) + " s", ""))
    print(row("CPU", f"{best['cpu']:.1f} s", ""))
    print(row("peak memory", f"{max(each['peak'] for each in rounds):.0f} {MB}", f"{BUDGET_MB:g} {MB}"))
    for name in ("trials", "cells", "rates", "declared", "exploratory", "tests", "alignment", "missing_arms"):
        print(row(name.replace("_", " "), f"{best[name]:,}", ""))


if __name__ == "__main__":
    main()
