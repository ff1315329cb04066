"""Runs shards in this process, one after another."""

from peerward.runs.execute import RunError
from peerward.runs.running.executors import Ended
from peerward.runs.running.shard_run import ShardJob, run_shard


class Inline:
    """The executor for one worker: no second process, no second import of Inspect."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._jobs: list[ShardJob] = []

    def room(self) -> int:
        """One shard after another."""
        return 1

    def submit(self, job: ShardJob) -> None:
        """Put a shard in the queue."""
        self._jobs.append(job)

    def ended(self, wait: float) -> list[Ended]:
        """Run the next shard."""
        if not self._jobs:
            return []
        job = self._jobs.pop(0)
        try:
            return [Ended(job, run_shard(job))]
        except (RunError, OSError) as error:
            # A full disk, or a folder that is gone: what is finished is kept, the rest is for when it is mended.
            return [Ended(job, problem=str(error))]

    def stop(self) -> None:
        """Forget what is in the queue."""
        self._jobs.clear()
