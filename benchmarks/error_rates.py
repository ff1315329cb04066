"""Type I error of every test in the designs in which it is offered, and of refused ones where they would be wrong.

Each line takes the worst of many settings (rates 2-98 %, 6-100 variants, 1-25 epochs, correlation 0-.3); the three
worst are simulated once more with fresh numbers, since the worst of many is partly chance.

    python benchmarks/error_rates.py [--repetitions N] [--seed S] [--quick] [--only TEST] [-o PAGE.md]
"""

import argparse
import platform
import time
from datetime import date
from pathlib import Path

import numpy as np

import error_crossed
import error_independent
from error_lines import AGAIN, HEAD


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repetitions", type=int, default=4_000, help="runs of a cheap setting; dear ones take less")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="400 repetitions, smaller tables")
    parser.add_argument("--only", default="", metavar="TEST", help="only the lines of this test")
    parser.add_argument("-o", "--output", type=Path, help="a Markdown page")
    asked = parser.parse_args()
    repetitions = 400 if asked.quick else asked.repetitions
    lines = [
        *error_crossed.crossed(),
        *error_crossed.contrasts(),
        *error_crossed.families(),
        *error_crossed.equivalence(),
        *error_crossed.strata(),
        *error_independent.tables(asked.quick),
        *error_independent.items(),
        *error_independent.numbers(),
        *error_independent.looks(),
    ]
    began = time.process_time()
    rows = []
    for line in lines:
        if not line.test.startswith(asked.only):
            continue
        # A line's numbers hang on its name alone, not on which lines stand before it.
        key = [asked.seed, *f"{line.test}: {line.design}".encode()]
        rows.append(line.row(np.random.default_rng(key), repetitions, len(lines)))
        print(f"{time.process_time() - began:6.0f} s  {rows[-1]}", flush=True)
    command = "python benchmarks/error_rates.py" + (" --quick" if asked.quick else f" --repetitions {repetitions}")
    command += f" --only {asked.only}" if asked.only else ""
    spent = time.process_time() - began
    text = f"""# Type I error of every test

`{command} --seed {asked.seed}`, {date.today()}, {platform.machine()}, Python {platform.python_version()}, numpy \
{np.__version__}, {spent:.0f} s of one core.

Share of false rejections at 5 %: the mean over the settings of a design, and the worst setting. The three worst are
simulated once more with {AGAIN} times the runs and fresh numbers; *worst* is the worst of these. *Allowed* is 5 % and
what chance explains (one line in the whole table is above it in one run of the program in 20). *Refused* designs show
what would happen if they were not refused. *No claim*: the arms differ, though not in what is estimated; the test's
hypothesis is that they do not differ. *Interval*: misses of a 95 % interval.

{HEAD}
""" + "".join(f"{row}\n" for row in rows)
    if asked.output:
        asked.output.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
