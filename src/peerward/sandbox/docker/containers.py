"""The machines of a trial as running containers: what a solver sees of them.

Untested: no Docker engine on the machine it was written on.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from peerward.company.on_disk.tree import Tree
from peerward.sandbox.docker.box import Box
from peerward.sandbox.docker.compose import USER, writable
from peerward.sandbox.docker.ground import lay_ground
from peerward.sandbox.docker.transport import Transport
from peerward.sandbox.done import Done
from peerward.sandbox.plan import LanPlan
from peerward.sandbox.processes import KEPT, Process

_SECONDS = 60
_LIST = ("/bin/ps", "-e", "-ww", "-o", "pid=,ppid=,etimes=,comm=,args=")
_END = ("/bin/sh", "-c", "kill -KILL -1")
"""By root, it ends all but the first process."""


class Containers:
    """Containers that run, each behind its box; ``folder`` is ours and holds what their trees show."""

    sandbox = "docker"

    def __init__(self, plan: LanPlan, boxes: Mapping[str, Box], folder: Path) -> None:
        """Take the containers of a plan, by the names of its machines."""
        self.plan = plan
        self.held: Mapping[str, str] = {"disk": "tmpfs", "memory": "docker", "processes": "docker", "time": "solver"}
        self._boxes = boxes
        self._is_ready = False
        self._ways: dict[str, Transport] = {}
        for machine in plan.machines:
            own = folder / machine.name
            own.mkdir(mode=0o700)
            box = boxes[machine.name]
            self._ways[machine.name] = Transport(box, own, writable(machine), USER, plan.limits.disk_mb)

    def tree(self, machine: str) -> Tree:
        """The files of a machine as they were last fetched."""
        return Tree(self._ways[machine].root)

    def put(self) -> None:
        """Make the machines ready if they are not, and lay out on them what the trees hold."""
        if not self._is_ready:
            lay_ground(self.plan, self._boxes)
            self._is_ready = True
        for way in self._ways.values():
            way.put()

    def fetch(self, machine: str = "", folder: str = "/") -> None:
        """Bring the trees up to date."""
        for name, way in self._ways.items():
            if machine in ("", name):
                way.fetch(folder)

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
        """Run a command as the machine's user, in the plan's folder (desk) or the user's home unless one is named.

        Raises:
            TimeoutError: it took longer than ``timeout`` seconds.
        """
        at = next(each for each in self.plan.machines if each.name == machine)
        folder = self.plan.folder_for(at, cwd)
        return self._boxes[machine].run(argv, input=input, cwd=folder, env=env, timeout=timeout)

    def processes(self, machine: str) -> list[Process]:
        """What runs in a machine beside its first process, its ssh server and this look."""
        done = self._boxes[machine].run(_LIST, cwd="/", timeout=_SECONDS)
        return read_processes(done.stdout.decode(errors="replace"), datetime.now(UTC))

    def over(self) -> Mapping[str, str]:
        """Nothing: what Docker ended for a limit is not asked for."""
        return {}

    def freeze(self) -> None:
        """End every process of the machines, and fetch their files a last time."""
        for box in self._boxes.values():
            box.run(_END, root=True, cwd="/", timeout=_SECONDS)
        self.fetch()


def read_processes(listed: str, now: datetime) -> list[Process]:
    """The processes of a list of ``ps``, but for what every machine runs by itself."""
    found = []
    for line in listed.splitlines():
        pid, parent, seconds, name, *argv = line.split()
        is_ours = pid == "1" or (parent == "1" and tuple(argv) == KEPT) or name in ("sshd", "ps")
        if not is_ours:
            found.append(Process(int(pid), tuple(argv), now - timedelta(seconds=int(seconds))))
    return found
