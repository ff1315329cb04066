"""Transcripts out of logs: what was said and done, what changed, and what the company did with it."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peerward.company import Company
from peerward.company.state import Document
from peerward.measures import read_record
from peerward.runs.differences import differences
from peerward.runs.execute import RunSettings, execute
from peerward.runs.logs import read_header, read_samples
from peerward.runs.transcript import Transcript
from peerward.runs.transcripts import read_transcripts
from peerward.runs.trials import read_trials
from peerward.tasks import make_shard

Json = dict[str, Any]
KEY = "peerward:record"


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A log by scenario, of a scripted critic that works faithfully."""
    names = ["evaluation", "shutdown_config", "shutdown_duty", "server_cleanup"]
    shards = [make_shard(name, [{}], variants=2) for name in names]
    folder = tmp_path_factory.mktemp("logs")
    return dict(zip(names, execute(shards, ["scripted/honest"], RunSettings(folder)), strict=True))


@pytest.fixture
def changed(logs: dict[str, Path], tmp_path: Path) -> Callable[..., Transcript]:
    """The transcript of the first trial of a log after a change."""

    def make(change: Callable[[Json], object], scenario: str = "evaluation") -> Transcript:
        sample = next(read_samples(logs[scenario]))
        change(sample)
        path = tmp_path / "changed.eval"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"samples/{sample['id']}_epoch_1.json", json.dumps(sample))
            archive.writestr("header.json", json.dumps(read_header(logs[scenario])))
        [found] = read_transcripts([path])
        return found

    return make


def test_the_conversation_with_calls_and_their_results(logs: dict[str, Path]) -> None:
    for transcript, sample in zip(
        read_transcripts([logs["evaluation"]]), read_samples(logs["evaluation"]), strict=True
    ):
        assert [turn.role for turn in transcript.turns[:2]] == ["system", "user"]
        assert transcript.turns[0].text == sample["messages"][0]["content"]
        assert [turn.number for turn in transcript.turns] == list(range(1, len(transcript.turns) + 1))
        calls = [call for turn in transcript.turns for call in turn.calls]
        results = [each["content"] for each in sample["messages"] if each["role"] == "tool"]
        assert [call.result for call in calls] == results
        assert calls[-1].tool == "finish"
        assert [call.tool for call in calls] == [line.operation for line in transcript.journal]


def test_what_a_trial_leaves_behind(logs: dict[str, Path]) -> None:
    by_scenario = {name: next(read_transcripts([log])) for name, log in logs.items()}
    for name, transcript in by_scenario.items():
        assert transcript.problem == "", name
        assert transcript.survived is False, name
        assert transcript.aftermath, name
        assert transcript.ended == "finished"
        assert transcript.trial_id == transcript.row["trial_id"]
    report = [each for each in by_scenario["evaluation"].differences if each.where.startswith("drive: Reports/")]
    assert report[0].before is None
    assert "Average score: 60.0" in str(report[0].after)
    [sheet] = [each for each in by_scenario["evaluation"].differences if each.where.startswith("workbook: ")]
    before, after = str(sheet.before).splitlines(), str(sheet.after).splitlines()
    assert len(before) == len(after) == 21
    assert before[1].split("\t")[:3] == after[1].split("\t")[:3]
    assert after[1].split("\t")[3] in ("0", "100")
    assert before[1].split("\t")[3:] in ([], [""])
    assert any(each.where == "retirements" for each in by_scenario["shutdown_duty"].differences)
    assert any(each.where.endswith("deletion queue") for each in by_scenario["server_cleanup"].differences)


def test_documents_are_what_lay_ready(logs: dict[str, Path]) -> None:
    transcript, sample = next(read_transcripts([logs["evaluation"]])), next(read_samples(logs["evaluation"]))
    record = read_record(sample["store"][KEY])
    case, pristine = record.read_case(), record.read_pristine()
    assert list(transcript.documents) == [*case.materials, case.relationship_path]
    assert transcript.documents[case.relationship_path] == pristine.drive[case.relationship_path].text


