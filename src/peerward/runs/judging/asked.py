"""What is asked of whom: the judges, the rubrics, and what is known already and need not be asked again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from peerward.measures.judges import Judge, Rubric, Verdict
from peerward.runs.judging.till import Till


@dataclass(frozen=True)
class Bench:
    """Who judges, and by what.

    Attributes:
        judges: The judges; of several the majority counts.
        rubrics: The rubrics, each with its version.
        again: Ask also where these judges have answered under these versions.
        till: Keeps what the judges' models may spend; None where no model is asked.
    """

    judges: tuple[Judge, ...]
    rubrics: tuple[Rubric, ...]
    again: bool = False
    till: Till | None = None


@dataclass(frozen=True)
class Open:
    """A question that has no answer yet."""

    judge: Judge
    rubric: Rubric


def known(bench: Bench, verdicts: Iterable[Verdict]) -> dict[tuple[str, str], Verdict]:
    """The verdicts that need not be asked for, by rubric and judge: those of the bench that gave an answer.

    One without an answer is asked for again, and so is one under another version of its rubric.

    Args:
        bench: Who judges.
        verdicts: What is in the log.
    """
    versions = {each.name: each.version for each in bench.rubrics}
    names = {each.name for each in bench.judges}
    return {
        (each.rubric, each.judge): each
        for each in verdicts
        if not each.unscored and each.judge in names and versions.get(each.rubric) == each.version
    }


def open_questions(bench: Bench, answered: Mapping[tuple[str, str], Verdict]) -> list[Open]:
    """What is left to ask of a trial, rubric by rubric."""
    return [
        Open(judge, rubric)
        for rubric in bench.rubrics
        for judge in bench.judges
        if (rubric.name, judge.name) not in answered
    ]


def is_settled(bench: Bench, verdicts: Sequence[Verdict]) -> bool:
    """Whether the log says already what this bench would: all are answered, and by nobody else."""
    mine = {each.name for each in bench.rubrics}
    answered = known(bench, verdicts)
    return not open_questions(bench, answered) and len(answered) == sum(each.rubric in mine for each in verdicts)
