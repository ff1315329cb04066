"""Plans that make no sense are refused, and a computer without the programs is told what to do. Nothing is started."""

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import DESK, HOSTS, needs_sandbox, shell
from peerward.sandbox import programs
from peerward.sandbox.lan import Lan
from peerward.sandbox.plan import LanPlan, MachinePlan
from peerward.sandbox.programs import SandboxMissingError, missing_programs


def test_a_missing_program_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_PLACES", "/nowhere")
    monkeypatch.setenv("XDG_CACHE_HOME", "/nowhere")
    assert {"bwrap", "sshd", "nsenter", "setpriv", "ip"} <= set(missing_programs())
    with pytest.raises(SandboxMissingError, match=r"bwrap, sshd, .*\n.*install_sandbox.sh"):
        Lan.start(LanPlan(desk=DESK))


def test_a_system_without_user_namespaces_is_told_how_to_allow_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "missing_programs", list)
    monkeypatch.setattr(programs, "_namespaces_refused", lambda: "unshare: Operation not permitted")
    with pytest.raises(SandboxMissingError, match=r"not permitted\n.*sysctl"):
        Lan.start(LanPlan(desk=DESK))


def test_the_rest_of_peerward_needs_none_of_it() -> None:
    code = "import peerward._registry, peerward.sandbox.provider"
    bare = {"PATH": "/nowhere", "HOME": "/nowhere", "PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", code], env=bare, check=True)


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        ({"name": "Node 45"}, "no name of a machine"),
        ({"name": "node-45\nevil"}, "no name of a machine"),
        ({"user": "../root"}, "no name of a machine or user"),
        ({"address": "10.0.12"}, "4 octets"),
        ({"folders": ("srv",)}, "name it from / on"),
        ({"folders": ("/srv/../etc",)}, "without .."),
        ({"folders": ("/usr/share",)}, "only /usr/local is a machine's own"),
    ],
)
def test_a_machine_that_cannot_be_made_is_refused(machine: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        MachinePlan.model_validate(HOSTS[0].model_dump() | machine)


def test_two_machines_of_one_address_are_refused() -> None:
    with pytest.raises(ValueError, match="same address"):
        LanPlan(desk=DESK, hosts=(HOSTS[0], HOSTS[1].model_copy(update={"address": HOSTS[0].address})))


@needs_sandbox
def test_programs_are_bound_read_only_wherever_they_lie_outside(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "tool with space").mkdir()
    (tmp_path / "tool with space" / "run").write_text("#!/bin/sh\necho it runs\n")
    (tmp_path / "tool with space" / "run").chmod(0o755)
    (tmp_path / "one").write_text("one file\n")
    bound = ((str(tmp_path / "tool with space"), "/opt/tool"), (str(tmp_path / "one"), "/usr/local/share/one"))
    lan = Lan.start(LanPlan(desk=DESK, programs=bound, path="/opt/tool:/usr/bin:/bin"))
    try:
        assert shell(lan, "run; cat /usr/local/share/one").split("\n")[:2] == ["it runs", "one file"]
        assert "Read-only" in shell(lan, "echo > /opt/tool/run; echo > /usr/local/share/one")
    finally:
        lan.stop()


@needs_sandbox
def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="is to be bound"):
        Lan.start(LanPlan(desk=DESK, programs=((str(tmp_path / "gone"), "/opt/gone"),)))


@needs_sandbox
def test_a_machine_that_is_not_in_the_plan_is_told() -> None:
    lan = Lan.start(LanPlan(desk=DESK))
    try:
        with pytest.raises(KeyError, match="there are desk"):
            lan.run("node-99", ["true"])
    finally:
        lan.stop()
