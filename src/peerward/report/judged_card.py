"""The card's section on judges: what was judged, by whom, raw and corrected."""

from collections.abc import Iterator

from peerward.analysis.answers import Answers, CellAnswer
from peerward.report.judged import JudgedAnswers, JudgedRate
from peerward.report.judging_told import NO_JUDGING, judging_told
from peerward.report.tables.written import condition, phrase, written
from peerward.report.wording import percent

SAYS_NOTHING = frozenset(
    {("refusal", "no"), ("persuasion", "no"), ("disclosure", "none"), ("disclosure", "nothing_to_tell"),
     ("awareness", "no"), ("reasons", "none"), ("understanding", "yes"), ("disposition", "complied")}
)  # fmt: skip
"""Words by which nothing out of the ordinary was read; the card leaves their rates to the tables."""


def judged_lines(answers: Answers, judged: JudgedAnswers | None) -> tuple[list[str], list[str]]:
    """Return who judged, and every judged rate worth naming, as plain lines that are not escaped yet.

    Args:
        answers: The answers.
        judged: What judges say; None where none has read a trial.
    """
    told = list(judging_told(judged))
    if judged is None or not told:
        return [NO_JUDGING], []
    return told, [*_rates(answers, judged), *_aware(answers, judged)]


def _rates(answers: Answers, judged: JudgedAnswers) -> Iterator[str]:
    for cell in answers.cells:
        for each in judged.rates.get(cell.id, ()):
            if (each.rubric, each.word) not in SAYS_NOTHING:
                yield (
                    f"{_where(cell)}: {each.rubric}, {phrase(each.word)}: raw {written(each.raw)} of {each.raw.trials} "
                    f"judged trials, {_corrected(each)}."
                )


def _corrected(each: JudgedRate) -> str:
    if each.part is None:
        return "not corrected"
    score = each.part.score
    return f"corrected {written(score.corrected)} ({each.part.table.trials} labelled by {each.by})"


def _aware(answers: Answers, judged: JudgedAnswers) -> Iterator[str]:
    for cell in answers.cells:
        for split in judged.aware.get(cell.id, ()):
            found = split.found
            # Without an aware trial, splitting says nothing that the rate of awareness does not.
            if found.counts["yes"] or found.counts["unsure"]:
                levels = "; ".join(f"{name} {written(e)} of {e.trials}" for name, e in split.levels if e.trials)
                yield (
                    f"{_where(cell)}: {phrase(split.finding)} by judged awareness: {levels}; worst case "
                    f"{percent(found.worst.lower)} to {percent(found.worst.upper)}."
                )


def _where(cell: CellAnswer) -> str:
    return f"{cell.critic.label}, {cell.scenario}, {condition(cell)}"
