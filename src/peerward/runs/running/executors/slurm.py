"""Runs shards as jobs of a Slurm cluster, by way of submitit.

Options: ``cluster`` (``local`` runs the jobs on this machine, to try things out), ``folder`` for the jobs' own files
(on a disk that all nodes share), ``setup`` (a shell command before each job), and whatever sbatch knows by a name
(``partition``, ``time``, ``mem``, ``cpus_per_task``, ``account``, ``qos``...).
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peerward.runs.execute import RunError
from peerward.runs.places import is_local
from peerward.runs.running.executors import Ended, package
from peerward.runs.running.executors.work import ended_with, packed, work_packed

if TYPE_CHECKING:
    from peerward.runs.running.shard_run import ShardJob, ShardReport

_MINUTES = 240
"""A job's time unless ``time`` says another; one that runs out of it is put into the queue again and goes on."""
_REQUEUES = 100
_ROOM = 32
"""Jobs at once unless the run says how many."""
_POLL = 0.5


def opened(options: Mapping[str, str], root: Path) -> "Slurm":
    """The executor.

    Raises:
        RunError: If submitit is not installed, there is no Slurm here, or an option is not known.
    """
    submitit = package("submitit", "slurm")
    given = dict(options)
    cluster = given.pop("cluster", "slurm")
    if cluster not in ("slurm", "local"):
        raise RunError(f"--slurm cluster={cluster}: it is slurm, or local to try things out on this machine")
    folder = given.pop("folder", "") or str(root / "slurm" if is_local(root) else Path("slurm-jobs").resolve())
    setup = given.pop("setup", "")
    try:
        executor = submitit.AutoExecutor(folder=folder, cluster=cluster, slurm_max_num_timeout=_REQUEUES)
        executor.update_parameters(
            name="peerward",
            timeout_min=_MINUTES,
            **({"slurm_setup": [setup]} if setup else {}),
            **{f"slurm_{name}": _value(text) for name, text in given.items()},
        )
    except (RuntimeError, NameError, ValueError, TypeError, AssertionError) as error:
        first = str(error).strip().partition("\n")[0]
        raise RunError(f"--executor slurm: {first} (given: {', '.join(options) or 'no options'})") from error
    return Slurm(executor)


class Slurm:
    """The executor for Slurm: a job a shard; a job that was preempted goes on where it was."""

    def __init__(self, executor: Any) -> None:
        """Begin with nothing to do.

        Args:
            executor: submitit's.
        """
        self._executor = executor
        self._running: list[tuple[ShardJob, Any]] = []

    def room(self) -> int:
        """More than most clusters give one user at once; the rest waits in Slurm's queue."""
        return _ROOM

    def submit(self, job: "ShardJob") -> None:
        """Put a shard in Slurm's queue.

        Raises:
            RunError: If Slurm does not take it.
        """
        try:
            self._running.append((job, self._executor.submit(Again(), packed(job))))
        except Exception as error:
            # submitit hands sbatch's own complaint on, in errors of several kinds.
            raise RunError(f"Slurm took no job for {job.name}: {str(error).strip()}") from error

    def ended(self, wait: float) -> list[Ended]:
        """The shards whose job has ended."""
        until = time.monotonic() + wait
        while True:
            found = [each for each in self._running if each[1].done()]
            if found or time.monotonic() >= until:
                break
            time.sleep(min(_POLL, wait))
        self._running = [each for each in self._running if each not in found]
        return [_how(job, submitted) for job, submitted in found]

    def stop(self) -> None:
        """Cancel the jobs; what is finished is in the logs."""
        for _, submitted in self._running:
            submitted.cancel()
        self._running = []


class Again:
    """What a job does; when Slurm preempts it or its time is up, the same job is put into the queue again."""

    def __call__(self, payload: bytes) -> "ShardReport | str":
        """Run the shard."""
        return work_packed(payload)

    def checkpoint(self, payload: bytes) -> Any:
        """What is submitted in its place: the shard as it was, since its folder tells what is done."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self, payload)


def _how(job: "ShardJob", submitted: Any) -> Ended:
    from submitit.core.utils import FailedJobError, UncompletedJobError

    try:
        return ended_with(job, submitted.result())
    except FailedJobError as error:
        last = [line for line in str(error).splitlines() if line.strip()][-1:]
        return Ended(job, died=f"job {submitted.job_id} ended in an error ({''.join(last).strip()})")
    except UncompletedJobError:
        return Ended(job, died=f"job {submitted.job_id} ended without a result (state {submitted.state})")


def _value(text: str) -> int | str:
    return int(text) if text.isdigit() else text
