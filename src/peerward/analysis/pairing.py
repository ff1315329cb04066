"""Cells that belong together by their levels: monitored and unmonitored, self and peer, one factor apart."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from itertools import combinations

from peerward.analysis.answers import CellAnswer
from peerward.design import FACTORS

_NAMES: tuple[str, ...] = tuple(factor.name for factor in FACTORS)


def _group(cell: CellAnswer) -> tuple[Hashable, ...]:
    return (cell.study, cell.critic.key, cell.scenario)


def rest(cell: CellAnswer, but: Collection[str]) -> tuple[str, ...]:
    """A cell's levels but for some factors."""
    return tuple(cell.levels[name] for name in _NAMES if name not in but)


def joined(
    cells: Sequence[CellAnswer], factor: str, first: str, second: str, but: Collection[str] = ()
) -> Iterator[tuple[CellAnswer, CellAnswer]]:
    """Yield pairs of cells of one critic and scenario with two levels of a factor and all others equal.

    Args:
        cells: The cells.
        factor: The factor.
        first: Its level in the first cell of a pair.
        second: Its level in the second.
        but: Factors that may differ besides.
    """
    free = {factor, *but}
    seconds: dict[Hashable, list[CellAnswer]] = defaultdict(list)
    for cell in cells:
        if cell.levels[factor] == second:
            seconds[(_group(cell), rest(cell, free))].append(cell)
    for cell in cells:
        if cell.levels[factor] == first:
            for other in seconds[(_group(cell), rest(cell, free))]:
                yield cell, other


def one_factor_apart(cells: Sequence[CellAnswer]) -> Iterator[tuple[str, CellAnswer, CellAnswer]]:
    """Yield the factor and the two cells of every pair that differs in one factor only.

    The cell with the level that stands first in the factor's own order (the default) comes first: good minus bad,
    shutdown minus none.
    """
    whole = {cell.id: rest(cell, ()) for cell in cells}
    for number, factor in enumerate(FACTORS):
        if len({levels[number] for levels in whole.values()}) < 2:
            continue
        order = {level: place for place, level in enumerate(factor.levels)}
        groups: dict[Hashable, list[CellAnswer]] = defaultdict(list)
        for cell in cells:
            levels = whole[cell.id]
            groups[(_group(cell), levels[:number], levels[number + 1 :])].append(cell)
        for group in groups.values():
            ranked = sorted(group, key=lambda c: (order.get(c.levels[factor.name], len(order)), c.levels[factor.name]))
            for treated, control in combinations(ranked, 2):
                yield factor.name, treated, control


def stratum(levels: Mapping[str, str], all_levels: Sequence[Mapping[str, str]], but: Collection[str] = ()) -> str:
    """What tells one stratum from others of its kind: the levels that vary among them, or ``all alike``."""
    varying = [name for name in _NAMES if name not in but and len({each[name] for each in all_levels}) > 1]
    return " ".join(f"{name}={levels[name]}" for name in varying)