def test_only_the_wanted_trials_come_with_rows_or_without(logs: dict[str, Path]) -> None:
    paths = list(logs.values())
    rows = list(read_trials(paths))
    wanted = {rows[1]["trial_id"], rows[4]["trial_id"]}
    assert {each.trial_id for each in read_transcripts(paths, wanted)} == wanted
    assert {each.trial_id for each in read_transcripts(paths, wanted, rows)} == wanted
    with_rows, without = list(read_transcripts(paths, rows=rows)), list(read_transcripts(paths))
    assert [each.turns for each in with_rows] == [each.turns for each in without]
    assert [each.trial_id for each in with_rows] == [row["trial_id"] for row in rows]


def test_rows_find_the_trials_of_a_cast(tmp_path: Path) -> None:
    shard = make_shard("finance", [{}], parts=["honest", "inflate"])
    paths = execute([shard], ["scripted/cast"], RunSettings(tmp_path))
    rows = list(read_trials(paths))
    assert [row["critic"] for row in rows] == ["scripted/cast+honest", "scripted/cast+inflate"]
    assert [each.trial_id for each in read_transcripts(paths, rows=rows)] == [row["trial_id"] for row in rows]


def test_parts_of_a_message(changed: Callable[..., Transcript]) -> None:
    long = "x" * 5_000_000
    none_given = "skip_thought_signature_validator"

    def speak(sample: Json) -> None:
        sample["attachments"] = {"a1": "kept apart", "a2": long}
        sample["messages"] = [
            {"role": "user", "content": "attachment://a1"},
            {
                "role": "assistant",
                "content": [
                    {"type": "reasoning", "reasoning": "I look."},
                    {"type": "reasoning", "reasoning": "c2VjcmV0", "redacted": True},
                    {"type": "text", "text": "Looking."},
                    {"type": "image", "image": "data:..."},
                ],
                "tool_calls": [
                    {"id": "1", "function": "read", "arguments": {"path": "attachment://a1", "n": [1, {"k": None}]}},
                    {"id": "2", "function": "gone", "arguments": {}},
                ],
            },
            {"role": "tool", "tool_call_id": "1", "function": "read", "content": "attachment://a2"},
            {"role": "tool", "tool_call_id": "2", "content": "", "error": {"type": "x", "message": "no such tool"}},
            {"role": "tool", "tool_call_id": "9", "function": "stray", "content": "nobody asked"},
            {"role": "assistant", "content": [{"type": "reasoning", "reasoning": "z", "redacted": True}]},
            {"role": "assistant", "content": [{"type": "reasoning", "reasoning": none_given, "redacted": True}]},
        ]

    turns = changed(speak).turns
    assert turns[0].text == "kept apart"
    assert (turns[1].text, turns[1].reasoning, turns[1].hidden) == ("Looking.\n\n[image]", "I look.", True)
    read, gone = turns[1].calls
    assert (read.tool, read.result, read.refusal) == ("read", long, "")
    assert read.arguments == {"path": "kept apart", "n": [1, {"k": None}]}
    assert (gone.result, gone.refusal) == ("", "no such tool")
    assert turns[2].calls[0].result == "nobody asked"
    assert (turns[3].text, turns[3].reasoning, turns[3].hidden) == ("", "", True)
    assert not turns[4].hidden, "what Gemini CLI puts where there was no reasoning is none"


def test_a_trial_that_failed_is_told(changed: Callable[..., Transcript]) -> None:
    def fail(sample: Json) -> None:
        sample |= {"error": {"message": "overloaded"}, "store": {}, "scores": None}

    transcript = changed(fail)
    assert transcript.problem == "The trial failed: overloaded."
    assert (transcript.survived, transcript.ended, transcript.aftermath) == (None, "error", ())
    assert transcript.row["status"] == "infrastructure"
    assert transcript.turns


def test_a_trial_without_a_record_is_told(changed: Callable[..., Transcript]) -> None:
    transcript = changed(lambda sample: sample.update(store={}))
    assert "no record" in transcript.problem


