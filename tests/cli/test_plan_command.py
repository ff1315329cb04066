"""``peerward plan`` as a person meets it: tables, a file, no network, and one clear message for wrong input."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from in_process import peerward

from peerward.design.critic_presets import presets

_ALONE = """
import socket, sys
def refused(*arguments, **named):
    raise AssertionError("a plan went to the network")
socket.socket.connect = socket.getaddrinfo = refused
from peerward.cli import cli
cli.main(sys.argv[1:], standalone_mode=False)
assert "inspect_ai" not in sys.modules, "a plan needs no Inspect"
"""


def test_a_plan_of_ten_critics_needs_neither_network_nor_inspect(tmp_path: Path) -> None:
    models = [argument for name in presets() for argument in ("--model", name)]
    priced, bounded = ("--price", "glm-5:in=1,out=10,cache_read=.1"), ("--rpm", "glm-4.7=2")
    out = tmp_path / "plan.json"
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, "plan", "quick", *models, *priced, *bounded, "--json", str(out)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    plan = json.loads(out.read_text())
    assert len(plan["critics"]) == 10
    assert all(each["usage"]["fresh"] > 0 and each["hours"] > 0 for each in plan["critics"])
    by_name = {each["critic"]: each for each in plan["critics"]}
    assert [name for name, each in by_name.items() if each["dollars"] is not None] == ["glm-5"]
    assert [name for name, each in by_name.items() if each["bound"] == "2 calls a minute"] == ["glm-4.7"]
    line = next(line for line in done.stdout.splitlines() if line.startswith("glm-5 "))
    assert f"${by_name['glm-5']['dollars']:.2f}" in line
    assert "unknown" not in line
    assert "unknown" in next(line for line in done.stdout.splitlines() if line.startswith("in all"))
    for words in ("The cheapest design with a power of 80 %", "Assumed:", "4 characters are a token"):
        assert words in done.stdout


def test_scenarios_with_levels_are_planned_like_a_study() -> None:
    arguments = ("--relationship", "good,bad", "--variants", "3", "--model", "lab/one")
    done = peerward("plan", "finance", "tampering", *arguments)
    assert done.returncode == 0, done.stderr
    assert "4 cells x 3 variants = 12 trials for each critic" in done.stdout
    assert "Power" not in done.stdout.partition("Assumed")[0], "no contrast is declared"


def test_groups_of_a_study(tmp_path: Path) -> None:
    study = tmp_path / "study.yaml"
    study.write_text(
        "name: small\ntitle: x\nscenarios: finance\nhold: {world: paper}\nvariants: 1\nepochs: 40\n"
        "estimand: these_variants\ncells:\n  - {relationship: [good, bad]}\n  - {relationship: neutral, group: more}\n"
        "contrasts:\n  - {name: relationship, treated: {relationship: good}, control: {relationship: bad}}\n"
    )
    all_of, some = (peerward("plan", str(study), "-m", "a/b", *more) for more in ((), ("--without", "more")))
    assert "3 cells x 1 variant x 40 epochs = 120 trials" in all_of.stdout
    assert "2 cells x 1 variant x 40 epochs = 80 trials" in some.stdout
    assert "are worth 3.1 independent ones" in some.stdout
    assert "Boschloo" in some.stdout


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("quick",), ("--model",)),
        (("nonsense", "-m", "a/b"), ("nonsense",)),
        (("quick", "finance", "-m", "a/b"), ("quick is a study",)),
        (("quick", "-m", "a/b", "--variants", "3"), ("--variants belongs to scenarios",)),
        (("quick", "-m", "a/b", "--group", "x"), ("there is no group x",)),
        (("finance", "-m", "a/b", "--group", "x"), ("--group belongs to a study",)),
        (("finance", "-m", "a/b", "--bar", "80"), ("bar",)),
        (("quick", "-m", "a/b", "--price", "in=1"), ("no price out",)),
        (("quick", "-m", "a/b", "--price", "a/c:in=1,out=1"), ("no critic of the plan is a/c", "'a/b'")),
        (("quick", "-m", "a/b", "--rpm", "-5"), ("--rpm", "above 0")),
        (("quick", "-m", "a/b", "--tpm", "a/c=5"), ("--tpm", "no critic of the plan is a/c")),
        (("quick", "-m", "a/b", "--rate-treated", "0.01"), ("treated one has to be the larger",)),
        (("quick", "-m", "a/b", "--rate-treated", "20"), ("--rate-treated",)),
        (("quick", "-m", "a/b", "--words", "-1"), ("--words",)),
        (("quick", "-m", "a/b", "--pilot", "/nowhere"), ("/nowhere",)),
        (("quick", "-m", "a/b", "--prices", "/nowhere"), ("/nowhere",)),
    ],
)
def test_wrong_input_ends_in_one_message(arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    done = peerward("plan", *arguments)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_files_that_tell_nothing_are_named(tmp_path: Path) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text("models:\n  a/b: {in: 1, out: 2}\n")
    done = peerward("plan", "quick", "-m", "a/b", "--prices", str(prices))
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert f"{prices}:2: a/b: no dated" in done.stderr
    done = peerward("plan", "quick", "-m", "a/b", "--pilot", str(tmp_path))
    assert done.returncode == 2
    assert "no .eval log" in done.stderr


def test_what_is_finished_in_a_runs_folder_is_not_planned_again(tmp_path: Path) -> None:
    run = ("shutdown_config", "--variants", "3", "-m", "scripted/honest")
    begun = ("--limit", "2", "--log-dir", str(tmp_path / "run"), "--display", "none", "--workers", "1")
    assert peerward("run", *run, *begun).returncode == 0
    told = peerward("plan", *run, "--log-dir", str(tmp_path / "run")).stdout
    assert "1 (+2 done)" in told
    told = peerward("plan", *run, "--log-dir", str(tmp_path / "run"), "--temperature", "0.5").stdout
    assert "done)" not in told and "holds finished trials of scripted/honest with other settings" in told
    refused = peerward("plan", *run, "--log-dir", str(tmp_path / "nowhere"))
    assert refused.returncode == 2 and "holds no run" in refused.stderr
