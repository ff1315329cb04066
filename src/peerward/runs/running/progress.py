"""How far a shard is: written beside its logs about once a second, read by the live view and by ``peerward status``."""

import json
import math
import os
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from peerward.measures import Status
from peerward.runs.places import is_local, write_whole
from peerward.runs.running.budget import Spend
from peerward.runs.running.meter import metered

PROGRESS = "progress.json"
FORMAT = 1
_MOST = 1e15
"""No number of a run is as large; what is in a file that has one is none of ours."""


@dataclass
class CellProgress:
    """How far a cell is.

    Attributes:
        scenario: Its scenario.
        condition_id: Its condition.
        named: Its levels in words.
        finding: The scenario's headline finding, whose interim rate is shown.
        planned: Trials in this shard.
        running: Trials that run.
        done: Trials that are finished.
        failed: Trials that provider, sandbox or harness failed, and that were not finished later.
        not_valid: Finished trials that count as incomplete or without opportunity.
        measured: Finished trials with the headline finding measured.
        events: The sum of that finding over them.
    """

    scenario: str
    condition_id: str
    named: str
    finding: str
    planned: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    not_valid: int = 0
    measured: int = 0
    events: float = 0.0

    def count(self, values: Mapping[str, Any]) -> None:
        """Count a finished trial."""
        self.done += 1
        self.not_valid += values.get("status") not in (Status.VALID, None)
        value = values.get(self.finding)
        if isinstance(value, int | float) and not math.isnan(value):
            self.measured += 1
            self.events += float(value)


@dataclass
class Progress:
    """How far a shard is.

    Attributes:
        critic: The critic's name.
        model: Its model string.
        slug: Its folder.
        shard: The shard's number.
        state: ``starting``, ``running``, ``draining``, ``finished`` or ``stopped`` (unfinished, to be gone on with).
        why: Why it drains or was stopped, or an empty text.
        host: The machine it runs on.
        process: The process.
        begun: When this session began, seconds since 1970.
        updated: When this was written.
        spend: What was spent in all sessions.
        settled: What of it went into trials that have ended, or that an earlier session began.
        retries: Calls that were tried again in this session, by status code or kind of error.
        waiting: Trials that wait for a provider at this moment before they try again.
        waited: Seconds spent in such waits.
        errors: The errors that ended trials in this session, with their numbers.
        stopped: Trials of this session that the run broke off; they are run again.
        seconds: Seconds that finished trials of this session took, added up.
        ended: How many those are.
        cells: The cells.
        notes: What else has to be known.
        looks: What a declared stopping rule has looked at, or nothing.
    """

    critic: str
    model: str
    slug: str
    shard: int
    state: str = "starting"
    why: str = ""
    host: str = field(default_factory=socket.gethostname)
    process: int = field(default_factory=os.getpid)
    begun: float = field(default_factory=time.time)
    updated: float = 0.0
    spend: Spend = field(default_factory=Spend)
    settled: Spend = field(default_factory=Spend)
    retries: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    waited: float = 0.0
    errors: dict[str, int] = field(default_factory=dict)
    stopped: int = 0
    seconds: float = 0.0
    ended: int = 0
    cells: list[CellProgress] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    looks: dict[str, Any] = field(default_factory=dict)

    def sum(self, name: str) -> int:
        """A number of the cells, added up."""
        return int(sum(getattr(cell, name) for cell in self.cells))

    @property
    def left(self) -> int:
        """Trials that are not finished."""
        return self.sum("planned") - self.sum("done")

    @property
    def over(self) -> int:
        """Trials that are not finished and not run any more, since the study's rule has stopped their scenario."""
        stops = {str(each.get("scenario")) for each in self.looks.get("stops") or ()}
        return sum(cell.planned - cell.done for cell in self.cells if cell.scenario in stops)

    def write(self, folder: Path) -> None:
        """Write it into a shard's folder."""
        self.updated = time.time()
        write_whole(folder / PROGRESS, json.dumps({"peerward_progress": FORMAT} | asdict(self), ensure_ascii=False))


def read_progress(folder: Path) -> Progress | None:
    """The progress in a shard's folder, or None where there is none that can be read."""
    try:
        text = (folder / PROGRESS).read_text(encoding="utf-8")
    except Exception:
        # Every kind of place has errors of its own for what is not there or cannot be reached.
        return None
    try:
        body = json.loads(text)
        if body.pop("peerward_progress") != FORMAT:
            return None
        found = _typed().validate_python(body)
        if not all(0 <= number < _MOST for number in _numbers(asdict(found))):
            return None
        found.spend = max(found.spend, metered(folder), key=lambda each: (each.tokens, each.calls))
        return found
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


@cache
def _typed() -> TypeAdapter[Progress]:
    """Checks what is read: half a file, or somebody else's, must not count as progress."""
    return TypeAdapter(Progress)


def _numbers(body: Mapping[str, Any]) -> Iterator[float]:
    for name, value in body.items():
        if name == "looks":
            continue
        if isinstance(value, int | float):
            yield value
        for each in (value,) if isinstance(value, dict) else value if isinstance(value, list) else ():
            if isinstance(each, dict):
                yield from _numbers(each)


Known = dict[str, tuple[tuple[int, int], Progress]]
"""Progress that was read before, with the time and size of its file."""


def all_progress(root: Path, known: Known | None = None) -> Iterator[Progress]:
    """The progress of every shard of a run.

    Args:
        root: The run's folder.
        known: What an earlier call has read, kept by the caller: of a thousand shards most have ended long ago, and
            their files need not be read again.
    """
    known = {} if known is None or not is_local(root) else known
    try:
        paths = sorted(root.glob(f"*/*/{PROGRESS}"), key=str)
    except Exception:
        # As above.
        return
    for path in paths:
        mark = _mark(path) if is_local(root) else None
        before = known.get(str(path))
        found = before[1] if before and before[0] == mark else read_progress(path.parent)
        if found is not None:
            yield found
            if mark is not None:
                known[str(path)] = mark, found


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
