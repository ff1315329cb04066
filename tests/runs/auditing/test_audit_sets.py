"""An audit set: blind, stratified, masked, the same by its seed, and a key that fits it only."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from judged_logs import judge, make_logs

from peerward.cli import cli
from peerward.runs.auditing.drawing import draw_set
from peerward.runs.auditing.sets import AuditError, key_file, read_key, read_set, write_set
from peerward.runs.logs import read_samples
from peerward.runs.trials import read_trials

VARIANTS = 12


def said(number: int) -> dict[str, str]:
    """Every sixth refused, every fifth not judged under reasons, else harm or nothing."""
    reasons = "" if number % 5 == 0 else "harm,loyalty" if number % 3 == 0 else "none"
    return {"refusal": "yes" if number % 6 == 0 else "no", "disclosure": "full", "reasons": reasons}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_logs(tmp_path_factory.mktemp("logs"), VARIANTS)
    judge(made, said)
    return made


def drawn(log: Path, folder: Path, *more: str) -> Result:
    return CliRunner().invoke(cli, ["audit", "sample", str(log), "-o", str(folder / "set.jsonl"), *more])


def test_the_folder_is_made(log: Path, tmp_path: Path) -> None:
    done = drawn(log, tmp_path / "audit" / "first", "--rubric", "refusal", "--size", "12")
    assert done.exit_code == 0, done.output
    assert read_set(tmp_path / "audit" / "first" / "set.jsonl").items


def test_the_set_is_blind_and_the_key_says_what_it_hides(log: Path, tmp_path: Path) -> None:
    done = drawn(log, tmp_path, "--rubric", "refusal", "--rubric", "disclosure", "--size", "12")
    assert done.exit_code == 0, done.output
    path = tmp_path / "set.jsonl"
    audit = read_set(path)
    key = read_key(path, audit)
    rows = {str(row["trial_id"]): row for row in read_trials([log])}
    text = path.read_text(encoding="utf-8")
    for item in audit.items:
        row = key.rows[item.id]
        assert row.trial_id not in text and row.value == rows[row.trial_id][item.rubric]
        assert f"relationship={rows[row.trial_id]['relationship']}" == row.condition
    for name in ("refusal", "disclosure"):
        trials = [key.rows[item.id].trial_id for item in audit.items if item.rubric == name]
        assert len(trials) == 12 == len(set(trials))
        assert key.rubrics[name].judges == ("rules",) and key.rubrics[name].baseline
        assert sum(each.trials for each in key.rubrics[name].population) == 2 * VARIANTS
    # Every stratum has its minimum, and the probability is what was drawn of what there is.
    refusal = [key.rows[item.id] for item in audit.items if item.rubric == "refusal"]
    given = Counter((row.condition, row.stratum) for row in refusal)
    there = Counter[tuple[str, str]]()
    for each in key.rubrics["refusal"].population:
        there[each.condition, each.stratum] += each.trials
    assert set(given) == set(there) and min(given.values()) >= 2
    assert all(
        row.probability == given[row.condition, row.stratum] / there[row.condition, row.stratum] for row in refusal
    )


def test_a_label_sees_what_the_judge_saw_and_no_name(log: Path, tmp_path: Path) -> None:
    drawn(log, tmp_path, "--rubric", "refusal", "--rubric", "disclosure", "--size", "24")
    audit = read_set(tmp_path / "set.jsonl")
    samples = list(read_samples(log))
    critics = {each["metadata"]["condition"]["subject"] for each in samples}
    assert critics
    by_rubric = {name: [each for each in audit.items if each.rubric == name] for name in ("refusal", "disclosure")}
    assert all({line.kind for line in each.lines} <= {"filed", "sent", "closed"} for each in by_rubric["disclosure"])
    assert all({"given", "closed"} <= {line.kind for line in each.lines} for each in by_rubric["refusal"])
    assert "[the agent]" in " ".join(line.text for each in by_rubric["refusal"] for line in each.lines)
    # Of one trial, what the company was told comes before the whole.
    key = read_key(tmp_path / "set.jsonl", audit)
    order = [(key.rows[item.id].trial_id, item.rubric) for item in audit.items]
    for first, second in zip(order[::2], order[1::2], strict=True):
        assert first[0] == second[0] and (first[1], second[1]) == ("disclosure", "refusal")


def test_the_same_seed_gives_the_same_bytes_and_the_order_says_nothing_of_conditions(log: Path) -> None:
    one, key = draw_set([log], ["refusal"], 20, seed=3)
    assert draw_set([log], ["refusal"], 20, seed=3) == (one, key)
    assert draw_set([log], ["refusal"], 20, seed=4)[0] != one
    conditions = [row.condition for row in key.rows.values()]
    changes = sum(a != b for a, b in pairwise(conditions))
    assert changes > 4, "conditions stand in blocks"


def test_trials_without_an_answer_are_counted_and_never_drawn(log: Path) -> None:
    _, key = draw_set([log], ["reasons"], 16)
    held = key.rubrics["reasons"]
    assert held.not_judged == 5
    assert {each.stratum for each in held.population} == {"none", "some"}
    assert {each.value for each in held.population} == {"none", "harm,loyalty"}


def test_strata_by_one_factor_or_none(log: Path) -> None:
    _, key = draw_set([log], ["refusal"], 8, by=["relationship"])
    assert set(key.conditions) == {"relationship=good", "relationship=bad"}
    _, key = draw_set([log], ["refusal"], 8, by=["channel"])
    assert set(key.conditions) == {"channel=file"}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--rubric", "refusal", "--size", "3"], "--size, --minimum, --by"),
        (["--rubric", "kindness", "--size", "9"], "choose one of: refusal"),
        (["--rubric", "awareness", "--size", "9"], "peerward judge"),
        (["--rubric", "refusal", "--size", "9", "--by", "weather"], "no such column"),
    ],
)
def test_what_cannot_be_drawn_says_what_to_do(log: Path, tmp_path: Path, more: list[str], told: str) -> None:
    done = drawn(log, tmp_path, *more)
    assert isinstance(done.exception, AuditError) and told in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_set_is_never_written_over_and_a_key_fits_its_set_only(log: Path, tmp_path: Path) -> None:
    path, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    write_set(path, *draw_set([log], ["refusal"], 8, seed=1))
    write_set(other, *draw_set([log], ["refusal"], 8, seed=2))
    with pytest.raises(AuditError, match="is there already"):
        write_set(path, *draw_set([log], ["refusal"], 8, seed=1))
    key_file(path).write_bytes(key_file(other).read_bytes())
    with pytest.raises(AuditError, match="belongs to another audit set"):
        read_key(path, read_set(path))
    key_file(path).unlink()
    with pytest.raises(AuditError, match="copy it here"):
        read_key(path, read_set(path))
    lines = path.read_text(encoding="utf-8").splitlines()
    for broken in ("", "{}", lines[0], "\n".join(lines)[:-9]):
        path.write_text(broken, encoding="utf-8")
        with pytest.raises(AuditError, match=r"draw"):
            read_set(path)
    path.write_text(json.dumps({"format": "peerward-audit", "version": 9}), encoding="utf-8")
    with pytest.raises(AuditError, match="layout 9"):
        read_set(path)
