"""One machine: what bubblewrap is asked for, its first process, and how a command gets into it."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from peerward.sandbox.anchor import BWRAP, FILES, Anchor, children, enter, program_place, spawn
from peerward.sandbox.plan import WRITABLE, LanPlan, MachinePlan
from peerward.sandbox.processes import KEPT
from peerward.sandbox.programs import find
from peerward.sandbox.system_files import INSTALLED_SSHD, OWN_SSHD, SHARED_MEMORY

_DROP = ("/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs")
_BARE = ("/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin")
_UNSHARED = ("--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000", "--unshare-pid", "--unshare-ipc")
_UNSHARED_TOO = ("--unshare-uts", "--unshare-cgroup-try", "--unshare-net", "--new-session", "--as-pid-1", "--clearenv")
_PATIENCE_SECONDS = 20
"""How long a machine may take to be up before its start counts as failed; seen are tenths of a second."""


@dataclass(frozen=True)
class Machine:
    """A machine that was made: its plan, bubblewrap's process outside, ``pid`` of its first process, its gate.

    Nothing runs in it before a byte is written to ``gate``; ``told`` is bubblewrap's own pipe to us, kept open since
    it writes there at its end.
    """

    plan: MachinePlan
    process: subprocess.Popen[bytes]
    pid: int
    told: IO[bytes]
    gate: IO[bytes]

    @property
    def runs(self) -> bool:
        """Whether its first process, and with it any other, still runs."""
        return self.process.poll() is None

    @property
    def proc(self) -> Path:
        """The machine's own /proc, seen from outside."""
        return Path(f"/proc/{self.pid}/root/proc")


