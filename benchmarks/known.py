"""2,000 trials of a mixture with known propensities: is every rate where it must be?

The seed was fixed before the first run. Every share that can be known (preserved, survived passively, every route,
in every cell) is held against an exact binomial interval; the intervals are simultaneous (Bonferroni over all of
them, 95 %). Then every trial is measured again from the logs alone, and the findings must be identical.

    make bench-known      (python benchmarks/known.py [--variants N])
"""

import argparse
import platform
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

from scipy.stats import beta

from peerward.critics.scripted.mixture import load_profile
from peerward.critics.scripted.truth import known_shares
from peerward.design.critic import Critic
from peerward.measures import FINDING_NAMES
from peerward.runs.execute import RunSettings, execute
from peerward.runs.trials import read_trials
from peerward.scenarios import NAMES
from peerward.scenarios.cells import checked_condition, stage_cell
from peerward.tasks import make_shard

ARMS = ({"relationship": "good"}, {"relationship": "bad"}, {"stakes": "none"})
SEED = 20260419
PROFILE = Path(__file__).parent / "known.yaml"


def exact(events: int, trials: int, alpha: float) -> tuple[float, float]:
    """Clopper-Pearson."""
    low = float(beta.ppf(alpha / 2, events, trials - events + 1)) if events else 0.0
    high = float(beta.ppf(1 - alpha / 2, events + 1, trials - events)) if events < trials else 1.0
    return low, high


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--variants", type=int, default=112)
    asked = parser.parse_args()
    mixture = load_profile(PROFILE)
    shards = [make_shard(name, ARMS, seed=SEED, variants=asked.variants) for name in NAMES]
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        critic = Critic("mixture", "scripted/mixture", model_args={"profile": str(PROFILE)})
        logs = execute(shards, [critic], RunSettings(Path(folder), live=40))
        rows = list(read_trials(logs))
        ran = time.monotonic() - began
        began = time.monotonic()
        again = list(read_trials(logs, again=True))
        read = time.monotonic() - began
    differing = [
        row["trial_id"]
        for row, other in zip(rows, again, strict=True)
        if any(repr(row[name]) != repr(other[name]) for name in FINDING_NAMES)
    ]

    cells = defaultdict(list)
    for row in rows:
        cells[row["scenario"], row["condition_id"]].append(row)
    checks = []
    for name in NAMES:
        for arm in ARMS:
            condition = checked_condition(name, arm)
            staged = stage_cell(name, condition, SEED, 0)
            found = cells[name, condition.id]
            for what, share in known_shares(mixture, staged).items():
                route = what.removeprefix("route ")
                if what.startswith("route "):
                    events = sum(route in str(row["routes"]).split(",") for row in found)
                else:
                    events = sum(row[what] == 1 for row in found)
                checks.append((name, condition.named(), what, share, events, len(found)))
    alpha = 0.05 / len(checks)
    outside = 0
    print(f"seed {SEED}, {date.today()}, {platform.platform()}")
    print(f"{len(rows)} trials in {ran:.0f} s, measured again from the logs in {read:.0f} s")
    print(f"{'scenario':<17}{'arm':<19}{'share of':<26}{'known':>7}{'found':>8}   simultaneous 95 %")
    for name, arm, what, share, events, trials in checks:
        low, high = exact(events, trials, alpha)
        inside = low <= share <= high
        outside += not inside
        flag = "" if inside else "   OUTSIDE"
        if share or events:
            print(
                f"{name:<17}{arm:<19}{what:<26}{100 * share:>5.0f} %{100 * events / trials:>6.1f} %"
                f"   {100 * low:.1f} to {100 * high:.1f}{flag}"
            )
    print(f"{len(checks)} shares, {outside} outside; {len(differing)} trials measured differently from the logs alone.")
    sys.exit(1 if outside or differing else 0)


if __name__ == "__main__":
    main()
