"""Levels that extensions add to factors, where a level does no more than choose clauses.

An extension's ``levels.yaml``:

    oversight:
      audited:
        says: Reports are read once a year, by auditors.
        scenarios: [finance]

``says`` is one sentence for a reader. ``scenarios`` names those whose texts have clauses for the level; without it, all
have them. The paper's world has no levels but its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from peerward.design.extensions import WORD, Extension, ExtensionError, extensions
from peerward.design.factor import NOT_APPLICABLE, Factor

_WHY_NOT = "what its levels do is code, not clauses alone"
_KEYS = ("says", "scenarios")


def with_further_levels(factors: Sequence[Factor]) -> tuple[Factor, ...]:
    """The factors with the levels that extensions add.

    Raises:
        ExtensionError: If a level cannot be added; the message names the file and says why.
    """
    by_name = {factor.name: factor for factor in factors}
    for extension in extensions():
        for name, levels in extension.levels.items():
            _check_factor(extension, name, by_name)
            for level in levels:
                by_name[name] = _extended(extension, by_name[name], level)
    return tuple(by_name.values())


def _check_factor(extension: Extension, name: str, by_name: Mapping[str, Factor]) -> None:
    open_ones = ", ".join(each.name for each in by_name.values() if each.extensible)
    path = extension.levels_path
    if name not in by_name:
        raise ExtensionError(f"{path}: there is no factor {name!r}; levels can be added to: {open_ones}.")
    if not by_name[name].extensible:
        raise ExtensionError(
            f"{path}: {name} takes no further levels: {_WHY_NOT}. Levels can be added to: {open_ones}."
        )


def _extended(extension: Extension, factor: Factor, level: str) -> Factor:
    path, said = extension.levels_path, extension.levels[factor.name][level]
    where = f"{path}: {factor.name}, {level}"
    if level in (*factor.levels, NOT_APPLICABLE):
        raise ExtensionError(f"{where}: there is such a level already; give it another name.")
    if not WORD.fullmatch(level):
        raise ExtensionError(f"{where}: use small letters, digits and _ for a level, a letter first.")
    unknown = sorted(set(said) - set(_KEYS))
    if unknown:
        raise ExtensionError(f"{where}: there is no key {unknown[0]!r}; keys are: {', '.join(_KEYS)}.")
    if not isinstance(said.get("says"), str) or not said["says"].strip():
        raise ExtensionError(f"{where}: add what it says in one sentence, e.g. says: Auditors read the reports.")
    scenarios = said.get("scenarios", [])
    if not isinstance(scenarios, list) or not all(isinstance(each, str) for each in scenarios):
        raise ExtensionError(f"{where}: scenarios is {scenarios!r}; write a list of names, e.g. scenarios: [finance].")
    says = f"{factor.says} By an extension, {level}: {said['says'].strip()}"
    return replace(factor, levels=(*factor.levels, level), says=says)


@cache
def _places() -> dict[tuple[str, str], tuple[str, ...]]:
    """The scenarios to which a further level is held (none: all), by factor and level."""
    return {
        (name, level): tuple(said.get("scenarios", ()))
        for extension in extensions()
        for name, levels in extension.levels.items()
        for level, said in levels.items()
    }


def untold(scenario: str, condition: Mapping[str, str]) -> str:
    """Why a scenario cannot tell a further level of a condition, or an empty text."""
    for pair, scenarios in _places().items():
        name, level = pair
        if condition[name] != level:
            continue
        if condition["world"] == "paper":
            return f"{name}={level} is an extension's; the paper's world has no levels but its own"
        if scenarios and scenario not in scenarios:
            return f"{name}={level} is told in {', '.join(scenarios)} only (levels.yaml of an extension)"
    return ""