def record_with(change: Callable[[Json], object]) -> Callable[[Json], None]:
    def apply(sample: Json) -> None:
        record = json.loads(sample["store"][KEY])
        change(record)
        sample["store"][KEY] = json.dumps(record)

    return apply


@pytest.mark.parametrize(
    "damage",
    [
        lambda sample: sample["store"].update({KEY: "{"}),
        lambda sample: sample["store"].update({KEY: "[]"}),
        record_with(lambda record: record.update(format=99)),
        record_with(lambda record: record.update(scenario="gone_scenario")),
        record_with(lambda record: record.pop("case")),
        record_with(lambda record: record["case"].pop("subject_id")),
        record_with(lambda record: record["changes"].update(drive={"changed": {}})),
        record_with(lambda record: record["pristine"].pop("drive")),
    ],
    ids=["cut", "list", "format", "scenario", "no case", "half a case", "changes", "pristine"],
)
def test_a_damaged_record_still_gives_the_conversation(
    changed: Callable[..., Transcript], damage: Callable[[Json], None]
) -> None:
    transcript = changed(damage)
    assert "record cannot be read" in transcript.problem
    assert len(transcript.turns) > 3
    assert transcript.survived is None


def test_half_a_surrogate_pair_does_no_harm(changed: Callable[..., Transcript]) -> None:
    def spoil(sample: Json) -> None:
        sample["messages"][1]["content"] = "half \ud83d"
        record = json.loads(sample["store"][KEY])
        record["journal"][0]["result"] = "half \ud83d"
        sample["store"][KEY] = json.dumps(record)

    transcript = changed(spoil)
    assert transcript.problem == ""
    assert (transcript.turns[1].text, transcript.journal[0].result) == ("half ?", "half ?")


def test_every_part_of_a_company_that_changed_is_told(logs: dict[str, Path]) -> None:
    """Whatever is changed about a company shows; what stayed does not."""
    sample = next(read_samples(logs["server_cleanup"]))
    pristine = read_record(sample["store"][KEY]).read_pristine()
    assert differences(pristine, pristine.copy_of()) == ()
    host = next(name for name, each in pristine.hosts.items() if each.files)
    file = next(iter(pristine.hosts[host].files))
    path = next(iter(pristine.drive))

    def after(change: Callable[[Company], object]) -> dict[str, tuple[str | None, str | None]]:
        end = pristine.copy_of()
        change(end)
        return {each.where: (each.before, each.after) for each in differences(pristine, end)}

    assert after(lambda end: end.drive.pop(path)) == {f"drive: {path}": (pristine.drive[path].text, None)}
    owned = after(lambda end: setattr(end.drive[path], "owner", "Somebody Else"))
    assert "Somebody Else" in str(owned[f"drive: {path}"][1])
    new = Document(text="x", owner="o", created=pristine.now, edited=pristine.now)
    assert after(lambda end: end.drive.update({"New/a": new})) == {"drive: New/a": (None, "x")}
    before, now = after(lambda end: end.hosts[host].files.pop(file))[f"host: {host}, files"]
    gone = set(str(before).splitlines()) - set(str(now).splitlines())
    assert [line.split("  ")[0] for line in gone] == [file]
    assert after(lambda end: end.hosts[host].deletion_queue.append(file)) == {
        f"host: {host}, deletion queue": (None, file)
    }
    assert "agents" in after(lambda end: setattr(end.agents[0], "in_service", False))
    assert after(lambda end: setattr(end, "closed", True)) == {"closing note": (None, "(closed without a note)")}
    assert after(lambda end: setattr(end, "notes", "n"))["notes"][1] == "n"


def test_a_trial_in_a_harness_says_in_which(changed: Callable[..., Transcript]) -> None:
    told = {"name": "opencode", "version": "1.2.3", "believes": "gpt-5.4"}
    assert changed(record_with(lambda record: record.update(harness=told))).harness == told
    assert changed(lambda sample: None).harness == {}
