"""The plan of a study: what each critic's trials take, what they cost and how long they last, and what can be found."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from peerward.design.bars import is_control_bar
from peerward.design.blocks import Share, whole_blocks
from peerward.design.critic import Critic
from peerward.runs.layout import Layout, StudyCell
from peerward.runs.planning.expected import Expected
from peerward.runs.planning.judge_plan import JudgePlan, judging_dollars
from peerward.runs.planning.pace import Hours, Pace, hours
from peerward.runs.planning.pilots import Pilot, measured
from peerward.runs.planning.power import StudyPower, study_power
from peerward.runs.planning.prices import Price, Prices, dollars, price_of
from peerward.runs.planning.reckoning import Allowance, Usage, mean_usage, reckon_cell

RENDERED = 2
"""Variants of each cell on which the rule is reckoned; trials of other variants differ by a few percent."""
RULE = "rule"


@dataclass(frozen=True)
class Row:
    """Cells of a scenario that rest on the same basis, for one critic.

    Attributes:
        scenario: The scenario.
        cells: How many cells.
        trials: Trials left to run in them.
        usage: The mean usage of one trial.
        seconds: The mean duration of one trial.
        spread: Standard deviations between trials of a cell, by name, the mean of the cells; empty for the rule.
        basis: What it rests on: "rule", or the pilot trials.
    """

    scenario: str
    cells: int
    trials: float
    usage: Usage
    seconds: float
    spread: Mapping[str, float]
    basis: str


@dataclass(frozen=True)
class CriticPlan:
    """What a critic's trials take.

    Attributes:
        critic: The critic.
        cells: Its cells.
        trials: All of its trials.
        done: Those that are finished.
        rows: By scenario and basis.
        usage: Calls and tokens of the trials that are left.
        price: The price, or None where it is not known.
        dollars: What is left costs, with prompt caching; None where that is not known.
        dollars_uncached: The same without prompt caching.
        hours: How long it takes.
    """

    critic: Critic
    cells: int
    trials: int
    done: int
    rows: tuple[Row, ...]
    usage: Usage
    price: Price | None
    dollars: Decimal | None
    dollars_uncached: Decimal | None
    hours: Hours

    @property
    def left(self) -> int:
        """The trials that are left to run."""
        return self.trials - self.done

    @property
    def bases(self) -> tuple[str, ...]:
        """What the rows rest on, each once."""
        return tuple(dict.fromkeys(row.basis for row in self.rows))


@dataclass(frozen=True)
class Plan:
    """What a study takes, costs and can find.

    Attributes:
        study: The study's name.
        variants: Variants that are run.
        epochs: Trials of each.
        cells: Cells of the study.
        critics: The plans of its critics.
        power: What it can find, or None where that was not asked for.
        assumptions: What all of it rests on, as sentences.
        judges: What judging these trials takes; empty for the rules, None where nothing is judged.
    """

    study: str
    variants: int
    epochs: int
    cells: int
    critics: tuple[CriticPlan, ...]
    power: StudyPower | None
    assumptions: tuple[str, ...] = ()
    judges: tuple[JudgePlan, ...] | None = None

    @cached_property
    def trials(self) -> int:
        """Trials left to run, of all critics."""
        return sum(each.left for each in self.critics)

    @cached_property
    def usage(self) -> Usage:
        """Calls and tokens of all that is left."""
        total = Usage()
        for each in self.critics:
            total += each.usage
        return total

    @cached_property
    def unpriced(self) -> tuple[str, ...]:
        """The critics whose dollars are not known."""
        return tuple(each.critic.name for each in self.critics if each.dollars is None)

    def dollars(self, caching: bool = True) -> Decimal | None:
        """What all of it costs; None where any critic's part is not known."""
        parts = [each.dollars if caching else each.dollars_uncached for each in self.critics]
        known = [part for part in parts if part is not None]
        return sum(known, Decimal(0)) if len(known) == len(parts) else None

    @property
    def dollars_with_judging(self) -> Decimal | None:
        """What critics and judges cost together; None where any one's part is not known."""
        critics, judges = self.dollars(), judging_dollars(self.judges or ())
        return None if critics is None or judges is None else critics + judges

    @cached_property
    def cheapest_dollars(self) -> Decimal | None:
        """What the cheapest design costs with all of the study's cells, at the mean cost of this plan's trials; None
        where that is not known.
        """
        cheapest, parts = self.power.cheapest if self.power else None, []
        for each in self.critics:
            if cheapest is None or each.dollars is None or not each.left:
                return None
            parts.append(each.dollars * cheapest.trials / each.left)
        return sum(parts, Decimal(0))

    @property
    def hours_in_turn(self) -> float:
        """Hours if one critic runs after another."""
        return math.fsum(each.hours.hours for each in self.critics)

    @property
    def hours_side_by_side(self) -> float:
        """Hours if all critics run side by side, each with its own trials at once."""
        return max((each.hours.hours for each in self.critics), default=0.0)

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON data; a number that is not known is null, never 0."""
        from peerward.runs.planning.plain import plan_data

        return plan_data(self)


@dataclass(frozen=True)
class Asked:
    """What a plan is asked for besides the study and its critics.

    Attributes:
        limit: At least so many trials for each critic, in whole blocks; 0 means all.
        done: Finished trials by the critic's name.
        prices: Prices, where there are any.
        pilots: What trials took, by the critic's name.
        pace: What bounds the speed of every critic.
        paces: What bounds that of single critics, by name, instead.
        allowance: What a turn writes besides its tool call.
        expected: What is expected of the outcomes; None leaves power out.
    """

    limit: int = 0
    done: Mapping[str, int] = field(default_factory=dict)
    prices: Prices = field(default_factory=Prices)
    pilots: Mapping[str, Sequence[Pilot]] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    paces: Mapping[str, Pace] = field(default_factory=dict)
    allowance: Allowance = field(default_factory=Allowance)
    expected: Expected | None = field(default_factory=Expected)


def plan_study(layout: Layout, critics: Sequence[Critic], asked: Asked | None = None) -> Plan:
    """Plan a study: nothing is asked of any model, and nothing is written.

    Args:
        layout: A study that was checked, or a part of it.
        critics: Its critics.
        asked: What else is asked for.
    """
    from peerward.runs.planning.assumed import assumptions

    asked = asked or Asked()
    study = layout.study
    share = Share(study.variants, study.epochs, layout.trials)
    if asked.limit:
        share = whole_blocks(asked.limit, len(layout.cells), study.variants, study.epochs)
    variants = range(study.first_variant, study.first_variant + min(RENDERED, study.variants))
    ruled = [reckon_cell(layout, cell, _rendered(cell, variants), asked.allowance) for cell in layout.cells]
    plans = tuple(_critic_plan(layout, critic, share, ruled, asked) for critic in critics)
    found = study_power(layout, share.variants, share.epochs, asked.expected) if asked.expected else None
    plan = Plan(study.name, share.variants, share.epochs, len(layout.cells), plans, found)
    bars = any(is_control_bar(cell.condition["bar"]) for cell in layout.cells)
    return Plan(plan.study, plan.variants, plan.epochs, plan.cells, plans, found, tuple(assumptions(plan, asked, bars)))


def _rendered(cell: StudyCell, variants: range) -> range:
    """The variants on which a cell is reckoned; in the paper's world all are the same."""
    return variants[:1] if cell.condition["world"] == "paper" else variants


