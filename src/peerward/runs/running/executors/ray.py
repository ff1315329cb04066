"""Runs shards as tasks of a Ray cluster that stands already, or of one that is begun on this machine.

Options: ``address`` (``auto``, ``host:6379``, ``ray://host:10001``); without one a cluster of this machine is begun
and ended with the run.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peerward.runs.execute import RunError
from peerward.runs.running.executors import Ended, checked, package
from peerward.runs.running.executors.work import ended_with, packed, work_packed

if TYPE_CHECKING:
    from peerward.runs.running.shard_run import ShardJob

_KNOWN = {"address": "the cluster's address; one is begun here unless given"}
_STORE = 100_000_000
"""Bytes of shared memory for a cluster of our own: all that travels is a shard's description and its report."""

_SHARDS = 10
"""Shards that a worker process runs before it makes room for a new one."""


def opened(options: Mapping[str, str], root: Path) -> "Ray":
    """The executor; the cluster is joined when the first shard needs it.

    Raises:
        RunError: If Ray is not installed, or an option is not known.
    """
    checked("ray", options, _KNOWN)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    return Ray(package("ray", "ray"), options.get("address", ""))


class Ray:
    """The executor for a Ray cluster; Ray itself tries nothing again, the run does."""

    def __init__(self, ray: Any, address: str) -> None:
        """Begin with nothing to do.

        Args:
            ray: The package.
            address: The cluster's, or an empty text.
        """
        self._ray, self._address = ray, address
        self._running: dict[Any, ShardJob] = {}
        self._task: Any = None

    def room(self) -> int:
        """As many as the cluster has cores."""
        self._join()
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def submit(self, job: "ShardJob") -> None:
        """Give a shard to the cluster."""
        self._join()
        task = self._task.options(name=f"peerward: {job.name}")
        self._running[task.remote(packed(job))] = job

    def ended(self, wait: float) -> list[Ended]:
        """A shard whose task has ended, or whose worker is gone."""
        if not self._running:
            time.sleep(wait)
            return []
        done, _ = self._ray.wait(list(self._running), num_returns=1, timeout=wait)
        return [self._how(self._running.pop(each), each) for each in done]

    def _how(self, job: "ShardJob", done: Any) -> Ended:
        try:
            return ended_with(job, self._ray.get(done))
        except self._ray.exceptions.RayTaskError as error:
            # What went wrong there comes as a traceback, whose last line says it.
            return Ended(job, died=f"its Ray task ended in an error ({_short(error, -1)})")
        except self._ray.exceptions.RayError as error:
            return Ended(job, died=f"its Ray worker died ({_short(error)})")

    def stop(self) -> None:
        """Cancel the tasks by force and leave the cluster; what is finished is in the logs."""
        for each in self._running:
            self._ray.cancel(each, force=True)
        self._running = {}
        if self._task is not None:
            self._task = None
            self._ray.shutdown()

    def _join(self) -> None:
        if self._task is not None:
            return
        own = not (self._address or os.environ.get("RAY_ADDRESS"))
        begun = (
            {"address": "local", "include_dashboard": False, "object_store_memory": _STORE}
            if own
            else {"address": self._address or None}
        )
        try:
            self._ray.init(log_to_driver=False, configure_logging=False, ignore_reinit_error=True, **begun)
        except (self._ray.exceptions.RayError, ConnectionError, ValueError, RuntimeError, OSError) as error:
            where = "on this machine" if own else f"at {self._address or os.environ['RAY_ADDRESS']}"
            raise RunError(
                f"no Ray cluster {where} ({_short(error)}); see --ray-address. One that asks for a token is joined "
                "with RAY_AUTH_MODE=token in the environment"
            ) from error
        # What finished trials leave in memory goes with their worker, after some shards.
        self._task = self._ray.remote(max_retries=0, max_calls=_SHARDS)(work_packed)


def _short(error: BaseException, line: int = 0) -> str:
    lines = [each.strip() for each in str(error).splitlines() if each.strip()]
    return f"{type(error).__name__}: {lines[line]}" if lines else type(error).__name__
