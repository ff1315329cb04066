"""What judging takes before it is begun: calls, tokens by the rule of four characters, and dollars where a price is.

Every question is one call that reads its rubric and what the judge may see of the trial; a trial that is too long for
one call is read in parts, each with the rubric. An answer that has to be asked for again is not reckoned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from peerward.design.critic import Critic
from peerward.measures import RecordError
from peerward.measures.judges import PART_CHARACTERS, Rubric, parts
from peerward.runs.copies import Keep
from peerward.runs.judging.asked import Bench, known, open_questions
from peerward.runs.judging.conduct import trials_of
from peerward.runs.judging.kept import verdicts_in
from peerward.runs.judging.trial import Trial
from peerward.runs.planning.judge_plan import JudgePlan
from peerward.runs.planning.plan import Plan
from peerward.runs.planning.prices import Price, Prices, dollars, price_of
from peerward.runs.planning.reckoning import CHARACTERS_A_TOKEN, Usage

ANSWER = 250
"""Tokens of an answer: the words, quotations, a sentence or two, and a judge's own thinking."""
AROUND = 400
"""Tokens of a question besides rubric and transcript: the instruction, the tool, the numbers of the lines."""
_OUTWARD = 0.15
"""The share of a trial that the company gets to read, where there is no trial yet."""
_NUMBER = 12
"""Characters of a line's number and kind."""
_READ_IN_FULL = 30
"""So many trials of a log are laid out as judges read them; the others are taken to be as long in the mean."""


@dataclass
class Weight:
    """What a bench takes for some logs.

    Attributes:
        trials: Trials with open questions.
        passed_over: Trials without.
        usage: Calls and tokens by judge.
        problems: Logs that cannot be read.
    """

    trials: int = 0
    passed_over: int = 0
    usage: dict[str, Usage] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def all_usage(self) -> Usage:
        """Of all judges together."""
        total = Usage()
        for each in self.usage.values():
            total += each
        return total


def weigh(paths: Sequence[Path], bench: Bench, keep: Keep | None = None) -> Weight:
    """Reckon what a bench takes for logs; nothing is asked of any model.

    Args:
        paths: The logs.
        bench: Who judges, by what.
        keep: As in ``read_trials``.

    Raises:
        LogError: If a trial was finished twice and ``keep`` is not given.
    """
    weight = Weight()
    for _, trials in trials_of(paths, keep, weight.problems):
        _log(trials, bench, weight)
    return weight


def _log(trials: Iterable[Trial], bench: Bench, weight: Weight) -> None:
    lengths = {rubric.name: _Lengths() for rubric in bench.rubrics}
    asked: dict[tuple[str, str], int] = {}
    for trial in trials:
        questions = [] if trial.failed else _questions(trial, bench)
        weight.trials += bool(questions)
        weight.passed_over += not questions
        for judge, rubric in questions:
            asked[judge, rubric.name] = asked.get((judge, rubric.name), 0) + 1
        if questions and next(iter(lengths.values())).trials < _READ_IN_FULL:
            _measure(trial, bench, lengths)
    texts = {rubric.name: len(rubric.text) for rubric in bench.rubrics}
    for (judge, name), number in asked.items():
        calls = number * lengths[name].calls
        reads = number * lengths[name].characters + calls * texts[name]
        used = Usage(calls=calls, fresh=calls * AROUND + reads / CHARACTERS_A_TOKEN, out=calls * ANSWER)
        weight.usage[judge] = weight.usage.get(judge, Usage()) + used


def _questions(trial: Trial, bench: Bench) -> list[tuple[str, Rubric]]:
    answered = {} if bench.again else known(bench, verdicts_in(trial.score))
    return [(each.judge.name, each.rubric) for each in open_questions(bench, answered)]


@dataclass
class _Lengths:
    """How long trials are under a rubric."""

    trials: int = 0
    read: int = 0
    parts: int = 0

    @property
    def characters(self) -> float:
        """Of a trial, in the mean."""
        return self.read / self.trials if self.trials else 0.0

    @property
    def calls(self) -> float:
        """Of a trial, in the mean."""
        return self.parts / self.trials if self.trials else 1.0


def _measure(trial: Trial, bench: Bench, lengths: dict[str, _Lengths]) -> None:
    """Add how long a trial is under each rubric."""
    try:
        reading = trial.reading()
    except RecordError:
        return
    for rubric in bench.rubrics:
        own = lengths[rubric.name]
        seen = parts(rubric.view(reading), PART_CHARACTERS)
        own.trials += 1
        own.parts += len(seen)
        own.read += sum(len(line.text) + _NUMBER for part in seen for line in part.lines)


def with_judging(plan: Plan, judges: Sequence[Critic], rubrics: Sequence[Rubric], prices: Prices) -> Plan:
    """A plan with what judging its trials takes, before there are any.

    A trial is taken to be as long as its last call reads: what is fresh in all its calls, but at most twice their mean.

    Args:
        plan: The plan.
        judges: The models that judge; none for the rules.
        rubrics: By what.
        prices: The prices that are known.
    """
    total = Usage()
    for row in (row for critic in plan.critics for row in critic.rows):
        mean = row.usage.tokens_in / row.usage.calls if row.usage.calls else 0.0
        length = min(row.usage.fresh + row.usage.out, 2 * mean)
        for each in rubrics:
            # What the company gets to read is a small part of a trial.
            seen = length if each.sees == "whole" else length * _OUTWARD
            reads = AROUND + len(each.text) / CHARACTERS_A_TOKEN + seen
            total += Usage(calls=1, fresh=reads, out=ANSWER).times(row.trials)
    found = []
    for judge in judges:
        price = price_of(prices, judge.name, judge.model)
        found.append(JudgePlan(judge.model, total, price, cost(total, price)))
    return replace(plan, judges=tuple(found))


def cost(usage: Usage, price: Price | None) -> Decimal | None:
    """What a judge's part costs in dollars, all of it charged as input; None where no price is known."""
    return dollars(price, usage, caching=False)
