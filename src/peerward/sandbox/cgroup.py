"""Memory and processes held by a control group, where the system has delegated one to us (cgroup v2).

Under systemd: ``systemd-run --user --scope -p Delegate=yes peerward run ...``, or ``Delegate=yes`` in a service.
"""

import contextlib
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from peerward.sandbox.plan import Limits

_PREFIX = "lan-"


@dataclass(frozen=True)
class Group:
    """A control group that holds all machines of one trial."""

    folder: Path

    @property
    def joined(self) -> tuple[str, ...]:
        """What is put in front of a command so that it and all that it starts is in the group."""
        return ("/bin/sh", "-c", f'echo $$ > {self.folder}/cgroup.procs && exec "$@"', "sh")

    def over(self) -> bool:
        """Whether the kernel has ended a process for memory."""
        with contextlib.suppress(OSError, ValueError):
            events = dict(line.split() for line in (self.folder / "memory.events").read_text().splitlines())
            return int(events.get("oom_kill", "0")) > 0
        return False

    def end(self) -> None:
        """Remove the group, whose processes have ended."""
        with contextlib.suppress(OSError):
            self.folder.rmdir()


def delegated_group(limits: Limits, machines: int, ours: Path | None = None) -> Group | None:
    """A new group with these limits below our own (``ours``), or None if the system has delegated none to us.

    Empty groups that a killed process left are removed on the way.
    """
    ours = ours or _our_group()
    if ours is None or not os.access(ours, os.W_OK):
        return None
    try:
        if not {"memory", "pids"} <= set((ours / "cgroup.controllers").read_text().split()):
            return None
        _hand_down(ours)
        for left in ours.glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                left.rmdir()
        folder = ours / f"{_PREFIX}{uuid.uuid4().hex[:12]}"
        folder.mkdir()
        # Files lie in memory, and count for the group whose process wrote them.
        (folder / "memory.max").write_text(str((limits.memory_mb + limits.disk_mb) << 20))
        (folder / "memory.swap.max").write_text("0")
        (folder / "pids.max").write_text(str(limits.processes * machines))
    except OSError:
        return None
    return Group(folder)


def _hand_down(ours: Path) -> None:
    """Let groups below have memory and pids; a group that does so holds no process itself, so we move below first."""
    control = ours / "cgroup.subtree_control"
    if {"memory", "pids"} <= set(control.read_text().split()):
        return
    own = ours / "runner"
    own.mkdir(exist_ok=True)
    (own / "cgroup.procs").write_text(str(os.getpid()))
    control.write_text("+memory +pids")


def _our_group() -> Path | None:
    """The folder of the cgroup v2 group that we are in; if we moved below it, the one above."""
    with contextlib.suppress(OSError):
        mounts = [line.split(" - ") for line in Path("/proc/self/mountinfo").read_text().splitlines()]
        roots = [left.split()[4] for left, right in mounts if right.split()[0] == "cgroup2"]
        names = [line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::")]
        if roots and names:
            folder = Path(roots[0] + names[0])
            return folder.parent if folder.name == "runner" else folder
    return None
