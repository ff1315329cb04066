"""Contrasts to comparisons: which conditions stand against which. Nothing is pooled.

A contrast names some levels of each of its arms. All other factors are strata: in each stratum in which every arm
has a condition there is one comparison, and its arms agree in everything that the contrast does not name.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from peerward.design.conditions import Condition, default_level
from peerward.design.study import Contrast

_DEFAULT = "(default)"


class AmbiguousArmError(ValueError):
    """An arm that fits two conditions of one stratum; the message names both."""


@dataclass(frozen=True)
class Arms:
    """The conditions of one comparison: treated and control, and the baseline of each where there are any."""

    conditions: tuple[Condition, ...]

    @property
    def changed(self) -> tuple[str, ...]:
        """The factors in which treated and control differ."""
        treated, control = self.conditions[:2]
        return tuple(name for name in treated if treated[name] != control[name])


def applies(contrast: Contrast, factors: Collection[str]) -> bool:
    """Whether treated and control still differ where a scenario has only these factors."""
    treated, control = (_kept(arm, factors) for arm in contrast.arms[:2])
    return treated != control


def compare(contrast: Contrast, conditions: Sequence[Condition], factors: Collection[str]) -> list[Arms]:
    """The comparisons of a contrast among the conditions of a scenario.

    Args:
        contrast: The contrast.
        conditions: The scenario's conditions.
        factors: The factors for which the scenario has a place; others in the contrast are left aside.

    Raises:
        AmbiguousArmError: If an arm fits two conditions of one stratum.
    """
    arms = [_kept(arm, factors) for arm in contrast.arms]
    named = {name for arm in arms for name in arm}
    strata: dict[tuple[str, ...], list[Condition | None]] = {}
    for place, arm in enumerate(arms):
        for condition in conditions:
            if any(condition[name] != level for name, level in arm.items()):
                continue
            slots = strata.setdefault(_stratum(condition, named), [None] * len(arms))
            other = slots[place]
            if other is not None:
                differ = [name for name in condition if condition[name] != other[name]]
                raise AmbiguousArmError(
                    f"the arm {_written(arm)} fits both «{other.named()}» and «{condition.named()}»; "
                    f"name its {' and '.join(differ)} too."
                )
            slots[place] = condition
    complete = [[each for each in slots if each is not None] for slots in strata.values()]
    return [Arms(tuple(found)) for found in complete if len(found) == len(arms)]


def _kept(arm: Mapping[str, str], factors: Collection[str]) -> dict[str, str]:
    return {name: level for name, level in arm.items() if name in factors}


def _stratum(condition: Condition, named: Collection[str]) -> tuple[str, ...]:
    """The levels of the factors that are not named; a default bar counts as one level whatever the direction."""
    return tuple(
        _DEFAULT if level == default_level(name, condition) else level
        for name, level in condition.items()
        if name not in named
    )


def _written(arm: Mapping[str, str]) -> str:
    return " ".join(f"{name}={level}" for name, level in arm.items()) or "(any)"
