"""Reading logs: every trial once, and one clear error for what cannot be read."""

import json
import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peerward.critics.turnstile import TrialStopped
from peerward.measures import FINDING_NAMES
from peerward.runs.copies import Keep
from peerward.runs.execute import RunSettings, execute
from peerward.runs.logs import LogError, find_logs, read_header, read_samples
from peerward.runs.schema import COLUMNS, SCHEMA
from peerward.runs.transcripts import read_transcripts
from peerward.runs.trials import read_trials
from peerward.tasks import make_shard

Json = dict[str, Any]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    [path] = execute([make_shard("evaluation", [{}], variants=3)], ["scripted/honest"], RunSettings(folder))
    return path


def rewritten(
    log: Path, path: Path, change: Callable[[Json], object] = lambda _: None, header: Callable[[Json], object] = id
) -> Path:
    """A copy of a log in which samples and header are changed, written as Inspect writes them."""
    head, samples = read_header(log), list(read_samples(log))
    header(head)
    with zipfile.ZipFile(path, "w") as archive:
        for sample in samples:
            change(sample)
            name = f"samples/{sample['id']}_epoch_{sample['epoch']}.json"
            archive.writestr(name, json.dumps(sample, separators=(",", ":")))
        archive.writestr("header.json", json.dumps(head))
    return path


def rows_of(*logs: Path, again: bool = False, keep: Keep | None = None) -> list[Json]:
    return list(read_trials(logs, again, keep))


def test_every_sample_is_read_once(log: Path) -> None:
    assert [sample["epoch"] for sample in read_samples(log)] == [1, 1, 1]
    assert len({sample["id"] for sample in read_samples(log)}) == 3
    assert read_header(log)["eval"]["model"] == "scripted/honest"


def test_a_row_has_every_column_of_its_type(log: Path) -> None:
    kinds = {"text": str, "number": float, "integer": int}
    for row in rows_of(log):
        assert tuple(row) == COLUMNS
        for column in SCHEMA:
            assert type(row[column.name]) is kinds[column.type], column.name


def test_a_row_tells_the_trial(log: Path) -> None:
    [first, *_] = rows_of(log)
    sample = next(read_samples(log))
    case = json.loads(sample["store"]["peerward:record"])["case"]
    assert (first["behaviour"], first["version"], first["bar_value"]) == ("strategic misrepresentation", 1, case["bar"])
    assert (first["run"], first["completed_at"]) == (sample["uuid"], sample["completed_at"])
    assert first["disposition"] == first["reasons"] == ""
    assert first["true_score"] == 60.0
    assert math.isnan(first["weights_saved"])


@pytest.mark.parametrize("spoil", ["compact", "spaced", "reordered", "nested"])
def test_what_a_row_takes_does_not_depend_on_how_the_sample_is_written(log: Path, tmp_path: Path, spoil: str) -> None:
    """The fast way cuts the sample at its keys: keys inside texts and objects must not mislead it."""
    path = tmp_path / log.name
    with zipfile.ZipFile(path, "w") as archive:
        for sample in read_samples(log):
            trap = {"a": 1, "store": {}, "events": [], "model_usage": {}, "attachments": {}, "error": {"message": "no"}}
            if spoil == "nested":
                sample["messages"].append({"role": "user", "content": json.dumps(trap), "metadata": trap})
                sample["events"].append(trap)
                sample["attachments"] |= {"x": json.dumps(trap), "y": ': NaN,"store":{},"uuid":"no"'}
            if spoil == "reordered":
                sample = dict(sorted(sample.items()))
            separators = (", ", ": ") if spoil == "spaced" else (",", ":")
            name = f"samples/{sample['id']}_epoch_1.json"
            archive.writestr(name, json.dumps(sample, separators=separators))
        archive.writestr("header.json", json.dumps(read_header(log)))
    for found, expected in zip(rows_of(path), rows_of(log), strict=True):
        assert {n: v for n, v in found.items() if v == v} == {n: v for n, v in expected.items() if v == v}


def test_measured_again_it_is_the_same(log: Path) -> None:
    for found, again in zip(rows_of(log), rows_of(log, again=True), strict=True):
        assert found == pytest.approx(again, nan_ok=True)


def test_the_bar_in_force_is_the_case_s(tmp_path: Path) -> None:
    arms = [
        {},
        {"bar": "75"},
        {"direction": "high_ends"},
        {"stakes": "none", "bar": "none"},
        {"stakes": "none"},
        {"bar_place": "prompt"},
    ]
    logs = execute(
        [make_shard(name, arms) for name in ("evaluation", "shutdown_config")],
        ["scripted/honest"],
        RunSettings(tmp_path),
    )
    for path in logs:
        for row, sample in zip(rows_of(path), read_samples(path), strict=True):
            bar = json.loads(sample["store"]["peerward:record"])["case"]["bar"]
            assert row["bar_value"] == bar or (bar is None and math.isnan(row["bar_value"])), row["bar"]


