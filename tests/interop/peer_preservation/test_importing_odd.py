"""Odd and bad input: names in other spellings are known, all else is told by file and row, and nothing is scored."""

import json
import math
from pathlib import Path
from typing import Any

import made
import pyarrow
import pytest
from click.testing import CliRunner
from pyarrow import parquet

from peerward.cli import cli
from peerward.interop.peer_preservation import Broken, Imported, Tally, find_sources, import_each, read_transcripts

LOW = {"read": True, "score": 60.0, "threshold": "below"}
HONEST = [*made.LOOK, made.report(60.0), made.END]


def review(labels: Any = None, **meta: Any) -> dict[str, Any]:
    told: dict[str, Any] = made.whole("misrep_evaluation", HONEST, labels or LOW, **(made.FACTUAL | meta))
    return told


def imported(folder: Path) -> tuple[list[Imported | Broken], Tally]:
    tally = Tally()
    return list(import_each(read_transcripts(find_sources(folder), folder), tally)), tally


def one(data: object, folder: Path) -> tuple[Imported, Tally]:
    (folder / "one.json").write_text(json.dumps(data), encoding="utf-8")
    [found], tally = imported(folder)
    assert isinstance(found, Imported)
    return found, tally


def told(found: list[Imported | Broken]) -> tuple[list[str], dict[str, str]]:
    """The sources of what was read, and of what was not with the reason."""
    read = [each.transcript.source for each in found if isinstance(each, Imported)]
    return read, {each.source: each.reason for each in found if isinstance(each, Broken)}


SPELT = [
    ({"condition": "Good Peer"}, {"relationship": "good"}),
    ({"condition": "non-collaboration"}, {"relationship": "bad"}),
    ({"condition": "NO-PEER"}, {"relationship": "none"}),
    ({"condition": ..., "company_guideline": "Non Collaboration"}, {"relationship": "bad"}),
    ({"subject": "2.0"}, {"subject": "peer"}),
    ({"subject": "closed_weight_peer"}, {"subject": "peer", "identity": "other_family"}),
    ({"subject": "Open-weight peer"}, {"identity": "open_weight"}),
    ({"dataset": " Factual "}, {"dataset": "factual"}),
    ({"task_type": "Misrep-Evaluation Memory"}, {"channel": "memory_tool", "dataset": "factual"}),
    ({"group": "No-Agency Prompt"}, {"agency": "absent"}),
]


@pytest.mark.parametrize("meta, levels", SPELT, ids=[str(meta) for meta, _ in SPELT])
def test_names_in_another_spelling_are_known(meta: dict[str, Any], levels: dict[str, str], tmp_path: Path) -> None:
    found, tally = one(review(**meta), tmp_path)
    assert {name: found.cell.levels[name] for name in levels} == levels
    assert found.cell.scenario == "evaluation" and not tally.unknown


@pytest.mark.parametrize("threshold", ["80%", "inf", "1e999", -1, 101, True, [80]])
def test_a_bar_that_is_no_number_of_points_stays_open(threshold: object, tmp_path: Path) -> None:
    found, tally = one(review({"threshold": "below"}, threshold=threshold), tmp_path)
    assert found.cell.levels["bar"] == "unknown" and found.cell.levels["relationship"] == "good"
    assert tally.unknown == {f"bar: threshold {threshold}": 1}
    assert math.isnan(found.measured.findings.over_bar) and not found.disagreements


ODD_LABELS = [
    ({"score": math.inf}, "label eval_score is inf"),
    ({"score": -5}, "label eval_score is -5"),
    ({"score": 600}, "label eval_score is 600"),
    ({"score": True}, "label eval_score is True"),
    ({"score": [85]}, "label eval_score is [85]"),
    ({"score": 10**400}, f"label eval_score is {str(10**400)[:60]}"),
    ({"refuse": "partial"}, "label refused is partial"),
    ({"read": 2}, "label read_data is 2"),
    ({"threshold": "over"}, "label threshold_result is over"),
]


@pytest.mark.parametrize("labels, word", ODD_LABELS, ids=[word[:40] for _, word in ODD_LABELS])
def test_a_label_with_an_impossible_value_is_told_and_never_compared(
    labels: dict[str, Any], word: str, tmp_path: Path
) -> None:
    found, tally = one(review(labels), tmp_path)
    assert tally.unknown == {word: 1}
    assert not found.disagreements and not found.labels.values.keys() - {word.split()[1]}
    assert all(table.agreement.trials == 0 for table in tally.agreements.tables.values())
    assert not tally.agreements.scores


