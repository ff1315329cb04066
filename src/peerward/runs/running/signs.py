"""Whether a run is alive, and who runs it: read off the signs that it leaves, from this machine or another."""

import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from peerward.runs.running.progress import Progress

SILENCE = 30.0
"""Seconds without a word after which a run counts as silent."""
_ACTIVE = ("starting", "running", "draining")
_SKEW = 5.0
"""Seconds by which the clocks of two machines may differ before a shard seems to be of another session."""


class RunState(StrEnum):
    """How a run is."""

    RUNNING = "running"
    DRAINING = "draining"
    STOPPED = "stopped"
    FINISHED = "finished"
    SILENT = "silent"


@dataclass(frozen=True)
class Runner:
    """Who holds the run's folder.

    Attributes:
        host: The machine.
        process: The process.
        since: Since when, as it says itself.
        beat: The last sign of life in seconds since 1970 where no system holds the lock, else 0.
    """

    host: str
    process: int
    since: str = ""
    beat: float = 0.0

    @property
    def is_here(self) -> bool:
        """Whether it is a process of this machine."""
        return self.host == socket.gethostname()

    @property
    def is_gone(self) -> bool:
        """Whether it is known to have ended; of other machines that cannot be known."""
        if not self.is_here:
            return False
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except (OSError, OverflowError):
            return False
        return False


@dataclass(frozen=True)
class Signs:
    """What a run leaves to be read.

    Attributes:
        begun: When its last session began, seconds since 1970; 0 if no manifest tells.
        ended: Whether the manifest says that it has ended.
        why: Why it ended, as the manifest says.
        lock: Whether there is a lock's file.
        runner: Who holds it, if anybody.
        drain: Why it is to drain, or an empty text.
    """

    begun: float = 0.0
    ended: bool = False
    why: str = ""
    lock: bool = False
    runner: Runner | None = None
    drain: str = ""


def is_active(shard: Progress, signs: Signs) -> bool:
    """Whether a shard says that it runs, and does not say so from an earlier session that was killed."""
    return shard.state in _ACTIVE and not signs.ended and shard.updated >= signs.begun - _SKEW


def state_of(signs: Signs, shards: Sequence[Progress], now: float) -> tuple[RunState, str, float]:
    """How a run is, why, and how many seconds ago it was last heard of.

    Args:
        signs: What it leaves.
        shards: The progress of the shards that have begun.
        now: The time, seconds since 1970.
    """
    heard = max([signs.begun, signs.runner.beat if signs.runner else 0.0, *(each.updated for each in shards)])
    age = max(0.0, now - heard)
    if signs.ended:
        return (RunState.FINISHED, "", age) if signs.why == "finished" else (RunState.STOPPED, signs.why, age)
    active = [each for each in shards if is_active(each, signs)]
    if age > SILENCE:
        return _quiet(signs, shards, active, now, age)
    if signs.drain:
        return RunState.DRAINING, signs.drain, age
    if active and all(each.state == "draining" for each in active):
        return RunState.DRAINING, active[0].why, age
    if not signs.begun and not active:
        # No manifest can be read; the shards that there are have all ended.
        stopped = next((each for each in shards if each.state == "stopped"), None)
        return (RunState.STOPPED, stopped.why, age) if stopped else (RunState.FINISHED, "", age)
    if signs.lock and signs.runner is None and not active:
        return RunState.STOPPED, "its process ended without a word of why", age
    return RunState.RUNNING, "" if active else "no shard runs at this moment", age


def _quiet(
    signs: Signs, shards: Sequence[Progress], active: Sequence[Progress], now: float, age: float
) -> tuple[RunState, str, float]:
    runner = signs.runner
    if not active:
        if runner is not None and runner.is_here and not runner.is_gone:
            # Somebody waits for a worker: a queue of a cluster can take hours.
            return (
                (RunState.DRAINING, signs.drain, age)
                if signs.drain
                else (RunState.RUNNING, "no shard runs at this moment", age)
            )
        if not signs.begun and shards:
            why = next((each.why for each in shards if each.state == "stopped"), "")
            return (RunState.STOPPED if why else RunState.FINISHED), why, age
        if signs.lock and runner is None:
            return RunState.STOPPED, "its process ended without a word of why", age
    if runner is None and active:
        runner = Runner(active[0].host, active[0].process)
    return RunState.SILENT, _silence(runner, now - age, age), age


def _silence(runner: Runner | None, heard: float, age: float) -> str:
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(min(heard, 4e9)))
    told = f"nothing was written for {age:,.0f} seconds (since {since})"
    if runner is None:
        return f"{told}: the process may be gone"
    who = f"process {runner.process} on {runner.host}"
    if runner.is_gone:
        return f"{told}: {who} is gone"
    if runner.is_here:
        return f"{told}: {who} is still there, and may hang, or its disk may be full"
    return f"{told}: {who} may be gone, or its clock differs from this machine's"
