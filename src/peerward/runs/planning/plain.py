"""A plan as JSON data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from peerward.runs.planning.judge_plan import JudgePlan, judging_dollars
from peerward.runs.planning.plan import CriticPlan, Plan, Row
from peerward.runs.planning.power import ContrastPower, StudyPower
from peerward.runs.planning.prices import Price
from peerward.runs.planning.reckoning import Usage

FORMAT = 2
"""Raised when a key is added, taken away, or means something else."""


def plan_data(plan: Plan) -> dict[str, Any]:
    """A plan as JSON data; what is not known is null."""
    return {
        "peerward_plan": FORMAT,
        "study": plan.study,
        "variants": plan.variants,
        "epochs": plan.epochs,
        "cells": plan.cells,
        "critics": [_critic(each) for each in plan.critics],
        "total": {
            "trials": plan.trials,
            "usage": plan.usage.whole(),
            "dollars": _dollars(plan.dollars()),
            "dollars_uncached": _dollars(plan.dollars(caching=False)),
            "dollars_with_judging": _dollars(plan.dollars_with_judging),
            "unpriced": list(plan.unpriced),
            "hours_in_turn": round(plan.hours_in_turn, 2),
            "hours_side_by_side": round(plan.hours_side_by_side, 2),
        },
        "judging": None if plan.judges is None else _judging(plan.judges, plan.trials),
        "power": None
        if plan.power is None
        else {**_power(plan.power), "cheapest_dollars": _dollars(plan.cheapest_dollars)},
        "assumptions": list(plan.assumptions),
    }


def _critic(plan: CriticPlan) -> dict[str, Any]:
    critic = plan.critic
    return {
        "critic": critic.name,
        "model": critic.model,
        "generation": dict(critic.generation),
        "cells": plan.cells,
        "trials": plan.trials,
        "done": plan.done,
        "left": plan.left,
        "usage": plan.usage.whole(),
        "price": None if plan.price is None else _price(plan.price),
        "dollars": _dollars(plan.dollars),
        "dollars_uncached": _dollars(plan.dollars_uncached),
        "hours": round(plan.hours.hours, 2),
        "bound": plan.hours.bound,
        "bounds_hours": _rounded(plan.hours.bounds),
        "rows": [_row(row) for row in plan.rows],
    }


def _judging(judges: Sequence[JudgePlan], trials: int) -> dict[str, Any]:
    total = Usage()
    for each in judges:
        total += each.usage
    return {
        "trials": trials,
        "judges": [
            {
                "judge": each.judge,
                "usage": each.usage.whole(),
                "price": None if each.price is None else _price(each.price),
                "dollars": _dollars(each.dollars),
            }
            for each in judges
        ],
        "total": {
            "usage": total.whole(),
            "dollars": _dollars(judging_dollars(tuple(judges))),
            "unpriced": [each.judge for each in judges if each.dollars is None],
        },
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "scenario": row.scenario,
        "cells": row.cells,
        "trials": round(row.trials),
        "usage_of_a_trial": _rounded(asdict(row.usage)),
        "seconds_of_a_trial": round(row.seconds, 2),
        "spread": _rounded(row.spread),
        "basis": row.basis,
    }


def _price(price: Price) -> dict[str, Any]:
    return {
        "in": float(price.tokens_in),
        "out": float(price.tokens_out),
        "cache_read": None if price.cache_read is None else float(price.cache_read),
        "cache_write": None if price.cache_write is None else float(price.cache_write),
        "dated": price.dated.isoformat(),
        "source": price.source,
    }


def _power(power: StudyPower) -> dict[str, Any]:
    return {
        "expected": asdict(power.expected),
        "primary_family": power.family,
        "contrasts": [_contrast(each) for each in power.contrasts],
        "cheapest": None if power.cheapest is None else asdict(power.cheapest),
        "why_no_design": power.why_not,
        "worth_of_a_cell": round(power.worth, 2),
    }


def _contrast(each: ContrastPower) -> dict[str, Any]:
    return {
        "contrast": each.contrast,
        "scenario": each.scenario,
        "finding": each.design.finding,
        "comparisons": each.comparisons,
        "arms": each.design.arms,
        "primary": each.primary,
        "tests_in_family": each.design.tests,
        "test": each.test,
        "power": None if each.power is None else round(each.power, 4),
        "smallest": None if each.smallest is None else round(each.smallest, 4),
        "variants_needed": each.variants,
        "why_not": each.why_not,
    }


def _dollars(value: Decimal | None) -> float | None:
    return None if value is None else float(round(value, 4))


def _rounded(numbers: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in numbers.items()}
