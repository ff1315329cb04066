"""Where shards are run: each executor is one small file behind one interface.

A shard may be run more than once and by anybody (at least once): what is finished stands in its folder, and a lock
there keeps two from running it at the same time. ``executor_named`` opens an executor; a new one is a module here and
a line in ``EXECUTORS``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from peerward.runs.running.shard_run import ShardJob, ShardReport

EXECUTORS: Mapping[str, str] = {
    "local": "processes of this machine",
    "slurm": "jobs of a Slurm cluster",
    "ray": "tasks of a Ray cluster",
}
"""What each executor runs a shard as; its module here has the same name and a function ``opened``."""


@dataclass(frozen=True)
class Ended:
    """How a job ended.

    Attributes:
        job: The job.
        report: What it reported; None if it did not come to that.
        died: How its process died, or an empty text; it can be run again.
        problem: What is wrong with it, or an empty text; running it again would not help.
    """

    job: "ShardJob"
    report: "ShardReport | None" = None
    died: str = ""
    problem: str = ""


class Executor(Protocol):
    """Runs shards, each at least once."""

    def room(self) -> int:
        """How many shards it can run at once; 0 if it can run as many as the run thinks fit."""

    def submit(self, job: "ShardJob") -> None:
        """Have a shard run as soon as there is room."""

    def ended(self, wait: float) -> list[Ended]:
        """The jobs that have ended since it was last asked; waits so many seconds for one."""

    def stop(self) -> None:
        """End everything at once and let go of what it holds; it can be used again."""


def executor_named(name: str, options: Mapping[str, str], root: Path) -> Executor:
    """Open an executor.

    Args:
        name: One of ``EXECUTORS``.
        options: What it is told, by name; each executor's module says what it knows.
        root: The run's folder.

    Raises:
        RunError: If there is no such executor or option, or it needs a package that is not installed.
    """
    from peerward.runs.execute import RunError

    if name not in EXECUTORS:
        raise RunError(f"no executor {name!r}; choose one of: {', '.join(EXECUTORS)}")
    found: Executor = import_module(f"{__name__}.{name}").opened(options, root)
    return found


def package(name: str, extra: str) -> Any:
    """A package that only one executor needs.

    Raises:
        RunError: If it is not installed; the message says how to install it.
    """
    from peerward.runs.execute import RunError

    try:
        return import_module(name)
    except ImportError as error:
        raise RunError(
            f"--executor {extra} needs the package {name}, which cannot be imported ({error}); install it: "
            f"pip install 'peerward[{extra}]'"
        ) from error


def checked(name: str, options: Mapping[str, str], known: Mapping[str, str]) -> None:
    """See to it that an executor knows its options.

    Raises:
        RunError: If it does not; the message names those that it knows.
    """
    from peerward.runs.execute import RunError

    odd = [each for each in options if each not in known]
    if odd:
        told = "; ".join(f"{each} ({what})" for each, what in known.items()) or "none"
        raise RunError(f"the executor {name} knows no option {odd[0]!r}; it knows: {told}")
