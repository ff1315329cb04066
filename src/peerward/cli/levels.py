"""Options for the factors, made from the one list of factors."""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any, TypeVar

import click

from peerward.design import BY_NAME, FACTORS, LevelError, parse_levels

Function = TypeVar("Function", bound=Callable[..., Any])


def level_options(function: Function) -> Function:
    """Add one option a factor, e.g. ``--relationship good``."""
    for each in reversed(FACTORS):
        option = click.option(
            f"--{each.name.replace('_', '-')}",
            each.name,
            metavar="LEVEL",
            help=f"{each.says} ({each.choices()})",
        )
        function = option(function)
    return function


def chosen(options: dict[str, Any]) -> dict[str, str]:
    """The levels given on the command line, one a factor."""
    return parse_levels((name, value) for name, value in options.items() if name in BY_NAME and value is not None)


def crossed(options: dict[str, Any]) -> list[dict[str, str]]:
    """The arms given on the command line: levels separated by commas are crossed."""
    given = [(name, str(value).split(",")) for name, value in options.items() if name in BY_NAME and value is not None]
    names = [name for name, _ in given]
    return [parse_levels(zip(names, levels, strict=True)) for levels in product(*(levels for _, levels in given))]


def chosen_lists(options: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """The levels given on the command line by factor, each of them checked; those separated by commas are several."""
    arms = crossed(options)
    if len({tuple(arm.items()) for arm in arms}) < len(arms):
        raise LevelError("a level is named twice: two arms would be the same condition")
    return {name: tuple(dict.fromkeys(arm[name] for arm in arms)) for name in arms[0]}


def parse_condition(text: str) -> dict[str, str]:
    """The levels of a condition written as ``relationship=good,bar=none`` (or ``default``).

    Raises:
        LevelError: If it is not written so.
    """
    if text.strip() in ("", "default"):
        return {}
    pairs: list[tuple[str, str]] = []
    for part in text.split(","):
        name, equals, level = part.partition("=")
        if not equals:
            raise LevelError(f"{part!r} is no level; write FACTOR=LEVEL, several separated by commas")
        pairs.append((name.strip(), level))
    return parse_levels(pairs)


def all_scenarios(names: Iterable[str]) -> list[str]:
    """The scenarios named, by their own names; ``all`` or none means all."""
    from peerward.scenarios import names as all_names
    from peerward.scenarios import scenario

    given = list(names)
    if not given or given == ["all"]:
        return list(all_names())
    return list(dict.fromkeys(scenario(name).name for name in given))
