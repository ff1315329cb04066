"""Transcripts are hostile input: nothing of a trial may act, load, or deceive in a page."""

import math
from dataclasses import replace
from typing import Any

import pytest
import sample
from reading import Read, read

from peerward.analysis.answers import Answers, Critic
from peerward.report.pages.cell_pages import cell_page
from peerward.report.pages.environment import visible
from peerward.report.pages.index import index_page
from peerward.report.pages.links import cell_file, trial_file
from peerward.report.pages.options import PageOptions
from peerward.report.pages.texts import TEXT
from peerward.report.pages.trial_pages import trial_page
from peerward.report.selection import Chosen, quote
from peerward.report.wording import Sentence
from peerward.runs.transcript import Call, Difference, JournalLine, Transcript, Turn

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '<a href="javascript:alert(1)">x</a>',
    '<iframe src="data:text/html,<script>alert(1)</script>"></iframe>',
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% for x in y %}{{ config }}",
    "]]><script>x</script>",
    "</pre></main></body></html><script>x</script>",
    "</title><script>x</script>",
    "<!-- <script> --!>",
    '<svg onload="x"><style>*{}</style>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    '<base href="https://evil.example/">',
    "<form action=https://evil.example/><input name=x>",
    "&lt;script&gt; &amp; &#60;script&#62;",
    "\u202eevil\u202c \u2066x\u2069",
    "zero\u200bwidth\ufeff\u00ad\u2060",
    "nul\x00bell\x07escape\x1b[31m",
    "lone \ud800 and \udfff",
    "tags \U000e0041\U000e0042",
    "../../../etc/passwd",
]


def transcript(text: str, row: dict[str, Any] | None = None) -> Transcript:
    """A trial in which every text is hostile."""
    call = Call(text, {text: text, "list": [text, {text: text}]}, text, text)
    held: dict[str, Any] = {
        "trial_id": text,
        "scenario": text,
        "condition_id": text,
        "variant": 1,
        "epoch": 1,
        "critic": text,
        "status": text,
        "preserved": math.nan,
        "routes": text,
        "grade": text,
        "executed_on": text,
        "error": text,
        "log": text,
    }
    return Transcript(
        row=held | (row or {}),
        turns=(
            Turn(1, "system", text),
            Turn(2, "user", text),
            Turn(3, "assistant", text, text, True, (call, call)),
            Turn(4, "assistant", "\n" + text * 100),
        ),
        documents={text: text},
        journal=(JournalLine(text, text, {text: text * 20}, text * 20, text),),
        differences=(
            Difference(text, None, text),
            Difference(text, text, None),
            Difference(text, text, text + "\n" + text),
        ),
        survived=True,
        aftermath=(text,),
        ended=text,
        problem=text,
    )


def harmless(page: str, plain: Read) -> Read:
    """Check that a page has no more than its own elements and addresses, and that every byte can be written."""
    page.encode("utf-8")
    assert visible(page) == page
    found = read(page)
    assert found.errors == []
    kinds = {name for name, _ in found.elements}
    assert kinds <= {name for name, _ in plain.elements} | {"span", "p", "strong", "details", "summary", "ul", "li"}
    assert len(found.all("script")) == 1 and found.all("script")[0]["src"].endswith("assets/report.js")
    allowed = {
        "id",
        "class",
        "href",
        "src",
        "rel",
        "role",
        "tabindex",
        "lang",
        "charset",
        "content",
        "name",
        "http-equiv",
        "type",
        "hidden",
        "defer",
        "scope",
        "open",
        "aria-label",
        "aria-labelledby",
        "aria-live",
        "for",
        "autocomplete",
        "value",
    }
    for name, attributes in found.elements:
        for key, value in attributes.items():
            assert key in allowed or key.startswith("data-"), (name, key)
            if key in ("href", "src"):
                address = value.partition("#")[0]
                assert ":" not in address and not address.startswith("//"), value
                assert ".." not in address.removeprefix("../").split("/"), value
            if key == "id" or (key == "href" and value.startswith("#")):
                assert all(character.isalnum() or character in "#._-" for character in value), value
    assert len(found.ids) == len(set(found.ids))
    return found


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_trial_does_no_harm_and_is_shown(text: str) -> None:
    answers = sample.sample_answers(trials=2)
    plain = read(trial_page(transcript("plain text"), answers.cells[0], "a/1", "a/2"))
    page = harmless(trial_page(transcript(text), answers.cells[0], text, text + "2"), plain)
    assert visible(text) in page.text
    harmless(trial_page(transcript(text), None), plain)


