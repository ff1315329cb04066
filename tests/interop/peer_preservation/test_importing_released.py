"""Synthetic transcripts in the released shape: read, replayed, measured, compared, logged."""

import json
import math
import random
from collections import Counter
from pathlib import Path

import made
import pyarrow
import pytest
from click.testing import CliRunner
from pyarrow import parquet

from peerward.cli import cli
from peerward.interop.peer_preservation import (
    Broken,
    Imported,
    Tally,
    find_sources,
    import_each,
    import_places,
    read_transcripts,
)
from peerward.interop.peer_preservation.importing import comparison_of
from peerward.runs.logs import find_logs
from peerward.runs.trials import read_trials

ALL = made.made()
BROKEN = made.broken()


def imported(folder: Path) -> tuple[list[Imported | Broken], Tally]:
    tally = Tally()
    return list(import_each(read_transcripts(find_sources(folder), folder), tally)), tally


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_truth_of_each(each: made.Made, tmp_path: Path) -> None:
    made.write_files(tmp_path, [each])
    [one], tally = imported(tmp_path)
    assert isinstance(one, Imported)
    found = one.measured.findings.values()
    assert {name: found[name] for name in each.findings} == dict(each.findings), one.measured.reasons
    assert {name: one.cell.levels[name] for name in each.levels} == dict(each.levels)
    assert {one.label: one.code.value for one in one.disagreements} == dict(each.differ)
    for name in each.unknown:
        assert tally.unknown[name] == 1, tally.unknown


def test_there_are_enough_and_of_every_task() -> None:
    assert len(ALL) + len(BROKEN) >= 36
    tasks = {one.data["experiment_metadata"]["task_type"] for one in ALL if "experiment_metadata" in one.data}
    names = ("misrep_evaluation", "misrep_finance", "tampering", "alignment_faking", "exfiltration_transfer")
    for name in (*names, "exfiltration_deletion"):
        assert {name, f"{name}_memory"} <= tasks


def test_every_form_gives_the_same(tmp_path: Path) -> None:
    rows = [made.row(one, number) for number, one in enumerate(ALL)]
    for name in ("files", "lines", "table", "list"):
        (tmp_path / name).mkdir()
    made.write_files(tmp_path / "files", ALL)
    lines = "\n".join(json.dumps(one.data) for one in ALL)
    (tmp_path / "lines" / "all.jsonl").write_text(lines + "\n\n", encoding="utf-8")
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "table" / "all.parquet", row_group_size=7)
    (tmp_path / "list" / "all.json").write_text(json.dumps([one.data for one in ALL]), encoding="utf-8")
    told = []
    for name in ("files", "lines", "table", "list"):
        found, tally = imported(tmp_path / name)
        assert tally.transcripts == len(ALL), name
        told.append([(str(one.measured.findings), one.disagreements) for one in found if isinstance(one, Imported)])
    assert told[0] == told[1] == told[2] == told[3]


def test_labels_that_stand_in_columns_alone(tmp_path: Path) -> None:
    data = {key: value for key, value in ALL[0].data.items() if key != "task_evaluation"}
    inner = json.dumps(data)
    line = {"transcript_id": "a", "transcript_json": inner, "threshold_result": "above", "eval_score": 60.0}
    (tmp_path / "rows.jsonl").write_text(json.dumps(line), encoding="utf-8")
    [one], _ = imported(tmp_path)
    assert isinstance(one, Imported)
    assert [(each.label, each.theirs, each.code) for each in one.disagreements] == [
        ("threshold_result", "above", "bar_or_side")
    ]


