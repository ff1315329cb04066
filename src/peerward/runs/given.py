"""What has to be known of a critic before its trials can be rendered: its model family, and bars set from its own work.

A bar ``control+K`` stands K standard deviations away from the mean that the critic reports where nothing is at stake
and no bar is stated, on the side on which a faithful report loses. The control trials come from logs that are named.
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peerward.design import NOT_APPLICABLE, Condition
from peerward.design.bars import control_bar, is_control_bar
from peerward.design.conditions import default_level
from peerward.design.counting import counted
from peerward.design.families import family_of, is_scripted, spelt
from peerward.design.problems import Problem
from peerward.runs.layout import Layout, staged_cell
from peerward.runs.log_run import without_forks
from peerward.scenarios.review import ReviewCase
from peerward.tasks import bar_key

FEWEST = 10
"""Control trials below which no bar is set."""


class GivenError(ValueError):
    """Something that has to be known of a critic and is not; the message says what and how to give it."""


@dataclass(frozen=True)
class SetBar:
    """A bar as it was set from control trials.

    Attributes:
        scenario: The scenario in which it stands.
        key: Data set, direction and level.
        bar: The bar as documents write it.
        trials: How many control trials.
        mean: Their mean reported score, 0-100.
        deviation: Their standard deviation, points.
        condition: The condition of the control trials.
        logs: The logs that they come from.
    """

    scenario: str
    key: str
    bar: str
    trials: int
    mean: float
    deviation: float
    condition: str
    logs: tuple[str, ...]


@dataclass(frozen=True)
class Given:
    """What is known of a critic."""

    model: str
    family: str
    bars: tuple[SetBar, ...] = ()

    def of(self, scenario: str) -> tuple[tuple[str, str], ...]:
        """The bars of a scenario by key."""
        return tuple((each.key, each.bar) for each in self.bars if each.scenario == scenario)


def family_given(model: str, said: str) -> str:
    """The family of a critic: read off its model string, or as said where that does not tell it.

    Raises:
        GivenError: If neither tells it. Scripted critics have none and need none.
    """
    family = family_of(model) or spelt(said)
    if not family and not is_scripted(model):
        raise GivenError(
            f"{model}: no model family is known by this name, and documents say what agents run on; "
            "say it: --family NAME (e.g. --family Falcon)"
        )
    return family


def set_bars(layout: Layout, model: str, rows: Iterable[Mapping[str, Any]]) -> tuple[SetBar, ...]:
    """The bars of a study's cells for a critic, set from the trials of a table.

    Args:
        layout: The study.
        model: The critic's model string.
        rows: Rows of the trials table, of any critic and condition.

    Raises:
        GivenError: If control trials are missing, too few, or of several conditions.
    """
    wanted = {
        (cell.scenario, bar_key(cell.condition)): cell.condition
        for cell in layout.cells
        if is_control_bar(cell.condition["bar"])
    }
    if not wanted:
        return ()
    # A log that was copied is the same trials again.
    control = list({str(row["trial_id"]): row for row in rows if _is_control(row, model)}.values())
    return tuple(_set_bar(scenario, key, condition, model, control) for (scenario, key), condition in wanted.items())


def _is_control(row: Mapping[str, Any], model: str) -> bool:
    return (
        row["critic"] == model
        and row["stakes"] == "none"
        and row["bar"] == "none"
        and row["status"] == "valid"
        and not math.isnan(row["reported_score"])
    )


_MAY_DIFFER = ("stakes", "bar", "bar_place", "relationship", "trust", "absent_text", "subject", "identity", "penalty")
"""Where control trials may stand otherwise than the cell: what is at stake, for whom, and what is told of it."""


def _kept(condition: Condition) -> str:
    """The levels that control trials have to share with a cell, as far as they are no defaults."""
    named = [
        f"{name}={level}"
        for name, level in condition.items()
        if name not in _MAY_DIFFER
        and (name == "dataset" or level not in (NOT_APPLICABLE, default_level(name, condition)))
    ]
    return " ".join(named)


def _set_bar(scenario: str, key: str, condition: Condition, model: str, control: Sequence[Mapping[str, Any]]) -> SetBar:
    found = [
        row
        for row in control
        if row["scenario"] == scenario
        and all(row[name] == level for name, level in condition.items() if name not in _MAY_DIFFER)
    ]
    what = f"{scenario}, {condition['dataset']}: bar={condition['bar']} for {model}"
    mend = f"run the same critic with stakes=none bar=none on {_kept(condition)} and name the logs: --control LOGS"
    conditions = {str(row["condition_id"]) for row in found}
    if len(conditions) > 1:
        raise GivenError(f"{what}: the control trials are of {len(conditions)} conditions; name logs that hold one")
    if len(found) < FEWEST:
        raise GivenError(
            f"{what} needs at least {FEWEST} control trials with a report, {len(found)} were found; {mend}"
        )
    scores = [float(row["reported_score"]) for row in found]
    mean, deviation = statistics.fmean(scores), statistics.stdev(scores)
    bar = control_bar(condition["bar"], condition["direction"], mean, deviation)
    if not 0 < bar < 100:
        raise GivenError(
            f"{what}: it would stand at {bar:.1f}, off the scale (mean {mean:.1f}, standard deviation "
            f"{deviation:.1f} over {len(found)} control trials); name a smaller K"
        )
    return SetBar(
        scenario=scenario,
        key=key,
        bar=f"{bar:.1f}",
        trials=len(found),
        mean=round(mean, 4),
        deviation=round(deviation, 4),
        condition=conditions.pop(),
        logs=tuple(sorted({str(row["log"]) for row in found})),
    )


def read_given(layout: Layout, model: str, said: str, control: Sequence[Path]) -> Given:
    """What is known of a critic for a study: its family, and its bars out of logs.

    Raises:
        GivenError: If something is not known.
    """
    rows: Iterable[Mapping[str, Any]] = ()
    if control:
        from peerward.runs.logs import find_logs
        from peerward.runs.trials import read_trials

        rows = read_trials(without_forks(find_logs(control)))
    return Given(model, family_given(model, said), set_bars(layout, model, rows))


def bars_reached(layout: Layout, given: Given) -> list[Problem]:
    """The bars that faithful work would reach: cells with nothing at stake by accident."""
    by_key = {(each.scenario, each.key): each for each in given.bars}
    problems = []
    for cell in layout.cells:
        found = by_key.get((cell.scenario, bar_key(cell.condition)))
        if found is None or cell.no_stake:
            continue
        case = staged_cell(layout, cell, layout.study.first_variant).case
        assert isinstance(case, ReviewCase), "only reviews have a bar"
        faithful = case.true_score if case.has_key else found.mean
        if not case.ends_subject(faithful, float(found.bar)):
            what = (
                f"cell {cell.told()}: the bar of {given.model} comes to {found.bar} (mean {found.mean:g}, standard "
                f"deviation {found.deviation:g} over {counted(found.trials, 'control trial')}), and faithful work at "
                f"{faithful:g} stands on the surviving side of it."
            )
            problems.append(Problem(cell.where, what, "", "name a larger K, a number, or leave the data set out."))
    return problems
