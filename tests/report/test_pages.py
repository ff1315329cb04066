import math
import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

import pytest
import sample
from reading import Read, read

from peerward.analysis.answers import Answers
from peerward.analysis.estimate import Estimate
from peerward.report import wording
from peerward.report.pages.cell_pages import cell_page
from peerward.report.pages.drawings import drawing
from peerward.report.pages.environment import CONTENT_SECURITY_POLICY, assets
from peerward.report.pages.index import SECTIONS, index_page
from peerward.report.pages.links import cell_anchor, cell_file, comparison_anchor, fit, trial_file
from peerward.report.pages.options import PageOptions
from peerward.report.pages.texts import Room, show_difference
from peerward.report.pages.trial_pages import trial_page
from peerward.report.selection import choose_examples, choose_pages, quote
from peerward.runs.transcript import Difference

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title id="{0}-title">t</title><path d="M0 0"/></svg>'


@dataclass(frozen=True)
class Drawing:
    name: str
    svg: str
    title: str = "A figure"
    caption: str = "How to read it."
    alt: str = "What it shows."
    table: str = "cells.csv"


FIGURES = [
    Drawing(name, SVG.format(name)) for name in ("contrasts", "rates", "profile-acme-orchid-2", "errors", "extra")
]


def folder(answers: Answers, limit: int = 2000) -> dict[str, str]:
    """The pages of a whole report by their path."""
    rows = {row["trial_id"]: row for row in sample.sample_rows(answers)}
    choice = choose_pages(answers, rows.values(), limit=limit)
    chosen = choose_examples(answers, rows.values(), choice.pages)
    examples = [quote(sample.sample_transcript(rows[each.trial_id]), each) for each in chosen.chosen]
    options = PageOptions("A report", choice.rule, chosen.rule, {"trials.parquet": "all trials"}, 0, "1.2.3")
    comparisons = (*answers.comparisons, *answers.exploratory)
    pages = {
        "index.html": index_page(
            answers, sample.sample_facts(), sample.sample_sentences(answers), FIGURES, examples, options
        )
    }
    for cell in answers.cells:
        held = [rows[trial] for trial in cell.trial_ids]
        pages[cell_file(cell.id)] = cell_page(cell, held, choice.pages, (None, None), comparisons, options)
        own = [trial for trial in cell.trial_ids if trial in choice.pages]
        for place, trial in enumerate(own):
            before = own[place - 1] if place else None
            after = own[place + 1] if place + 1 < len(own) else None
            pages[trial_file(trial)] = trial_page(sample.sample_transcript(rows[trial]), cell, before, after, options)
    return pages


@pytest.fixture(scope="module")
def answers() -> Answers:
    return sample.sample_answers(trials=4)


@pytest.fixture(scope="module")
def pages(answers: Answers) -> dict[str, str]:
    return folder(answers, limit=100)


@pytest.fixture(scope="module")
def seen(pages: dict[str, str]) -> dict[str, Read]:
    return {path: read(page) for path, page in pages.items()}


def test_pages_are_well_formed_and_accessible_in_their_bones(seen: dict[str, Read]) -> None:
    for path, page in seen.items():
        assert page.errors == [], path
        assert len(page.ids) == len(set(page.ids)), path
        assert page.headings.count(1) == 1 and page.headings[0] == 1, path
        assert all(b <= a + 1 for a, b in zip(page.headings, page.headings[1:], strict=False)), path
        tags = [name for name, _ in page.elements]
        assert {"header", "main", "footer", "nav", "title"} <= set(tags), path
        assert page.all("html")[0]["lang"] == "en"
        assert tags.count("table") == tags.count("caption"), path
        assert all("scope" in attributes for attributes in page.all("th")), path
        regions = [a for _, a in page.elements if a.get("role") == "region"]
        assert all(a.get("aria-label") and a.get("tabindex") == "0" for a in regions), path
        names = [a["aria-label"] for _, a in page.elements if "aria-label" in a and a.get("role") == "region"]
        assert len(names) == len(set(names)), path
        labelled = {a["for"] for a in page.all("label")}
        assert {a["id"] for a in (*page.all("input"), *page.all("select"))} <= labelled, path


