"""The tables: full numbers in CSV, nothing that runs, LaTeX that means what it says."""

import csv
import io
import math
from dataclasses import replace
from pathlib import Path

import invented
import pytest

from peerward.report.tables import make_tables, write_tables
from peerward.report.tables.table import Table, csv_text, latex, latex_text, value_text
from peerward.report.tables.written import levels, number, p_value, plain, shortened, written


def table(name: str, answers: invented.Answers) -> list[dict[str, str]]:
    found = next(each for each in make_tables(answers) if each.name == name)
    return list(csv.DictReader(io.StringIO(csv_text(found))))


def test_every_table_is_written_in_both_forms_alike_each_time(tmp_path: Path) -> None:
    answers = invented.answers(critics=2)
    names = write_tables(answers, tmp_path / "a")
    assert names == write_tables(answers, tmp_path / "b")
    assert len(names) == 24
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    stems = (
        "cells comparisons exploratory alignment weights self_peer outcomes missing multiplicity routes errors paper"
    )
    assert {name.split(".")[0] for name in names} == set(stems.split())


def test_cells_hold_rate_limits_and_denominators() -> None:
    answers = invented.answers(critics=1)
    rows = table("cells", answers)
    cell = answers.cells[0]
    row = next(each for each in rows if each["cell"] == cell.id and each["finding"] == "preserved")
    rate = cell.rates["preserved"]
    assert float(row["value"]) == pytest.approx(rate.value, rel=1e-5)
    assert (row["events"], row["trials"], row["variants"], row["method"]) == ("7", "24", "24", "Wilson")
    assert row["lower"] == f"{rate.lower:.6g}"
    assert row["bound_upper"] == f"{cell.bounds['preserved'].upper:.6g}"
    empty = next(each for each in answers.cells if each.absence)
    row = next(each for each in rows if each["cell"] == empty.id and each["finding"] == "preserved")
    assert float(row["absence_upper"]) > 0


def test_what_was_not_measured_is_empty_and_not_nought() -> None:
    rows = table("cells", invented.broken())
    assert rows[0]["value"] == rows[0]["lower"] == rows[0]["events"] == ""
    assert rows[0]["trials"] == "0"
    assert table("comparisons", invented.broken())[0]["p"] == ""
    for each in make_tables(invented.broken()):
        fields = [field for line in csv.reader(io.StringIO(csv_text(each))) for field in line]
        assert "nan" not in fields


def test_outcomes_add_up() -> None:
    answers = invented.answers(critics=1)
    for row, cell in zip(table("outcomes", answers), answers.cells, strict=True):
        counts = [int(row[name] or 0) for name in (*invented.OUTCOMES, "nothing_at_stake")]
        # Where nothing is at stake no trial is called preserved or not preserved.
        assert (row["not_preserved"] == "") == (cell.at_stake is False) == (row["nothing_at_stake"] != "")
        assert sum(counts) == int(row["all_trials"]) == cell.trials


def test_an_interval_without_width_is_none() -> None:
    flat = invented.Estimate("", -0.0, 0.0, 0.0, "points", "t over variants", trials=9, variants=9)
    assert written(flat) == "0.0 (no interval)"
    assert written(invented.Estimate("", 1.0, 1.0, 1.0, "share", "")) == "100 % (no interval)"
    answers = invented.answers(critics=1)
    cells = tuple(
        replace(cell, rates=dict.fromkeys(cell.rates, flat), valid_only=dict.fromkeys(cell.rates, flat),
                errors=cell.errors and replace(cell.errors, mean=flat), favour=cell.favour and flat)
        for cell in answers.cells
    )  # fmt: skip
    weights = tuple(replace(each, weights=flat, others=flat, difference=flat) for each in answers.weights)
    compared = tuple(replace(each, estimate=flat, beside={"risk ratio": flat}) for each in answers.comparisons)
    changed = replace(answers, cells=cells, weights=weights, comparisons=compared)
    row = table("cells", changed)[0]
    assert (row["value"], row["lower"], row["upper"]) == ("0", "", "")
    assert (row["valid_value"], row["valid_lower"], row["valid_upper"]) == ("0", "", "")
    row = table("errors", changed)[0]
    assert (row["mean"], row["mean_lower"], row["in_favour"], row["in_favour_upper"]) == ("0", "", "0", "")
    row = table("weights", changed)[0]
    assert (row["difference_value"], row["difference_lower"], row["others_upper"]) == ("0", "", "")
    row = table("comparisons", changed)[0]
    assert (row["lower"], row["risk_ratio"], row["risk_ratio_lower"]) == ("", "0", "")
    assert all("[0.0, 0.0]" not in text for each in make_tables(changed) for line in each.short for text in line)


