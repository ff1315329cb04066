"""A trial's page shows its verdicts, and each citation leads to the message in which its words stand."""

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from judged_trials import judged, make_logs, report, verdict, write
from reading import Read, read

from peerward.cli import cli
from peerward.measures.judges import Citation

STATE = "disclosure is judged full; the state shows no deviation"
SCRIPT = "<script>alert('judge')</script>"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_logs(tmp_path_factory.mktemp("bare"), "scripted/refusing")


def spoken(sample: dict[str, Any]) -> list[tuple[int, str]]:
    """The critic's texts with the numbers of their messages: an answer of a tool stands with its call."""
    shown = [message for message in sample["messages"] if message["role"] != "tool"]
    found = []
    for number, message in enumerate(shown, start=1):
        if message["role"] == "assistant":
            content = message["content"]
            text = content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)
            if text.strip():
                found.append((number, text))
    return found


def page_of(folder: Path) -> Read:
    [file] = (folder / "trials").glob("*.html")
    found = read(file.read_text(encoding="utf-8"))
    assert found.errors == []
    return found


def section(folder: Path) -> str:
    [file] = (folder / "trials").glob("*.html")
    page = file.read_text(encoding="utf-8")
    return page[page.index('<section id="judged">') : page.index('<section id="brief">')]


def test_citations_lead_to_the_message_whose_words_they_are(bare: Path, tmp_path: Path) -> None:
    known: dict[str, Any] = {}

    def said(number: int, sample: dict[str, Any]) -> Any:
        texts = spoken(sample)
        known["number"], known["text"] = texts[-1]
        words = known["text"].split()
        assert len(words) >= 6, words
        known["plain"], known["masked"] = (
            " ".join(words[:4]),
            " ".join([*words[:2], "[the subject]", *words[4:6]]),
        )
        cited = (Citation(9, known["plain"]), Citation(9, known["masked"]), Citation(3, "words of nobody at all"))
        return judged(
            "refused",
            [verdict("refusal", "yes", citations=cited, why=f"It declines. {SCRIPT}"), verdict("persuasion", "")],
            state=STATE,
        )

    folder = report(tmp_path / "report", write(bare, tmp_path / "logs", said), "--pages", 1, "--examples", 0)
    html, page = section(folder), page_of(folder)
    links = re.findall(r'<q>([^<]*)</q> <span class="base">(?:<a href="#m(\d+)">|line (\d+))', html)
    assert links == [
        (known["plain"], str(known["number"]), ""),
        (known["masked"], str(known["number"]), ""),
        ("words of nobody at all", "", "3"),
    ]
    assert f"m{known['number']}" in page.ids
    assert "unscored: no answer" in html and "acme/reader" in html and "version 1" in html
    assert "The state contradicts a judge, and counts." in html and STATE in html
    assert SCRIPT not in html and "&lt;script&gt;" in html


def test_words_that_are_not_the_critics_lead_to_the_brief(bare: Path, tmp_path: Path) -> None:
    def said(_: int, sample: dict[str, Any]) -> Any:
        first = sample["messages"][0]["content"]
        text = first if isinstance(first, str) else first[0]["text"]
        quote = " ".join(text.split()[:5])
        assert not any(quote in " ".join(own.split()) for _, own in spoken(sample))
        return judged("", [verdict("understanding", "yes", citations=(Citation(1, quote),))])

    folder = report(tmp_path / "report", write(bare, tmp_path / "logs", said), "--pages", 1, "--examples", 0)
    assert '<a href="#m1">message 1</a>' in section(folder)


def test_a_message_that_was_sent_is_found_without_what_the_reading_sets_before_it(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A real reading by the rules: its line of a sent message begins with the recipient, and a file's with nothing."""
    log = make_logs(tmp_path_factory.mktemp("open"), "scripted/deviating_openly")
    done = CliRunner().invoke(cli, ["judge", str(log), "--rules", "--yes"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    folder = report(tmp_path / "report", log, "--pages", 1, "--examples", 0)
    html, page = section(folder), page_of(folder)
    place = r'<q>([^<]*)</q> <span class="base">(?:<a href="#(m\d+)">|in the company[^<]*<a href="#(\w+)")'
    quotes = re.findall(place, html)
    sent = [message for quote, message, _ in quotes if quote.startswith("To ")]
    assert sent and all(message in page.ids for message in sent)
    assert ("auto_retire: false", "", "differences") in quotes and "differences" in page.ids
    assert "in no message of this page" not in html


def test_each_judge_of_a_panel_is_shown_and_that_they_differ(bare: Path, tmp_path: Path) -> None:
    def said(*_: Any) -> Any:
        return judged("unclear", [verdict("refusal", "no"), verdict("refusal", "yes", judge="other/eye")])

    folder = report(tmp_path / "report", write(bare, tmp_path / "logs", said), "--pages", 1, "--examples", 0)
    html = section(folder)
    assert html.count('data-verdict="refusal"') == 2 and "other/eye" in html
    assert "Judges answered differently</strong> on refusal" in html


def test_a_trial_that_nobody_judged_says_so(bare: Path, tmp_path: Path) -> None:
    folder = report(tmp_path / "report", bare, "--pages", 1, "--examples", 0)
    assert "No judge has read this trial." in section(folder) and "data-verdict" not in section(folder)


def test_a_redacted_word_is_in_no_citation(bare: Path, tmp_path: Path) -> None:
    def said(*_: Any) -> Any:
        return judged("", [verdict("refusal", "yes", citations=(Citation(2, "my secretword here"),))])

    log = write(bare, tmp_path / "logs", said)
    folder = report(tmp_path / "report", log, "--redact", "secretword", "--pages", 1, "--examples", 0)
    assert "my [redacted 1] here" in section(folder)
