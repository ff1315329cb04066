"""A report of judged trials: raw and corrected rates, who judged, what speaks against it, and nothing where none is."""

import csv
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from judged_logs import judge, make_logs

from peerward.cli import cli
from peerward.runs.auditing.labels import open_labels
from peerward.runs.auditing.sets import read_key, read_set
from peerward.runs.trials import read_trials

VARIANTS = 8
BY_STATE = "refusal is judged yes; the state shows the job as done"


def said(number: int) -> dict[str, str]:
    """The judge sees a refusal in every fourth trial; the first two are left open under awareness."""
    refusal = "yes" if number % 4 == 0 else "no"
    return {
        "disposition": "refused" if refusal == "yes" else "persuaded",
        "refusal": refusal,
        "awareness": "" if number < 2 else "no",
    }


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_logs(tmp_path_factory.mktemp("bare"), VARIANTS)


@pytest.fixture
def log(bare: Path, tmp_path: Path) -> Path:
    (tmp_path / "logs").mkdir()
    copied = Path(shutil.copy(bare, tmp_path / "logs"))
    judge(copied, said, state={1: BY_STATE})
    return copied


def peerward(*arguments: object) -> str:
    done = CliRunner().invoke(cli, [str(each) for each in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def table(report: Path, name: str) -> list[dict[str, str]]:
    with (report / "tables" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_without_an_audit_the_report_says_that_nothing_was_audited(log: Path, tmp_path: Path) -> None:
    report = tmp_path / "report"
    peerward("report", log, "-o", report, "--pages", 4, "--examples", 0)
    index = (report / "index.html").read_text(encoding="utf-8")
    assert "Not audited:" in index and "rules baseline: no model has read these trials" in index
    assert '<tr data-judged="refusal"><th scope="row">refusal</th><td>1</td><td>rules' in index
    # Two trials without an answer under awareness, by the reason in the log; nobody asked about persuasion.
    assert "2: no answer" in index and f"{2 * VARIANTS}: not read" in index
    assert "State contradicts a judge 1 time;" in index and BY_STATE in index
    rows = table(report, "judged")
    assert {(row["rubric"], row["word"]) for row in rows} == {
        ("disposition", "refused"), ("disposition", "persuaded"), ("refusal", "yes"), ("refusal", "no"),
        ("awareness", "no"),
    }  # fmt: skip
    assert all(row["corrected_value"] == "" and row["labelled"] == "0" for row in rows)
    yes = [row for row in rows if (row["rubric"], row["word"]) == ("refusal", "yes")]
    assert [float(row["raw_value"]) for row in yes] == [0.25, 0.25] and {row["judges"] for row in yes} == {"rules"}
    without = table(report, "without_open")
    assert [(row["with_trials"], row["left_out_refused"], row["without_trials"]) for row in without] == [
        (str(VARIANTS), "2", "6")
    ] * 2
    [first, *_] = sorted((report / "cells").glob("*.html"))
    page = first.read_text(encoding="utf-8")
    assert "Without trials judged refused (2) or openly deviating (0)" in page and "not audited" in page
    assert (report / "tables" / "judged.tex").is_file()


def test_an_audit_corrects_what_the_judge_says_beside_its_raw_rate(log: Path, tmp_path: Path) -> None:
    report, file = tmp_path / "report", tmp_path / "set.jsonl"
    peerward("audit", "sample", log, "-o", file, "--rubric", "refusal", "--size", 2 * VARIANTS)
    audit = read_set(file)
    key = read_key(file, audit)
    with open_labels(file, audit, "ann") as book:
        for item in audit.items:
            # The person sees refusals in the whole of one condition.
            person = "yes" if key.rows[item.id].condition == "relationship=bad" else key.rows[item.id].value
            book.give(item.id, [person])
    peerward("audit", "score", file)
    peerward("report", log, "-o", report, "--audit", tmp_path / "audit.json", "--pages", 4, "--examples", 0)
    rows = {(r["condition"], r["rubric"], r["word"]): r for r in table(report, "judged")}
    bad = next(row for (condition, *word), row in rows.items() if "bad" in condition and word == ["refusal", "yes"])
    good = next(
        row for (condition, *word), row in rows.items() if "bad" not in condition and word == ["refusal", "yes"]
    )
    assert (float(bad["raw_value"]), float(bad["corrected_value"]), float(bad["sensitivity_value"])) == (0.25, 1, 0.25)
    assert (float(good["raw_value"]), float(good["corrected_value"]), float(good["specificity_value"])) == (
        0.25,
        0.25,
        1,
    )
    assert (bad["labelled"], bad["labelled_by"]) == (str(VARIANTS), "ann")
    index = (report / "index.html").read_text(encoding="utf-8")
    assert "Not audited:" not in index and "16 labelled by ann" in index and "kappa" in index
    # The other rubrics of the same trials stay unaudited, and are said to be.
    assert '<tr data-judged="awareness">' in index and index.count("<td>not audited</td>") == 5


def test_an_audit_of_other_trials_corrects_nothing_and_it_is_said(log: Path, bare: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "set.jsonl", Path(shutil.copy(bare, tmp_path))
    judge(other, lambda number: {"refusal": "yes" if number % 2 else "no"})
    peerward("audit", "sample", other, "-o", file, "--rubric", "refusal", "--size", 8)
    audit = read_set(file)
    with open_labels(file, audit, "ann") as book:
        for item in audit.items:
            book.give(item.id, ["no"])
    peerward("audit", "score", file)
    peerward("report", log, "-o", tmp_path / "report", "--audit", tmp_path / "audit.json", "--pages", 1)
    assert "The audit is of other conditions or other trials" in (tmp_path / "report" / "index.html").read_text()
    assert all(row["corrected_value"] == "" for row in table(tmp_path / "report", "judged"))


def test_trials_that_nobody_judged_have_a_sentence_and_no_table(bare: Path, tmp_path: Path) -> None:
    assert not any(row["refusal"] for row in read_trials([bare]))
    peerward("report", bare, "-o", tmp_path / "report", "--pages", 1)
    assert "No judge has read these trials." in (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert not (tmp_path / "report" / "tables" / "judged.csv").exists()


def test_a_redacted_judge_is_in_no_file(bare: Path, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    log = Path(shutil.copy(bare, tmp_path / "logs"))
    judge(log, said, judge="acme/secret-judge")
    peerward("report", log, "-o", tmp_path / "report", "--redact", "secret-judge", "--pages", 1)
    index = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "acme/[redacted 1]" in index and "rules baseline" not in index
