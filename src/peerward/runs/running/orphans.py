"""Workers whose runner was killed: they come to an end by themselves, and whoever goes on waits until they have."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from peerward.runs.running.locks import holder

RUNNER = "PEERWARD_RUNNER"
"""The environment variable that tells a worker on this machine who began it."""

_LOOK = 0.2
"""Seconds between two looks at the locks."""


def runner_is_gone() -> bool:
    """Whether this is a worker whose runner is gone."""
    runner = os.environ.get(RUNNER, "")
    return runner.isdigit() and os.getppid() != int(runner)


def wait_for_orphans(root: Path, drain: Path, told: Callable[[str], None]) -> None:
    """Wait until no shard of a run is being run any more; to be called by whoever holds the lock of the whole run.

    Who still runs a shard then was left by a runner that was killed. It is asked to drain: what it has paid for is
    finished and counted before anything is reckoned anew.

    Args:
        root: The run's folder.
        drain: The file that asks shards to end; it is gone afterwards.
        told: Told whom is waited for.
    """
    locks = sorted(root.glob("*/*/lock"), key=str)
    left = {path: who for path in locks if (who := holder(path))}
    if not left:
        return
    drain.write_text("another process goes on with the run\n", encoding="utf-8")
    try:
        whom = "; ".join(f"{path.parent.relative_to(root)} by {who}" for path, who in left.items())
        told(f"A runner was killed and its workers still finish their trials ({whom}): waiting until they have ended.")
        while left:
            time.sleep(_LOOK)
            left = {path: who for path in left if (who := holder(path))}
    finally:
        drain.unlink(missing_ok=True)
