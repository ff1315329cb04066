"""What somebody inside the machines can reach outside them: nothing."""

import os
import subprocess
from pathlib import Path

import pytest

from conftest import needs_sandbox, shell, two_hosts
from peerward.sandbox.lan import Lan

pytestmark = needs_sandbox

MARK = "a0c5e9d2-seen-from-inside"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file of the computer outside that anybody there may read and write."""
    file = tmp_path / "outside.txt"
    file.write_text(MARK)
    for folder in (file, *file.parents):
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o777)
    return file


@pytest.mark.parametrize("machine", ["desk", "node-45"])
def test_files_of_the_computer_outside_are_not_there(shared_lan: Lan, outside: Path, machine: str) -> None:
    assert MARK not in shell(shared_lan, f"cat {outside} /proc/1/root{outside} /proc/1/cwd{outside}", machine)
    assert MARK not in shell(shared_lan, f"cat /proc/*/root{outside} /proc/*/cwd{outside} /dev/fd/*{outside}", machine)
    shell(shared_lan, f"mkdir -p {outside.parent}; echo changed > {outside}; rm -f /proc/1/root{outside}", machine)
    assert outside.read_text() == MARK


@pytest.mark.parametrize(
    "path", ["/usr/bin", "/usr/local/bin", "/etc", "/", "/etc/alternatives", "/dev", "/root", "/mnt"]
)
def test_the_system_s_folders_cannot_be_written_to(shared_lan: Lan, path: str) -> None:
    assert "0" not in shell(shared_lan, f"touch {path}/new 2>/dev/null; echo $?").split()
    assert not os.access(Path(path, "new"), os.F_OK)


def test_devices_of_the_computer_outside_are_not_there(shared_lan: Lan) -> None:
    found = shell(
        shared_lan, "find /dev -type b; ls /dev/mem /dev/kmsg /dev/fuse /dev/kvm 2>/dev/null; ls /sys 2>/dev/null"
    )
    assert found == ""


def test_no_process_outside_is_seen_or_can_be_ended(shared_lan: Lan) -> None:
    sleeper = subprocess.Popen(["sleep", "300"])
    try:
        assert "sleep 300" not in shell(shared_lan, "ps axww -o args; cat /proc/*/cmdline | tr '\\0' ' '")
        shell(shared_lan, f"kill -9 {sleeper.pid} {os.getpid()}; kill -9 -1")
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_machines_see_each_other_s_network_and_nothing_else(shared_lan: Lan) -> None:
    interfaces = shell(shared_lan, "ls /proc/sys/net/ipv4/conf").split()
    assert sorted(interfaces) == ["all", "default", "eth0", "lo"]
    assert "default" not in shell(shared_lan, "ip route")
    for address in ("1.1.1.1", "169.254.169.254"):
        assert "unreachable" in shell(shared_lan, f"timeout 5 bash -c 'echo > /dev/tcp/{address}/80'")


def test_a_server_outside_cannot_be_reached(shared_lan: Lan) -> None:
    server = subprocess.Popen(["python3", "-m", "http.server", "18999", "--bind", "0.0.0.0"], cwd="/usr/share/doc")
    try:
        for address in ("127.0.0.1", "10.0.12.1", "10.0.12.45"):
            assert "connected" not in shell(
                shared_lan, f"timeout 2 bash -c 'echo > /dev/tcp/{address}/18999 && echo connected'"
            )
    finally:
        server.kill()
        server.wait()


def test_an_abstract_socket_of_the_computer_outside_is_not_seen(shared_lan: Lan) -> None:
    assert "@" not in shell(shared_lan, "cat /proc/net/unix")


def test_no_credential_is_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", MARK)
    lan = Lan.start(two_hosts())
    try:
        read = "env; cat /proc/*/environ | tr '\\0' '\\n'"
        for machine in ("desk", "node-45"):
            assert MARK not in shell(lan, read, machine)
        assert MARK not in shell(lan, f'ssh node-46 "{read}"')
    finally:
        lan.stop()


LISTEN = """
import os, time
end = time.time() + 20
while time.time() < end and not os.path.exists("enough"):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            held = open(f"/proc/{pid}/environ", "rb").read()
        except OSError:
            continue
        names = {word.partition(b"=")[0].decode() for word in held.split(b"\\0")}
        with open("heard", "a") as file:
            file.write("".join(f"{name}\\n" for name in names))
"""
"""Notes the names of all variables that any process has, as long as it runs."""


def test_no_credential_is_seen_while_a_command_is_on_its_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", MARK)
    lan = Lan.start(two_hosts())
    try:
        lan.tree("desk").write("/srv/work/listen.py", LISTEN.encode())
        shell(lan, "nohup python3 listen.py >/dev/null 2>&1 &")
        for _ in range(60):
            shell(lan, "true")
        heard = set(shell(lan, "touch enough; sort -u heard").split())
    finally:
        lan.stop()
    assert "HOME" in heard  # it did listen
    assert "OPENAI_API_KEY" not in heard


@pytest.mark.parametrize("machine", ["desk", "node-45"])
def test_nobody_inside_has_capabilities_or_can_get_them(shared_lan: Lan, machine: str) -> None:
    held = shell(shared_lan, "grep -h -E 'Cap(Prm|Eff|Inh|Amb)' /proc/[0-9]*/status | cut -f2 | sort -u", machine)
    assert held.split() == ["0000000000000000"]
    assert (
        shell(shared_lan, "unshare -U true; unshare -m true; mount -t tmpfs x /tmp; chroot / id", machine).count("uid=")
        == 0
    )
    for line in ("unshare -U -r id -u", "su -c 'id -u'", "sudo -n id -u", "setpriv --reuid=0 id -u"):
        assert "0" not in shell(shared_lan, f"{line} </dev/null 2>/dev/null", machine).split()


def test_nobody_inside_can_change_the_network_or_the_name(shared_lan: Lan) -> None:
    line = "(ip addr add 10.0.12.46/24 dev eth0; ip link set eth0 down; hostname other) 2>/dev/null"
    assert shell(shared_lan, f"{line}; hostname").splitlines()[-1] == "desk"
    assert "10.0.12.46/24" not in shell(shared_lan, "ip addr")


def test_hosts_files_are_not_seen_from_the_desk(shared_lan: Lan) -> None:
    shared_lan.tree("node-45").write("/srv/data/only-here", MARK.encode())
    assert "only-here" not in shell(shared_lan, "find / -name only-here -not -path '/proc/*/task/*' 2>/dev/null")
    assert MARK in shell(shared_lan, "ssh node-45 cat /srv/data/only-here")


def test_links_out_of_a_machine_read_nothing_from_outside(lan: Lan, outside: Path) -> None:
    shell(
        lan, f"ln -s {outside} link; ln -s {outside.parent} folder; ln -s /proc/self/root{outside} other; mkfifo pipe"
    )
    tree = lan.tree("desk")
    for name in ("link", f"folder/{outside.name}", "other"):
        with pytest.raises((FileNotFoundError, ValueError)):
            tree.read(f"/srv/work/{name}")
    with pytest.raises(ValueError, match="no regular file"):
        tree.open("/srv/work/pipe")
    assert {each.kind for each in tree.entries("/srv/work")} == {"link", "other"}
    with pytest.raises(OSError):
        tree.write(f"/srv/work/folder/{outside.name}", b"changed")
    assert outside.read_text() == MARK
