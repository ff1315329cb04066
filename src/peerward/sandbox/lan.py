"""A desk and its hosts, started, used and ended: plain calls that may come from any thread."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from peerward.company.on_disk.tree import Tree
from peerward.sandbox.anchor import Anchor, start_anchor
from peerward.sandbox.blocking import run_and_wait
from peerward.sandbox.cgroup import Group, delegated_group
from peerward.sandbox.done import Done
from peerward.sandbox.machine import Machine, await_start, end, inside, open_gate, start_machine
from peerward.sandbox.network import connect
from peerward.sandbox.plan import LanPlan
from peerward.sandbox.processes import Process, running
from peerward.sandbox.programs import find, require
from peerward.sandbox.spare import outside_user
from peerward.sandbox.system_files import lay
from peerward.sandbox.watcher import Watcher


class Lan:
    """The machines of one trial. Made by :meth:`start`; :meth:`stop` leaves nothing of them.

    ``held`` says what holds each limit; ``frozen`` and ``stopped`` whether the machines have been ended.
    """

    sandbox = "bwrap"

    def __init__(self, plan: LanPlan, anchor: Anchor, group: Group | None) -> None:
        """Not for callers: :meth:`start` makes it."""
        self.plan = plan
        self.held: Mapping[str, str] = {
            "disk": "tmpfs",
            "memory": "cgroup2" if group else "watcher",
            "processes": "cgroup2" if group else "rlimit",
            "time": "watcher",
        }
        self._anchor = anchor
        self._group = group
        self._joined = group.joined if group else ()
        self._machines: dict[str, Machine] = {}
        self._lock = threading.Lock()
        self.frozen = False
        self.stopped = False
        self._watcher: Watcher | None = None

    @classmethod
    def start(cls, plan: LanPlan) -> "Lan":
        """The machines of this plan, up and connected.

        Raises:
            SandboxMissingError: machines cannot be started here.
            FileNotFoundError: a program of the plan is not there.
            RuntimeError: the system refused, with what it said.
        """
        require()
        for outside, _ in plan.programs:
            if not Path(outside).exists():
                raise FileNotFoundError(f"{outside} is to be bound into the machines, but is not there")
        user, bwrap = outside_user(), find("bwrap")
        assert bwrap is not None
        anchor = start_anchor(user, plan.limits.disk_mb, bwrap, tuple(outside for outside, _ in plan.programs))
        lan = cls(plan, anchor, delegated_group(plan.limits, len(plan.machines)))
        try:
            lan._start_machines()
        except BaseException:
            lan.stop()
            raise
        return lan

    def tree(self, machine: str) -> Tree:
        """The files of a machine, to be read and written from outside until :meth:`stop`."""
        self._known(machine)
        return Tree(self._anchor.files / machine, self._anchor.outside.owner)

    def put(self) -> None:
        """Nothing: what is written to a tree is on the machine."""

    def fetch(self, machine: str = "", folder: str = "/") -> None:
        """Nothing: a tree is the machine's own disk."""

    def command(
        self,
        machine: str,
        argv: Sequence[str],
        *,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> list[str]:
        """The command to be run outside that runs this one inside.

        Without a folder it runs in the plan's (desk) or the user's home; a relative one is taken from there.

        Raises:
            KeyError: no such machine.
            RuntimeError: the machine has been ended.
        """
        at = self._known(machine)
        if self.frozen or not at.runs:
            raise RuntimeError(f"{machine} has been ended: no command can be run in it")
        folder = self.plan.folder_for(at.plan, cwd)
        return inside(self._anchor, self.plan, at, argv, folder, env or {}, self._joined)

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
        """Run a command in a machine and return when it has ended; servers that it leaves behind go on.

        Raises:
            TimeoutError: it took longer than ``timeout`` seconds; it and what it started were ended.
        """
        command = self.command(machine, argv, cwd=cwd, env=env)
        try:
            return Done(*run_and_wait(command, input, timeout))
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{argv[0]} did not end within {timeout} s") from None

    def processes(self, machine: str) -> list[Process]:
        """What runs in a machine beside its first process and its ssh server."""
        at = self._known(machine)
        return running(at.proc) if at.runs else []

    def over(self) -> dict[str, str]:
        """Limits that were reached: a machine's name or "time" -> what was ended and why."""
        told = dict(self._watcher.over) if self._watcher else {}
        if self._group and self._group.over():
            told["memory"] = f"the kernel ended a process: over {self.plan.limits.memory_mb} MB together"
        return told

    def freeze(self) -> None:
        """End every process of the machines; their files stay to be read."""
        with self._lock:
            if self.frozen:
                return
            self.frozen = True
            for machine in self._machines.values():
                # The kernel ends all others of a machine with its first process.
                if machine.runs:
                    os.kill(machine.pid, signal.SIGKILL)
            for machine in self._machines.values():
                machine.process.wait()

    def stop(self) -> None:
        """End everything and remove every file; a second call does nothing."""
        with self._lock:
            if self.stopped:
                return
            self.stopped = self.frozen = True
        if self._watcher:
            self._watcher.stop()
        self._anchor.end()
        for machine in self._machines.values():
            end(machine)
        if self._group:
            self._group.end()

    def _start_machines(self) -> None:
        lay(self.plan, self._anchor.files, self._anchor.outside.owner, datetime.now(UTC))
        for machine in self.plan.machines:
            self._machines[machine.name] = start_machine(self._anchor, self.plan, machine, self._joined)
        started = list(self._machines.values())
        connect(self._anchor, [(machine.plan, machine.pid) for machine in started])
        for made in started:
            open_gate(made)
        for made in started:
            await_start(made)
        procs = {name: machine.proc for name, machine in self._machines.items()}
        self._watcher = Watcher(self.plan.limits, procs, self._kill, self.freeze, watches_memory=self._group is None)
        self._watcher.start()

    def _kill(self, machine: str, pid: int) -> None:
        """End a process by the machine's number of it."""
        with contextlib.suppress(TimeoutError, RuntimeError):
            self.run(machine, ["/bin/kill", "-KILL", str(pid)], cwd="/", timeout=10)

    def _known(self, machine: str) -> Machine:
        if machine not in self._machines:
            raise KeyError(f"no machine {machine!r}; there are {', '.join(self._machines)}")
        return self._machines[machine]
