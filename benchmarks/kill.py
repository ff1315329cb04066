"""Twenty runs that are killed with kill -9 at random moments and gone on with: ``make bench-kill``.

Every other round kills the runner, the others one of two workers. A round is good if the run that was gone on with has
the same trials as an undisturbed one, each once, with equal findings.
"""

import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / "stories"), str(ROOT / "tests" / "runs" / "running")]

from killing import Bench, Cold, bench, done, findings, finished_samples, slow_server, wait_until  # noqa: E402

from peerward.runs.running.progress import all_progress  # noqa: E402

ROUNDS = int(os.environ.get("PEERWARD_KILL_ROUNDS", "20"))
SEED = int(os.environ.get("PEERWARD_KILL_SEED", "20260801"))
VARIANTS = 6
TRIALS = 24
OPTIONS = ("--variants", str(VARIANTS), "--live", "4", "--workers", "2", "--shard-size", "8")


def killed(made: Bench, folder: Path, what: str, at: int, pause: float) -> int:
    """Run, kill, go on to the end; returns how many trials stood finished in the logs right after the kill."""
    running = made.start(folder, *OPTIONS)
    wait_until(lambda: done(folder) >= at or running.over())
    time.sleep(pause)
    if what == "runner":
        running.kill()
    else:
        for each in all_progress(folder):
            if each.state == "running":
                os.kill(each.process, signal.SIGKILL)
                break
    before = finished(folder)
    if what == "runner":
        running = made.start(folder, *OPTIONS)
    assert running.wait(900) == 0, running.said
    return before


def finished(folder: Path) -> int:
    """Trials that are finished in the logs."""
    return sum(finished_samples(folder).values())


def main() -> None:
    """Print a row for each round, and how many were good."""
    drawn = random.Random(SEED)
    good = 0
    with slow_server(VARIANTS) as server, tempfile.TemporaryDirectory() as place:
        server.latency = 0.1
        with bench(server, Cold()) as made:
            made.whole(Path(place) / "undisturbed", *OPTIONS)
            undisturbed = findings(Path(place) / "undisturbed")
            assert len(undisturbed) == TRIALS
            print(f"Seed {SEED}; {TRIALS} trials, two workers with two live trials each, a call takes 0.1 s.\n")
            print("| round | killed | when | finished before | finished after | duplicates | equal findings |")
            print("|---:|---|---|---:|---:|---:|---|", flush=True)
            for number in range(1, ROUNDS + 1):
                what = "runner" if number % 2 else "worker"
                at, pause = drawn.randrange(0, TRIALS - 4), drawn.random()
                folder = Path(place) / f"round-{number}"
                before = killed(made, folder, what, at, pause)
                after = finished_samples(folder)
                again = sum(count - 1 for count in after.values() if count > 1)
                equal = findings(folder) == undisturbed
                good += equal and not again
                when = f"{pause:.2f} s after trial {at}"
                print(
                    f"| {number} | {what} | {when} | {before} | {len(after)} | {again} | {'yes' if equal else 'NO'} |",
                    flush=True,
                )
    print(f"\n{good} of {ROUNDS} rounds ended as an undisturbed run does.")
    sys.exit(good != ROUNDS)


if __name__ == "__main__":
    main()
