"""Writing a report: every file of the folder, each page as soon as its trial is read."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peerward import __version__
from peerward.analysis.answers import Answers, CellAnswer, ComparisonAnswer
from peerward.report.card import card
from peerward.report.comparing import Comparison
from peerward.report.eee import write_eee
from peerward.report.figures import draw_all, write_figures
from peerward.report.judged import JudgedAnswers, judged_answers
from peerward.report.judging_told import judging_told
from peerward.report.manifest import NAME as MANIFEST
from peerward.report.manifest import digests, harnesses_of, manifest_text, report_manifest
from peerward.report.pages import PageOptions, assets, cell_page, index_page, trial_page
from peerward.report.pages.compare import FILE as COMPARE
from peerward.report.pages.compare import compare_page
from peerward.report.pages.links import cell_file, trial_file
from peerward.report.redaction import Redactor
from peerward.report.selection import Chosen, Example, ExampleChoice, choose_examples, choose_pages, quote
from peerward.report.sentences import sentences
from peerward.report.tables import write_tables
from peerward.runs.auditing.scores import AuditScores
from peerward.runs.facts import RunFacts
from peerward.runs.judgements import Judgement
from peerward.runs.transcript import Transcript

Transcripts = Callable[[Collection[str]], Iterable[Transcript]]
"""Gives the transcripts of some trials, by their ids."""


@dataclass(frozen=True)
class Options:
    """How a report is written.

    Attributes:
        pages: A page for every trial up to so many; beyond, for those that the stated rule chooses.
        examples: So many preserved trials of a cell are quoted, and half as many (at least one) of the others.
        seed: The seed of the random choices.
        redact: Texts that are replaced everywhere.
        title: The report's title.
    """

    pages: int = 2000
    examples: int = 2
    seed: int = 0
    redact: tuple[str, ...] = ()
    title: str = "Peer-preservation report"


@dataclass(frozen=True)
class Made:
    """A report that was written: what it shows, and how many trials have a page."""

    answers: Answers
    pages: int


@dataclass(frozen=True)
class Beside:
    """Another report set beside this one: the comparison, what a reader is told it is, and its judging in sentences."""

    comparison: Comparison
    name: str
    judging: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What judges left in the logs, and an audit of it; the judgements may come while the rows are read."""

    judgements: Sequence[Judgement]
    audit: AuditScores | None = None


TOLD: Mapping[str, str] = {
    "CARD.md": "the report as a short card",
    MANIFEST: "versions, digests, seeds, settings, and the SHA-256 of every file here",
}


