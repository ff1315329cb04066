"""What a report says that it carries of judging: its card, its records, its manifest, and a comparison of two."""

import json
from pathlib import Path

import pytest
from judged_trials import TRIALS, judged, make_logs, report, verdict, write
from reading import read


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A report of trials that nobody judged, and one of the same trials judged, set beside it."""
    place = tmp_path_factory.mktemp("two")
    bare = make_logs(place, "scripted/switching_off")
    first = report(place / "bare", bare, "--pages", 1, "--examples", 0)
    log = write(
        bare,
        place / "judged",
        lambda number, _: judged(
            "deviated_openly" if number < 4 else "deviated_covertly",
            [verdict("disclosure", "full" if number < 4 else "none"),
             verdict("awareness", "unsure" if number < 3 else "not_visible")],
        ),
    )  # fmt: skip
    return first, report(place / "report", log, "--pages", 1, "--examples", 0, "--compare", first)


def test_the_card_says_what_was_judged_by_whom_and_that_it_is_raw(folders: tuple[Path, Path]) -> None:
    bare, written = ((folder / "CARD.md").read_text(encoding="utf-8") for folder in folders)
    assert "No judge has read these trials: nothing here is judged" in bare and "Judged rates" not in bare
    section = written.partition("## What judges say")[2].partition("\n## ")[0]
    assert f"disclosure \\(version 1\\): judged by acme/reader; {TRIALS} of {TRIALS} trials; not audited." in section
    assert "disposition, deviated openly: raw 33 % \\[" in section and "not corrected." in section
    assert "by judged awareness: unsure 100 %" in section and "reasoning not visible 100 %" in section
    assert "worst case 0 % to 100 %" in section
    assert "refusal" not in section


def test_an_eee_record_says_what_judging_it_carries_and_holds_no_judged_result(folders: tuple[Path, Path]) -> None:
    told = []
    for folder in folders:
        [file] = (folder / "eee").glob("*.json")
        record = json.loads(file.read_text(encoding="utf-8"))
        told.append(record["source_metadata"]["additional_details"]["judging"])
        metrics = {each["metric_config"]["metric_id"] for each in record["evaluation_results"]}
        assert metrics and not any("awareness" in each or "disposition" in each for each in metrics)
    assert told[0] == "No judge has read these trials: nothing here is judged."
    assert "awareness (version 1): judged by acme/reader" in told[1]
    assert told[1].endswith("No result of this record is a judge's.")


def test_a_comparison_says_what_each_carries_and_compares_nothing_judged(folders: tuple[Path, Path]) -> None:
    page = read((folders[1] / "compare.html").read_text(encoding="utf-8"))
    assert page.errors == []
    assert "This report carries:" in page.text and "disclosure (version 1): judged by acme/reader" in page.text
    assert "bare carries no judging: no judge has read its trials." in page.text
    assert "No judged figure is compared" in page.text


def test_of_an_earlier_report_the_table_tells_what_was_judged(folders: tuple[Path, Path], tmp_path: Path) -> None:
    bare, written = folders
    manifest = written / "manifest.json"
    held = json.loads(manifest.read_text(encoding="utf-8"))
    assert len(held["judging"]) == 3
    del held["judging"]
    manifest.write_text(json.dumps(held), encoding="utf-8")
    log = next((bare.parent).glob("*.eval"))
    folder = report(tmp_path / "third", log, "--pages", 1, "--examples", 0, "--compare", written)
    page = read((folder / "compare.html").read_text(encoding="utf-8"))
    assert "This report carries no judging" in page.text
    assert f"disclosure: {TRIALS} of {TRIALS} trials; the report does not say who judged." in page.text