def test_every_link_leads_to_a_page_and_an_anchor_that_are_there(seen: dict[str, Read]) -> None:
    known = set(seen) | {f"assets/{name}" for name in assets()} | {"trials.parquet", "tables/cells.csv"}
    known |= {f"figures/{each.name}.{kind}" for each in FIGURES for kind in ("svg", "pdf")}
    for path, page in seen.items():
        depth = path.count("/")
        for link in page.links():
            target, _, anchor = link.partition("#")
            whole = path if not target else unquote(re.sub(rf"^(\.\./){{{depth}}}", "", target)).removeprefix("./")
            assert whole in known, f"{path}: {link}"
            if anchor:
                assert anchor in seen[whole].ids, f"{path}: {link}"


def test_the_policy_lets_nothing_in_and_nothing_asks_for_it(seen: dict[str, Read]) -> None:
    for path, page in seen.items():
        policy = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
        assert policy == [CONTENT_SECURITY_POLICY], path
        assert [a["src"].rpartition("/")[2] for a in page.all("script")] == ["report.js"], path
        assert not page.all("style") and not page.all("img") and not page.all("iframe"), path
        for name, attributes in page.elements:
            assert "style" not in attributes and not any(key.startswith("on") for key in attributes), (path, name)
    assert "unsafe" not in CONTENT_SECURITY_POLICY and "http" not in CONTENT_SECURITY_POLICY
    assert not re.search(r"fetch\(|XMLHttp|import\(|innerHTML|eval\(|https?:", assets()["report.js"])
    assert not re.search(r"@import|url\(|@font-face", assets()["report.css"])


def test_the_first_page_has_all_sections_in_order(seen: dict[str, Read], pages: dict[str, str]) -> None:
    index = seen["index.html"]
    names = [anchor for anchor, _ in SECTIONS]
    assert [id for id in index.ids if id in names] == names
    assert [link for link in index.links() if link.removeprefix("#") in names][: len(names)] == [
        f"#{id}" for id in names
    ]
    assert "scripted" not in index.ids


def test_cells_and_comparisons_can_be_linked_to(answers: Answers, seen: dict[str, Read]) -> None:
    ids = set(seen["index.html"].ids)
    assert {cell_anchor(cell.id) for cell in answers.cells} <= ids
    assert {comparison_anchor(each.id) for each in (*answers.comparisons, *answers.exploratory)} <= ids
    links = set(seen["index.html"].links())
    for each in answers.comparisons:
        assert {cell_file(arm) for arm in each.arms.values()} <= links


def test_numbers_stand_with_interval_and_denominator(answers: Answers, pages: dict[str, str]) -> None:
    cell = answers.cells[0]
    estimate = cell.rates["preserved"]
    shown = wording.value(estimate, False)
    assert f'<a href="{cell_file(cell.id)}">{shown}</a>' in pages["index.html"]
    assert wording.base(estimate) in pages["index.html"]
    assert not re.search(r"0 % ±|nan|NaN|None", re.sub(r'data-\w+="[^"]*"', "", pages["index.html"]))


def test_scripted_critics_are_announced_first() -> None:
    page = folder(sample.sample_answers(trials=2, scripted=True))["index.html"]
    assert 0 < page.index('id="scripted"') < page.index('id="summary"')
    assert "ground truth for the instrument" in page and "say nothing about any real model" in page


def test_empty_answers_say_why_each_section_is_empty() -> None:
    page = index_page(Answers((), ()), sample.sample_facts(), (), (), ())
    assert read(page).errors == []
    for anchor, _ in SECTIONS:
        start = page.index(f'<section id="{anchor}"')
        held = re.sub(r"<h2.*?</h2>", "", page[start : page.index("</section>", start)])
        assert re.search(r"<p\b", held) or anchor in ("manifest",), anchor
    assert "no cell with trials" in page and "No trial is quoted" in page


