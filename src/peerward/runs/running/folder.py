"""Whether a place can be a run's folder, before anything is planned or run."""

import re
from collections.abc import Sequence
from pathlib import Path

from peerward.design.counting import counted
from peerward.runs.execute import RunError
from peerward.runs.places import is_local
from peerward.runs.run_facts import MANIFEST
from peerward.runs.running.names import DRAIN, LOCK

_OURS = frozenset({LOCK, DRAIN, "slurm"})
_SHARD = re.compile(r"\d{4,}")
_TOLD = 3


def check_folder(root: Path) -> None:
    """Check that a run can be begun in a folder, or gone on with there.

    Args:
        root: The folder, which need not exist.

    Raises:
        RunError: If it is a file or below one, or holds other things and no run.
    """
    above = next((each for each in (root, *root.parents) if each.exists()), None) if is_local(root) else None
    if above is not None and not above.is_dir():
        what = "is a file" if above == root else f"cannot be made: {above} is a file"
        raise RunError(f"{root} {what}, and a run needs a folder of its own: name another with --log-dir")
    try:
        there = sorted(each.name for each in root.iterdir()) if root.is_dir() else []
    except PermissionError as error:
        raise RunError(f"{root} cannot be read ({error.strerror}): name another folder with --log-dir") from error
    if MANIFEST in there:
        return
    others = [name for name in there if not _is_ours(root / name)]
    if others:
        raise RunError(
            f"{root} holds other things and no run ({_listed(others)}): name a new or empty folder with --log-dir, or "
            f"one in which a run was begun (it has a {MANIFEST})"
        )


def _is_ours(path: Path) -> bool:
    """Whether a run can have made it: its own files, hidden ones, and folders of critics with their shards."""
    if path.name in _OURS or path.name.startswith("."):
        return True
    return path.is_dir() and all(_SHARD.fullmatch(each.name) for each in path.iterdir())


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _TOLD
    return ", ".join(names[:_TOLD]) + (f" and {counted(more, 'other')}" if more > 0 else "")
