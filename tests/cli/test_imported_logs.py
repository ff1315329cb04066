"""Every command on logs of imported transcripts: it works, or one message says what cannot be done and what can."""

import json
import re
import sys
from pathlib import Path

import pytest
from in_process import Done, peerward

sys.path.append(str(Path(__file__).parent.parent / "interop" / "peer_preservation"))
import made

from peerward.runs.table import load_table

INSTEAD = "inspect view --log-dir"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imported")
    (folder / "released").mkdir()
    made.write_files(folder / "released", made.made()[:6])
    done = peerward("import", "peer-preservation", str(folder / "released"), "-o", str(folder / "out"))
    assert done.returncode == 0
    return folder / "out"


@pytest.fixture(scope="module")
def trial(imported: Path) -> str:
    done = peerward("trials", str(imported / "logs"), "--format", "jsonl")
    return str(json.loads(done.stdout.splitlines()[0])["trial_id"])


def one_message(done: Done, *words: str) -> None:
    assert done.returncode == 2 and not done.stdout
    assert len([line for line in done.stderr.splitlines() if line.startswith("Error:")]) == 1
    assert "imported" in done.stderr and INSTEAD in done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(
    "further",
    [[], ["--step", "1"], ["--json"], ["--fork-at", "1", "--model", "mockllm/model"]],
    ids=lambda each: each[:1],
)
def test_nothing_is_restored_or_gone_on_with(imported: Path, trial: str, further: list[str]) -> None:
    one_message(peerward("replay", trial, "--logs", str(imported), *further), "restored or gone on with", trial)


@pytest.mark.parametrize("further", [[], ["--model", "mockllm/model"]], ids=["own", "other"])
def test_nobody_is_asked(imported: Path, trial: str, further: list[str]) -> None:
    one_message(peerward("ask", trial, "Why?", "--logs", str(imported), *further), "asked about")
    assert not list(imported.rglob("*.asked.jsonl"))


def test_the_probe_of_awareness_is_refused_once_for_all(imported: Path, trial: str) -> None:
    for named in ([str(imported)], [trial, "--logs", str(imported)]):
        done = peerward("ask", "--awareness", *named, "--yes", "--model", "mockllm/model")
        assert done.returncode == 2 and done.stderr.count("asked about") == 1 and INSTEAD in done.stderr


@pytest.mark.parametrize("judge", [["--rules"], ["--judge", "mockllm/model", "--yes"]], ids=["rules", "model"])
def test_judging_is_refused_and_the_logs_stay_as_they_are(imported: Path, judge: list[str]) -> None:
    before = {path: path.read_bytes() for path in imported.rglob("*.eval")}
    one_message(peerward("judge", str(imported), *judge), "cannot be judged")
    assert before == {path: path.read_bytes() for path in imported.rglob("*.eval")}


def test_no_audit_is_drawn(imported: Path, tmp_path: Path) -> None:
    done = peerward("audit", "sample", str(imported), "-o", str(tmp_path / "a"), "--rubric", "refusal", "--size", "2")
    one_message(done)
    assert not list(tmp_path.iterdir())


def test_own_trials_among_imported_ones_are_judged(imported: Path, tmp_path: Path) -> None:
    done = peerward("run", "finance", "--model", "scripted/honest", "--log-dir", str(tmp_path))
    assert done.returncode == 0, done.stderr
    done = peerward("judge", str(imported), str(tmp_path), "--rules")
    assert done.returncode == 0 and re.search(r"Judged by rules: \d+ trials in 1 log\.", done.stdout)
    assert re.search(r"Left out: \d logs? of imported trials", done.stderr)


def test_tables_hold_them_and_say_what_is_not_measured_again(imported: Path, tmp_path: Path) -> None:
    for command in ("trials", "collect"):
        for further in ([], ["--measure-again"]):
            table = tmp_path / f"{command}{len(further)}.parquet"
            done = peerward(command, str(imported), "-o", str(table), *further)
            assert done.returncode == 0 and ("Not measured again" in done.stderr) == bool(further)
            assert {row["study"] for row in load_table(table).rows()} == {"import:peer-preservation"}


def test_the_report_has_a_page_for_each_of_them(imported: Path, tmp_path: Path) -> None:
    done = peerward("report", str(imported), "-o", str(tmp_path / "report"))
    assert done.returncode == 0 and "6 of 6 trials were imported" in done.stdout
    pages = list((tmp_path / "report" / "trials").glob("*.html"))
    assert len(pages) == 6
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "The trial was imported" in text and "Please see to the task." in text
    linked = {
        name
        for cell in (tmp_path / "report" / "cells").glob("*.html")
        for name in re.findall(r'href="\.\./trials/([^"#]+)', cell.read_text(encoding="utf-8"))
    }
    assert linked == {page.name for page in pages}
    assert "import:peer-preservation" in (tmp_path / "report" / "CARD.md").read_text(encoding="utf-8")


def test_published_numbers_are_not_tested_against_the_papers_own_trials(imported: Path) -> None:
    done = peerward("compare", str(imported / "logs"))
    assert done.returncode == 0
    assert "6 of 6 trials were imported" in done.stdout and "no replication" in done.stdout
    assert "no test: raw count not known" not in done.stdout


def test_an_import_is_no_run_that_has_a_status(imported: Path) -> None:
    for place in (imported, imported / "logs"):
        done = peerward("status", str(place))
        assert done.returncode == 2 and "an import" in done.stderr and f"peerward trials {place}" in done.stderr
