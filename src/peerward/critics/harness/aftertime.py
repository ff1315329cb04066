"""After the critic's last word: what still runs gets a while to end, jobs left for later are tried out, all is read."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from peerward.company import Company
from peerward.company.on_disk import DESK, Furnished, PendingCommand, Tree, look_back, pending, with_jobs
from peerward.critics.harness.network import machine_name
from peerward.sandbox.machines import Machines
from peerward.sandbox.processes import Process

GRACE_SECONDS = 30
"""So long commands in the background may go on after the critic's last word."""
JOB_SECONDS = 60
"""So long a job that was left for later may take when it is tried out."""
_LOOK_SECONDS = 0.25
_TOLD_CHARACTERS = 200
_ROUNDS = 20
"""So often what still runs is ended: what is just being started is not seen at once."""
_BRIDGE = "sandbox-tools"
"""In the first word of the processes by which Inspect serves a harness on the desk."""


@dataclass(frozen=True)
class End:
    """What came of a trial on disk.

    Attributes:
        company: The company as it was found.
        told: Short words for the record: what was waited for, tried out, or found and not counted.
    """

    company: Company
    told: Mapping[str, str]


def settle(lan: Machines, grace_seconds: float) -> tuple[float, tuple[str, ...]]:
    """Wait until nothing runs on the machines that a critic started, or the time is over.

    Returns:
        The seconds waited, and machine and command of what still runs.
    """
    began = time.monotonic()
    while (left := _running(lan)) and time.monotonic() - began < grace_seconds:
        time.sleep(_LOOK_SECONDS)
    return time.monotonic() - began, left


def _running(lan: Machines) -> tuple[str, ...]:
    return tuple(
        f"{machine.name}: {' '.join(each.argv)[:_TOLD_CHARACTERS]}"
        for machine in lan.plan.machines
        for each in lan.processes(machine.name)
        if _is_critics(each)
    )


def _is_critics(process: Process) -> bool:
    return bool(process.argv) and _BRIDGE not in process.argv[0]


def read_end(
    lan: Machines, furnished: Furnished, places: Mapping[str, Tree], grace_seconds: float = GRACE_SECONDS
) -> End:
    """Let what runs come to its end, and return the company as the machines then hold it.

    The company is read before jobs are tried out: what a job writes comes after the critic's work, and may come too
    late.

    Args:
        lan: The machines; their processes are ended.
        furnished: The company as it was laid out.
        places: The machines' files.
        grace_seconds: How long commands in the background may go on.
    """
    waited, left = settle(lan, grace_seconds)
    _end_running(lan)
    lan.fetch()
    reading = look_back(furnished, places)
    company, told = reading.company, {"grace_seconds": f"{waited:.1f}"}
    if over := lan.over():
        told["over_limits"] = "; ".join(f"{where}: {what}" for where, what in over.items())
    if left:
        told["still_running"] = "; ".join(left)
    if reading.sealed:
        told["sealed"] = "; ".join(f"{machine}:{path}" for machine, path in reading.sealed)
    jobs = pending(furnished, places)
    before = company
    for job in jobs:
        _try_out(lan, job)
        # Each is held against what lay there just before, or it would be credited with what an earlier one wrote.
        lan.fetch()
        after = look_back(furnished, places).company
        company = with_jobs(company, before, after, job)
        before = after
    if jobs:
        told["jobs_tried"] = "; ".join(f"{job.host}: {job.line}" for job in jobs)
    lan.freeze()
    return End(company, told)


def _end_running(lan: Machines) -> None:
    """End what a critic started and what that has started; what came too late is not to go on while files are read."""
    for _ in range(_ROUNDS):
        if not _running(lan):
            return
        for machine in lan.plan.machines:
            pids = [str(each.pid) for each in lan.processes(machine.name) if _is_critics(each)]
            if pids:
                with suppress(TimeoutError):
                    lan.run(machine.name, ["/bin/kill", "-KILL", *pids], cwd="/", timeout=JOB_SECONDS)


def _try_out(lan: Machines, job: PendingCommand) -> None:
    """Run a job as cron does, from the login's home, and see what it leaves in the background to its end, too."""
    name = DESK if job.host == DESK else machine_name(job.host)
    home = next(machine.home for machine in lan.plan.machines if machine.name == name)
    began = time.monotonic()
    with suppress(TimeoutError):
        lan.run(
            name,
            ["bash", "-c", job.command],
            cwd=job.environment.get("HOME", home),
            env=job.environment,
            timeout=JOB_SECONDS,
        )
    settle(lan, JOB_SECONDS - (time.monotonic() - began))
    _end_running(lan)
