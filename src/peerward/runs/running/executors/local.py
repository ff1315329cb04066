"""Runs shards in processes of this machine, one process a shard."""

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, cast

from peerward.runs.places import is_local
from peerward.runs.running.executors import Ended, checked
from peerward.runs.running.executors.work import work
from peerward.runs.running.orphans import RUNNER
from peerward.runs.running.shard_run import ShardJob, ShardReport

_LINGER = 30.0
"""Seconds that a worker may take to end after it has said how it went."""
OUTPUT = "worker.log"
"""Where a worker's own output goes: in the shard's folder, or if that is elsewhere, in this machine's /tmp."""


def opened(options: Mapping[str, str], root: Path) -> "Local":
    """The executor; it has no options.

    Raises:
        RunError: If one is given.
    """
    checked("local", options, {})
    return Local()


class Local:
    """The executor for several workers on this machine."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        # A forked process would share this one's event loop and locks.
        self._context = multiprocessing.get_context("spawn")
        self._running: list[tuple[ShardJob, BaseProcess, Connection]] = []

    def room(self) -> int:
        """As many as the run thinks fit for this machine."""
        return 0

    def submit(self, job: ShardJob) -> None:
        """Start a process for a shard."""
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_work, args=(theirs, job, os.getpid()), name=job.name)
        process.start()
        theirs.close()
        self._running.append((job, cast(BaseProcess, process), ours))

    def ended(self, wait: float) -> list[Ended]:
        """The shards whose process has ended, or has said how it went."""
        if not self._running:
            time.sleep(wait)
            return []
        wait_for([ours for _, _, ours in self._running], timeout=wait)
        found, left = [], []
        for job, process, ours in self._running:
            if ours.poll() or not process.is_alive():
                found.append(_ended(job, process, ours))
            else:
                left.append((job, process, ours))
        self._running = left
        return found

    def stop(self) -> None:
        """Kill the processes; what is finished is in the logs."""
        for _, process, _ in self._running:
            process.kill()
        for _, process, _ in self._running:
            process.join()
        self._running = []


def _ended(job: ShardJob, process: BaseProcess, ours: Connection) -> Ended:
    try:
        said: Any = ours.recv()
    except (EOFError, OSError):
        said = None
    process.join(_LINGER)
    if process.is_alive():
        # It has said how it went; what it still hangs on is nobody's business.
        process.kill()
        process.join()
    ours.close()
    if isinstance(said, ShardReport):
        return Ended(job, said)
    if isinstance(said, str):
        return Ended(job, problem=said)
    return Ended(job, died=f"process {process.pid} ended with exit code {process.exitcode}")


def _work(theirs: Connection, job: ShardJob, runner: int) -> None:
    """What a worker does: it runs the shard and says how it went."""
    os.environ[RUNNER] = str(runner)
    # Ctrl-C is for the runner, which asks its workers to drain.
    os.setsid()
    folder = job.folder
    if is_local(folder):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / OUTPUT
    else:
        path = Path(tempfile.gettempdir()) / f"peerward-{job.critic.slug}-{job.number:04d}.log"
    output = path.open("a", encoding="utf-8")
    os.dup2(output.fileno(), sys.stdout.fileno())
    os.dup2(output.fileno(), sys.stderr.fileno())
    theirs.send(work(job))
