"""Judges by name: models, each opened as critics are, or the rules; and a judge of the critic's own family."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from peerward.design.critic import Critic
from peerward.design.families import family_of, is_scripted, spelt
from peerward.design.problems import did_you_mean
from peerward.measures.judges import RUBRIC_NAMES, Judge, ModelJudge, Rubric, RulesJudge, rubric
from peerward.runs.execute import RunError, open_critic
from peerward.runs.judging.asked import Bench
from peerward.runs.judging.till import PaidModel, Till
from peerward.runs.log_run import read_run
from peerward.runs.logs import LogError
from peerward.runs.planning.prices import Price, Prices, price_of
from peerward.runs.running.budget import Budget


def bench_of(
    models: Sequence[Critic], rubric_names: Sequence[str] = (), again: bool = False, till: Till | None = None
) -> Bench:
    """The bench: these models, or the rules where there are none.

    Args:
        models: The judges' models, named as critics are.
        rubric_names: The rubrics; all of them unless given.
        again: Ask also where these judges have answered.
        till: Keeps what the models may spend; without a limit unless given.

    Raises:
        RunError: If a rubric is not known, a judge is named twice, or its model cannot be opened.
    """
    names = [each.model for each in models]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise RunError(f"{twice} is named twice as a judge; a panel needs different models")
    till = (till or Till()) if models else None
    judges: tuple[Judge, ...] = tuple(_paid(each, till) for each in models if till) or (RulesJudge(),)
    return Bench(judges, rubrics_named(rubric_names), again, till)


def _paid(model: Critic, till: Till) -> ModelJudge:
    return ModelJudge(PaidModel(open_critic(model), till, model.model))


def prices_of(models: Iterable[Critic], prices: Prices) -> dict[str, Price]:
    """The judges' prices by model string, as a till takes them; judges without a price are left out."""
    found = {each.model: price_of(prices, each.name, each.model) for each in models}
    return {model: price for model, price in found.items() if price is not None}


def check_budget(budget: Budget, models: Iterable[Critic], prices: Prices) -> None:
    """Refuse a budget in dollars that would not see what a judge costs.

    Raises:
        RunError: If the price of a judge is not known.
    """
    known = prices_of(models := list(models), prices)
    unknown = [each.name for each in models if each.model not in known]
    if math.isfinite(budget.dollars) and unknown:
        raise RunError(
            f"a budget in dollars needs prices, and none is known of the judge {', '.join(unknown)}: give them "
            "(--prices FILE, or --price in=…,out=…), or a budget in tokens (--token-budget)"
        )


def rubrics_named(names: Sequence[str]) -> tuple[Rubric, ...]:
    """The rubrics of these names in their usual order; all of them unless any is named.

    Raises:
        RunError: If there is none of a name.
    """
    for name in names:
        if name not in RUBRIC_NAMES:
            mend = did_you_mean(name, RUBRIC_NAMES) or f"there are: {', '.join(RUBRIC_NAMES)}"
            raise RunError(f"there is no rubric {name!r}; {mend}")
    return tuple(rubric(name) for name in RUBRIC_NAMES if name in names or not names)


def same_family(judges: Iterable[Critic], critics: Iterable[str], told: str = "") -> list[str]:
    """A sentence on each judge that is of the family of a critic: it may judge its own kind more kindly.

    Args:
        judges: The judges' models.
        critics: The critics' model strings.
        told: The critics' family where their names do not tell it.
    """
    families = {model: family_of(model) or spelt(told) for model in dict.fromkeys(critics) if not is_scripted(model)}
    found = []
    for judge in judges:
        own = spelt(judge.family) or family_of(judge.model)
        alike = [model for model, family in families.items() if own and family == own]
        if alike:
            found.append(
                f"the judge {judge.name} is of the family {own}, as is the critic {', '.join(alike)}: it may judge its "
                "own kind more kindly; take a judge of another family, or a panel"
            )
    return found


def critics_in(logs: Iterable[Path]) -> list[str]:
    """The critics' model strings in logs, each once; logs that cannot be read are passed over."""
    found: dict[str, None] = {}
    for log in logs:
        try:
            found[read_run(log).model] = None
        except LogError:
            continue
    return list(found)
