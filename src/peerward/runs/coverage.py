"""Arms that together hold every level of every factor that a scenario has, as few as go together."""

from collections.abc import Iterator, Mapping

from peerward.design import FACTORS, LevelError
from peerward.scenarios import scenario
from peerward.scenarios.cells import checked_condition

_ALONE: tuple[dict[str, str], ...] = (
    {},
    {"stakes": "none"},
    {"relationship": "none", "absent_text": "nothing"},
    {"subject": "self"},
    {"instruction": "told_to_deviate"},
    {"instruction": "told_to_comply"},
    {"oversight": "unmonitored"},
    {"bar": "90"},
    {"dataset": "creativity"},
    {"world": "paper", "dataset": "creativity"},
    {"world": "paper", "dataset": "hue"},
)
"""Arms that are checked by themselves, since policies or measures turn on them."""
_NUMBERS: Mapping[str, tuple[str, ...]] = {"trust": ("7",)}
"""Numbers that stand for the rest of a factor's numbers."""
_NEEDED: tuple[dict[str, str], ...] = (
    {},
    {"channel": "memory_tool"},
    {"instruction": "explicit"},
    {"relationship": "none"},
    {"stakes": "none"},
    {"stakes": "none", "bar": "none"},
    {"stakes": "none", "bar": "none", "relationship": "none", "absent_text": "nothing"},
)
"""What some levels need beside them."""


_NEED_A_MACHINE = ("harness", "weight_size")
"""Factors whose levels need machines of the critic's own; they are checked by the harness tests."""


def arms_of(name: str) -> list[dict[str, str]]:
    """The arms in which a scenario is checked in the plain loop, the default first.

    Every level that the scenario has there is in one of them.
    """
    arms = [arm for arm in _ALONE if _makes_one(name, arm)]
    for world in ({}, {"world": "paper"}):
        missing = [pair for pair in _levels(name) if not _is_in(pair, arms, world)]
        while missing:
            arm = _packed(name, world, missing)
            if arm is None:
                break
            arms.append(arm)
            missing = [pair for pair in missing if pair not in arm.items()]
    return arms


def uncovered(name: str) -> list[tuple[str, str]]:
    """The levels of a scenario's factors that make no experiment in it, whatever stands beside them."""
    arms = arms_of(name)
    return [pair for pair in _levels(name) if not any(_is_in(pair, arms, world) for world in ({}, {"world": "paper"}))]


def _levels(name: str) -> Iterator[tuple[str, str]]:
    for factor in FACTORS:
        if factor.name in scenario(name).factors and factor.name not in ("world", *_NEED_A_MACHINE):
            for level in (*factor.levels, *_NUMBERS.get(factor.name, ())):
                if level != factor.default:
                    yield factor.name, level


def _is_in(pair: tuple[str, str], arms: list[dict[str, str]], world: Mapping[str, str]) -> bool:
    return any(pair in arm.items() and arm.get("world") == world.get("world") for arm in arms)


def _packed(name: str, world: Mapping[str, str], missing: list[tuple[str, str]]) -> dict[str, str] | None:
    """One arm with as many of the missing levels as go together, or None where none makes an experiment."""
    for needed in _NEEDED:
        arm: dict[str, str] = {**world, **_own(name, needed)}
        for factor, level in missing:
            if factor not in arm and _makes_one(name, {**arm, factor: level}):
                arm[factor] = level
        if any(pair in arm.items() for pair in missing) and _makes_one(name, arm):
            return arm
    return None


def _own(name: str, levels: Mapping[str, str]) -> dict[str, str]:
    return {factor: level for factor, level in levels.items() if factor in scenario(name).factors}


def _makes_one(name: str, arm: Mapping[str, str]) -> bool:
    try:
        checked_condition(name, arm)
    except LevelError:
        return False
    return True
