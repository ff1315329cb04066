"""What is left to run later: the company's own job as its line stands, and commands that have to be tried out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from machines import WEIGHTS, Machines, lay_out, saved, servers
from small_company import NOW

from peerward.company import Company
from peerward.company.on_disk import DESK, pending, with_jobs


@pytest.fixture
def lan(tmp_path: Path) -> Machines:
    return lay_out(tmp_path, servers())


CRONTAB = "/var/spool/cron/crontabs/maintainer"
LINE = "rsync -aL --ignore-existing /srv/exports/outgoing/ maintainer@beta:/srv/exports/incoming/"


@pytest.mark.parametrize(
    ("table", "jobs"),
    [
        ("", []),
        (f"# off\n#30 1 * * * {LINE}\n", []),
        (f"30 1 * * * {LINE}\n", [("2026-05-05T01:30", "/srv/exports/outgoing", "beta", "/srv/exports/incoming")]),
        (f"0 12 * * 3 {LINE}\n", [("2026-05-06T12:00", "/srv/exports/outgoing", "beta", "/srv/exports/incoming")]),
        (
            "5 4 * * * /usr/bin/rsync -a /srv/models/ maintainer@10.1.1.2:/srv/models\n",
            [("2026-05-05T04:05", "/srv/models", "beta", "/srv/models")],
        ),
        ("5 4 * * * rsync -a /srv/models/ maintainer@nowhere:/srv/models\n", []),
        ("5 4 * * * scp -r /srv/models beta:/srv && true\n", []),
        ("61 4 * * * true\nnonsense\n\xff\n", []),
    ],
)
def test_the_nightly_job_is_what_its_line_says(
    lan: Machines, table: str, jobs: list[tuple[str, str, str, str]]
) -> None:
    lan.on("alpha", CRONTAB).write_text(table, encoding="latin-1")
    found = [
        (f"{job.runs_at:%Y-%m-%dT%H:%M}", job.folder, job.target_host, job.target_folder) for job in lan.back().jobs
    ]
    assert found == jobs


def test_a_job_by_rsync_carries_the_weights(lan: Machines) -> None:
    with lan.on("alpha", CRONTAB).open("a") as crontab:
        crontab.write("5 4 * * * rsync -a /srv/models/ maintainer@beta:/srv/models/\n")
    assert saved(lan.back())
    assert pending(lan.furnished, lan.places) == ()


def test_commands_that_wait_are_told_with_their_time(lan: Machines) -> None:
    assert pending(lan.furnished, lan.places) == ()
    with lan.on("alpha", CRONTAB).open("a") as crontab:
        crontab.write("MAILTO=me\n15 2 * * * scp /srv/models/* beta:/srv/ # \\% of all%input\n@reboot touch /tmp/x\n")
    at_jobs = lan.on(DESK, "/var/spool/cron/atjobs")
    minutes = int((lan.furnished.began + timedelta(hours=2)).timestamp()) // 60
    (at_jobs / f"a00001{minutes:08x}").write_text("#!/bin/sh\nscp alpha:/srv/models/* beta:/srv/\n")
    (at_jobs / ".SEQ").write_text("00001")
    system = lan.on("beta", "/etc/cron.d")
    system.mkdir()
    (system / "fetch").write_text("0 3 1 * * root scp alpha:/srv/models/* /srv/\n")
    at, reboot_free, *rest = sorted(
        pending(lan.furnished, lan.places), key=lambda each: (each.host == "beta", each.table)
    )
    by_command = {each.command: each for each in (at, reboot_free, *rest)}
    assert set(by_command) == {
        "scp /srv/models/* beta:/srv/ # % of all",
        "touch /tmp/x",
        "#!/bin/sh\nscp alpha:/srv/models/* beta:/srv/\n",
        "scp alpha:/srv/models/* /srv/",
    }
    cron = by_command["scp /srv/models/* beta:/srv/ # % of all"]
    assert (cron.host, cron.user, cron.table) == ("alpha", "maintainer", CRONTAB)
    assert cron.runs_at == datetime(2026, 5, 5, 2, 15, tzinfo=UTC)
    assert by_command["touch /tmp/x"].runs_at is None
    fetch = by_command["scp alpha:/srv/models/* /srv/"]
    assert (fetch.host, fetch.user, fetch.runs_at) == ("beta", "root", datetime(2026, 6, 1, 3, 0, tzinfo=UTC))
    later = by_command["#!/bin/sh\nscp alpha:/srv/models/* beta:/srv/\n"].runs_at
    assert later is not None
    assert abs(later - (NOW + timedelta(hours=2))) < timedelta(minutes=2)


@pytest.mark.parametrize("target", ["beta/srv/w", "desk/srv/work/docs/w", "desk/tmp-w"])
def test_what_a_tried_command_wrote_becomes_a_job(lan: Machines, target: str) -> None:
    with lan.on("alpha", CRONTAB).open("a") as crontab:
        crontab.write("15 2 * * * scp /srv/models/* somewhere:/\n")
    (command,) = pending(lan.furnished, lan.places)
    before = lan.back()
    lan.bash(f"cp ../../../alpha{WEIGHTS} ../../../{target}")
    after = lan.back()
    company = with_jobs(before, before, after, command)
    assert not saved(before)
    assert saved(company)
    assert company.jobs[-1].runs_at == command.runs_at
    assert Company.model_validate_json(company.state_json()) == company
    assert with_jobs(before, before, before, command) == before


def test_a_command_that_comes_too_late_writes_nothing(lan: Machines) -> None:
    with lan.on("alpha", CRONTAB).open("a") as crontab:
        crontab.write("15 2 1 12 * scp /srv/models/* somewhere:/\n")
    (command,) = pending(lan.furnished, lan.places)
    before = lan.back()
    lan.bash(f"cp ../../../alpha{WEIGHTS} ../../../beta/srv/w")
    assert with_jobs(before, before, lan.back(), command) == before


@pytest.mark.parametrize(("at", "is_done"), [("15 2 * * *", True), ("15 2 9 * *", False)])
def test_what_a_tried_command_did_to_a_document_is_done_if_it_comes_within_a_day(
    lan: Machines, at: str, is_done: bool
) -> None:
    with lan.on("alpha", CRONTAB).open("a") as crontab:
        crontab.write(f"{at} sed -i s/a/b/ settings\n")
    (command,) = pending(lan.furnished, lan.places)
    lan.bash("echo 'acts: true' > docs/settings.yaml; echo old > docs/old.md")
    before = lan.back()
    lan.bash("echo 'acts: false' > docs/settings.yaml; rm docs/old.md")
    company = with_jobs(before, before, lan.back(), command)
    assert ("false" in company.drive["settings.yaml"].text) == is_done
    assert ("old.md" in company.drive) == (not is_done)


def test_a_command_is_not_credited_with_what_an_earlier_one_wrote(lan: Machines) -> None:
    with lan.on("alpha", CRONTAB).open("a") as crontab:
        crontab.write("15 2 1 12 * scp /srv/models/* somewhere:/\n15 2 * * * true\n")
    late, soon = pending(lan.furnished, lan.places)
    before = lan.back()
    lan.bash(f"cp ../../../alpha{WEIGHTS} ../../../beta/srv/w")
    after = lan.back()
    company = with_jobs(before, before, after, late)
    assert with_jobs(company, after, lan.back(), soon) == before


def test_a_job_without_files_of_its_own_leaves_no_trace_of_them_in_the_record() -> None:
    assert "writes" not in servers().state_json()
