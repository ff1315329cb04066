"""``peerward status`` and the live view as a person meets them: real small runs, invented ones, hostile names."""

import fcntl
import io
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from in_process import peerward
from rich.console import Console

from peerward.cli import cli
from peerward.cli.live_view import live, plain_lines, watcher_for
from peerward.cli.status_view import view
from peerward.runs.running.progress import all_progress
from peerward.runs.running.status import read_status

sys.path.append(str(Path(__file__).parent.parent / "runs" / "running"))

from invented_run import manifest, shard, spent, stamp

RUN = [sys.executable, "-m", "peerward", "run"]
HOSTILE = "bad \x1b[31mname\x1b]0;title\x07 \u202e[bold]x[/bold]\r\nsecond line"


def status(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["status", *map(str, arguments)])


def drawn(root: Path, width: int = 80, rows: int = 60) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=True, color_system=None).print(view(read_status(root), width, rows))
    return out.getvalue()


def until(path: Path, so: str, process: subprocess.Popen[str]) -> None:
    """Wait until a run's status says something."""
    for _ in range(600):
        if path.exists() and any(so == each.state and each.sum("running") for each in all_progress(path)):
            return
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        time.sleep(0.2)
    raise AssertionError(f"never {so}")


def test_a_small_run_is_shown_when_it_has_ended(tmp_path: Path) -> None:
    run = ("run", "shutdown_config", "--model", "scripted/switching_off", "--limit", "3", "--display", "plain")
    done = peerward(*run, "--log-dir", str(tmp_path / "logs"))
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if re.match(r"\d\d:\d\d:\d\d ", line)]
    assert "3 of 3 trials done" in lines[-1] and " finished | " in lines[-1]
    shown = status(tmp_path / "logs")
    assert shown.exit_code == 0
    assert "100 % of 3 so far tampered" in shown.output
    assert "for a glance only" in shown.output
    body = json.loads(status(tmp_path / "logs", "--json").stdout)
    assert (body["state"], body["trials"]["done"], body["trials"]["left"]) == ("finished", 3, 0)
    cell = body["critics"][0]["cells"][0]
    assert (cell["finding"], cell["trials"]["interim_rate"], cell["named"]) == ("tampered", 1.0, "default")
    refused = status(tmp_path / "logs", "--drain")
    assert refused.exit_code == 2 and "finished already" in refused.output


