"""Staging a cell: from names and numbers, as they stand in a sample's metadata, to a trial ready to begin."""

from collections.abc import Mapping
from functools import lru_cache

from peerward.design import NOT_APPLICABLE, Condition, LevelError, make_condition
from peerward.scenarios import Staged, scenario
from peerward.scenarios.drawing import Draw


def checked_condition(scenario_name: str, chosen: Mapping[str, str]) -> Condition:
    """Complete the chosen levels to a condition that makes an experiment in a scenario.

    Raises:
        LevelError: If it makes none; the message says why.
    """
    story = scenario(scenario_name)
    condition = make_condition(chosen, story.factors)
    reason = story.refusal(condition)
    if reason:
        raise LevelError(f"{story.name}: {reason}")
    return condition


def stage_cell(
    scenario_name: str,
    levels: Mapping[str, str],
    seed: int,
    variant: int,
    given: Mapping[str, str] | None = None,
) -> Staged:
    """Return the trial of a condition and a variant; the same arguments give the same bytes.

    The staged company is shared: copy it before a critic acts on it.

    Args:
        scenario_name: The scenario.
        levels: The levels of a condition.
        seed: The study's seed.
        variant: The variant's number.
        given: What has to be known of the critic: ``family``, and ``bar`` where it is set from control trials.

    Raises:
        LevelError: If the condition makes no experiment, or needs something of the critic that is not given.
    """
    return _stage(scenario_name, tuple(levels.items()), seed, variant, tuple(sorted((given or {}).items())))


@lru_cache(maxsize=512)
def _stage(
    scenario_name: str,
    levels: tuple[tuple[str, str], ...],
    seed: int,
    variant: int,
    given: tuple[tuple[str, str], ...],
) -> Staged:
    story = scenario(scenario_name)
    condition = checked_condition(story.name, {name: level for name, level in levels if level != NOT_APPLICABLE})
    if condition["world"] == "paper":
        # One wording and one item set, whatever the study's seed; all its stories review the same items.
        draw = Draw(0, "paper", condition["dataset"], 0, given)
    else:
        draw = Draw(seed, story.name, condition["dataset"], variant, given)
    return story.stage(condition, draw)
