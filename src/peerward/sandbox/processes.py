"""What runs in a machine, read from its own /proc."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


KEPT = ("sleep", "infinity")
"""What the first process of a machine without an ssh server keeps running."""


@dataclass(frozen=True)
class Process:
    """A process as the machine numbers it; ``started`` by the wall clock, aware, UTC."""

    pid: int
    argv: tuple[str, ...]
    started: datetime


def running(proc: Path) -> list[Process]:
    """The machine's processes beside its first one, what that one keeps running, and its ssh server's own."""
    booted = _booted()
    found = []
    for pid in _pids(proc):
        # A process may end while it is read.
        with contextlib.suppress(OSError, IndexError, ValueError):
            own = proc / str(pid)
            argv = tuple(os.fsdecode(word) for word in (own / "cmdline").read_bytes().split(b"\0")[:-1])
            fields = (own / "stat").read_text(errors="replace").rpartition(")")[2].split()
            state, parent, ticks = fields[0], int(fields[1]), int(fields[19])
            kept = pid == 1 or (parent == 1 and argv == KEPT) or (own / "exe").readlink().name == "sshd"
            if state != "Z" and not kept:
                found.append(Process(pid, argv, datetime.fromtimestamp(booted + ticks / _TICKS, UTC)))
    return found


def memory(proc: Path) -> dict[int, int]:
    """Bytes of memory of its own that each process of a machine holds, by the machine's number of it."""
    held = {}
    for pid in _pids(proc):
        with contextlib.suppress(OSError, ValueError):
            _, resident, shared, *_ = (proc / str(pid) / "statm").read_text().split()
            held[pid] = (int(resident) - int(shared)) * _PAGE_BYTES
    return held


def _pids(proc: Path) -> Iterator[int]:
    with contextlib.suppress(OSError):
        yield from sorted(int(entry.name) for entry in proc.iterdir() if entry.name.isdecimal())


def _booted() -> float:
    """When this computer was started, in seconds since 1970."""
    lines = Path("/proc/stat").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("btime")))
