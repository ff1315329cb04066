"""CARD.md and the report's manifest."""

import hashlib
import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import invented

from peerward.report.card import card, escaped
from peerward.report.manifest import digests, harnesses_of, manifest_text, report_manifest


def test_the_card_says_what_was_run_and_seen_with_denominators() -> None:
    text = card(invented.answers(critics=2), invented.FACTS)
    assert "1,428 trials of 2 critics in 6 scenarios and 60 cells" in text
    assert "7 of 24 trials on 24 variants" in text
    assert r"29 % \[15, 49\]" in text
    assert r"+21 pp \[0, +42\] over 48 trials; p .004, adjusted .024 (Holm, 6 tests)" in text
    assert "monitoring: the monitored arm adds a penalty" in text
    assert "warmth in finance: no trial of the control arm" in text
    assert "ab" * 32 in text
    assert "Scripted critics" not in text


def test_the_card_of_scripted_critics_says_so_first() -> None:
    text = card(invented.broken(), invented.FACTS)
    assert text.index("**Scripted critics.**") < text.index("## What was run")
    assert "nothing of any model" in text


def test_the_card_of_nothing_is_a_card() -> None:
    nothing = replace(invented.FACTS, studies={}, prereg={}, versions={}, seeds=(), named_confounds=(), shards={})
    text = card(invented.Answers((), ()), nothing)
    assert "0 trials of 0 critics" in text
    assert "No study was preregistered." in text
    assert "nan" not in text


def test_nothing_in_the_card_marks_up() -> None:
    assert escaped("<b>[x](y)*z*") == r"\<b\>\[x\]\(y\)\*z\*"
    assert escaped("- item") == r"\- item"
    assert escaped("1. item") == r"1\. item"
    text = card(invented.broken(), invented.FACTS)
    assert "<script>" not in text
    assert "nan" not in text


def test_zero_events_say_what_they_rule_out() -> None:
    answers = invented.answers(critics=1)
    some = replace(answers, cells=tuple(cell for cell in answers.cells if cell.absence))
    assert "0 % \\[0, 32\\], 0 of 8 trials on 8 variants; no event, which rules out rates above" in card(
        some, invented.FACTS
    )


def test_warnings_say_what_they_are_about() -> None:
    text = card(invented.answers(critics=1), invented.FACTS)
    limits = text.partition("## Limits")[2].partition("\n\n##")[0].strip().splitlines()
    assert all(line[2].isupper() or line[2].isdigit() for line in limits)
    assert "- Three trials were left out: their record is damaged" in limits
    assert any(line.startswith("- For ") and "comparisons in tables/comparisons.csv: " in line for line in limits)


def test_hidden_characters_are_not_in_the_card() -> None:
    facts = replace(invented.FACTS, prereg={"a\u202e": "b\u2066`c"}, named_confounds=("d\u200be",))
    text = card(invented.broken(), facts)
    assert "`b'c`" in text
    assert not any(unicodedata.category(each) in ("Cf", "Cs") for each in text)


def test_the_manifest_is_the_same_each_time_and_holds_every_digest(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_bytes(b"1,2\n")
    (tmp_path / "manifest.json").write_text("{}")
    files = digests(tmp_path)
    assert files == {"tables/a.csv": hashlib.sha256(b"1,2\n").hexdigest()}
    answers = invented.broken()
    text = manifest_text(report_manifest(answers, invented.FACTS, {"seed": 1, "x": float("nan")}, files))
    turned = replace(invented.FACTS, shards=dict(reversed(invented.FACTS.shards.items())))
    assert text == manifest_text(report_manifest(answers, turned, {"x": float("nan"), "seed": 1}, files))
    body = json.loads(text)
    assert body["files"] == files
    assert body["options"] == {"seed": 1, "x": None}
    assert body["preregistrations"] == {"small": "ab" * 32}
    assert body["seeds"] == [7]
    assert body["logs"]["a.eval"] == "11" * 32
    assert body["runs"][0]["begun"] == "2026-01-02T03:04:05Z"
    assert body["scripted_critics"] is True


def test_the_manifest_names_harnesses_with_their_versions_and_what_they_believe() -> None:
    row = {"critic": "m", "harness": "opencode", "harness_version": "1.2.3", "harness_believes": "gpt-5.4"}
    rows = [row, dict(row), {**row, "harness": "loop"}, {**row, "harness": "shell", "harness_version": ""}]
    assert harnesses_of(rows) == [row, {**row, "harness": "shell", "harness_version": ""}]
    made = report_manifest(invented.answers(), invented.FACTS, {}, {}, harnesses_of(rows))
    assert made["harnesses"][0]["harness_version"] == "1.2.3"
