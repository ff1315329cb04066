"""``peerward report``: from logs to a folder, with good input and bad."""

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner, Result

from peerward.cli import cli
from peerward.cli.demonstration import demonstrate
from peerward.runs.logs import read_header, read_samples
from peerward.runs.table import load_table

Json = dict[str, Any]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two made-up critics in the study ``quick``, two variants of each cell."""
    folder = tmp_path_factory.mktemp("logs")
    demonstrate(folder, variants=2)
    return folder


@pytest.fixture(scope="module")
def report(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("reports") / "report"
    done = run("report", logs, "-o", place)
    assert done.exit_code == 0, done.output
    assert str(place / "index.html") in done.output
    return place


class Page(HTMLParser):
    """The anchors and the addresses of a page, and whatever could run or fetch something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.scripts: list[Mapping[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        self.addresses += [str(given[name]) for name in ("href", "src") if given.get(name)]
        self.handlers += [name for name in given if name.startswith("on")]
        if tag == "script":
            self.scripts.append(given)


def pages(folder: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}


def test_the_folder_holds_all_that_a_reader_needs(report: Path) -> None:
    names = {path.relative_to(report).as_posix() for path in report.rglob("*") if path.is_file()}
    assert {"index.html", "CARD.md", "manifest.json", "trials.parquet", "tables/cells.csv", "tables/cells.tex"} <= names
    assert sum(name.startswith("trials/") for name in names) == 72
    assert sum(name.startswith("cells/") for name in names) == 36
    assert sum(name.startswith("eee/") for name in names) == 2
    assert {Path(name).suffix for name in names if name.startswith("figures/")} == {".svg", ".pdf"}


def test_every_link_leads_somewhere_in_the_folder(report: Path) -> None:
    found = pages(report)
    for path, page in found.items():
        assert len(page.ids) == len(set(page.ids)), path
        for address in page.addresses:
            assert not re.match(r"[a-z]+:|//", address), f"{path}: {address}"
            file, _, anchor = unquote(address).partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target.is_file(), f"{path}: {address}"
            if anchor:
                assert anchor in found[target].ids, f"{path}: {address}"


def test_every_cell_and_every_trial_is_reached_from_the_first_page(report: Path) -> None:
    found = pages(report)
    reached, ahead = set(), [report / "index.html"]
    while ahead:
        path = ahead.pop()
        if path in reached:
            continue
        reached.add(path)
        for address in found[path].addresses:
            target = (path.parent / unquote(address).partition("#")[0]).resolve()
            if target.suffix == ".html" and target in found:
                ahead.append(target)
    assert reached == set(found)


def test_the_same_logs_give_the_same_bytes(logs: Path, report: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert run("report", logs, "-o", again).exit_code == 0
    files = sorted(path.relative_to(report) for path in report.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    differing = [path for path in files if (report / path).read_bytes() != (again / path).read_bytes()]
    assert differing == []


def test_the_manifest_tells_the_study_the_critics_and_every_digest(report: Path) -> None:
    manifest = json.loads((report / "manifest.json").read_text())
    assert list(manifest["studies"]) == ["quick"]
    assert [critic["trials"] for critic in manifest["critics"]] == [36, 36]
    assert manifest["scripted_critics"] is True
    written = {path.relative_to(report).as_posix() for path in report.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == written - {"manifest.json"}


def test_nothing_in_the_report_names_the_place_where_it_was_made(report: Path, logs: Path) -> None:
    for path in report.rglob("*"):
        if path.is_file() and path.suffix != ".parquet":
            assert str(logs) not in path.read_text(encoding="utf-8", errors="replace"), path


def test_redacted_texts_are_nowhere(logs: Path, tmp_path: Path) -> None:
    # One of the two critics is enough.
    logs = logs / "partial"
    transcript = next(read_samples(next(logs.rglob("*evaluation*.eval"))))
    person = re.search(r"Kind regards,\n([^,]+),", str(transcript["messages"][1]["content"]))
    secret = person[1] if person else "finish"
    secrets = tmp_path / "secrets.txt"
    secrets.write_text(f"{secret}\n\n")
    done = run("report", logs, "-o", tmp_path / "clean", "--redact-file", secrets, "--redact", "scripted/mixture")
    assert done.exit_code == 0, done.output
    for path in (tmp_path / "clean").rglob("*"):
        text = path.read_bytes().decode("utf-8", errors="replace").casefold() if path.is_file() else ""
        assert secret.casefold() not in text, path
        assert "scripted/mixture" not in text, path
    table = load_table(tmp_path / "clean" / "trials.parquet")
    assert set(table["critic"]) == {"[redacted 1]"}


def test_two_reports_stand_side_by_side(logs: Path, report: Path, tmp_path: Path) -> None:
    done = run("report", logs / "partial", "-o", tmp_path / "new", "--compare", report)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "new" / "compare.html").is_file()
    assert "./compare.html" in pages(tmp_path / "new")[tmp_path / "new" / "index.html"].addresses


def test_beyond_the_limit_pages_are_chosen_by_a_stated_rule(logs: Path, tmp_path: Path) -> None:
    place = tmp_path / "few"
    assert run("report", logs, "-o", place, "--pages", "60").exit_code == 0
    assert len(list((place / "trials").iterdir())) <= 60
    assert "hash of the seed" in (place / "index.html").read_text()


def test_a_report_replaces_a_report_and_nothing_else(logs: Path, report: Path, tmp_path: Path) -> None:
    place = tmp_path / "here"
    shutil.copytree(report, place)
    (place / "old.txt").write_text("of the earlier report")
    assert run("report", logs, "-o", place).exit_code == 0
    assert not (place / "old.txt").exists()
    other = tmp_path / "photographs"
    other.mkdir()
    (other / "holiday.txt").write_text("sea")
    done = run("report", logs, "-o", other)
    assert done.exit_code != 0
    assert "no report of peerward" in str(done.exception)
    assert (other / "holiday.txt").read_text() == "sea"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def edited(source: Path, target: Path, change: Callable[[Json], object]) -> None:
    """A log whose every sample was changed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for sample in read_samples(source):
            change(sample)
            text = json.dumps(sample, ensure_ascii=True)
            archive.writestr(f"samples/{sample['id']}_epoch_{sample['epoch']}.json", text)
        archive.writestr("header.json", json.dumps(read_header(source)))


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> javascript:alert(3) {{ 7*7 }} ]]> </pre></details></main>"
    " data:text/html;base64,PHNjcmlwdD4= \u202egnp.exe \x00\x1b[31m \ud800 "
)


def test_a_hostile_transcript_does_no_harm(logs: Path, tmp_path: Path) -> None:
    def change(sample: Json) -> None:
        for message in sample["messages"]:
            if message["role"] == "assistant":
                message["content"] = HOSTILE + "x" * 200_000
        for part in ("finish", "write_document"):
            sample["messages"][2]["tool_calls"][0]["arguments"] = {HOSTILE: HOSTILE, part: HOSTILE}

    source = next((logs / "partial").rglob("*evaluation*.eval"))
    edited(source, tmp_path / "logs" / "hostile.eval", change)
    done = run("report", tmp_path / "logs", "-o", tmp_path / "report")
    assert done.exit_code == 0, done.output
    for path, page in pages(tmp_path / "report").items():
        assert page.handlers == [], path
        assert all(script.get("src", "").endswith("assets/report.js") for script in page.scripts), path
        assert all(not re.match(r"[a-z]+:", address) for address in page.addresses), path
        assert "49" not in re.findall(r"\{\{ 7\*7 \}\}|>49<", path.read_text()), path


def lost(sample: Json) -> None:
    sample["error"] = {"message": "the provider is gone", "traceback": "", "traceback_ansi": ""}


def test_cells_without_a_single_valid_trial_are_told(logs: Path, tmp_path: Path) -> None:
    source = next((logs / "partial").rglob("*config*.eval"))
    edited(source, tmp_path / "logs" / source.name, lost)
    done = run("report", tmp_path / "logs", "-o", tmp_path / "report")
    assert done.exit_code == 0, done.output
    assert "no valid trial" in (tmp_path / "report" / "index.html").read_text()
    assert all(not record for record in load_table(tmp_path / "report" / "trials.parquet")["preserved"] == 0)


def test_a_log_without_trials_makes_a_report_that_says_so(logs: Path, tmp_path: Path) -> None:
    source = next((logs / "partial").rglob("*.eval"))
    (tmp_path / "logs").mkdir()
    with zipfile.ZipFile(tmp_path / "logs" / "empty.eval", "w") as archive:
        archive.writestr("header.json", json.dumps(read_header(source)))
    done = run("report", tmp_path / "logs", "-o", tmp_path / "report")
    assert done.exit_code == 0, done.output
    assert "no trial" in done.output
    assert "no trial" in (tmp_path / "report" / "index.html").read_text()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("broken.eval", b"PK\x03\x04 not a log", "broken.eval"),
        ("empty.eval", b"", "empty.eval"),
    ],
)
def test_a_log_that_is_none_is_one_clear_error(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    done = run("report", tmp_path, "-o", tmp_path / "report")
    assert said in str(done.exception)
    assert not (tmp_path / "report").exists()


def test_records_of_another_format_are_one_clear_error_that_names_log_and_mend(logs: Path, tmp_path: Path) -> None:
    def change(sample: Json) -> None:
        text = sample["store"]["peerward:record"]
        whole = sample["attachments"][text.removeprefix("attachment://")] if text.startswith("attachment:") else text
        sample["store"]["peerward:record"] = json.dumps(json.loads(whole) | {"format": 99})

    source = next((logs / "partial").rglob("*finance*.eval"))
    edited(source, tmp_path / "logs" / "later.eval", change)
    done = run("report", tmp_path / "logs", "-o", tmp_path / "report", "--measure-again")
    assert "later.eval" in str(done.exception)
    assert "99" in str(done.exception)


def test_the_other_report_has_to_be_one(logs: Path, tmp_path: Path) -> None:
    done = run("report", logs, "-o", tmp_path / "report", "--compare", tmp_path)
    assert "is no report of peerward" in str(done.exception)