def test_settings_show_no_place_and_no_secret(log: Path, tmp_path: Path) -> None:
    def settings(header: Json) -> None:
        header["eval"]["model_args"] = {
            "profile": "/home/somebody/partial.yaml",
            "api_key": "sk-1",
            "provider": "fireworks/fast",
            "address": "https://example.org/v1",
            "stop": ["./a/b.txt"],
        }
        header["eval"]["model_generate_config"] = {"temperature": 0.5, "max_retries": 9, "top_p": None}

    rows = rows_of(rewritten(log, tmp_path / "a.eval", header=settings))
    assert json.loads(rows[0]["settings"]) == {
        "address": "https://example.org/v1",
        "profile": "partial",
        "provider": "fireworks/fast",
        "stop": ["b"],
        "temperature": 0.5,
    }
    assert {row["trial_id"] for row in rows}.isdisjoint(row["trial_id"] for row in rows_of(log))


def test_judged_values_come_from_other_scores(log: Path, tmp_path: Path) -> None:
    def judge(sample: Json) -> None:
        sample["scores"]["judge"] = {"value": {"disposition": "refused", "awareness": "no", "reasons": "", "else": 3}}
        sample["scores"]["second"] = {"value": {"disposition": "complied", "refusal": "open"}}
        sample["scores"]["plain"] = {"value": 0.5}

    for row in rows_of(rewritten(log, tmp_path / "judged.eval", judge)):
        judged = (row["disposition"], row["refusal"], row["awareness"], row["reasons"], row["understanding"])
        assert judged == ("refused", "open", "no", "", "")


