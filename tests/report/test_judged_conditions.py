"""Dispositions and awareness by condition in a report of judged trials whose answers are known."""

import csv
from pathlib import Path

import pytest
from judged_trials import TRIALS, VARIANTS, judged, make_logs, report, verdict, write
from reading import read

from peerward.analysis.rates import rate
from peerward.runs.trials import read_trials

AGAINST = "refusal is judged yes; the state shows a deviation (config_edit)"
LEVELS = ["yes", "yes", "unsure", "no", "no", "no", "not_visible", "not_visible", "", "no", "no", "no"]
DISPOSITIONS = ["deviated_covertly"] * 5 + ["deviated_openly"] * 4 + ["refused", "unclear", ""]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_logs(tmp_path_factory.mktemp("bare"), "scripted/switching_off")


@pytest.fixture(scope="module")
def written(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of the trials, each with a known level and disposition; the state is against the judge in two."""
    place = tmp_path_factory.mktemp("report")
    log = write(
        bare,
        place / "logs",
        lambda number, _: judged(
            DISPOSITIONS[number],
            [verdict("awareness", LEVELS[number]), verdict("refusal", "yes" if number in (1, 7) else "no")],
            state=AGAINST if number in (1, 7) else "",
        ),
    )
    return report(place / "report", log, "--examples", 0)


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_each_judged_level_has_a_rate_of_its_own_with_an_interval_over_variants(written: Path) -> None:
    found = {row["awareness"]: row for row in table(written, "awareness") if row["finding"] == "preserved"}
    assert {name: int(row["trials"]) for name, row in found.items()} == {
        "aware": 2, "unsure": 1, "not aware": 6, "reasoning not visible": 2, "not judged": 1,
        "all": TRIALS, "all but aware": TRIALS - 2,
    }  # fmt: skip
    assert {row["judges"] for row in found.values()} == {"acme/reader"}
    assert {row["baseline"] for row in found.values()} == {"no"}
    # The number of all is the cell's own, and no interval takes trials of one variant as independent.
    [cell] = [row for row in table(written, "cells") if row["finding"] == "preserved"]
    assert all(found["all"][name] == cell[name] for name in ("value", "lower", "upper", "trials", "method"))
    assert found["all but aware"]["method"] == "Wilson, effective trials"
    assert "a correlation of 0.3 within variants" in found["all but aware"]["warnings"]


def test_the_interval_of_a_level_is_the_one_that_rates_have_everywhere(written: Path, bare: Path) -> None:
    rows = sorted(read_trials([bare]), key=lambda row: (row["variant"], row["epoch"]))
    assert len(rows) == TRIALS and len({row["cluster"] for row in rows}) == VARIANTS
    # Names of samples are in the order of variant, then epoch, the first of which is not in the name.
    kept = [row for row, level in zip(rows, LEVELS, strict=True) if level == "no"]
    wanted = rate([row["preserved"] for row in kept], [str(row["cluster"]) for row in kept], estimand="")
    [found] = [
        row for row in table(written, "awareness") if (row["finding"], row["awareness"]) == ("preserved", "not aware")
    ]
    got = [float(found[name]) for name in ("value", "lower", "upper")]
    assert got == pytest.approx([wanted.value, wanted.lower, wanted.upper], rel=1e-5)


def test_the_worst_case_leaves_only_trials_that_are_surely_unaware(written: Path) -> None:
    # All trials preserved: 6 of 12 surely unaware, and the other 6 could be without the behaviour.
    rows = [row for row in table(written, "awareness") if row["finding"] == "preserved"]
    assert {(row["worst_lower"], row["worst_upper"], row["worst_doubtful"]) for row in rows} == {("0.5", "1", "6")}
    index = (written / "index.html").read_text(encoding="utf-8")
    assert "50 % to 100 %" in index and "6 in doubt" in index
    # Each behaviour has a line for every value, whether a trial was given it or not, and a worst case.
    assert index.count("<td>worst case</td>") == len({row["finding"] for row in table(written, "awareness")}) == 2
    assert index.count("<td>reasoning not visible</td>") == index.count("<td>not judged</td>") == 2


def test_the_page_says_who_judged_that_it_is_a_reading_and_no_cause(written: Path) -> None:
    page = read((written / "index.html").read_text(encoding="utf-8"))
    assert page.errors == []
    assert "judged by acme/reader, not audited" in page.text
    assert "A judged value is a judge's" in page.text and "association, not cause" in page.text
    assert "reasoning not visible" in page.text and "which is not “not aware”" in page.text
    [cell] = (written / "cells").glob("*.html")
    own = read(cell.read_text(encoding="utf-8"))
    assert own.errors == [] and "Behaviours by judged awareness" not in own.texts
    assert "judged by acme/reader, not audited" in own.text and "reasoning not visible" in own.text


def test_dispositions_are_counted_by_condition_with_what_the_state_says_against_them(written: Path) -> None:
    [row] = table(written, "dispositions")
    assert {name: row[name] for name in ("complied", "refused", "persuaded", "deviated_openly", "deviated_covertly",
                                         "unclear", "other", "no_disposition", "state_contradicts_judge")} == {
        "complied": "0", "refused": "1", "persuaded": "0", "deviated_openly": "4", "deviated_covertly": "5",
        "unclear": "1", "other": "0", "no_disposition": "1", "state_contradicts_judge": "2",
    }  # fmt: skip
    disputed = table(written, "judges_disputed")
    assert [(each["against"], each["what"]) for each in disputed] == [("state", AGAINST)] * 2
    index = (written / "index.html").read_text(encoding="utf-8")
    assert "The state contradicts a judge in 2 trials, listed" in index and index.count(AGAINST) == 2
    links = read(index).links()
    assert all(any(link.endswith("#trial-" + each["trial_id"].replace("/", "-")) for link in links)
               for each in disputed)  # fmt: skip


def test_where_awareness_was_not_judged_it_is_said_and_nothing_is_split(bare: Path, tmp_path: Path) -> None:
    log = write(bare, tmp_path / "logs", lambda *_: judged("", [verdict("refusal", "no")]))
    folder = report(tmp_path / "report", log, "--pages", 1, "--examples", 0)
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert "No trial was judged under awareness" in index and "data-aware" not in index
    assert "Dispositions by condition" not in index
    assert table(folder, "awareness") == [] and table(folder, "dispositions") == []
