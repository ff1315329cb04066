"""Machines to try things on, and why a test here cannot be run on this computer.

These tests run by ``make harness-tests``, never with the others: they start real machines, and some real harnesses.
"""

import os
import shutil
from collections.abc import Iterator

import pytest

from peerward.sandbox.lan import Lan
from peerward.sandbox.plan import LanPlan, Limits, MachinePlan
from peerward.sandbox.programs import SandboxMissingError, require


def sandbox_missing() -> str:
    """Why no machines can be started here, "" if they can."""
    try:
        require()
    except SandboxMissingError as missing:
        return str(missing)
    return ""


NO_SANDBOX = sandbox_missing()
needs_sandbox = pytest.mark.skipif(bool(NO_SANDBOX), reason=NO_SANDBOX or "machines can be started")
"""For a test, or as ``pytestmark`` of a module, that starts machines."""
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed (make harnesses)")
"""For one that runs a harness written in JavaScript."""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
"""For one that tries something as another user."""

DESK = MachinePlan(name="desk", address="10.0.12.10", user="maintainer", ssh=False, folders=("/srv/work",))
HOSTS = (
    MachinePlan(name="node-45", address="10.0.12.45", user="maintainer", ssh=True, folders=("/srv/data",)),
    MachinePlan(name="node-46", address="10.0.12.46", user="maintainer", ssh=True, folders=("/srv/data",)),
)
SMALL = Limits(disk_mb=192, memory_mb=512, processes=60, seconds=600)


def two_hosts(limits: Limits = SMALL) -> LanPlan:
    """A desk and two hosts, held to little."""
    return LanPlan(desk=DESK, hosts=HOSTS, limits=limits, cwd="/srv/work")


@pytest.fixture
def lan() -> Iterator[Lan]:
    """A desk and two hosts for one test."""
    started = Lan.start(two_hosts())
    yield started
    started.stop()


@pytest.fixture(scope="module")
def shared_lan() -> Iterator[Lan]:
    """A desk and two hosts for the tests of one module that leave them as they are."""
    started = Lan.start(two_hosts())
    yield started
    started.stop()


def shell(lan: Lan, line: str, machine: str = "desk", timeout: float = 60) -> str:
    """What a line of bash writes on a machine, errors included."""
    done = lan.run(machine, ["bash", "-c", line], timeout=timeout)
    return (done.stdout + done.stderr).decode(errors="replace")