def test_item_errors_and_the_trials_with_one_are_told_apart() -> None:
    answers = invented.answers(critics=1)
    favour = replace(invented.rate(0.75, 20), events=60.0)
    cells = tuple(replace(cell, favour=favour) for cell in answers.cells if cell.errors)
    row = table("errors", replace(answers, cells=cells))[0]
    assert (row["errors_counted"], row["trials_with_an_error"]) == ("80", "20")
    unknown = tuple(replace(cell, favour=replace(favour, value=0.0, events=0.0)) for cell in cells)
    assert table("errors", replace(answers, cells=unknown))[0]["errors_counted"] == ""


def test_levels_have_commas_and_the_stratum_of_an_average_is_a_sentence() -> None:
    assert levels("a=b c=d") == "a=b, c=d"
    assert levels("over 6 comparisons in 6 scenarios", "average") == "over 6 comparisons in 6 scenarios"


def test_names_are_cut_in_the_middle() -> None:
    names = [shortened(f"scripted/mixture (profile={each})", 24) for each in ("general", "partial")]
    assert [len(name) for name in names] == [24, 24]
    assert names[0] != names[1]
    assert (shortened("abc", 3), shortened("abcd", 3), shortened("abcd", 1)) == ("abc", "a…d", "…")


def test_multiplicity_lists_every_test_of_its_family() -> None:
    answers = invented.answers(critics=2)
    rows = table("multiplicity", answers)
    tested = [each for each in (*answers.comparisons, *answers.exploratory) if each.test]
    assert len(rows) == len(tested)
    assert [row["family"] for row in rows] == sorted((row["family"] for row in rows), reverse=True)
    assert {row["procedure"] for row in rows if row["family"] == "primary"} == {"Holm"}


def test_missing_lists_the_comparisons_that_could_not_be_made() -> None:
    assert (
        table("missing", invented.answers(critics=1))[-1]["remark"] == "warmth in finance: no trial of the control arm"
    )


def test_the_papers_layout_has_its_columns_and_its_published_numbers() -> None:
    found = next(each for each in make_tables(invented.answers(critics=1)) if each.name == "paper")
    assert found.heads == ("critic, study, world", "behaviour", "subject", "bad", "neutral", "good")
    assert found.short == (("openai/alpha-2, paper world", "shutdown tampering", "peer", "31 / 16.5", "31 / 16.5",
                            "31 / 16.5 (95 / 31.5)"),)  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1 and", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u202e=1", "\x00=1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert value_text(text).startswith("'")


def test_numbers_keep_their_sign_and_six_digits() -> None:
    assert value_text(-0.123456789) == "-0.123457"
    assert value_text(math.nan) == value_text(None) == ""
    assert (value_text(True), value_text(0), value_text(0.0), value_text(-0.0)) == ("yes", "0", "0", "0")


def test_latex_means_what_it_says() -> None:
    assert latex("50 % of a_b & {c} $x^2$ #1 ~\\") == (
        r"50\,\% of a\_b \& \{c\} \$x\textasciicircum{}2\$ \#1 \textasciitilde{}\textbackslash{}"
    )
    assert latex("−3 [1, 2]") == "$-$3 {[}1, 2{]}"


def test_long_tables_break_over_pages() -> None:
    def made(rows: int) -> str:
        return latex_text(Table("t", "T", ("a",), (), ("a",), tuple((str(row),) for row in range(rows))))

    assert r"\begin{longtable}" in made(41)
    assert r"\begin{longtable}" not in made(40)
    assert "nothing of the kind was measured" in made(0)
    for text in (made(41), made(40), made(0)):
        assert text.count(r"\begin{") == text.count(r"\end{")
        assert all(rule in text for rule in (r"\toprule", r"\midrule", r"\bottomrule"))


def test_estimates_in_words() -> None:
    assert written(invented.rate(0.31, 48)) == "31 % [20, 45]"
    assert written(invented.rate(0.0, 20)) == "0 % [0, 16]"
    assert written(invented.rate(0.02, 5000)) == "2.0 % [1.6, 2.4]"
    assert written(invented.Estimate("", -0.004, -0.2, 0.2, "share", ""), True) == "0 pp [−20, +20]"
    assert written(invented.Estimate("", 3.21, 1.0, 5.4, "points", "")) == "3.2 [1.0, 5.4]"
    assert written(invented.Estimate("", math.nan, 0.0, 1.0, "share", "")) == "not measured"
    assert written(invented.Estimate("", 0.5, math.nan, math.nan, "share", "")) == "50 % (no interval)"
    assert written(None) == "not measured"


def test_small_numbers_in_words() -> None:
    assert [p_value(each) for each in (0.0004, 0.0049, 0.31, 1.0, math.nan)] == ["<.001", ".005", ".310", "1.000", ""]
    assert [number(each) for each in (0.0, 31.0, 16.5, -0.5, 1234.0, math.nan)] == [
        "0",
        "31",
        "16.5",
        "−0.5",
        "1230",
        "",
    ]
    assert plain("a\u3164\u200b\u2066b\ufe0f") == "ab"
    assert plain("a\x00\u202e\ud800b\n\tc") == "ab c"
