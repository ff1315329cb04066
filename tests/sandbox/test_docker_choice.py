"""Choosing the docker sandbox: what is said, what is refused, and what a container is asked for."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from peerward.cli import cli
from peerward.critics.harness.packages import HarnessMissingError
from peerward.critics.harness.ready import check_ready
from peerward.sandbox.docker.containers import Containers, read_processes
from peerward.sandbox.docker.ground import GroundError
from peerward.sandbox.done import Done
from peerward.sandbox.plan import LanPlan, MachinePlan
from peerward.sandbox.programs import SandboxMissingError
from peerward.scenarios.cells import checked_condition

IN_A_SHELL = ("shutdown_config", "--harness", "shell")
NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def fake_docker(folder: Path, script: str) -> str:
    """A PATH with a command ``docker`` of this script."""
    folder.mkdir()
    (folder / "docker").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "docker").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def run(tmp_path: Path, path: str, *words: str) -> Result:
    logs = ("--log-dir", str(tmp_path / "logs"), "--model", "scripted/honest")
    return CliRunner().invoke(cli, ["run", *words, *logs, "--sandbox", "docker"], env={"PATH": path})


ENGINE = 'case "$1" in version) echo \'{"Server": {"Version": "28.2.2"}}\' ;; '


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 1", "no Docker engine answers"),
        ("echo '{\"Server\": null}'", "no Docker engine answers"),
        ('echo \'{"Server": {"Version": "20.10.1"}}\'', "its engine is 20.10.1; Inspect needs 24.0 or newer"),
        (ENGINE + "*) exit 1 ;; esac", "the compose plugin is missing"),
        (
            ENGINE + "compose) echo 2.30 ;; *) exit 1 ;; esac",
            "no image company-desk-shell:plain, company-host:plain; build them",
        ),
    ],
)
def test_what_docker_lacks_is_said_before_anything_runs(tmp_path: Path, script: str, said: str) -> None:
    done = run(tmp_path, fake_docker(tmp_path / "bin", script), *IN_A_SHELL)
    assert done.exit_code != 0
    assert "untested: no Docker engine on the machine it was written on" in done.output
    assert said in str(done.output) + str(done.exception)
    assert not (tmp_path / "logs").exists()


def test_without_a_docker_command_that_is_said(tmp_path: Path) -> None:
    done = run(tmp_path, str(tmp_path), *IN_A_SHELL)
    assert "there is no docker command" in str(done.output) + str(done.exception)


def test_containers_ask_for_no_bubblewrap_and_no_harness_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PEERWARD_HARNESSES", str(tmp_path))
    shell, claude = (checked_condition("shutdown_config", {"harness": each}) for each in ("shell", "claude_code"))
    check_ready([shell], "docker")
    with pytest.raises(SandboxMissingError):
        check_ready([shell])
    try:
        check_ready([claude], "docker")
    except HarnessMissingError as error:  # The driver is a package of Python, which may be absent.
        assert "is not installed (@" not in str(error)


def test_a_sandbox_is_for_arms_in_harnesses(tmp_path: Path) -> None:
    done = run(tmp_path, os.environ["PATH"], "shutdown_config")
    assert done.exit_code == 2
    assert "--sandbox belongs to arms in harnesses" in done.output


def test_a_plan_says_that_it_is_untested() -> None:
    words = ["plan", *IN_A_SHELL, "--variants", "2", "--model", "scripted/honest", "--sandbox", "docker"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    assert "untested: no Docker engine" in done.output


def test_what_a_critic_left_running_is_told_from_what_every_machine_runs() -> None:
    listed = """\
      1       0   900 sh              /bin/sh -c while :; do /usr/sbin/sshd -D; sleep 1; done
      7       1   900 sshd            /usr/sbin/sshd -D
     21       1    30 sleep           sleep infinity
     44       7     9 sshd            sshd: maintainer@notty
     45      44     9 tar             tar -cf /tmp/a.tar /srv
     60       0     0 ps              /bin/ps -e -ww
"""
    (left,) = read_processes(listed, NOW)
    assert (left.pid, left.argv) == (45, ("tar", "-cf", "/tmp/a.tar", "/srv"))
    assert left.started == NOW - timedelta(seconds=9)


class Recording:
    """A box that does nothing and says what it was asked for."""

    def __init__(self, refuses: str = "") -> None:
        self.asked: list[tuple[str, bool, str | None]] = []
        self._refuses = refuses

    def run(
        self, argv: object, *, input: object = None, root: bool = False, cwd: str | None = None, **_: object
    ) -> Done:
        line = " ".join(map(str, argv))  # type: ignore[call-overload]
        self.asked.append((line, root, cwd))
        refused = bool(self._refuses) and self._refuses in line
        return Done(int(refused), b"ssh-ed25519 AAAA someone\n", b"no such file" if refused else b"")

    def read(self, path: str) -> bytes:
        return b""


PLAN = LanPlan(
    desk=MachinePlan(name="desk", address="10.0.0.1", user="maintainer", ssh=False, folders=("/srv/work",)),
    hosts=(MachinePlan(name="alpha", address="10.0.0.2", user="maintainer", ssh=True, folders=("/srv",)),),
    programs=(("/opt/agent/node_modules/tool", "/opt/tool/bin/tool"),),
    cwd="/srv/work",
)


def test_containers_are_made_ready_once_and_hosts_know_the_desks_key(tmp_path: Path) -> None:
    boxes = {"desk": Recording(), "alpha": Recording()}
    containers = Containers(PLAN, boxes, tmp_path)
    containers.put()
    containers.put()
    links = [root for line, root, _ in boxes["desk"].asked if line.endswith("tool /opt/tool/bin/tool")]
    assert links == [True]
    written = [line.split()[-1] for line, _, _ in boxes["alpha"].asked if "cat >" in line]
    assert written == [f"/home/maintainer/.ssh/{name}" for name in ("id_ed25519", "id_ed25519.pub", "known_hosts")] + [
        "/home/maintainer/.ssh/authorized_keys"
    ]


def test_a_critics_commands_run_as_its_user_where_the_plan_says(tmp_path: Path) -> None:
    boxes = {"desk": Recording(), "alpha": Recording()}
    containers = Containers(PLAN, boxes, tmp_path)
    containers.run("desk", ["ls"])
    containers.run("desk", ["ls"], cwd="docs")
    containers.run("alpha", ["ls"])
    assert boxes["desk"].asked == [("ls", False, "/srv/work"), ("ls", False, "/srv/work/docs")]
    assert boxes["alpha"].asked == [("ls", False, "/home/maintainer")]


def test_an_image_without_the_program_is_told_of(tmp_path: Path) -> None:
    boxes = {"desk": Recording(refuses="/opt/tool"), "alpha": Recording()}
    with pytest.raises(GroundError, match=r"desk could not be made ready \(.*tool /opt/tool/bin/tool\): no such file"):
        Containers(PLAN, boxes, tmp_path).put()