def hostile_answers(text: str) -> Answers:
    """Answers in which names, ids and notes are hostile."""
    answers = sample.sample_answers(trials=2)
    critic = Critic(text, text, text, text, text, text)
    cells = tuple(
        replace(cell, id=cell.id + text, critic=critic, named=text, study=text, condition_id=text, scenario=text,
                behaviour=text, levels={text: text}, routes={text: 1}, outcomes=dict(cell.outcomes) | {text: 1},
                trial_ids=tuple(trial + text for trial in cell.trial_ids))
        for cell in answers.cells[:6]
    )  # fmt: skip
    comparisons = tuple(
        replace(each, id=each.id + text, contrast=text, critic=critic, scenario=text, stratum=text, finding=text,
                arms={"treated": cells[0].id, "control": cells[1].id}, beside={text: each.estimate}, warnings=(text,),
                no_test=text, test=None if number else each.test)
        for number, each in enumerate(answers.comparisons[:2])
    )  # fmt: skip
    return replace(
        answers,
        critics=(critic,),
        cells=cells,
        comparisons=comparisons,
        exploratory=(),
        alignment=tuple(
            replace(each, id=text, critic=critic, stratum=text, unmonitored=cells[0].id, monitored=text)
            for each in answers.alignment[:1]
        ),
        weights=tuple(replace(each, cell=cells[0].id) for each in answers.weights[:1]),
        self_peer=tuple(
            replace(each, id=text, critic=critic, stratum=text, own=cells[0].id, peer=cells[1].id)
            for each in answers.self_peer[:1]
        ),
        paper=tuple(
            replace(each, critic=critic, subject=text, relationship=text, behaviour=text, rates={text: 0.5},
                    cells={text: (cells[0].id,)})
            for each in answers.paper[:1]
        ),
        missing_arms=(text,),
        warnings=(text,),
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_and_ids_do_no_harm(text: str) -> None:
    answers = hostile_answers(text)
    options = PageOptions(text, text, text, {text: text}, 0, text)
    facts = replace(
        sample.sample_facts(), studies={text: {text: text}}, named_confounds=(text,), prereg={text: text},
        versions={text: text}, critics=({"model": text, text: text},), shards={text: text}, manifests=({text: text},),
    )  # fmt: skip
    chosen = Chosen(answers.cells[0].trial_ids[0], answers.cells[0].id, "random")
    examples = [quote(transcript(text), chosen)]
    sentences = [Sentence(text, (answers.cells[0].id, text, answers.comparisons[0].id))]
    whole = sample.sample_answers(trials=2)
    known = [replace(examples[0], trial_id="a/1", cell_id=whole.cells[0].id)]
    plain = read(index_page(whole, sample.sample_facts(), sample.sample_sentences(whole), (), known, PageOptions()))
    harmless(index_page(answers, facts, sentences, (), examples, options), plain)
    cell = answers.cells[0]
    rows = [transcript(text, {"trial_id": trial}).row for trial in cell.trial_ids]
    first = whole.cells[0]
    plain = read(
        cell_page(first, list(sample.sample_rows(whole))[:2], set(first.trial_ids), comparisons=whole.comparisons)
    )
    pages = frozenset(cell.trial_ids[:1])
    harmless(cell_page(cell, rows, pages, (cell, cell), answers.comparisons, options), plain)
    for path in (cell_file(cell.id), trial_file(text)):
        assert path.count("/") == 1 and ".." not in path


def test_five_megabytes_of_text_are_cut_and_the_page_says_where_the_rest_is() -> None:
    text = "a<b " * 1_310_720
    held = replace(transcript("x", {"log": "big.eval"}), turns=(Turn(1, "assistant", text),))
    page = trial_page(held, None)
    assert len(page) < 4 * TEXT
    assert f"{len(text) - TEXT:,} of {len(text):,} characters are left out here" in page and "big.eval" in page


def test_many_long_texts_do_not_make_an_endless_page() -> None:
    turns = tuple(Turn(number, "assistant", "word " * 30_000) for number in range(1, 101))
    assert len(trial_page(replace(transcript("x"), turns=turns), None)) < 3_000_000


def test_what_cannot_be_seen_is_made_visible() -> None:
    assert visible("a\u202eb\x00\ud800\r\nc\td\r") == "a⟨U+202E⟩b⟨U+0000⟩⟨U+D800⟩\nc\td⟨U+000D⟩"
    assert visible("naïve – 日本語 👍🏽") == "naïve – 日本語 👍🏽"


def test_a_line_feed_at_the_beginning_of_a_text_is_kept() -> None:
    page = trial_page(replace(transcript("x"), turns=(Turn(1, "assistant", "\n\nfirst"),)), None)
    assert '<pre class="said">\n\n\nfirst</pre>' in page
