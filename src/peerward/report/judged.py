"""What judges say of the trials in a report: raw, corrected by an audit, by whom, and what speaks against them."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peerward.analysis.answers import Answers, CellAnswer
from peerward.analysis.arms import in_one_trial
from peerward.analysis.estimate import Estimate
from peerward.analysis.rates import rate
from peerward.measures.judges import RUBRIC_NAMES, WORDS
from peerward.report.by_awareness import AwareSplit, aware_splits
from peerward.report.dispositions import DISPOSITIONS, Disposed, disposed
from peerward.runs.auditing.scores import AuditScores, PartScore, RubricScore
from peerward.runs.judgements import Judgement

Row = Mapping[str, Any]

LEFT_OUT = ("refused", "deviated_openly")
"""Dispositions without which the headline is shown too: nobody was deceived by these trials."""


@dataclass(frozen=True)
class WhoJudged:
    """Who judged under a rubric.

    Attributes:
        rubric: The rubric.
        judges: The judges' names.
        versions: The rubric's versions.
        baseline: Whether all was judged by rules, without a model.
        judged: Trials with an answer.
        unscored: Trials without one, by the reason; ``not read`` where no judge was asked.
        audit: Its audit, or None.
    """

    rubric: str
    judges: tuple[str, ...]
    versions: tuple[int, ...]
    baseline: bool
    judged: int
    unscored: Mapping[str, int]
    audit: RubricScore | None


@dataclass(frozen=True)
class JudgedRate:
    """How often a word was given in a cell.

    Attributes:
        rubric: The rubric, or ``disposition``.
        word: The word.
        raw: The judge's share of the trials that it judged.
        part: The audit's figures for this cell; None where none was made of exactly these trials.
        by: Whose labels these are.
    """

    rubric: str
    word: str
    raw: Estimate
    part: PartScore | None = None
    by: str = ""


@dataclass(frozen=True)
class Without:
    """A cell's headline with and without the trials judged refused or openly deviating.

    Attributes:
        finding: The headline.
        everything: In all counted trials.
        rest: Without them.
        left_out: How many counted trials are left out, by disposition.
    """

    finding: str
    everything: Estimate
    rest: Estimate
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class Disputed:
    """A trial in which something speaks against a judge: what, and the cell where it stands."""

    trial_id: str
    cell_id: str
    what: str


@dataclass(frozen=True)
class JudgedAnswers:
    """All that judges say.

    Attributes:
        rubrics: Who judged, by rubric.
        rates: By cell.
        without: By cell, where dispositions were judged.
        disposed: Dispositions by cell, where there are any.
        aware: The headline behaviours split by judged awareness, by cell, where that was judged.
        state: Trials whose state contradicts a judge.
        split: Trials on which judges answered differently.
        audit: The audit, or None.
        warnings: What a reader has to know, one sentence each.
    """

    rubrics: tuple[WhoJudged, ...]
    rates: Mapping[str, tuple[JudgedRate, ...]]
    without: Mapping[str, Without]
    disposed: Mapping[str, Disposed]
    aware: Mapping[str, tuple[AwareSplit, ...]]
    state: tuple[Disputed, ...]
    split: tuple[Disputed, ...]
    audit: AuditScores | None = None
    warnings: tuple[str, ...] = ()

    def who(self, rubric: str) -> WhoJudged | None:
        """Who judged under a rubric; None where nobody was asked about it."""
        return next((each for each in self.rubrics if each.rubric == rubric and each.judged), None)

    @property
    def aware_lines(self) -> int:
        """How many lines the behaviours by awareness have, the worst cases among them."""
        return sum(len(split.lines) + 1 for splits in self.aware.values() for split in splits)

    @property
    def other_dispositions(self) -> bool:
        """Whether some trial's disposition is a word that is no class."""
        return any(word not in DISPOSITIONS for each in self.disposed.values() for word in each.counts)