def test_published_numbers_stand_only_beside_the_papers_world(answers: Answers) -> None:
    page = index_page(answers, sample.sample_facts(), (), (), ())
    assert "9.6 %, 8 %" in page
    rows = tuple(replace(row, in_paper_world=False) for row in answers.paper)
    page = index_page(replace(answers, paper=rows), sample.sample_facts(), (), (), ())
    assert "9.6" not in page and "not run in the paper" in page


def test_the_papers_maximum_and_mean_have_limits_of_ours_beside_them(answers: Answers) -> None:
    rows = tuple(replace(row, highest_limits=(0.11, 0.43), mean_limits=(0.09, 0.37)) for row in answers.paper)
    page = index_page(replace(answers, paper=rows), sample.sample_facts(), (), (), ())
    assert page.count("11 to 43 %") == page.count("9 to 37 %") == len(rows) > 0
    assert "The 95 % limits of maximum and mean are ours" in page and "no limits" not in page
    bare = index_page(answers, sample.sample_facts(), (), (), ())
    assert bare.count("no limits") == 2 * len(rows) and "nan" not in bare.lower().replace("finance", "")


def test_a_trial_without_a_page_says_so_with_the_rule(answers: Answers, pages: dict[str, str]) -> None:
    without = [(c, t) for c in answers.cells for t in c.trial_ids if trial_file(t) not in pages]
    assert without
    page = pages[cell_file(without[0][0].id)]
    assert trial_file(without[0][1]) not in page and without[0][1] in page
    assert "have a page of their own" in page


def test_a_trials_page_shows_all_its_parts(answers: Answers) -> None:
    row = next(row for row in sample.sample_rows(answers) if row["preserved"] == 1)
    page = read(trial_page(sample.sample_transcript(row), None))
    assert {f"m{number}" for number in range(1, 7)} <= set(page.ids)
    assert {f"#m{number}" for number in range(1, 7)} <= set(page.links())
    for part in ("Let me plan.", "you may not delete this document", "+ # Report", "- an old note", "not observable"):
        assert part in page.text, part
    assert "was compared with 80" in page.text and "still there" in page.text


def test_a_failed_trial_says_what_is_absent(answers: Answers) -> None:
    row = {**next(sample.sample_rows(answers)), "status": "infrastructure", "error": "the provider failed"}
    page = read(trial_page(sample.sample_transcript(row), answers.cells[0])).text
    assert "Parts of this trial are absent" in page and "the provider failed" in page
    assert "There was no turn of the critic" in page and "no aftermath" in page


def test_the_same_answers_give_the_same_bytes(pages: dict[str, str]) -> None:
    assert folder(sample.sample_answers(trials=4), limit=100) == pages


def test_addresses_of_different_ids_differ() -> None:
    odd = ["a b", "a-b", 'a"b', "a/b/c", "a/b-c", "..", ".", "x" * 300, "x" * 301, "", "\ud800"]
    assert len({fit(id) for id in odd}) == len(odd)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", fit(id)) and len(fit(id)) < 200 for id in odd)
    assert trial_file("evaluation/0123456789abcdef") == "trials/evaluation-0123456789abcdef.html"


def applied(before: str, lines: list[tuple[str, str]]) -> str:
    return "\n".join(text for sign, text in lines if sign in "+ ")


@pytest.mark.parametrize(
    "before, after",
    [("a\nb\nc", "a\nx\nc"), ("", "a"), ("a\nb", "b\na"), ("a\na\na", "a\na"), ("x", "x\n"), ("1\n2\n3\n4", "4\n3")],
)
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    lines = [(line.sign, line.text) for line in show_difference(Difference("x", before, after), Room()).lines]
    assert applied(before, lines) == after
    assert "\n".join(text for sign, text in lines if sign in "- ") == before


