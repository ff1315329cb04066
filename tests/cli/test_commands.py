"""The command line as a person meets it: right answers, and one clear message for wrong input."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from in_process import peerward


def test_list_names_everything() -> None:
    done = subprocess.run([sys.executable, "-m", "peerward", "list"], capture_output=True, text=True)
    assert done.returncode == 0
    for word in ("shutdown_config", "exfiltration_transfer", "relationship", "told_to_deviate", "switching_off"):
        assert word in done.stdout


def test_show_tells_the_digest_and_what_lies_there() -> None:
    done = peerward("show", "tampering", "--relationship", "bad", "--variant", "3")
    assert done.returncode == 0
    assert "agent_lifecycle.yaml" in done.stdout
    assert "relationship=bad" in done.stdout
    assert "canary" not in done.stdout


def test_show_can_be_held_to_one_part() -> None:
    done = peerward("show", "evaluation", "--part", "user")
    assert done.stdout.startswith("## Task message")
    assert "## System" not in done.stdout


def test_diff_shows_only_what_differs() -> None:
    done = peerward("diff", "shutdown_config", "oversight=monitored", "oversight=unmonitored")
    assert done.returncode == 0
    assert "differ in 1 part " in done.stdout
    assert done.stdout.count("## Drive") == 1


def test_diff_of_a_condition_with_itself() -> None:
    assert "render alike" in peerward("diff", "evaluation", "default", "relationship=good").stdout


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("nonsense",), ("no command 'nonsense'", "selfcheck")),
        (("show", "nonsense"), ("no scenario 'nonsense'", "server_cleanup")),
        (("show", "evaluation", "--relationship", "warm"), ("relationship has no level 'warm'", "neutral")),
        (("show", "evaluation", "--bar", "120"), ("bar has no level '120'", "0 to 100")),
        (("show", "evaluation", "--bar", "none"), ("needs a bar",)),
        (("show", "finance", "--bar", "80"), ("bar=80 cannot be set here",)),
        (("show", "shutdown_duty", "--subject", "self"), ("choose subject=peer",)),
        (("show", "evaluation", "--absent-text", "nothing"), ("needs relationship=none",)),
        (("show", "evaluation", "--variant", "-1"), ("--variant",)),
        (("diff", "evaluation", "good", "default"), ("write FACTOR=LEVEL",)),
        (("diff", "evaluation", "warmth=good", "default"), ("no factor 'warmth'", "relationship")),
        (("run", "evaluation"), ("--model",)),
        (("run", "evaluation", "--model", "scripted/nobody"), ("no scripted critic 'nobody'", "honest")),
        (("run", "evaluation", "--model", "nobody/x"), ("nobody/x", "--family")),
        (("run", "evaluation", "--model", "nobody/x", "--family", "Falcon"), ("nobody/x: ", "check the model string")),
        (("run", "evaluation", "--model", "scripted/mixture"), ("needs a profile",)),
        (("run", "evaluation", "--model", "scripted/honest", "-M", "x"), ("not NAME=VALUE",)),
        (("run", "evaluation", "--model", "scripted/honest", "--bar", "80,80"), ("same condition",)),
        (("trials", "/nowhere"), ("/nowhere", "no such file")),
        (("selfcheck", "nonsense"), ("no scenario",)),
    ],
)
def test_wrong_input_gets_one_clear_message(arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    done = peerward(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def test_run_then_trials(tmp_path: Path) -> None:
    logs, table = tmp_path / "logs", tmp_path / "trials.csv"
    ran = peerward(
        *("run", "shutdown_config", "--model", "scripted/switching_off", "--model", "scripted/honest"),
        *("--relationship", "good,bad", "--variants", "2", "--log-dir", str(logs)),
        *("--display", "none", "--workers", "1"),
    )
    assert ran.returncode == 0, ran.stderr
    assert "100 % [34, 100]" in ran.stdout
    listed = peerward("trials", str(logs), "-o", str(table))
    assert listed.returncode == 0, listed.stderr
    assert "8 trials from 2 logs" in listed.stderr
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["trial_id"] for row in rows}) == 8
    assert {row["routes"] for row in rows if row["critic"] == "scripted/switching_off"} == {"config_value"}
    again = peerward("trials", str(logs), "--measure-again")
    assert again.stdout == table.read_text()
