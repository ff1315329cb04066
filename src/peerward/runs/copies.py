"""Trials that are in several logs: which of them counts.

A run that was resumed repeats samples in a new log; a run that was tried again repeats failed trials. Only logs of the
same run key can share trials, and of those only members of the same name are read twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from peerward.runs.logs import LogError, member_names, read_members

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
    """

    trial_id: str
    run: str
    failed: bool
    judged: int
    completed_at: str


def set_aside(
    logs: Sequence[tuple[Path, str]], look: Callable[[Path, str, bytes], Logged], keep: Keep | None
) -> dict[Path, set[str]]:
    """Return the members that do not count, by log.

    Args:
        logs: Each log with the key of its run; logs of different keys share no trials.
        look: Reads a member.
        keep: Which of two finished runs of a trial counts; None refuses them.

    Raises:
        LogError: If a trial was finished twice and ``keep`` is not given, or a log cannot be read.
    """
    aside: dict[Path, set[str]] = {}
    by_key: dict[str, list[Path]] = {}
    for path, key in logs:
        by_key.setdefault(key, []).append(path)
    for paths in by_key.values():
        if len(paths) > 1:
            _among(paths, look, keep, aside)
    return aside


def _among(
    paths: Sequence[Path],
    look: Callable[[Path, str, bytes], Logged],
    keep: Keep | None,
    aside: dict[Path, set[str]],
) -> None:
    seen: set[str] = set()
    shared: set[str] = set()
    for path in paths:
        names = set(member_names(path))
        shared |= seen & names
        seen |= names
    if not shared:
        return
    counts: dict[str, tuple[Logged, Path, str]] = {}
    for path in paths:
        for name, data in read_members(path, only=shared):
            new = (look(path, name, data), path, name)
            old = counts.setdefault(new[0].trial_id, new)
            if old is not new:
                kept = _better(old, new, keep)
                counts[new[0].trial_id] = kept
                gone = old if kept is new else new
                aside.setdefault(gone[1], set()).add(gone[2])


def _better(
    old: tuple[Logged, Path, str], new: tuple[Logged, Path, str], keep: Keep | None
) -> tuple[Logged, Path, str]:
    """The one of two that counts; ``new`` is from a later log."""
    before, after = old[0], new[0]
    if before.run == after.run:
        return old if before.judged > after.judged else new
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
