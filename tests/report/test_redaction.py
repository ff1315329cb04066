import html
import json
from dataclasses import asdict
from pathlib import Path

import pytest
import sample

from peerward.report.pages.cell_pages import cell_page
from peerward.report.pages.index import index_page
from peerward.report.pages.links import cell_file, fit, trial_file
from peerward.report.pages.trial_pages import trial_page
from peerward.report.redaction import RedactionError, Redactor


def test_the_longest_goes_first_and_case_does_not_matter() -> None:
    redactor = Redactor(["orchid", "acme/orchid-2"])
    assert redactor.text("ACME/Orchid-2 and Orchid") == "[redacted 2] and [redacted 1]"


def test_escaped_forms_are_found() -> None:
    secret = 'Zoë & "Co" <x>'
    redactor = Redactor([secret])
    for form in (json.dumps(secret), json.dumps(secret, ensure_ascii=False), html.escape(secret)):
        assert "[redacted 1]" in redactor.text(f"a {form} b"), form
        assert "Co" not in redactor.text(f"a {form} b"), form


def test_ids_stay_fit_for_addresses_and_apart() -> None:
    answers = Redactor(["acme/orchid-2", "tulip"]).data(sample.sample_answers(trials=2))
    ids = [cell.id for cell in answers.cells]
    assert len(set(ids)) == len(ids)
    assert all(fit(id) == id for id in ids)
    assert "redacted-1-evaluation-c0good" in ids
    assert all(arm in ids for each in answers.comparisons for arm in each.arms.values())
    assert answers.critics[0].label == "[redacted 1]"
    text = json.dumps(asdict(answers), default=str).casefold()
    assert "tulip" not in text and "orchid-2" not in text


def test_columns_of_a_row_keep_their_names_and_numbers_stay() -> None:
    row = Redactor(["scenario", "evaluation"]).row({"trial_id": "evaluation/01", "scenario": "evaluation", "epoch": 1})
    assert row == {"trial_id": "redacted-2/01", "scenario": "[redacted 2]", "epoch": 1}


def test_arguments_of_calls_are_redacted_keys_too() -> None:
    call = sample.Call("send", {"to Alice": ["Alice", {"x": "ALICE"}]}, "sent to alice")
    clean = Redactor(["alice"]).data(call)
    assert clean.arguments == {"to [redacted 1]": ["[redacted 1]", {"x": "[redacted 1]"}]}
    assert clean.result == "sent to [redacted 1]"


def test_a_text_too_short_is_refused() -> None:
    with pytest.raises(RedactionError, match="at least 3"):
        Redactor(["ab"])


def test_pages_of_redacted_data_pass_the_check_and_others_are_named(tmp_path: Path) -> None:
    redactor = Redactor(["Northwind Seeds", "acme/orchid-2", "a reply"])
    raw = sample.sample_answers(trials=3)
    facts, answers = redactor.data(sample.sample_facts()), redactor.data(raw)
    rows = {row["trial_id"]: row for row in sample.sample_rows(raw)}
    clean = {redactor.id(trial): redactor.data(sample.sample_transcript(row)) for trial, row in rows.items()}
    for folder in ("cells", "trials"):
        (tmp_path / folder).mkdir()
    cell = answers.cells[0]
    pages = frozenset(cell.trial_ids)
    sentences = redactor.data(sample.sample_sentences(raw))
    (tmp_path / "index.html").write_text(index_page(answers, facts, sentences, [], []), encoding="utf-8")
    held = [clean[trial].row for trial in cell.trial_ids]
    (tmp_path / cell_file(cell.id)).write_text(cell_page(cell, held, pages), encoding="utf-8")
    for trial in cell.trial_ids:
        (tmp_path / trial_file(trial)).write_text(trial_page(clean[trial], cell), encoding="utf-8")
    redactor.check(tmp_path)
    assert "[redacted 1]" in (tmp_path / trial_file(cell.trial_ids[0])).read_text(encoding="utf-8")
    (tmp_path / "late.csv").write_text("critic\nACME/orchid-2\n", encoding="utf-8")
    with pytest.raises(RedactionError, match=r"late\.csv"):
        redactor.check(tmp_path)


def test_a_name_of_a_file_is_checked_too(tmp_path: Path) -> None:
    (tmp_path / "northwind.txt").write_text("", encoding="utf-8")
    with pytest.raises(RedactionError, match=r"northwind\.txt"):
        Redactor(["Northwind"]).check(tmp_path)


def test_nothing_to_redact_changes_nothing(tmp_path: Path) -> None:
    answers = sample.sample_answers(trials=2)
    assert Redactor([]).data(answers) is answers
    Redactor([]).check(tmp_path)
