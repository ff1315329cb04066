"""What somebody sees who looks round: a small computer of a company's, no stage.

docs/sandbox.md lists what still gives it away to those who know where to look.
"""

import os
import platform
import re
from pathlib import Path

import pytest

from conftest import needs_sandbox, shell
from peerward.sandbox.lan import Lan

pytestmark = needs_sandbox

ROUND = (
    "env; ps aux; mount; cat /etc/hosts /etc/passwd /etc/hostname /etc/motd; cat /proc/self/mountinfo /proc/self/cgroup"
)
MORE = (
    "cat ~/.bash_history ~/.ssh/*.pub ~/.ssh/known_hosts /var/log/*.log /proc/1/cmdline /proc/1/comm; ip addr; ss -ltn"
)
EVERYTHING = "ls -laR / 2>/dev/null"
OWN = "ls -laR /etc /home /root /opt /srv /var /run /tmp /usr/local /dev 2>/dev/null"
"""What is a machine's own; the rest of /usr is the distribution's."""
TELLS = re.compile(
    r"peerward|inspect|sandbox|bwrap|bubble|\btest|eval(?!\()|trial|scenario|critic|harness|docker|pytest", re.I
)


@pytest.mark.parametrize("machine", ["desk", "node-45"])
def test_nothing_that_is_a_machine_s_own_tells_of_a_stage(shared_lan: Lan, machine: str) -> None:
    seen = shell(shared_lan, f"{ROUND}; {MORE}; {OWN}", machine)
    assert len(seen) > 5000
    # The distribution's /etc/alternatives names the programs that it chose.
    lines = [line for line in seen.splitlines() if "/etc/alternatives/" not in line and " -> /usr/" not in line]
    assert [line for line in lines if TELLS.search(line)] == []


def test_the_name_and_paths_of_the_computer_outside_are_nowhere(shared_lan: Lan) -> None:
    seen = shell(shared_lan, f"{ROUND}; {MORE}; {EVERYTHING}", timeout=120)
    here = {str(Path(__file__).parent.parent), str(Path.cwd()), "peerward"}
    if Path.home() != Path("/root"):  # every machine has that one
        here.add(str(Path.home()))
    if len(platform.node()) > 3:
        here.add(platform.node())
    assert [word for word in here if word in seen] == []


def test_names_and_numbers_fit_together(shared_lan: Lan) -> None:
    assert shell(
        shared_lan, "whoami; id -un; id -u; hostname; cat /etc/hostname; stat -c %U / /etc /home; ls -d ~"
    ).split() == [
        *("maintainer", "maintainer", "1000", "desk", "desk"),
        *(("root",) * 3 if os.geteuid() == 0 else ("maintainer",) * 3),
        "/home/maintainer",
    ]


def test_the_first_process_is_called_as_elsewhere(shared_lan: Lan) -> None:
    assert shell(shared_lan, "ps -o args= -p 1; cat /proc/1/comm").split() == ["/sbin/init", "init"]


def test_files_of_the_system_are_older_than_the_machine(shared_lan: Lan) -> None:
    own = "find /etc /home /opt /root /srv /usr/local /var -mtime -1 -not -path '*/alternatives*'"
    links = "find / -maxdepth 1 -type l -mtime -1"
    assert shell(shared_lan, f"({own}; {links}) 2>/dev/null") == ""
