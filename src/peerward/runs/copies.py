"""Trials that are in several logs: which of them counts.

A run that was resumed repeats samples in a new log; a run that was tried again repeats failed trials. Only logs of the
same run key can share trials, and of those only members of the same name are read twice. A name is kept as eight bytes,
and of trials that have to be compared only so many are in memory at once, so that a million trials can be looked
through; two names that happen to have the same bytes are compared for nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from peerward.runs.logs import LogError, member_names, read_members

_AT_ONCE = 50_000
"""Names that are compared in one pass over the logs."""

Keep = Literal["first", "last"]
"""Which of two finished runs of a trial counts: the one that ended first, or last."""


@dataclass(frozen=True)
class Logged:
    """A trial in a log, as far as it has to be told from others.

    Attributes:
        trial_id: The trial.
        run: Which run of the trial it is: a copy has the same.
        failed: Whether provider, sandbox or harness failed it.
        judged: How many things judges said of it.
        completed_at: When it ended.
        stopped: Whether the run itself broke it off, so that it is no trial.
    """

    trial_id: str
    run: str
    failed: bool
    judged: int
    completed_at: str
    stopped: bool = False


def set_aside(
    logs: Sequence[tuple[Path, str]],
    look: Callable[[Path, str, bytes], Logged],
    keep: Keep | None,
    skip_damaged: bool = False,
) -> dict[Path, set[str]]:
    """Return the members that do not count, by log.

    Args:
        logs: Each log with the key of its run; logs of different keys share no trials.
        look: Reads a member.
        keep: Which of two finished runs of a trial counts; None refuses them.
        skip_damaged: Pass over what cannot be read, which then shares nothing.

    Raises:
        LogError: If a trial was finished twice and ``keep`` is not given, or a log cannot be read.
    """
    aside: dict[Path, set[str]] = {}
    by_key: dict[str, list[Path]] = {}
    for path, key in logs:
        by_key.setdefault(key, []).append(path)
    for paths in by_key.values():
        if len(paths) > 1:
            shared = _shared(paths, skip_damaged)
            passes = -(-len(shared) // _AT_ONCE)
            for number in range(passes):
                some = frozenset(shared[number::passes].tolist())
                _among(paths, some, look, keep, skip_damaged, aside)
    return aside


def _shared(paths: Sequence[Path], skip_damaged: bool) -> NDArray[np.int64]:
    """The names that are in more than one log, as numbers."""
    found = []
    for path in paths:
        try:
            names = member_names(path)
        except LogError:
            if not skip_damaged:
                raise
            continue
        found.append(np.fromiter(map(hash, names), np.int64, len(names)))
    numbers, counts = np.unique(np.concatenate(found or [np.empty(0, np.int64)]), return_counts=True)
    return numbers[counts > 1]


def _among(
    paths: Sequence[Path],
    shared: frozenset[int],
    look: Callable[[Path, str, bytes], Logged],
    keep: Keep | None,
    skip_damaged: bool,
    aside: dict[Path, set[str]],
) -> None:
    counts: dict[str, tuple[Logged, Path, str]] = {}
    for path in paths:
        for new in _looked_at(path, shared, look, skip_damaged):
            old = counts.setdefault(new[0].trial_id, new)
            if old is not new:
                kept = _better(old, new, keep)
                counts[new[0].trial_id] = kept
                gone = old if kept is new else new
                aside.setdefault(gone[1], set()).add(gone[2])


def _looked_at(
    path: Path, shared: frozenset[int], look: Callable[[Path, str, bytes], Logged], skip_damaged: bool
) -> Iterator[tuple[Logged, Path, str]]:
    try:
        own = {name for name in member_names(path) if hash(name) in shared}
        for name, data in read_members(path, only=own) if own else ():
            yield look(path, name, data), path, name
    except LogError:
        if not skip_damaged:
            raise


def _better(
    old: tuple[Logged, Path, str], new: tuple[Logged, Path, str], keep: Keep | None
) -> tuple[Logged, Path, str]:
    """The one of two that counts; ``new`` is from a later log."""
    before, after = old[0], new[0]
    if before.run == after.run:
        return old if before.judged > after.judged else new
    if before.stopped or after.stopped:
        return old if after.stopped else new
    if before.failed or after.failed:
        return old if after.failed and not before.failed else new
    if keep is None:
        raise LogError(
            f"trial {after.trial_id} was run and finished twice, in {old[1]} and in {new[1]}: leave one of the logs "
            "out, or say which run counts: --keep first or --keep last"
        )
    later = new if after.completed_at >= before.completed_at else old
    earlier = old if later is new else new
    return later if keep == "last" else earlier