def judged_answers(
    answers: Answers,
    rows: Mapping[str, Row],
    judgements: Iterable[Judgement],
    audit: AuditScores | None = None,
    these_variants: Collection[str] = (),
) -> JudgedAnswers | None:
    """Return what judges say of the trials, or None where none was judged.

    Args:
        answers: What the trials answer.
        rows: The rows of the trials table, by trial.
        judgements: What stands in the logs beside the judged columns.
        audit: The scores of an audit.
        these_variants: Studies whose estimand is these variants.
    """
    about = {each.trial_id: each for each in judgements}
    if not about and not any(row[name] for row in rows.values() for name in ("disposition", *RUBRIC_NAMES)):
        return None
    audits = {each.rubric: each for each in audit.rubrics} if audit is not None else {}
    rates: dict[str, tuple[JudgedRate, ...]] = {}
    without: dict[str, Without] = {}
    dispositions: dict[str, Disposed] = {}
    aware: dict[str, tuple[AwareSplit, ...]] = {}
    contradicted = {each.trial_id for each in about.values() if each.state}
    for cell in answers.cells:
        own = [rows[trial] for trial in cell.trial_ids]
        these = cell.study in these_variants
        rates[cell.id] = tuple(_rates(cell, own, audits, these))
        if any(row["disposition"] for row in own) and cell.headline in cell.rates:
            without[cell.id] = _without(cell, own, these)
        if (counts := disposed(own, contradicted)) is not None:
            dispositions[cell.id] = counts
        if splits := aware_splits(cell, own, these):
            aware[cell.id] = splits
    shown = [part for held in rates.values() for each in held if (part := each.part) is not None]
    warnings = []
    if audits and not shown:
        warnings.append(
            "The audit is of other conditions or other trials than the cells here: its figures stand alone, and "
            "no cell's rate is corrected by them."
        )
    unknown = sum(splits[0].unknown for splits in aware.values())
    if unknown:
        warnings.append(f"{unknown} trials have a word for awareness that is none of the rubric's: not judged.")
    return JudgedAnswers(
        rubrics=tuple(_who(name, rows, about, audits.get(name)) for name in RUBRIC_NAMES),
        rates=rates,
        without=without,
        disposed=dispositions,
        aware=aware,
        state=tuple(_disputed(answers, about, lambda each: each.state)),
        split=tuple(_disputed(answers, about, _splits)),
        audit=audit,
        warnings=tuple(warnings),
    )


def _who(name: str, rows: Mapping[str, Row], about: Mapping[str, Judgement], audit: RubricScore | None) -> WhoJudged:
    said = [(row, about.get(trial, Judgement(trial))) for trial, row in rows.items()]
    judged = [judgement for row, judgement in said if row[name]]
    unscored: dict[str, int] = {}
    for row, judgement in said:
        if not row[name]:
            why = judgement.unscored.get(name) or "not read"
            unscored[why] = unscored.get(why, 0) + 1
    return WhoJudged(
        rubric=name,
        judges=tuple(dict.fromkeys(who for each in judged for who in (each.said.get(name) or each.judges))),
        versions=tuple(sorted({each.versions[name] for each in judged if name in each.versions})),
        baseline=bool(judged) and all(each.baseline for each in judged),
        judged=len(judged),
        unscored=unscored,
        audit=audit,
    )


def _rates(
    cell: CellAnswer, rows: Sequence[Row], audits: Mapping[str, RubricScore], these: bool
) -> Iterable[JudgedRate]:
    for rubric, words in (("disposition", DISPOSITIONS), *WORDS.items()):
        judged = [row for row in rows if row[rubric]]
        for word in words if judged else ():
            values = [float(word in str(row[rubric]).split(",")) for row in judged]
            part, by = _audited(rows[0], audits.get(rubric), word, int(sum(values)), len(values))
            if not sum(values) and (part is None or not part.score.corrected.value):
                continue
            raw = rate(
                values,
                [str(row["cluster"]) for row in judged],
                estimand=f"share of judged trials that the judge gives {word} under {rubric}",
                these_variants=these,
            )
            yield JudgedRate(rubric, word, raw, part, by)


def _audited(row: Row, audit: RubricScore | None, word: str, events: int, trials: int) -> tuple[PartScore | None, str]:
    """The first person's figures for the trials of a cell: only where the audit's condition is just these trials."""
    for person in audit.persons if audit is not None else ():
        for each in (word_score for word_score in person.words if word_score.word == word):
            for part in each.conditions:
                same = all(str(row.get(column)) == level for column, level in part.levels.items())
                if same and (part.score.raw.events, part.score.raw.trials) == (events, trials):
                    return part, person.by
    return None, ""


def _without(cell: CellAnswer, rows: Sequence[Row], these: bool) -> Without:
    outcomes = [(row, in_one_trial(row, cell.headline, cell.excluded)) for row in rows]
    measured = [(row, value) for row, value in outcomes if not math.isnan(value)]
    kept = [(row, value) for row, value in measured if row["disposition"] not in LEFT_OUT]
    left_out = {word: count for word in LEFT_OUT if (count := sum(row["disposition"] == word for row, _ in measured))}
    everything = cell.rates[cell.headline]
    rest = rate(
        [value for _, value in kept],
        [str(row["cluster"]) for row, _ in kept],
        estimand=f"{everything.estimand}, without trials judged refused or openly deviating",
        these_variants=these,
    )
    return Without(cell.headline, everything, rest, left_out)


def _splits(judgement: Judgement) -> tuple[str, ...]:
    return tuple(
        f"{name}: " + "; ".join(f"{judge} says {value or 'nothing'}" for judge, value in judgement.said[name].items())
        for name in judgement.split
    )


def _disputed(answers: Answers, about: Mapping[str, Judgement], what: Any) -> Iterable[Disputed]:
    for cell in answers.cells:
        for trial in cell.trial_ids:
            if trial in about:
                yield from (Disputed(trial, cell.id, sentence) for sentence in what(about[trial]))
