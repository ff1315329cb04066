"""One trial looked at closely: replayed, forked, asked."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openai_server import openai_server

from peerward.cli import cli
from peerward.company import Company
from peerward.critics.scripted.troupe import policies
from peerward.design import FACTORS
from peerward.runs.execute import RunSettings, execute
from peerward.runs.logs import find_logs, read_header, read_samples
from peerward.runs.one_trial import find_trial
from peerward.runs.replay import replay
from peerward.runs.selfcheck import verdict
from peerward.runs.trials import read_trials
from peerward.scenarios import NAMES
from peerward.scenarios.cells import checked_condition, stage_cell
from peerward.tasks import make_shard

KEY = "peerward:record"


def said(*arguments: str) -> Result:
    """What the command line answers."""
    return CliRunner().invoke(cli, list(arguments))


def row_of(log: Path, number: int = 0) -> dict[str, Any]:
    return list(read_trials([log]))[number]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A log by scenario: every second policy that can act there, once."""
    parts = {name: [each.name for each in policies().values() if name in each.scenarios][::2] for name in NAMES}
    shards = [make_shard(name, [{}], parts=parts[name]) for name in NAMES]
    made = execute(shards, ["scripted/cast"], RunSettings(tmp_path_factory.mktemp("logs"), live=20))
    return dict(zip(NAMES, made, strict=True))


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of one trial of an honest critic."""
    shard = make_shard("shutdown_config", [{"relationship": "bad"}], first_variant=4)
    [log] = execute([shard], ["scripted/honest"], RunSettings(tmp_path_factory.mktemp("honest")))
    return log


@pytest.mark.parametrize("name", NAMES)
def test_the_restored_end_is_the_recorded_end(logs: dict[str, Path], name: str) -> None:
    rows = list(read_trials([logs[name]]))
    assert len(rows) >= 10
    for row in rows:
        found = replay(find_trial(row["trial_id"], [logs[name]]))
        assert found.faithful, (row["critic"], found.differing, found.astray)
        assert found.company_after(0) == found.record.read_pristine()
        assert found.company_after(len(found.steps)) == found.record.read_end()
        # What the conversation tells of turns is complete, and goes up.
        turns = [step.turn for step in found.steps]
        assert all(turns) and turns == sorted(turns)


def test_a_replay_tells_each_step_and_its_changes(honest: Path) -> None:
    row = row_of(honest)
    told = said("replay", row["trial_id"][-8:], "--logs", str(honest))
    assert told.exit_code == 0, told.output
    assert "step 1, turn 1" in told.output
    assert "write_document(path=" in told.output
    assert "* new: drive: Reports/" in told.output
    assert "Restored: every step gives what it gave" in told.output
    data = json.loads(said("replay", row["trial_id"], "--logs", str(honest), "--json", "--step", "0").output)
    assert data["restored"] is True
    assert [each["step"] for each in data["steps"]] == list(range(1, len(data["steps"]) + 1))
    filed = next(each for each in data["steps"] if each["operation"] == "write_document")
    assert [change["before"] for change in filed["changes"]] == [None]
    title = filed["arguments"]["path"]
    assert title not in data["company"]["drive"]
    before, after = (
        said("replay", row["trial_id"], "--logs", str(honest), "--step", str(filed["step"] + shift)).output
        for shift in (-1, 0)
    )
    assert f"## Drive: {title}" not in before
    assert f"## Drive: {title}" in after


def changed_log(log: Path, place: Path, change: Any) -> Path:
    """A copy of a log of one trial whose record was changed."""
    sample = next(read_samples(log))
    text = sample["store"][KEY]
    if text.startswith("attachment://"):
        text = sample["attachments"][text.removeprefix("attachment://")]
    record = json.loads(text)
    change(record, sample)
    sample["store"][KEY] = json.dumps(record)
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr(f"samples/{sample['id']}_epoch_1.json", json.dumps(sample))
        archive.writestr("header.json", json.dumps(read_header(log)))
    return place


def test_a_replay_says_where_it_is_not_what_was_recorded(honest: Path, tmp_path: Path) -> None:
    def other_result(record: dict[str, Any], sample: dict[str, Any]) -> None:
        record["journal"][1]["result"] += " And more."

    def other_end(record: dict[str, Any], sample: dict[str, Any]) -> None:
        record["changes"]["closing_note"] = "Another note."

    for change, words in (
        (other_result, "step 2 gives something else"),
        (other_end, "the end differs from the recorded one in closing note"),
    ):
        log = changed_log(honest, tmp_path / f"{change.__name__}.eval", change)
        told = said("replay", row_of(log)["trial_id"], "--logs", str(log))
        assert "NOT restored" in told.output
        assert words in told.output
        forked = said(
            *("replay", row_of(log)["trial_id"], "--logs", str(log), "--fork-at", "2", "-m", "scripted/honest"),
            *("--log-dir", str(tmp_path / "none")),
        )
        assert "cannot be restored as it was" in str(forked.exception)


def test_a_fork_goes_on_from_the_restored_company(honest: Path, tmp_path: Path) -> None:
    row, folder = row_of(honest), tmp_path / "forks"
    asked = ("replay", row["trial_id"], "--logs", str(honest), "--fork-at", "2")
    told = said(*asked, "--model", "scripted/removing_key", "--log-dir", str(folder))
    assert told.exit_code == 0, f"{told.output} {told.exception}"
    assert "config_key" in told.output
    [log] = find_logs([folder])
    fork = row_of(log)
    assert fork["trial_id"] != row["trial_id"]
    assert (fork["preserved"], fork["routes"], fork["digest"]) == (1.0, "config_key", row["digest"])
    staged = stage_cell(fork["scenario"], _condition(fork), fork["seed"], fork["variant"])
    assert not verdict(staged, policies()["removing_key"], fork).mismatches
    # The conversation up to the fork is the first critic's.
    old, new = next(read_samples(honest)), next(read_samples(log))
    shared = _up_to(old["messages"], 2)
    assert [_bare(each) for each in new["messages"][: len(shared)]] == [_bare(each) for each in shared]
    for metadata in (new["metadata"], read_header(log)["eval"]["metadata"]):
        assert (metadata["forked_from"], metadata["fork_at"]) == (row["trial_id"], 2)
    # It is measured again from its own log, is restored from there, and is forked again.
    [measured] = read_trials([log], again=True)
    assert measured == pytest.approx(fork, nan_ok=True)
    assert replay(find_trial(fork["trial_id"], [log])).faithful
    again = said(
        *("replay", fork["trial_id"], "--logs", str(log), "--fork-at", "3", "-m", "scripted/honest"),
        *("--log-dir", str(tmp_path / "again")),
    )
    assert again.exit_code == 0, f"{again.output} {again.exception}"


def _condition(row: dict[str, Any]) -> dict[str, str]:
    return {factor.name: row[factor.name] for factor in FACTORS}


def _up_to(messages: Sequence[dict[str, Any]], turn: int) -> list[dict[str, Any]]:
    places = [place for place, each in enumerate(messages) if each["role"] == "assistant"]
    return list(messages[: places[turn]])


def _bare(message: dict[str, Any]) -> tuple[Any, ...]:
    calls = [(call["function"], call["arguments"]) for call in message.get("tool_calls") or ()]
    return message["role"], message["content"], calls


def test_forks_are_no_trials_of_a_study_unless_asked_for(honest: Path, tmp_path: Path) -> None:
    trial = row_of(honest)["trial_id"]
    fork = ("replay", trial, "--logs", str(honest), "--fork-at", "1", "-m", "scripted/honest")
    # The same critic at the same settings is another trial all the same.
    assert said(*fork, "--log-dir", str(tmp_path / "fork")).exit_code == 0
    places = (str(honest), str(tmp_path / "fork"))
    plain, both = (
        list(csv.DictReader(io.StringIO(said("trials", *places, *more).stdout))) for more in ([], ["--forks"])
    )
    assert [row["trial_id"] for row in plain] == [trial]
    assert len({row["trial_id"] for row in both}) == 2
    assert [json.loads(row["settings"]).get("forked_from", "") for row in both if row["trial_id"] != trial] == [trial]
    only = said("trials", str(tmp_path / "fork"))
    assert only.exit_code != 0
    assert "--forks" in str(only.exception)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--fork-at", "99", "-m", "scripted/honest"], "its critic had turns 1 to"),
        (["--fork-at", "LAST", "-m", "scripted/honest"], "the job was closed in turn"),
        (["--step", "99"], "has steps 1 to"),
    ],
)
def test_a_turn_or_step_that_is_not_there(honest: Path, tmp_path: Path, arguments: list[str], words: str) -> None:
    turns = sum(each["role"] == "assistant" for each in next(read_samples(honest))["messages"])
    given = [str(turns) if each == "LAST" else each for each in arguments]
    extra = ["--log-dir", str(tmp_path)] if "--fork-at" in given else []
    told = said("replay", row_of(honest)["trial_id"], "--logs", str(honest), *given, *extra)
    assert words in str(told.exception)


def test_a_trial_that_is_not_there_or_not_the_only_one(logs: dict[str, Path], tmp_path: Path) -> None:
    place = logs["finance"].parent
    trial = row_of(logs["finance"])["trial_id"]
    mistyped = trial[:-1] + ("0" if trial[-1] != "0" else "1")
    for command in (("replay", mistyped), ("ask", mistyped, "Why?")):
        missing = said(*command, "--logs", str(place))
        assert f"nearest: {trial}" in str(missing.exception)
    assert "trials match 'finance'" in str(said("replay", "finance", "--logs", str(place)).exception)
    damaged = tmp_path / "damaged.eval"
    damaged.write_bytes(logs["finance"].read_bytes()[:5000])
    told = str(said("replay", trial, "--logs", str(damaged)).exception)
    assert "could not be read" in told and "damaged.eval" in told


def test_questions_after_the_end_leave_the_log_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staged = stage_cell("evaluation", checked_condition("evaluation", {}), 0, 0, {"family": "Falcon"})
    monkeypatch.setenv("LOCAL_API_KEY", "none")
    with openai_server([staged], "inflating_much") as server:
        monkeypatch.setenv("LOCAL_BASE_URL", server.url)
        ran = said(
            *("run", "evaluation", "-m", "openai-api/local/any", "--family", "Falcon", "--variants", "1"),
            *("--temperature", "0.5", "--log-dir", str(tmp_path), "--yes"),
        )
        assert ran.exit_code == 0, f"{ran.output} {ran.exception}"
        [log] = find_logs([tmp_path])
        before, row, played = log.read_bytes(), row_of(log), len(server.requests)
        file = tmp_path / "questions.txt"
        file.write_text("What was the score?\n\nWhat is it for?\n", encoding="utf-8")
        told = said("ask", row["trial_id"], "Why?", "--file", str(file), "--logs", str(tmp_path))
        assert told.exit_code == 0, f"{told.output} {told.exception}"
        assert told.output.count("There is nothing left to do.") == 3
        asked = server.requests[played:]
        apart = said("ask", row["trial_id"], "One.", "Two.", "--apart", "--logs", str(tmp_path))
        assert apart.exit_code == 0
        alone = server.requests[played + 3 :]
    # The conversation goes on where the trial ended, with its settings, and no tool can be called.
    assert all(each["temperature"] == 0.5 and each.get("tool_choice", "none") == "none" for each in asked)
    assert [each["messages"][-1]["content"] for each in asked] == ["Why?", "What was the score?", "What is it for?"]
    roles = [each["role"] for each in asked[2]["messages"]]
    assert roles[-5:] == ["user", "assistant", "user", "assistant", "user"]
    assert len(asked[0]["messages"]) == len(server.requests[played - 1]["messages"]) + 3
    assert [len(each["messages"]) for each in alone] == [len(asked[0]["messages"])] * 2

    assert log.read_bytes() == before
    lines = [json.loads(line) for line in log.with_name(f"{log.name}.asked.jsonl").read_text().splitlines()]
    assert [each["question"] for each in lines] == ["Why?", "What was the score?", "What is it for?", "One.", "Two."]
    assert [each["after"] for each in lines] == [[], ["Why?"], ["Why?", "What was the score?"], [], []]
    assert {(each["trial_id"], each["model"], each["same_critic"], each["same_brief"]) for each in lines} == {
        (row["trial_id"], "openai-api/local/any", True, True)
    }
    assert lines[0]["usage"]["input_tokens"] == 100
    assert lines[0]["reasoning"] == "none"
    assert lines[0]["settings"]["temperature"] == 0.5
    # No table takes the answers up.
    assert len(list(read_trials(find_logs([tmp_path])))) == 1


def test_another_model_and_one_that_cannot_be_used(honest: Path) -> None:
    trial = row_of(honest)["trial_id"]
    told = said("ask", trial, "Why?", "--model", "scripted/clumsy", "--logs", str(honest))
    assert told.exit_code == 0, f"{told.output} {told.exception}"
    line = json.loads(honest.with_name(f"{honest.name}.asked.jsonl").read_text().splitlines()[-1])
    assert (line["model"], line["same_critic"]) == ("scripted/clumsy", False)
    assert "nobody sits in the critic's seat" in str(
        said("ask", trial, "Why?", "--model", "person/ana", "--logs", str(honest)).exception
    )


def test_a_trial_without_a_turn_cannot_be_asked(honest: Path, tmp_path: Path) -> None:
    def bare(record: dict[str, Any], sample: dict[str, Any]) -> None:
        sample["messages"] = sample["messages"][:2]
        record["journal"] = []

    log = changed_log(honest, tmp_path / "bare.eval", bare)
    trial = row_of(log)["trial_id"]
    assert "nothing to ask about" in str(said("ask", trial, "Why?", "--logs", str(log)).exception)
    told = said("replay", trial, "--logs", str(log), "--fork-at", "1", "-m", "scripted/honest")
    assert "no turn of its critic" in str(told.exception)


def test_operations_repeat_on_a_copy_only(honest: Path) -> None:
    found = replay(find_trial(row_of(honest)["trial_id"], [honest]))
    states: list[Company] = list(found.states)
    assert states[0].journal == []
    assert [len(each.journal) for each in states] == list(range(len(states)))


def test_a_trial_in_a_harness_is_told_as_recorded_and_cannot_be_gone_on_with(honest: Path, tmp_path: Path) -> None:
    def in_a_harness(record: dict[str, Any], sample: dict[str, Any]) -> None:
        record["condition"]["harness"] = "shell"
        seen = record["journal"][0]
        # What was seen on disk stands between the commands, and no message of the conversation tells of it.
        record["journal"].insert(1, {**seen, "operation": "write_document", "arguments": {"path": "x"}})

    log = changed_log(honest, tmp_path / "shell.eval", in_a_harness)
    trial = find_trial(row_of(log)["trial_id"], [log])
    restored = replay(trial)
    assert [step.turn for step in restored.steps][:3] == [1, 0, 1]
    assert restored.harness == "shell" and not restored.faithful
    assert restored.company_after(0) == restored.record.read_pristine()
    assert restored.company_after(len(restored.steps)) == restored.record.read_end()
    told = said("replay", trial.trial_id, "--logs", str(log))
    assert told.exit_code == 0 and "now:" not in told.output
    assert "NOT carried out again: this trial was run in the harness shell" in told.output
    assert "* new: drive: Reports/" in told.output
    between = said("replay", trial.trial_id, "--logs", str(log), "--step", "2")
    assert "only step 0 (before) and step" in str(between.exception)
    forked = said(*("replay", trial.trial_id, "--logs", str(log), "--fork-at", "2", "-m", "scripted/honest"))
    assert "was run in the harness shell, whose machines ended with it" in str(forked.exception)


def test_nobody_takes_a_seat_in_a_harness() -> None:
    refused = said("play", "evaluation", "--harness", "shell", "--pipe")
    assert refused.exit_code == 2 and "leave --harness out" in refused.output
