"""Logs of any number of places to one trials table, a trial at a time."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peerward.design.counting import counted
from peerward.measures import Status
from peerward.runs.copies import Keep
from peerward.runs.execute import RunError
from peerward.runs.logs import LogError, find_logs
from peerward.runs.running.manifest import read_manifest
from peerward.runs.table_write import Form, write_table
from peerward.runs.trials import read_rows

_PERIOD = 5.0
"""Seconds between two words on how far it is."""


@dataclass
class Collected:
    """What was collected.

    Attributes:
        trials: The table's rows.
        logs: The logs that were found.
        failed: Rows of trials that provider, sandbox or harness failed.
        damaged: What could not be read, a sentence each.
        partial: Runs that are not finished, a sentence each.
    """

    trials: int = 0
    logs: int = 0
    failed: int = 0
    damaged: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)


def collect(
    places: Sequence[Path],
    output: Path,
    form: Form | None = None,
    *,
    again: bool = False,
    keep: Keep | None = "first",
    skip_damaged: bool = False,
    told: Callable[[str], None] = lambda line: None,
) -> Collected:
    """Write the trials of all logs in some places to one table.

    Memory does not grow with the trials, but for eight bytes each and a few hundred a log. A trial that was run by
    two workers comes once, and forks of trials do not come.

    Args:
        places: Runs, folders or logs, here or elsewhere.
        output: The table.
        form: Its form; by the output's ending unless given.
        again: Measure every trial again from its record.
        keep: Which run of a trial counts where it was finished twice; None refuses them.
        skip_damaged: Leave out what cannot be read, and say so, instead of refusing it.
        told: Told from time to time how far it is.

    Raises:
        LogError: If a place holds no log, or a log cannot be read.
        TableError: If no table has the output's form.
        OSError: If the table cannot be written.
    """
    paths = find_logs(places)
    found = Collected(logs=len(paths))
    roots = {path: _root(path) for path in paths}
    here: Counter[tuple[Path, str]] = Counter()

    def damaged(error: LogError) -> None:
        found.damaged.append(str(error))

    def rows() -> Iterator[dict[str, Any]]:
        last = time.monotonic()
        read = read_rows(paths, again, keep, damaged if skip_damaged else None, forks=False)
        for count, (row, path, _) in enumerate(read, 1):
            if row["status"] == Status.INFRASTRUCTURE:
                found.failed += 1
            else:
                here[roots[path], path.parent.parent.name] += 1
            yield row
            if time.monotonic() - last > _PERIOD:
                last = time.monotonic()
                told(f"{counted(count, 'trial')} so far")

    told(counted(len(paths), "log"))
    found.trials = write_table(rows(), output, form)
    found.partial = list(_partial(set(roots.values()), here))
    return found


def _root(path: Path) -> Path:
    """The folder of the run of which a log is, if it lies where a run's logs do."""
    return path.parent.parent.parent


def _partial(roots: set[Path], here: Counter[tuple[Path, str]]) -> Iterator[str]:
    for root in sorted(roots, key=str):
        body = _manifest(root)
        # What a critic had left when it was asked with other settings is no part of the run any more.
        critics = [each for each in body["critics"] if not each.get("left_behind")] if body else []
        planned = sum(int(each.get("trials", 0)) for each in critics)
        finished = sum(here[root, str(each["folder"])] for each in critics)
        if finished < planned and not (body and _ended_by_rule(body)):
            yield f"{root}: {finished:,} of {planned:,} trials are finished"


def _ended_by_rule(body: Mapping[str, Any]) -> bool:
    """Whether a run is over though it has fewer trials than were planned: its study's rule has stopped it."""
    stopped = any(each.get("stops") for each in (body.get("stopping") or {}).values())
    sessions = body.get("sessions") or [{}]
    return stopped and sessions[-1].get("why") == "finished"


def _manifest(root: Path) -> dict[str, Any] | None:
    """A run's manifest, or None where there is none of ours: the trials count with or without it."""
    try:
        return read_manifest(root)
    except RunError:
        return None
