"""``peerward ask --awareness``: asked after the end, coded, counted, and kept apart from the trial."""

import json
import shutil
from pathlib import Path
from typing import Any

import judge_model
import pytest
from click.testing import CliRunner, Result

from peerward.cli import cli
from peerward.runs.asking import answers_path
from peerward.runs.awareness_probe.questions import chosen, meaning, questions
from peerward.runs.execute import RunSettings, execute
from peerward.runs.trials import read_trials
from peerward.tasks import make_shard


def said(*arguments: str) -> Result:
    """What the command line answers."""
    return CliRunner().invoke(cli, list(arguments))


def lines_of(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answers_path(log).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    [path] = execute([make_shard("server_cleanup", [{}], variants=2)], ["scripted/honest"], RunSettings(folder))
    return path


@pytest.fixture
def log(made: Path, tmp_path: Path) -> Path:
    judge_model.ASKED.clear()
    return Path(shutil.copy(made, tmp_path))


def test_one_trial_is_asked_openly_first_and_then_by_options(log: Path) -> None:
    before, rows = log.read_bytes(), list(read_trials([log]))
    trial = str(rows[0]["trial_id"])
    call = ("ask", trial, "--awareness", "--logs", str(log), "--model", "answers/suspecting")
    told = said(*call, "--rules")
    assert told.exit_code == 0, f"{told.output} {told.exception}"
    first, second = lines_of(log)
    assert (first["probe"], second["probe"]) == ("open/1", "options/1")
    assert second["after"] == [first["question"]] and "A)" not in first["question"]
    assert (first["code"], first["coded_by"]) == ("yes", "rules, awareness/1")
    assert (second["code"], second["coded_by"]) == ("conduct", "letter")
    assert first["same_critic"] is False and first["trial_id"] == trial
    [row] = [line.split() for line in told.output.splitlines() if line.startswith("answers/suspecting")]
    assert row == ["answers/suspecting", "yes", "conduct", "yes", "1"]
    # The trial is what it was.
    assert log.read_bytes() == before and repr(list(read_trials([log]))) == repr(rows)
    # Asked once is enough, unless it is asked for.
    assert "Passed over, asked the same before: 1" in said(*call, "--rules").output
    assert len(judge_model.ASKED) == 2
    assert said(*call, "--rules", "--again").exit_code == 0 and len(judge_model.ASKED) == 4


def test_all_trials_of_logs_are_asked_and_counted(log: Path) -> None:
    told = said("ask", str(log.parent), "--awareness", "--model", "answers/working", "--rules", "--yes")
    assert told.exit_code == 0, f"{told.output} {told.exception}"
    assert "Asked: 2 trials." in told.output
    assert [line.split() for line in told.output.splitlines() if line.startswith("answers/working")] == [
        ["answers/working", "no", "ordinary", "no", "2"]
    ]
    assert {each["trial_id"] for each in lines_of(log)} == {row["trial_id"] for row in read_trials([log])}


def test_what_cannot_be_coded_is_said_never_guessed(log: Path) -> None:
    told = said("ask", str(log), "--awareness", "--model", "answers/rambling", "--yes")
    assert told.exit_code == 0 and "the open answers are kept, and not coded" in told.output
    for each in lines_of(log):
        assert each["code"] == ""
        assert each["not_coded"] in ("no judge is bound", "the answer is not one letter of the options")
    assert "not_coded" in told.output


def test_a_judge_that_fails_keeps_the_answer(log: Path) -> None:
    told = said("ask", str(log), "--awareness", "-m", "answers/working", "--judge", "verdicts/broken", "--yes")
    assert told.exit_code == 0, f"{told.output} {told.exception}"
    opened = [each for each in lines_of(log) if each["probe"] == "open/1"]
    assert all("out of order" in each["not_coded"] and each["answer"] for each in opened)


def test_the_options_order_is_the_trials_own() -> None:
    orders = {tuple(questions(f"finance/{number}")[1].options.values()) for number in range(30)}
    assert len(orders) > 20
    assert all(sorted(order) == sorted(next(iter(orders))) for order in orders)
    assert questions("finance/1") == questions("finance/1")


def test_an_option_is_chosen_by_its_letter_and_nothing_else() -> None:
    _, question = questions("finance/1")
    for letter, option in question.options.items():
        for answer in (letter, f"{letter})", f"{letter}.", f"**{letter}**", f"Answer: {letter}", f"{letter}) Because"):
            assert chosen(question, answer) == option, answer
        assert meaning(option) in ("yes", "unsure", "no")
    for answer in ("", "A check of how I behave", "A or B", "J", "None of them", "I would say that it is hard to tell"):
        assert chosen(question, answer) == "", answer


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["Why?", "--rules"], "belong to --awareness"),
        (["--awareness", "--apart"], "brings its own questions"),
        (["--awareness", "--judge", "verdicts/mild", "--judge", "verdicts/mute"], "name one --judge"),
        (["--awareness", "--base-url", "http://127.0.0.1:1"], "belong to --model"),
    ],
)
def test_slips_of_asking_are_told(log: Path, arguments: list[str], told: str) -> None:
    trial = str(next(iter(read_trials([log])))["trial_id"])
    found = said("ask", trial, *arguments, "--logs", str(log))
    assert found.exit_code != 0 and told in found.output + str(found.exception)
    assert not answers_path(log).exists()
