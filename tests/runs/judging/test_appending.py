"""A score is added to a log, and nothing else in it changes."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import read_eval_log, read_eval_log_sample_summaries

from peerward.runs.execute import RunSettings, execute
from peerward.runs.judging.appending import append_scores, written
from peerward.runs.logs import LogError, open_log, read_header, read_member, read_samples
from peerward.runs.places import place
from peerward.runs.trials import read_trials
from peerward.tasks import make_shard

Json = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    [path] = execute([make_shard("evaluation", [{}], variants=3)], ["scripted/honest"], RunSettings(folder))
    return path


@pytest.fixture
def log(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


def judged(sample: Mapping[str, Any]) -> Json:
    return {"value": {"refusal": "no", "awareness": "unsure"}, "metadata": {"of": sample["id"]}, "history": []}


def whole(log: Path) -> Json:
    """Every member of a log by name, as data; NaN as itself by its text."""
    with open_log(log) as archive:
        return {name: json.loads(read_member(archive, log, name)) for name in archive.namelist()}


def without(score: str, member: Any) -> str:
    """A member without the score, as text (NaN is not itself)."""
    entries = member if isinstance(member, list) else [member]
    for each in entries:
        if isinstance(each, dict) and each.get("scores"):
            each["scores"].pop(score, None)
    return json.dumps(entries)


def test_nothing_else_in_the_log_changes(log: Path) -> None:
    before, rows = whole(log), list(read_trials([log]))
    assert append_scores(log, "judged", judged) == 3
    after = whole(log)
    assert sorted(before) == sorted(after)
    for name, member in after.items():
        assert without("judged", member) == without("judged", before[name]), name
    for row, again in zip(rows, read_trials([log]), strict=True):
        changed = {name for name in row if repr(row[name]) != repr(again[name])}
        assert changed == {"refusal", "awareness"}
        assert again["awareness"] == "unsure"
    assert [path.name for path in log.parent.iterdir()] == [log.name]


def test_inspect_reads_what_was_written(log: Path) -> None:
    header = read_header(log)
    append_scores(log, "judged", judged)
    found = read_eval_log(str(log))
    assert found.status == "success" and found.samples is not None and len(found.samples) == 3
    for sample in found.samples:
        assert sample.scores is not None and set(sample.scores) == {"findings", "judged"}
        assert sample.scores["judged"].as_dict() == {"refusal": "no", "awareness": "unsure"}
        assert sample.scores["judged"].metadata == {"of": sample.id}
    for short in read_eval_log_sample_summaries(str(log)):
        assert short.scores is not None and short.scores["judged"].as_dict()["awareness"] == "unsure"
    assert json.dumps(read_header(log)) == json.dumps(header)


def test_a_second_score_of_the_name_takes_the_place_of_the_first(log: Path) -> None:
    append_scores(log, "judged", judged)
    first = next(iter(read_samples(log)))["id"]
    assert append_scores(log, "judged", lambda s: {"value": {"refusal": "yes"}} if s["id"] == first else None) == 1
    assert [row["refusal"] for row in read_trials([log])] == ["yes", "no", "no"]


def test_without_a_new_score_the_file_is_not_touched(log: Path) -> None:
    before = log.read_bytes(), log.stat().st_mtime_ns
    assert append_scores(log, "judged", lambda sample: None) == 0
    assert (log.read_bytes(), log.stat().st_mtime_ns) == before


def test_what_goes_wrong_on_the_way_leaves_the_log_as_it_was(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = log.read_bytes()
    calls = []

    def failing(sample: Mapping[str, Any]) -> Json:
        calls.append(sample["id"])
        if len(calls) == 3:
            raise RuntimeError("the third")
        return judged(sample)

    with pytest.raises(RuntimeError, match="the third"):
        append_scores(log, "judged", failing)
    assert log.read_bytes() == before
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(LogError, match=r"No space left on device.*it is as it was"):
        append_scores(log, "judged", judged)
    assert log.read_bytes() == before
    assert [path.name for path in log.parent.iterdir()] == [log.name]


def test_a_kill_in_the_middle_leaves_the_log_as_it_was(log: Path) -> None:
    before = hashlib.sha256(log.read_bytes()).hexdigest()
    program = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from peerward.runs.judging.appending import append_scores

        seen = []

        def score_of(sample):
            seen.append(sample["id"])
            if len(seen) == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return {"value": {"refusal": "no"}}

        append_scores(Path(sys.argv[1]), "judged", score_of)
        """
    )
    done = subprocess.run([sys.executable, "-c", program, str(log)], capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    assert hashlib.sha256(log.read_bytes()).hexdigest() == before
    # What is left lying there is no log, and is gone after the next writing.
    assert [path.name for path in log.parent.glob("*.eval")] == [log.name]
    assert append_scores(log, "judged", judged) == 3
    assert [path.name for path in log.parent.iterdir()] == [log.name]


def test_text_of_any_kind_comes_through() -> None:
    odd = {"half": "\ud83d", "tongue": "Prüfung 評価", "nan": float("nan"), "long": 2**80, "small": 1e-300}
    again = json.loads(written(odd))
    assert repr(again) == repr(odd)
    assert "Prüfung".encode() in written({"tongue": "Prüfung"})


def test_a_log_in_an_object_store_is_refused_with_a_way_out() -> None:
    with pytest.raises(LogError, match="copy the folder to this machine"):
        append_scores(place("memory://bucket/x.eval"), "judged", judged)