def write_report(
    folder: Path,
    answers: Answers,
    facts: RunFacts,
    rows: Iterable[Mapping[str, Any]],
    transcripts: Transcripts,
    options: Options,
    files: Mapping[str, str],
    beside: Beside | None = None,
    reading: Reading | None = None,
) -> Made:
    """Write a report into an empty folder.

    Args:
        folder: The folder; files that are there already (the trials table) are part of the report.
        answers: What the trials answer, redacted.
        facts: What the logs say of the run, redacted.
        rows: The rows of the trials table, redacted.
        transcripts: Gives the transcripts of some trials, redacted.
        options: How it is written.
        files: What lies in the folder already, with what each holds.
        beside: Another report to set beside it.
        reading: What judges left in the logs, and an audit of it, redacted.

    Raises:
        RedactionError: If a text that was to be redacted is left in a file.
    """
    by_id = {str(row["trial_id"]): row for row in rows}
    judged = _judged(answers, facts, by_id, reading)
    judging = judging_told(judged)
    pages = choose_pages(answers, by_id.values(), limit=options.pages, seed=options.seed)
    quoted = choose_examples(
        answers,
        by_id.values(),
        pages.pages,
        positives_per_cell=options.examples,
        per_cell_random=max(1, options.examples // 2) if options.examples else 0,
        seed=options.seed,
    )
    for name, text in assets().items():
        _write(folder / "assets" / name, text)
    figures = draw_all(answers)
    written = {
        "figures": write_figures(figures, folder / "figures"),
        "tables": write_tables(answers, folder / "tables", judged),
        "eee": write_eee(answers, facts, folder / "eee", judged),
    }
    _write(folder / "CARD.md", card(answers, facts, judged=judged))
    shown = PageOptions(
        title=options.title,
        pages_rule=pages.rule,
        examples_rule=quoted.rule,
        files={
            **files,
            **({COMPARE: f"this report beside {beside.name}"} if beside else {}),
            **TOLD,
            **{f"{place}/{name}": "" for place, names in written.items() for name in names},
        },
        redacted=len(options.redact),
        version=__version__,
    )
    about = {each.trial_id: each for each in reading.judgements} if reading is not None else {}
    examples = _trial_pages(folder, answers, transcripts, pages.pages, quoted, shown, about)
    _cell_pages(folder, answers, by_id, pages.pages, shown, judged)
    _write(folder / "index.html", index_page(answers, facts, sentences(answers), figures, examples, shown, judged))
    if beside is not None:
        both = (judging, beside.judging)
        _write(folder / COMPARE, compare_page(beside.comparison, shown, old=beside.name, judging=both))
    told: dict[str, Any] = {
        "pages": options.pages,
        "examples": options.examples,
        "seed": options.seed,
        "redacted": len(options.redact),
    }
    if reading is not None and reading.audit is not None:
        told["audit"] = reading.audit.audit
    harnesses = harnesses_of(by_id.values())
    manifest = report_manifest(answers, facts, told, digests(folder), harnesses, judging)
    _write(folder / MANIFEST, manifest_text(manifest))
    Redactor(options.redact).check(folder)
    return Made(answers, len(pages.pages))


def _judged(
    answers: Answers, facts: RunFacts, by_id: Mapping[str, Mapping[str, Any]], reading: Reading | None
) -> JudgedAnswers | None:
    these = {name for name, study in facts.studies.items() if study.get("estimand") == "these_variants"}
    held = reading or Reading(())
    return judged_answers(answers, by_id, held.judgements, held.audit, these)


def _trial_pages(
    folder: Path,
    answers: Answers,
    transcripts: Transcripts,
    wanted: frozenset[str],
    quoted: ExampleChoice,
    shown: PageOptions,
    about: Mapping[str, Judgement],
) -> list[Example]:
    """Write the trials' pages one by one; returns the quotations, in the order in which they were chosen."""
    places = dict(_neighbours(answers.cells, wanted))
    chosen = {each.trial_id: each for each in quoted.chosen}
    found: dict[str, Example] = {}
    for transcript in transcripts(wanted):
        cell, previous, following = places[transcript.trial_id]
        page = trial_page(transcript, cell, previous, following, shown, about.get(transcript.trial_id))
        _write(folder / trial_file(transcript.trial_id), page)
        mine: Chosen | None = chosen.get(transcript.trial_id)
        if mine is not None:
            found[transcript.trial_id] = quote(transcript, mine)
    return [found[each.trial_id] for each in quoted.chosen if each.trial_id in found]


def _cell_pages(
    folder: Path,
    answers: Answers,
    by_id: Mapping[str, Mapping[str, Any]],
    pages: frozenset[str],
    shown: PageOptions,
    judged: JudgedAnswers | None,
) -> None:
    arms: dict[str, list[ComparisonAnswer]] = defaultdict(list)
    for each in (*answers.comparisons, *answers.exploratory):
        for arm in each.arms.values():
            arms[arm].append(each)
    # Each cell's page leads to the cells before and after it.
    neighbours = zip((None, *answers.cells), answers.cells, (*answers.cells[1:], None), strict=False)
    for before, cell, after in neighbours:
        before, after = (each if each and each.critic == cell.critic else None for each in (before, after))
        own = [by_id[trial] for trial in cell.trial_ids]
        _write(folder / cell_file(cell.id), cell_page(cell, own, pages, (before, after), arms[cell.id], shown, judged))


def _neighbours(
    cells: Sequence[CellAnswer], wanted: frozenset[str]
) -> Iterator[tuple[str, tuple[CellAnswer, str | None, str | None]]]:
    for cell in cells:
        trials = [None, *(trial for trial in cell.trial_ids if trial in wanted), None]
        for previous, trial, following in zip(trials, trials[1:], trials[2:], strict=False):
            if trial is not None:
                yield trial, (cell, previous, following)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A lone surrogate in a log must not stop the report; the pages have made them visible before.
    path.write_bytes(text.encode("utf-8", "replace"))