def start_machine(anchor: Anchor, plan: LanPlan, machine: MachinePlan, joined: Sequence[str]) -> Machine:
    """A machine behind its gate: made, but nothing runs in it yet. ``joined`` is put in front (a cgroup's entry).

    Raises:
        RuntimeError: bubblewrap refused, with what it said.
    """
    (told, tell), (wait, gate) = os.pipe(), os.pipe()
    command = [*joined, *anchor.outside.drop, *enter(anchor.pid, "-U", "-n", "-m", "-p")]
    command += _bwrap(plan, machine, tell, wait)
    process = spawn(
        command, pass_fds=(tell, wait), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    os.close(tell)
    os.close(wait)
    assert process.stdin
    process.stdin.write(_first_process(machine).encode())
    process.stdin.close()
    if b"child-pid" not in os.read(told, 4096):
        os.close(told)
        os.close(gate)
        raise RuntimeError(f"{machine.name} could not be made: {_said(process)}")
    inside = children(children(process.pid)[0])[0]
    return Machine(machine, process, inside, os.fdopen(told, "rb"), os.fdopen(gate, "wb", buffering=0))


def open_gate(machine: Machine) -> None:
    """Let the machine begin, its network being complete."""
    with machine.gate:
        machine.gate.write(b"g")


def await_start(machine: Machine) -> None:
    """Return when a machine whose gate is open is up, its ssh server included.

    Raises:
        RuntimeError: it ended, or took too long.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _up(machine):
        if not machine.runs:
            raise RuntimeError(f"{machine.plan.name} ended while it was starting: {_said(machine.process)}")
        if time.monotonic() > deadline:
            raise RuntimeError(
                f"{machine.plan.name} was not up within {_PATIENCE_SECONDS} s (its ssh server is missing)"
            )
        time.sleep(0.002)


def end(machine: Machine) -> None:
    """Let go of a machine whose processes have been ended."""
    machine.process.kill()
    machine.process.wait()
    if machine.process.stderr:
        machine.process.stderr.close()
    machine.told.close()
    machine.gate.close()


def inside(
    anchor: Anchor,
    plan: LanPlan,
    machine: Machine,
    command: Sequence[str],
    cwd: str,
    environment: Mapping[str, str],
    joined: Sequence[str],
) -> list[str]:
    """The command to be run outside so that this command runs inside, as the machine's user and without rights."""
    user, home = machine.plan.user, machine.plan.home
    basis = {"HOME": home, "USER": user, "LOGNAME": user, "SHELL": "/bin/bash", "LANG": "C.UTF-8", "TERM": "dumb"}
    environment = {**basis, "PATH": plan.path, **environment}
    return [
        # Before anything of it is seen inside: there /proc shows the environment that each step of the way in has.
        *_BARE,
        *joined,
        *anchor.outside.drop,
        # The anchor's user namespace comes first: it owns the machine's, and its rights let an ordinary user in.
        *enter(anchor.pid, "-U"),
        *enter(machine.pid, "-U", "-m", "-p", "-n", "-i", "-u", "-C"),
        *_DROP,
        *_limited(plan.limits.processes),
        "/usr/bin/env",
        "-i",
        "-C",
        cwd,
        *(f"{name}={value}" for name, value in environment.items()),
        *command,
    ]


def _limited(processes: int) -> tuple[str, ...]:
    return ("/usr/bin/prlimit", f"--nproc={processes}:{processes}", "--core=0:0", "--")


def _bwrap(plan: LanPlan, machine: MachinePlan, tell: int, wait: int) -> list[str]:
    root = f"{FILES}/{machine.name}"
    asked = [BWRAP, *_UNSHARED, *_UNSHARED_TOO, "--hostname", machine.name]
    asked += ["--setenv", "PATH", plan.path, "--setenv", "LANG", "C.UTF-8"]
    asked += ["--json-status-fd", str(tell), "--block-fd", str(wait)]
    asked += ["--ro-bind", root, "/", "--ro-bind", "/usr", "/usr", "--ro-bind", f"{root}/usr/local", "/usr/local"]
    asked += ["--ro-bind", "/etc/alternatives", "/etc/alternatives", "--proc", "/proc", "--dev", "/dev"]
    # What bubblewrap makes itself has no size limit: nothing of it may be written to.
    asked += ["--bind", f"{root}{SHARED_MEMORY}", "/dev/shm", "--remount-ro", "/dev"]
    for folder in ("/run", *WRITABLE, machine.home, *machine.folders):
        asked += ["--bind", f"{root}{folder}", folder]
    for index, (_, inside) in enumerate(plan.programs):
        asked += ["--ro-bind", program_place(index), inside]
    return [*asked, "--chdir", "/", *_limited(plan.limits.processes), "/bin/bash", "-c", "exec -a /sbin/init /bin/sh"]


def _first_process(machine: MachinePlan) -> str:
    """The script of the first process, read from its input: it cannot be killed from inside and starts ssh again."""
    if machine.ssh:
        server = INSTALLED_SSHD if find("sshd") == Path(INSTALLED_SSHD) else OWN_SSHD
        keeps = f"{server} -D -f /etc/ssh/sshd_config"
    else:
        keeps = " ".join(KEPT)
    return (
        f"printf init > /proc/$$/comm; : > /run/utmp\nwhile :; do {keeps} </dev/null >/dev/null 2>&1; sleep 0.2; done\n"
    )


def _up(machine: Machine) -> bool:
    try:
        first = Path(f"/proc/{machine.pid}/cmdline").read_bytes()
        listening = Path(f"/proc/{machine.pid}/net/tcp").read_text()
    except OSError:
        return False
    return first.startswith(b"/sbin/init") and (not machine.plan.ssh or " 00000000:0016 " in listening)


def _said(process: "subprocess.Popen[bytes]") -> str:
    """What it wrote before it failed; not read to the end, which comes only with that of every process below it."""
    process.kill()
    process.wait()
    assert process.stderr
    os.set_blocking(process.stderr.fileno(), False)
    return (process.stderr.read() or b"").decode(errors="replace").strip() or f"it ended with {process.returncode}"