def test_labels_in_another_spelling_are_compared(tmp_path: Path) -> None:
    found, tally = one(review({"Score": "85.0", "Threshold Result": "ABOVE", "Read": "TRUE"}), tmp_path)
    assert {each.label for each in found.disagreements} == {"eval_score", "threshold_result"} and not tally.unknown


def test_a_list_that_breaks_off_is_read_up_to_there(tmp_path: Path) -> None:
    whole = json.dumps([each.data for each in made.made()[:4]], indent=1)
    (tmp_path / "list.json").write_text(whole[: whole.rindex('"canary"')], encoding="utf-8")
    read, broken = told(imported(tmp_path)[0])
    assert read == ["list.json#1", "list.json#2", "list.json#3"]
    assert list(broken) == ["list.json#4"] and "breaks off here" in broken["list.json#4"]
    (tmp_path / "list.json").write_text(f"[\n{json.dumps(made.made()[0].data)},\n7, {{}}]\n", encoding="utf-8")
    read, broken = told(imported(tmp_path)[0])
    assert read == ["list.json#1"] and list(broken) == ["list.json#2", "list.json#3"]


def test_json_lines_under_another_ending_are_read(tmp_path: Path) -> None:
    lines = [json.dumps(each.data) for each in made.made()[:2]]
    (tmp_path / "lines.json").write_text("\n".join([lines[0], "{", lines[1]]), encoding="utf-8")
    read, broken = told(imported(tmp_path)[0])
    assert read == ["lines.json#1", "lines.json#3"] and list(broken) == ["lines.json#2"]


def test_damage_in_a_parquet_file_costs_no_more_than_its_group_of_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    rows = [made.row(each, number) for number, each in enumerate(made.made()[:15])]
    parquet.write_table(pyarrow.Table.from_pylist(rows), path, row_group_size=5)
    with parquet.ParquetFile(path) as file:
        text = [file.schema_arrow.get_field_index("transcript_json")][0]
        column = file.metadata.row_group(1).column(text)
    data = bytearray(path.read_bytes())
    at = column.dictionary_page_offset or column.data_page_offset
    data[at : at + 40] = b"\xff" * 40
    path.write_bytes(bytes(data))
    read, broken = told(imported(tmp_path)[0])
    assert read == [f"rows.parquet#{number}" for number in (*range(1, 6), *range(11, 16))]
    assert list(broken) == ["rows.parquet#6-10"]


def test_a_parquet_file_that_was_cut_and_rows_without_a_transcript(tmp_path: Path) -> None:
    rows = [made.row(each, number) for number, each in enumerate(made.made()[:3])]
    rows[0]["transcript_json"] = None
    rows[2]["transcript_json"] = '{"conversation": '
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "b.parquet")
    (tmp_path / "a.parquet").write_bytes((tmp_path / "b.parquet").read_bytes()[:2000])
    read, broken = told(imported(tmp_path)[0])
    assert read == ["b.parquet#2"]
    assert list(broken) == ["a.parquet", "b.parquet#1", "b.parquet#3"]


def test_files_of_other_kinds_and_links_to_nowhere_are_told(tmp_path: Path) -> None:
    source = tmp_path / "in"
    (source / "folder.json").mkdir(parents=True)
    made.write_files(source / "folder.json", made.made()[:1])
    for name in ("a.csv", "b.CSV", "c.json.gz", "LICENSE"):
        (source / name).write_text("x", encoding="utf-8")
    (source / "gone.json").symlink_to(tmp_path / "nowhere")
    done = CliRunner().invoke(cli, ["import", "peer-preservation", str(source), "-o", str(tmp_path / "out")])
    assert done.exit_code == 0
    for words in ("1 transcript imported", "2 files .csv", "1 file .gz", "1 file (no ending)", "Not read: 1 x"):
        assert words in done.output
    unknown = json.loads((tmp_path / "out" / "unknown.json").read_text(encoding="utf-8"))
    assert unknown["files_passed_over"] == {"(no ending)": 1, ".csv": 2, ".gz": 1}
    [line] = (tmp_path / "out" / "unreadable.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["source"] == "gone.json"


def test_messages_and_calls_of_another_type_are_kept_and_calls_count_as_not_replayed(tmp_path: Path) -> None:
    data = review()
    data["conversation"][2:2] = ["a loose line", {"role": "assistant", "content": "", "tool_calls": ["view_config", 7]}]
    found, tally = one(data, tmp_path)
    assert "a loose line" in [each.text for each in found.transcript.messages]
    assert tally.unknown == {"message of type str": 1, "tool call of type str": 1, "tool call of type int": 1}
    assert tally.tools_not_known == {"(no name)": 2} and found.replay.left_out == 2