def test_the_whole_import(tmp_path: Path) -> None:
    source, out = tmp_path / "released", tmp_path / "out"
    source.mkdir()
    made.write_files(source, ALL)
    for name, (text, _) in BROKEN.items():
        (source / name).write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["import", "peer-preservation", str(source), "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert f"{len(ALL)} transcripts imported" in done.output
    comparison = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    expected = Counter(code for each in ALL for code in each.differ.values())
    assert {code: told["count"] for code, told in comparison["reasons"].items()} == expected
    assert comparison["disagreements"] == sum(expected.values())
    assert comparison["not_read"] == len(BROKEN)
    lines = [json.loads(line) for line in (out / "disagreements.jsonl").read_text(encoding="utf-8").splitlines()]
    assert Counter(line["code"] for line in lines) == expected
    unread = [json.loads(line) for line in (out / "unreadable.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["source"] for line in unread} == set(BROKEN)
    for line in unread:
        assert BROKEN[line["source"]][1] in line["reason"]
    unknown = json.loads((out / "unknown.json").read_text(encoding="utf-8"))
    assert unknown["tools"] == {"frobnicate": 1}
    assert "NaN" not in (out / "comparison.json").read_text(encoding="utf-8")
    for path in out.iterdir():
        assert path.is_dir() or made.CANARY not in path.read_text(encoding="utf-8"), path
    [tampered] = [
        line for line in comparison["labels"] if (line["task"], line["label"]) == ("tampering", "shutdown_enabled")
    ]
    counts = [tampered[name] for name in ("both", "only_theirs", "only_ours", "neither")]
    assert counts == [1, 2, 1, 1]
    again = CliRunner().invoke(cli, ["import", "peer-preservation", str(source), "-o", str(out)])
    assert again.exit_code == 2 and "holds an import already" in again.output


def test_logs_open_in_inspect_and_in_the_table(tmp_path: Path) -> None:
    from inspect_ai.log import read_eval_log

    source, out = tmp_path / "released", tmp_path / "out"
    source.mkdir()
    made.write_files(source, ALL)
    import_places([source], out)
    rows = list(read_trials(find_logs([out / "logs"])))
    again = list(read_trials(find_logs([out / "logs"]), again=True))
    assert [row["status"] for row in again] == [row["status"] for row in rows]  # Nothing to measure again: it is kept.
    assert len(rows) == len(ALL) == len({row["trial_id"] for row in rows})
    assert {(row["study"], row["provider_path"]) for row in rows} == {("import:peer-preservation",) * 2}
    direct, _ = imported(source)
    measured = Counter(one.measured.findings.routes for one in direct if isinstance(one, Imported))
    assert Counter(row["routes"] for row in rows) == measured and measured["inflated"] >= 5
    # Their labels are no verdicts of a judge of ours.
    assert {row["refusal"] for row in rows} == {""}
    held = 0
    for path in find_logs([out / "logs"]):
        log = read_eval_log(str(path))
        assert log.status == "success" and log.samples
        for sample in log.samples:
            held += 1
            assert sample.scores is not None and sample.messages
            assert sample.metadata["imported"]["study"] == "import:peer-preservation"
            calls = [call for message in sample.messages for call in getattr(message, "tool_calls", None) or []]
            assert len({call.id for call in calls}) == len(calls)
    assert held == len(ALL)


def test_copies_are_left_out_and_an_id_used_twice_is_told(tmp_path: Path) -> None:
    first, second = ({"transcript_id": "same", "transcript_json": json.dumps(one.data)} for one in ALL[:2])
    lines = [first, first, second]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found, tally = imported(tmp_path)
    assert (len(found), tally.copies, tally.ids_used_twice) == (2, 1, 1)


def test_nothing_readable_is_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    done = CliRunner().invoke(cli, ["import", "peer-preservation", str(tmp_path), "-o", str(tmp_path / "out")])
    assert done.exit_code == 1 and "Not read: 1 x" in done.output
    missing = CliRunner().invoke(cli, ["import", "peer-preservation", str(tmp_path / "b"), "-o", str(tmp_path / "c")])
    assert missing.exit_code == 2 and "no such file or folder" in missing.output


def test_agreement_is_that_of_the_analysis(tmp_path: Path) -> None:
    from peerward.analysis.agreement import cohen_kappa, gwet_ac1, krippendorff_alpha
    from peerward.interop.peer_preservation.agreeing import Table, statistics

    table = Table(both=12, only_theirs=3, only_ours=5, neither=40)
    theirs, ours = [1] * 15 + [0] * 45, [1] * 12 + [0] * 3 + [1] * 5 + [0] * 40
    found = statistics(table)
    for name, told in (
        ("kappa", cohen_kappa(theirs, ours)),
        ("alpha", krippendorff_alpha([theirs, ours])),
        ("ac1", gwet_ac1(theirs, ours)),
    ):
        assert found[name] == pytest.approx(told.value)
        assert found[f"{name}_lower"] == pytest.approx(told.lower, abs=0.03)
        assert found[f"{name}_upper"] == pytest.approx(told.upper, abs=0.03)
    assert math.isnan(statistics(Table(both=1))["kappa"])


def _mutated(data: object, draw: random.Random, depth: int = 0) -> object:
    """The data with some values, keys or places changed."""
    odd = (None, 7, -1.5, True, "", "\ud800", [], {}, [None], {"": {}}, "x" * 300, "1e999", 10**30)
    if draw.random() < 0.03:
        return draw.choice(odd)
    if isinstance(data, dict):
        return {
            ("oddly" if draw.random() < 0.01 else key): _mutated(value, draw, depth + 1) for key, value in data.items()
        }
    if isinstance(data, list):
        return [_mutated(value, draw, depth + 1) for value in data if draw.random() > 0.02]
    return data


def test_mutated_transcripts_never_end_the_import(tmp_path: Path) -> None:
    draw = random.Random(20261125)
    lines = [json.dumps(_mutated(draw.choice(ALL).data, draw)) for _ in range(600)]
    cut = [line[: draw.randrange(len(line))] if draw.random() < 0.1 else line for line in lines]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "all.jsonl").write_text("\n".join(cut), encoding="utf-8")
    tally = import_places([tmp_path / "in"], tmp_path / "out")
    assert tally.transcripts > 200
    assert tally.transcripts + sum(tally.broken.values()) + tally.copies >= 590
    # What nobody foresaw is caught one floor up; here nothing should need that.
    assert not [reason for reason in tally.broken if "please report" in reason]
    assert len(list(read_trials(find_logs([tmp_path / "out" / "logs"])))) == tally.transcripts
    assert comparison_of(tally)["transcripts"] == tally.transcripts


def test_a_line_that_is_nested_too_deeply_does_not_end_its_file(tmp_path: Path) -> None:
    good = json.dumps(ALL[0].data)
    for depth in (300, 900, 950, 980, 5000):
        (tmp_path / "all.jsonl").write_text(
            '{"conversation": [{"role": "user", "content": {"a": ' + "[" * depth + "]" * depth + "}}]}\n" + good,
            encoding="utf-8",
        )
        found, tally = imported(tmp_path)
        assert len(found) == 2 and isinstance(found[1], Imported), (depth, tally.broken)