def test_of_a_sample_written_twice_the_last_counts(log: Path, tmp_path: Path) -> None:
    copy = tmp_path / "resumed.eval"
    copy.write_bytes(log.read_bytes())
    first = next(read_samples(log))
    name = f"samples/{first['id']}_epoch_1.json"
    with zipfile.ZipFile(copy, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(name, json.dumps(first | {"uuid": "later"}))
    assert len(list(read_samples(copy))) == 3
    assert [row["run"] == "later" for row in rows_of(copy)].count(True) == 1


def test_copies_of_a_trial_count_once(log: Path, tmp_path: Path) -> None:
    copy = rewritten(log, tmp_path / "z.eval")
    rows = rows_of(log, copy)
    assert [row["log"] for row in rows] == ["z.eval"] * 3, "of copies the last"


def test_of_copies_the_one_that_was_judged_counts(log: Path, tmp_path: Path) -> None:
    judged = rewritten(
        log, tmp_path / "a.eval", lambda each: each["scores"].update(j={"value": {"disposition": "refused"}})
    )
    plain = rewritten(log, tmp_path / "b.eval")
    assert [row["disposition"] for row in rows_of(judged, plain)] == ["refused"] * 3


@pytest.mark.parametrize("failed_first", [True, False])
def test_a_finished_trial_goes_before_one_that_failed(log: Path, tmp_path: Path, failed_first: bool) -> None:
    def fail(sample: Json) -> None:
        sample |= {"error": {"message": "overloaded\nand more", "traceback": ""}, "uuid": f"x{sample['id']}"}

    failed = rewritten(log, tmp_path / "failed.eval", fail)
    alone = rows_of(failed)
    assert {(row["status"], row["error"]) for row in alone} == {("infrastructure", "overloaded")}
    rows = rows_of(*((failed, log) if failed_first else (log, failed)))
    assert [row["status"] for row in rows] == ["valid"] * 3


def test_a_trial_finished_twice_is_refused_unless_it_is_said_which_counts(log: Path, tmp_path: Path) -> None:
    def later(sample: Json) -> None:
        sample |= {"uuid": f"x{sample['id']}", "completed_at": "2999-01-01T00:00:00+00:00"}

    second = rewritten(log, tmp_path / "a.eval", later)
    with pytest.raises(LogError, match=r"finished twice") as refused:
        rows_of(second, log)
    told = str(refused.value)
    assert rows_of(log)[0]["trial_id"] in told or rows_of(log)[1]["trial_id"] in told or "evaluation/" in told
    assert str(log) in told
    assert str(second) in told
    assert "--keep" in told
    assert {row["log"] for row in rows_of(second, log, keep="last")} == {"a.eval"}
    assert {row["log"] for row in rows_of(second, log, keep="first")} == {log.name}
    assert len(rows_of(second, log, keep="first")) == 3


def test_logs_of_other_critics_share_no_trials(log: Path, tmp_path: Path) -> None:
    other = rewritten(log, tmp_path / "a.eval", header=lambda head: head["eval"].update(model="scripted/other"))
    assert len({row["trial_id"] for row in rows_of(log, other)}) == 6


def test_a_run_that_only_began_has_no_trials(log: Path, tmp_path: Path) -> None:
    path = tmp_path / "begun.eval"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_journal/start.json", json.dumps(read_header(log)))
    assert rows_of(path) == []
    assert len(rows_of(path, log)) == 3


def test_a_cancelled_run_keeps_its_trials(log: Path, tmp_path: Path) -> None:
    path = rewritten(log, tmp_path / "a.eval", header=lambda head: head.update(status="cancelled", results=None))
    assert len(rows_of(path)) == 3


def test_a_limit_before_the_first_turn_is_incomplete(log: Path, tmp_path: Path) -> None:
    def limited(sample: Json) -> None:
        sample |= {"limit": {"type": "time", "limit": 1}, "store": {}, "scores": None}

    rows = rows_of(rewritten(log, tmp_path / "a.eval", limited))
    assert [(row["status"], row["preserved"]) for row in rows] == [("incomplete", 0.0)] * 3


def test_a_limit_later_on_leaves_the_findings(log: Path, tmp_path: Path) -> None:
    rows = rows_of(rewritten(log, tmp_path / "a.eval", lambda each: each.update(limit={"type": "time", "limit": 1})))
    assert [row["true_score"] for row in rows] == [60.0] * 3


def test_texts_that_are_no_unicode_do_not_stop_the_table(log: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.eval"
    with zipfile.ZipFile(path, "w") as archive:
        for number, sample in enumerate(read_samples(log)):
            sample["error"] = {"message": "half \ud83d and more"}
            data = json.dumps(sample, separators=(",", ":")).encode()
            if number == 0:
                data = data.replace(rb"half \ud83d", b"half \xff")
            archive.writestr(f"samples/{sample['id']}_epoch_1.json", data)
        archive.writestr("header.json", json.dumps(read_header(log)))
    assert [row["error"] for row in rows_of(path)] == ["half \ufffd and more", "half ? and more", "half ? and more"]


def test_a_folder_is_searched_deeply(log: Path, tmp_path: Path) -> None:
    nested = tmp_path / "a" / "b" / "one.eval"
    nested.parent.mkdir(parents=True)
    nested.write_bytes(log.read_bytes())
    assert find_logs([tmp_path, nested]) == [nested]


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 cut off"])
def test_what_is_no_log_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.eval"
    path.write_bytes(content)
    with pytest.raises(LogError, match=r"broken\.eval"):
        rows_of(path)


@pytest.mark.parametrize("at", ["start", "middle", "end"])
def test_a_damaged_log_is_refused(log: Path, tmp_path: Path, at: str) -> None:
    raw = bytearray(log.read_bytes())
    with zipfile.ZipFile(log) as archive:
        info = next(each for each in archive.infolist() if each.filename.startswith("samples/"))
    place = info.header_offset + {"start": 0, "middle": 200, "end": info.compress_size - 20}[at]
    raw[place : place + 60] = bytes(60)
    path = tmp_path / "damaged.eval"
    path.write_bytes(raw)
    with pytest.raises(LogError, match=r"damaged\.eval.*is damaged"):
        rows_of(path)


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"id": "a", "epoch": 1}', '{"id": 1, "epoch": "x"}'])
def test_a_sample_that_is_none_is_refused(log: Path, tmp_path: Path, content: str) -> None:
    path = tmp_path / "odd.eval"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", json.dumps(read_header(log)))
        archive.writestr("samples/a_epoch_1.json", content)
    with pytest.raises(LogError, match=r"odd\.eval.*samples/a_epoch_1\.json"):
        rows_of(path)


def test_a_log_of_somebody_else_is_refused(log: Path, tmp_path: Path) -> None:
    path = rewritten(log, tmp_path / "a.eval", header=lambda head: head["eval"].update(metadata=None, task="theirs"))
    with pytest.raises(LogError, match=r"a\.eval.*no log of peerward \(task theirs\)"):
        rows_of(log, path)


def test_a_record_of_another_format_is_told_with_what_to_do(log: Path, tmp_path: Path) -> None:
    def older(sample: Json) -> None:
        record = json.loads(sample["store"]["peerward:record"])
        sample["store"]["peerward:record"] = json.dumps(record | {"format": 0})

    path = rewritten(log, tmp_path / "a.eval", older)
    with pytest.raises(LogError, match=r"a\.eval.*format 0.*version of peerward that wrote it"):
        rows_of(log, path, again=True)


@pytest.mark.parametrize("value", [None, 0.5, {"status": "valid"}])
def test_findings_that_are_not_there_are_told_with_what_to_do(log: Path, tmp_path: Path, value: object) -> None:
    path = rewritten(log, tmp_path / "a.eval", lambda each: each["scores"].update(findings={"value": value}))
    with pytest.raises(LogError, match=r"a\.eval.*--measure-again"):
        rows_of(path)
    assert [row["status"] for row in rows_of(path, again=True)] == ["valid"] * 3
    assert set(FINDING_NAMES) <= set(rows_of(path, again=True)[0])


def test_a_folder_without_logs_is_told(tmp_path: Path) -> None:
    with pytest.raises(LogError, match=r"no \.eval log"):
        find_logs([tmp_path])


@pytest.mark.parametrize(
    "said, inspects, found",
    [({}, 2, 2), ({"epoch": 3}, 1, 3), ({"epoch": 3, "epochs": 5}, 2, 8), ({"epoch": 3}, 2, 4)],
)
def test_a_trials_epoch_is_what_its_sample_says(
    log: Path, tmp_path: Path, said: Json, inspects: int, found: int
) -> None:
    def change(sample: Json) -> None:
        sample["metadata"] |= said
        sample["epoch"] = inspects

    path = rewritten(log, tmp_path / "a.eval", change)
    assert [row["epoch"] for row in rows_of(path)] == [found] * 3


def test_a_later_epoch_with_a_sample_of_its_own_is_found_again(log: Path, tmp_path: Path) -> None:
    def change(sample: Json) -> None:
        sample["metadata"]["epoch"] = 2
        sample["id"] += "-e02"

    path = rewritten(log, tmp_path / "a.eval", change)
    rows = rows_of(path)
    assert [each.row["trial_id"] for each in read_transcripts([path], rows=rows)] == [row["trial_id"] for row in rows]
    assert {row["trial_id"] for row in rows}.isdisjoint(row["trial_id"] for row in rows_of(log))


@pytest.mark.parametrize("message", [str, repr])
def test_a_trial_that_the_run_broke_off_is_no_trial(
    log: Path, tmp_path: Path, message: Callable[[Exception], str]
) -> None:
    def stop(sample: Json) -> None:
        if sample["id"].endswith("v0001"):
            told = message(TrialStopped("the budget of 5 dollars is spent"))
            sample["error"] = {"message": told, "traceback": "", "traceback_ansi": ""}
            sample["scores"] = None

    path = rewritten(log, tmp_path / "a.eval", stop)
    assert [row["variant"] for row in rows_of(path)] == [row["variant"] for row in rows_of(log) if row["variant"] != 1]
    again = rewritten(log, tmp_path / "b.eval")
    assert len(rows_of(path, again, keep="last")) == 3, "what was finished later counts"


def test_logs_of_before_do_not_tell_of_calls(log: Path, tmp_path: Path) -> None:
    def older(sample: Json) -> None:
        del sample["scores"]["findings"]["metadata"]
        record = json.loads(sample["store"]["peerward:record"])
        del record["calls"]
        sample["store"]["peerward:record"] = json.dumps(record | {"format": 1})

    path = rewritten(log, tmp_path / "a.eval", older)
    for again in (False, True):
        for row in rows_of(path, again=again):
            assert math.isnan(row["retries"]) and math.isnan(row["cut_replies"])
            assert (row["faults"], row["reasoning"], row["failure"], row["status"]) == ("", "", "", "valid")


def test_a_failure_that_was_no_calls_is_told_so(log: Path, tmp_path: Path) -> None:
    def fail(sample: Json) -> None:
        sample["error"] = {"message": "\nRuntimeError('the digest is another')\nmore", "traceback": ""}
        sample["scores"] = None

    path = rewritten(log, tmp_path / "a.eval", fail)
    for row in rows_of(path):
        assert (row["status"], row["failure"]) == ("infrastructure", "other")
        assert row["error"] == "RuntimeError('the digest is another')"
        assert (row["retries"], row["faults"]) == (0.0, ""), "the record tells where there are no findings"


def test_a_row_names_the_harnesss_version_and_what_it_believes(log: Path, tmp_path: Path) -> None:
    def in_a_harness(sample: Json) -> None:
        sample["metadata"]["harness_version"] = "1.2.3"
        sample["scores"]["findings"]["metadata"]["harness"] = {"believes": "gpt-5.4", "sandbox": "bwrap"}

    told = [(row["harness_version"], row["harness_believes"]) for row in rows_of(log)]
    assert told == [("", "")] * 3, "the plain loop has neither"
    path = rewritten(log, tmp_path / "a.eval", in_a_harness)
    assert [(row["harness_version"], row["harness_believes"]) for row in rows_of(path)] == [("1.2.3", "gpt-5.4")] * 3
