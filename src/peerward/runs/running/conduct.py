"""With what means a run is executed: how many shards at once, by which executor, within which budget."""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from peerward.runs.running.budget import Budget, Spend
from peerward.runs.running.executors import Executor
from peerward.runs.running.executors.inline import Inline
from peerward.runs.running.executors.local import Local
from peerward.runs.running.finished import past_of
from peerward.runs.running.interrupts import ASKED, first_drains
from peerward.runs.running.names import DRAIN, asked_to_end
from peerward.runs.running.orphans import wait_for_orphans
from peerward.runs.running.progress import read_progress
from peerward.runs.running.queue import Tally, run_queue
from peerward.runs.running.shard_run import ShardJob
from peerward.runs.running.watching import Watcher, watching
from peerward.runs.study_shards import TRIALS


@dataclass(frozen=True)
class Means:
    """With what means a run is executed.

    Attributes:
        budget: The most that the whole run may spend, all sessions together.
        expected: What a trial is expected to cost until one has ended.
        workers: Shards at once; 0 lets the run choose.
        executor: Runs them; this machine's own unless given.
        trials: About how many trials a shard has; a run that is gone on with keeps its own.
        besides: What was spent of the budget on something else than trials: on judging them.
    """

    budget: Budget = field(default_factory=Budget)
    expected: Spend = field(default_factory=Spend)
    workers: int = 0
    executor: Executor | None = None
    trials: int = TRIALS
    besides: Spend = field(default_factory=Spend)

    @property
    def here(self) -> bool:
        """Whether trials are run on this machine."""
        return self.executor is None or isinstance(self.executor, Inline | Local)


def conduct(
    jobs: Sequence[ShardJob],
    root: Path,
    in_order: bool,
    means: Means,
    watcher: Watcher | None,
    told: Callable[[str], None],
) -> Tally:
    """Run the shards of a run until all have ended or the run is over.

    Args:
        jobs: The shards.
        root: The run's folder.
        in_order: Whether a critic's shards have to be run one after another (looks are made in the blocks' order).
        means: With what means.
        watcher: Shown how far the run is.
        told: Told of what a person has to know at once.
    """
    critics = len({job.critic.slug for job in jobs})
    room = means.executor.room() if means.executor is not None else 0
    workers = means.workers or (min(room, len(jobs)) if room else _workers(jobs, critics))
    live = min((job.critic.live or job.settings.live for job in jobs), default=1)
    at_once = 1 if in_order else max(1, min(live, math.ceil(workers / critics)))
    executor = means.executor or (Inline() if workers == 1 else Local())
    wait_for_orphans(root, root / DRAIN, told)
    budget = means.budget
    if budget.is_set:
        budget = budget.less(spent_so_far(root) + means.besides)
    shared = [_paced(job, at_once, jobs) for job in jobs]
    drains = _Drains(root)
    with watching(root, watcher):
        try:
            with first_drains(
                drains,
                lambda: told(f"{ASKED}: the trials that run come to their end; pressed again, it stops at once."),
            ):
                return run_queue(shared, executor, workers, at_once, budget, drains.why)
        finally:
            # After a run that came to its end there is nothing to stop, but a cluster to leave.
            executor.stop()


def spent_so_far(root: Path) -> Spend:
    """What all sessions of a run have spent; where a shard's progress is gone, what its logs tell.

    Raises:
        RunError: If neither can be read now.
    """
    spent = Spend()
    for folder in {path.parent for path in root.glob("*/*/*.eval")} | {path.parent for path in root.glob("*/*/*.json")}:
        progress = read_progress(folder)
        spent += progress.spend if progress is not None else past_of(folder, mend=False).spend
    return spent


def _workers(jobs: Sequence[ShardJob], critics: int) -> int:
    """A process for each critic, two for each core at most; scripted critics are bound by the cores alone."""
    cores = os.cpu_count() or 1
    if all(job.critic.model.startswith("scripted/") for job in jobs):
        return max(1, min(cores, len(jobs)))
    return max(1, min(2 * cores, critics, len(jobs)))


def _paced(job: ShardJob, at_once: int, jobs: Sequence[ShardJob]) -> ShardJob:
    """A job with its share of the trials that its critic may have at once."""
    beside = min(at_once, sum(each.critic.slug == job.critic.slug for each in jobs))
    mine = max(1, (job.critic.live or job.settings.live) // beside)
    return replace(job, settings=replace(job.settings, live=mine), critic=replace(job.critic, live=0))


class _Drains:
    """A run that can be asked to drain, here and from elsewhere: by a file that its shards look for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._said = ""

    def drain(self, why: str) -> None:
        """Ask all shards to end."""
        try:
            (self._root / DRAIN).write_text(why + "\n", encoding="utf-8")
        except OSError:
            # On a full disk the runner at least begins no further shard.
            self._said = why

    def why(self) -> str:
        """Why no further shard may begin, or an empty text."""
        return asked_to_end(self._root) or self._said
