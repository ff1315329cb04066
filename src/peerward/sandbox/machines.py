"""What a trial needs of its machines, whatever makes them: bubblewrap (``lan.py``) or containers (``docker/``)."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from peerward.company.on_disk.tree import Tree
from peerward.sandbox.done import Done
from peerward.sandbox.plan import LanPlan
from peerward.sandbox.processes import Process


class Machines(Protocol):
    """The machines of one trial, running.

    Trees show machines as of the last ``fetch``, and what is written to them is there after the next ``put``. Where a
    tree is the machine's own disk, both have nothing to do.
    """

    @property
    def sandbox(self) -> str:
        """What they are made of: one of ``peerward.sandbox.SANDBOXES``."""

    @property
    def plan(self) -> LanPlan:
        """What was started."""

    @property
    def held(self) -> Mapping[str, str]:
        """What holds each limit: disk, memory, processes, time."""

    def tree(self, machine: str) -> Tree:
        """The files of a machine, seen from outside."""

    def put(self) -> None:
        """Take what was written to the trees to the machines."""

    def fetch(self, machine: str = "", folder: str = "/") -> None:
        """Bring the trees up to date: of all machines unless one is named, below a folder."""

    def run(
        self,
        machine: str,
        argv: Sequence[str],
        *,
        input: bytes | None = None,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Done:
        """Run a command in a machine; TimeoutError if it takes longer than ``timeout`` seconds."""

    def processes(self, machine: str) -> list[Process]:
        """What runs in a machine beside its first process and its ssh server."""

    def over(self) -> Mapping[str, str]:
        """Limits that were reached, as far as it is known: where, and what came of it."""

    def freeze(self) -> None:
        """End every process of the machines; their files stay to be read."""
