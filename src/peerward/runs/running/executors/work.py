"""What a worker does with a shard, in whatever process it is, and how a shard travels to another machine.

Nothing heavy is imported here: the extensions that the run was begun with have to be named before Inspect's and
peerward's own modules look for them.
"""

import os
import pickle
import time
from typing import TYPE_CHECKING

from peerward import __version__

if TYPE_CHECKING:
    from peerward.runs.running.executors import Ended
    from peerward.runs.running.shard_run import ShardJob, ShardReport

_EXTENSIONS = "PEERWARD_EXTENSIONS"
_PATIENCE = 150.0
"""Seconds for which a worker waits for a shard's lock: one whose holder died is void well before."""
_PAUSE = 3.0


def work(job: "ShardJob") -> "ShardReport | str":
    """Run a shard; returns its report, or what is wrong with it.

    A shard whose worker has just died may still be locked, and is waited for.
    """
    from peerward.runs.execute import RunError
    from peerward.runs.running.locks import LockedError
    from peerward.runs.running.shard_run import run_shard

    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return run_shard(job)
        except LockedError as error:
            if time.monotonic() > until:
                return str(error)
            time.sleep(_PAUSE)
        except (RunError, OSError) as error:
            # A full disk, or a folder that is gone: dying again and again would not help.
            return str(error)


def packed(job: "ShardJob") -> bytes:
    """A shard as bytes, with the version of peerward and the extensions that belong to it."""
    return pickle.dumps((__version__, os.environ.get(_EXTENSIONS, ""), pickle.dumps(job)))


def work_packed(payload: bytes) -> "ShardReport | str":
    """Run a shard on another machine; returns as ``work`` does.

    Args:
        payload: What ``packed`` made.
    """
    version, extensions, job = pickle.loads(payload)
    if version != __version__:
        return (
            f"this worker has peerward {__version__}, and the run was begun with {version}: install the same version "
            "on every machine"
        )
    if extensions:
        os.environ[_EXTENSIONS] = extensions
    try:
        shard = pickle.loads(job)
    except Exception as error:
        # An extension that is not there, or another one, fails in a way of its own; trying again would not help.
        return f"this worker cannot read what it is to run: {str(error) or type(error).__name__}"
    return work(shard)


def ended_with(job: "ShardJob", said: "ShardReport | str") -> "Ended":
    """How a job ended, by what its worker said.

    A worker whose logs cannot be seen from here has written them to a disk of its own: that is told, not trusted.
    """
    from peerward.runs.running.executors import Ended
    from peerward.runs.running.progress import PROGRESS

    if isinstance(said, str):
        return Ended(job, problem=said)
    if not (job.folder / PROGRESS).exists():
        return Ended(
            job,
            problem=f"it was run, but {job.folder} cannot be seen from this machine: --log-dir has to be a folder that "
            "all machines share, or an address such as s3://bucket/folder",
        )
    return Ended(job, said)
