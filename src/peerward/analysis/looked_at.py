"""What a study's stopping rule looked at: estimates and tests that hold although the run could stop early.

An interval for a fixed number of trials covers too seldom once the data decided how many there are. What the rule
looked at is answered by the anytime methods of ``sequential``, over whole blocks in the order in which they were run;
everything else of such a study says that it does not account for the rule.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from peerward.analysis.answers import CellAnswer, ComparisonAnswer
from peerward.analysis.arms import in_every_trial
from peerward.analysis.cell_answers import WORDS, Rules
from peerward.analysis.comparing import Compared, bars_beside
from peerward.analysis.estimate import Estimate, Test
from peerward.analysis.sequential import CONTRAST, RATE, Look, e_process, rate_sequence
from peerward.analysis.trials import Cell, Numbers, Trials
from peerward.design.blocks import block_order
from peerward.design.study import HEADLINE, Stopping

UNACCOUNTED = (
    "for a fixed number of trials: does not account for the study's stopping rule, after which it covers less than it "
    "says"
)
"""The warning of every number of a study with a stopping rule that the rule did not look at."""

_Block = tuple[int, int, int]
"""Seed, variant and epoch."""
_NOT_VALID = ("infrastructure", "incomplete", "no_opportunity")


def compare_looked_at(trials: Trials, cells: Sequence[Cell], finding: str, rules: Rules) -> Compared:
    """Return the anytime comparison of two cells over their whole blocks in the order of the run.

    Blocks count up to the first that one of the arms lacks; what came after it is left out with a warning.

    Args:
        trials: The table.
        cells: Treated and control.
        finding: What is compared; 0 or 1 in a trial.
        rules: How the study counts.
    """
    estimand = f"treated minus control in: {WORDS.get(finding, finding)}{rules.over}"
    bars = bars_beside(trials, cells, finding)
    every = [in_every_trial(trials, cell, finding, (), bar) for cell, bar in zip(cells, bars, strict=True)]
    order, left = _whole_blocks(trials, cells, rules)
    late = (_late(left),) if left else ()

    variants = [variant for _, variant, _ in order]

    def of(excluded: Iterable[str], missing: tuple[float, float] = (math.nan, math.nan)) -> list[Numbers]:
        arms = []
        for cell, values, fill in zip(cells, every, missing, strict=True):
            lost = trials.of_status(frozenset(excluded))[cell.rows]
            filled = np.where(np.isnan(values), fill, values)
            arms.append(_in_order(trials, cell, np.where(lost, math.nan, filled), order))
        return arms

    arms = of(rules.excluded)
    found = _compared(arms, variants, estimand)
    others = set(rules.excluded) - {"infrastructure"}
    beside = {
        "valid trials only": of(_NOT_VALID),
        "missing counted for": of(others, (1.0, 0.0)),
        "missing counted against": of(others, (0.0, 1.0)),
    }
    told = {
        # An interval takes its time; most often all are of the same outcomes.
        name: found.estimate if _alike(each, arms) else _compared(each, variants, estimand).estimate
        for name, each in beside.items()
    }
    return replace(found, beside=told, warnings=(*found.warnings, *late))


def _alike(one: Sequence[Numbers], other: Sequence[Numbers]) -> bool:
    return all(np.array_equal(mine, theirs, equal_nan=True) for mine, theirs in zip(one, other, strict=True))


def _compared(arms: Sequence[Numbers], variants: Sequence[int], estimand: str) -> Compared:
    sequence = e_process(arms[0], arms[1], variants=variants)
    if not sequence.looks:
        nothing = Estimate(estimand, math.nan, math.nan, math.nan, "share", CONTRAST)
        return Compared(nothing, no_test="no whole block was measured in both arms")
    counted = {variant for variant, *pair in zip(variants, *arms, strict=True) if not any(map(math.isnan, pair))}
    last = sequence.looks[-1]
    estimate = _estimate(estimand, CONTRAST, last, 2 * last.blocks, len(counted))
    test = Test(sequence.null, last.p, CONTRAST, units=last.blocks)
    return Compared(estimate, test, warnings=sequence.warnings)


def _estimate(estimand: str, method: str, look: Look, trials: int, variants: int) -> Estimate:
    return Estimate(
        estimand, look.value, look.lower, look.upper, "share", method, math.nan, trials=trials, variants=variants
    )


def with_anytime_rates(trials: Trials, cell: Cell, found: CellAnswer, rules: Rules) -> CellAnswer:
    """Return a cell's answer with the anytime interval of the rate that the rule looked at, and notes on all others."""
    if rules.stopping is None:
        return found
    rates = dict(found.rates)
    looked = _looked_finding(rules.stopping, found)
    for name, each in rates.items():
        rates[name] = _anytime_rate(trials, cell, name, each, rules) if name == looked else _unaccounted(each)
    return replace(
        found,
        rates=rates,
        valid_only={name: _unaccounted(each) for name, each in found.valid_only.items()},
        means={name: _unaccounted(each) for name, each in found.means.items()},
        absence={name: _unaccounted(each) for name, each in found.absence.items()},
    )