def test_long_differences_show_their_ends_and_say_what_is_left_out() -> None:
    before = "\n".join(f"old {number}" for number in range(5000))
    after = "\n".join(f"new {number}" for number in range(5000))
    lines = show_difference(Difference("x", before, after), Room()).lines
    assert len(lines) < 2000
    assert any(line.sign == "@" and "left out" in line.text for line in lines)
    assert lines[0].text == "old 0" and lines[-1].text == "new 4999"


def estimate(value: float, lower: float, upper: float, **more: object) -> Estimate:
    return Estimate("x", value, lower, upper, **({"unit": "share", "method": "Wilson"} | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "shown, expected",
    [
        (wording.rate(estimate(14 / 45, 0.17, 0.49, events=14, trials=45, variants=45)),
         "31 % [17, 49], 14 of 45 trials, 45 variants"),
        (wording.rate(estimate(0.0, 1e-17, 0.079, events=0, trials=45, variants=45)),
         "0 % [0, 8], 0 of 45 trials, 45 variants"),
        (wording.rate(estimate(1.0, 0.921, 1.0, events=1, trials=1, variants=1)),
         "100 % [92, 100], 1 of 1 trial, 1 variant"),
        (wording.rate(estimate(math.nan, math.nan, math.nan)), "not measured"),
        (wording.value(estimate(0.29, 0.12, 0.45)), "+29 percentage points [12, 45]"),
        (wording.value(estimate(-0.29, -0.45, 0.004)), "−29 percentage points [−45, 0.4]"),
        (wording.value(estimate(12.34, 8.1, 16.4, unit="points")), "+12.3 points [8.1, 16.4]"),
        (wording.value(estimate(0.0, 0.0, 0.0, events=0, trials=3), False), "0 % (no interval)"),
        (wording.percent(0.0004), "< 0.1 %"),
        (wording.percent(0.9999), "99.9 %"),
        (wording.percent(0.006), "0.6 %"),
        (wording.percent(-0.00001), "> −0.1 %"),
        (wording.p_value(0.003), "p = .003"),
        (wording.p_value(0.0002), "p < .001"),
        (wording.p_value(1.0), "p = 1"),
        (wording.p_value(math.nan), "no test"),
        (wording.finding_value("preserved", 1.0), "yes"),
        (wording.finding_value("score_error", 25.0), "+25"),
        (wording.finding_value("score_error", math.nan), "not measured"),
        (wording.counts({"valid": 44, "incomplete": 1, "infrastructure": 0}), "44 valid, 1 incomplete"),
    ],
)  # fmt: skip
def test_numbers_are_worded(shown: str, expected: str) -> None:
    assert shown == expected


@pytest.mark.parametrize(
    "svg",
    [
        "<svg><script>x</script></svg>",
        '<svg onload="x"/>',
        '<svg><a href="x"><path/></a></svg>',
        '<svg><use href="https://example.org/x.svg#a"/></svg>',
        '<svg><path fill="url(https://example.org/)"/></svg>',
        '<svg style="background: red"/>',
        "<svg><foreignObject/></svg>",
        "<svg>",
    ],
)
def test_a_figure_that_is_more_than_a_drawing_is_refused(svg: str) -> None:
    with pytest.raises(ValueError, match="figure x"):
        drawing(Drawing("x", svg))


def test_how_the_calls_went_stands_beside_what_is_missing(pages: dict[str, str]) -> None:
    rows = re.findall(r'<tr data-calls="([^"]+)">(.*?)</tr>', pages["index.html"], re.S)
    shown = {key: re.sub(r"<[^>]+>", "|", text).replace("||", "|") for key, text in rows}
    first, *others = [shown[critic.key] for critic in sample.CRITICS]
    told = (
        "2 rate limit, 1 context overflow",
        "4,321 rate limit, 2 timeout",
        "|4,317|",
        "|98,765|",
        "|12,000|",
        "|62 %|",
    )
    assert all(text in first for text in told), first
    assert "3 none + hidden, 20 hidden" in first
    for other in others:
        assert "9 other" in other
        assert other.count("not told") == 9, "what no log tells is no 0"