def _critic_plan(layout: Layout, critic: Critic, share: Share, ruled: Sequence[Usage], asked: Asked) -> CriticPlan:
    done = min(asked.done.get(critic.name, 0), share.trials)
    # Blocks are finished evenly, so that what is left is the same share of every cell.
    each_cell = (share.trials - done) / len(layout.cells)
    pace = pace_of(critic, asked)
    groups: dict[tuple[str, str], list[tuple[Usage, float, Mapping[str, float]]]] = defaultdict(list)
    for cell, rule in zip(layout.cells, ruled, strict=True):
        found = measured(asked.pilots.get(critic.name, ()), cell)
        usage, basis, spread = (found.usage, found.basis, found.spread) if found else (rule, RULE, {})
        seconds = found.seconds if found else math.nan
        seconds = usage.calls * pace.seconds_a_call if math.isnan(seconds) else seconds
        groups[cell.scenario, basis].append((usage, seconds, spread))
    rows = tuple(
        Row(
            scenario=scenario,
            cells=len(own),
            trials=each_cell * len(own),
            usage=mean_usage([usage for usage, _, _ in own]),
            seconds=math.fsum(seconds for _, seconds, _ in own) / len(own),
            spread=_mean_spread([spread for _, _, spread in own]),
            basis=basis,
        )
        for (scenario, basis), own in groups.items()
    )
    total = Usage()
    for row in rows:
        total += row.usage.times(row.trials)
    left = share.trials - done
    seconds = math.fsum(row.seconds * row.trials for row in rows) / left if left else 0.0
    price = price_of(asked.prices, critic.name, critic.model)
    return CriticPlan(
        critic=critic,
        cells=len(layout.cells),
        trials=share.trials,
        done=done,
        rows=rows,
        usage=total,
        price=price,
        dollars=dollars(price, total),
        dollars_uncached=dollars(price, total, caching=False),
        hours=hours(left, total, seconds, pace),
    )


def _mean_spread(spreads: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = [name for name in spreads[0] if all(name in each for each in spreads)]
    return {name: math.fsum(each[name] for each in spreads) / len(spreads) for name in names}


def pace_of(critic: Critic, asked: Asked) -> Pace:
    """What bounds a critic's speed: its own pace, with its own number of trials at once where it names one."""
    pace = asked.paces.get(critic.name, asked.pace)
    return Pace(critic.live, pace.rpm, pace.tpm, pace.seconds_a_call) if critic.live else pace