def _looked_finding(rule: Stopping, cell: CellAnswer) -> str:
    if rule.rule != "confidence_sequence":
        return ""
    return cell.headline if rule.finding == HEADLINE else str(rule.finding)


def _anytime_rate(trials: Trials, cell: Cell, finding: str, fixed: Estimate, rules: Rules) -> Estimate:
    order, _ = _whole_blocks(trials, [cell], rules)
    outcomes = _in_order(trials, cell, in_every_trial(trials, cell, finding, rules.excluded), order)
    made = ~np.isnan(outcomes)
    if not made.any():
        return _unaccounted(fixed)
    variants = [variant for (_, variant, _), counts in zip(order, made, strict=True) if counts]
    sequence = rate_sequence(outcomes[made], variants=variants)
    last, events = sequence.looks[-1], float(outcomes[made].sum())
    found = _estimate(fixed.estimand, RATE, last, last.blocks, len(set(variants)))
    return replace(found, events=events, warnings=sequence.warnings)


def with_notes(comparisons: Iterable[ComparisonAnswer], rules: Mapping[str, Rules]) -> list[ComparisonAnswer]:
    """Return the comparisons with a warning wherever a stopping rule is not accounted for."""
    return [
        replace(each, warnings=(*each.warnings, UNACCOUNTED))
        if rules[each.study].stopping is not None and each.estimate.method != CONTRAST
        else each
        for each in comparisons
    ]


def told_rules(rules: Mapping[str, Rules]) -> list[str]:
    """What a reader has to know of each study that stops by a rule."""
    found = []
    for study, each in rules.items():
        if each.stopping is not None:
            what = (
                f"the contrast {each.stopping.contrast}"
                if each.stopping.rule == "e_process"
                else f"the rate of {each.stopping.finding}"
            )
            found.append(
                f"study {study} stops by a rule that looks at {what}: its intervals and p are anytime ones and hold; "
                "every other interval and p of the study is for a fixed number of trials and does not account for it"
            )
    return found


def _unaccounted(estimate: Estimate) -> Estimate:
    return replace(estimate, warnings=(*estimate.warnings, UNACCOUNTED))


def _blocks(trials: Trials, cell: Cell) -> list[_Block]:
    """The block of each row of a cell."""
    columns = (trials.number(name)[cell.rows].astype(np.int64).tolist() for name in ("seed", "variant", "epoch"))
    return list(zip(*columns, strict=True))


def _whole_blocks(trials: Trials, cells: Sequence[Cell], rules: Rules) -> tuple[list[_Block], int]:
    """The blocks in the order of the run up to the first that a cell lacks, and how many blocks come after it.

    Where these variants are the estimand, only whole rounds over them.
    """
    have = [set(_blocks(trials, cell)) for cell in cells]
    every = set().union(*have)
    scenario = trials.text("scenario").at(int(cells[0].rows[0]))
    places: dict[tuple[int, int], int] = {}
    for seed in sorted({seed for seed, _, _ in every}):
        for place, variant in enumerate(block_order(seed, scenario, {v for s, v, _ in every if s == seed})):
            places[seed, variant] = place
    order = sorted(every, key=lambda block: (block[0], block[2], places[block[0], block[1]]))
    whole = next((number for number, block in enumerate(order) if not all(block in own for own in have)), len(order))
    if rules.these_variants:
        whole -= whole % len(places)
    return order[:whole], len(order) - whole


def _in_order(trials: Trials, cell: Cell, values: Numbers, order: Sequence[_Block]) -> Numbers:
    by_block = dict(zip(_blocks(trials, cell), values.tolist(), strict=True))
    return np.array([by_block[block] for block in order], dtype=np.float64)


def _late(blocks: int) -> str:
    return f"{blocks} {'block' if blocks == 1 else 'blocks'} after the last whole one in the run's order not counted"