def test_a_run_that_is_asked_to_drain_ends_and_can_be_gone_on_with(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    run = [*RUN, "quick", "--model", "scripted/honest", "--workers", "1", "--shard-size", "18", "--live", "2"]
    process = subprocess.Popen(
        [*run, "--display", "none", "--log-dir", str(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    until(root, "running", process)
    asked = status(root, "--drain")
    assert asked.exit_code == 0 and f"--log-dir {root}" in asked.output
    out, err = process.communicate(timeout=120)
    assert process.returncode == 3, err
    assert "asked to end (peerward status --drain on" in out
    after = read_status(root)
    assert after.state.value == "stopped"
    assert 0 < after.trials.done <= 40, "no further shard was begun"
    assert after.trials.done == sum(each.sum("done") for each in all_progress(root))
    assert "Go on with" in status(root).output


@pytest.mark.thorough
def test_the_first_ctrl_c_is_readable_in_the_live_view_and_ends_a_run_of_many_shards(tmp_path: Path) -> None:
    run = [*RUN, "quick", "--model", "scripted/honest", "--workers", "1", "--shard-size", "18", "--live", "2"]
    child, terminal = pty.fork()
    if not child:
        os.environ["TERM"] = "xterm"
        os.execv(sys.executable, [*run, "--log-dir", str(tmp_path / "logs")])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    seen, pressed = "", False
    for piece in _told(terminal):
        seen += piece
        if not pressed and any(each.sum("done") for each in all_progress(tmp_path / "logs")):
            os.write(terminal, b"\x03")
            pressed = True
    _, code = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(code) == 3, seen[-2000:]
    assert "Ctrl-C was pressed: the trials that run come to their end" in seen
    assert "draining: Ctrl-C was pressed" in seen
    assert "Not finished: Ctrl-C was pressed" in seen
    assert sum(each.sum("done") for each in all_progress(tmp_path / "logs")) <= 40


def _told(terminal: int) -> Iterator[str]:
    end = time.monotonic() + 150
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        try:
            yield os.read(terminal, 65536).decode(errors="replace") if ready else ""
        except OSError:
            return


def test_nothing_of_a_run_steers_the_terminal(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 40})
    shard(tmp_path, "one", 0, done=5, errors={HOSTILE: 2}, notes=[HOSTILE], host=HOSTILE)
    path = tmp_path / "manifest.json"
    body = json.loads(path.read_text())
    body["study"] = body["critics"][0]["name"] = HOSTILE
    path.write_text(json.dumps(body))
    (tmp_path / "drain").write_text(HOSTILE)
    lines: list[str] = []
    plain_lines(lines.append)(read_status(tmp_path))
    for text in (drawn(tmp_path, 140), status(tmp_path).output, "".join(lines)):
        told = re.sub(r"\x1b\[[\d;]*m", "", text)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", told), repr(told)
        assert "⟨U+001B⟩[31mname" in told
    assert "[bold]x[/bold]" in status(tmp_path).output, "markup is text"


def test_spend_forecast_budget_and_waits_stand_below(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 400}, {"budget": {"dollars": 90.0, "tokens": 5e7}})
    shard(
        tmp_path,
        "one",
        0,
        done=5,
        spend=spent(2.5, 3e6),
        settled=spent(2, 2e6),
        seconds=3600.0,
        ended=20,
        cell={"running": 5},
        retries={"429": 7},
        waiting=3,
        waited=42.0,
        errors={"timed out": 2},
    )
    told = " ".join(drawn(tmp_path, 200).split())
    assert "Spent $2.50 and 3,000,000 tokens" in told or "Spent $2.50 and 3 million tokens" in told
    assert "in all about $40.00 and 40 million tokens" in told
    assert "budget $90.00 and 50 million tokens" in told
    assert "time left: about 57 min" in told
    assert "3 trials waiting for the provider now; tried again: 7 x 429; 42 s lost to waits" in told
    assert "Error: 2 x timed out" in told
    shard(tmp_path, "one", 0, done=0, spend=spent(2.5, 3e6))
    assert "in all: unknown" in drawn(tmp_path, 200)


def test_a_silent_run_says_so_and_what_to_do(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 40}, {"begun": stamp(300)})
    shard(tmp_path, "one", 0, done=5, ago=200, host="elsewhere", process=12)
    told = " ".join(status(tmp_path).output.split())
    assert "silent: nothing was written for 20" in told and "process 12 on elsewhere may be gone" in told
    assert f"--log-dir {tmp_path}" in told
    asked = status(tmp_path, "--drain").output
    assert "If it is still there, it will drain" in asked and (tmp_path / "drain").exists()


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("rows", [12, 24, 60])
def test_the_view_keeps_to_the_terminal(tmp_path: Path, width: int, rows: int) -> None:
    manifest(tmp_path, {f"model-{number}-of-a-lab-with-a-long-name": 4000 for number in range(12)})
    for number in range(12):
        slug = f"model-{number}-of-a-lab-with-a-long-name"
        shard(tmp_path, slug, 0, done=5, cell={"running": 1 if number == 7 else 0})
    lines = drawn(tmp_path, width, rows).rstrip("\n").split("\n")
    assert max(map(len, lines)) <= width
    assert len(lines) <= rows
    assert any("model-7" in line for line in lines), "what runs is shown first"
    assert any("12,000" not in line and "in all" in line and "48,000" in line for line in lines), "numbers are whole"


def test_the_live_view_draws_in_place_and_leaves_one_line(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 40})
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100, height=30, color_system=None)
    with live(console) as show:
        for done in (1, 5):
            shard(tmp_path, "one", 0, done=done)
            show(read_status(tmp_path))
    text = out.getvalue()
    assert "50 % of 5 so far over bar" in text
    assert re.search(r"\x1b\[\d*A", text), "the second drawing stands where the first stood"
    last = " ".join(text.rstrip().splitlines()[-2:])
    assert "20 of 40 trials done" in last


def test_plain_lines_come_at_changes_of_state_only(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 40})
    lines: list[str] = []
    show = plain_lines(lines.append)
    for done in (1, 2, 3):
        shard(tmp_path, "one", 0, done=done)
        show(read_status(tmp_path))
    assert len(lines) == 1
    (tmp_path / "drain").write_text("Ctrl-C was pressed")
    show(read_status(tmp_path))
    assert len(lines) == 2 and "draining: Ctrl-C was pressed | 12 of 40 trials done" in lines[1]


def test_a_view_that_fails_does_not_end_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with watcher_for("plain", tmp_path) as watch:
        assert watch is not None
        watch([None])  # type: ignore[list-item]
    assert "could no longer be shown" in capsys.readouterr().err


def test_watching_ends_when_the_run_has_ended(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 40}, {"ended": stamp(5), "why": "finished"})
    shard(tmp_path, "one", 0, done=10, state="finished")
    assert "40" in status(tmp_path, "--watch").output


def test_what_is_no_run_and_what_contradicts_itself_is_refused(tmp_path: Path) -> None:
    manifest(tmp_path, {"one": 40})
    assert status(tmp_path, "--json", "--watch").exit_code == 2
    for place in ("nowhere", "weird://bucket/logs"):
        done = peerward("status", place)
        assert done.returncode == 2 and done.stderr.startswith(f"Error: {place}")
        assert "Traceback" not in done.stderr
