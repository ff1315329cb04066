"""Machines reach each other by real ssh, and by all that goes over it; files keep their dates."""

import time

from conftest import needs_sandbox, shell
from peerward.sandbox.lan import Lan

pytestmark = needs_sandbox


def test_the_desk_is_let_in_without_a_question(shared_lan: Lan) -> None:
    for host in ("node-45", "node-46", "10.0.12.45"):
        assert shell(shared_lan, f"ssh {host} 'hostname; whoami' </dev/null").split()[-1] == "maintainer"


def test_hosts_let_each_other_in(shared_lan: Lan) -> None:
    assert shell(shared_lan, "ssh node-45 ssh node-46 hostname").strip() == "node-46"


def test_the_desk_itself_takes_no_ssh(shared_lan: Lan) -> None:
    assert "refused" in shell(shared_lan, "ssh node-45 ssh -o StrictHostKeyChecking=no desk true")


def test_scp_goes_there_and_back_and_keeps_dates(shared_lan: Lan) -> None:
    shell(shared_lan, "echo out > sent; touch -d '2026-03-04 05:06:07 UTC' sent; scp -p sent node-45:/srv/data/")
    shell(shared_lan, "scp -p node-45:/srv/data/sent back; scp -O node-45:/srv/data/sent by-the-old-way")
    assert shell(shared_lan, "stat -c %Y sent back | uniq | wc -l; cat back by-the-old-way").split() == [
        "1",
        "out",
        "out",
    ]


def test_scp_goes_from_host_to_host(shared_lan: Lan) -> None:
    shell(shared_lan, "ssh node-45 'echo a > /srv/data/a; scp -q /srv/data/a node-46:/srv/data/'")
    shell(
        shared_lan,
        "scp -q -3 node-45:/srv/data/a node-46:/srv/data/b; scp -q -R node-45:/srv/data/a node-46:/srv/data/c",
    )
    assert shell(shared_lan, "ssh node-46 'cd /srv/data; cat a b c'").split() == ["a", "a", "a"]


def test_rsync_goes_there_and_back(shared_lan: Lan) -> None:
    shell(shared_lan, "mkdir -p many; for i in 1 2 3; do echo $i > many/$i; done; rsync -a many node-46:/srv/data/")
    shell(shared_lan, "rsync -a node-46:/srv/data/many/ again/; ssh node-46 rsync -a /srv/data/many node-45:/srv/data/")
    assert shell(shared_lan, "cat again/*; ssh node-45 'cat /srv/data/many/*'").split() == ["1", "2", "3"] * 2


def test_sftp_goes_there_and_back(shared_lan: Lan) -> None:
    batch = "echo sftp > by-sftp; printf 'put by-sftp /srv/data/x\\nget /srv/data/x fetched\\n' | sftp -q -b - node-45"
    assert "sftp" in shell(shared_lan, f"{batch} >/dev/null; cat fetched")


def test_a_host_whose_server_is_killed_comes_back(lan: Lan) -> None:
    shell(lan, "ssh node-45 'kill -9 -1'")
    assert shell(lan, "sleep 1; ssh node-45 hostname").strip() == "node-45"


def test_what_runs_on_a_host_is_listed_without_its_own_server(lan: Lan) -> None:
    shell(
        lan,
        "ssh -n node-45 'setsid sleep 4321 >/dev/null 2>&1 &'; ssh -f -N node-46; setsid sleep 1234 >/dev/null 2>&1 &",
    )
    # What goes to the background is a shell for a moment yet.
    begun = time.monotonic()
    while time.monotonic() < begun + 10 and any(
        not any(process.argv[0] == "sleep" for process in lan.processes(name)) for name in ("desk", "node-45")
    ):
        time.sleep(0.1)
    assert [process.argv for process in lan.processes("node-45")] == [("sleep", "4321")]
    assert lan.processes("node-46") == []
    assert ("sleep", "1234") in [process.argv for process in lan.processes("desk")]
