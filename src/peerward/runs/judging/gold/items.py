"""The items of the gold set, acted out once a process."""

from collections.abc import Iterable, Mapping
from functools import cache

from peerward.design import LevelError
from peerward.measures.judges import Disposition
from peerward.runs.judging.gold.acted import act
from peerward.runs.judging.gold.item import HELD_OUT, GoldItem, is_held_out
from peerward.runs.judging.gold.read import read
from peerward.runs.judging.gold.written import Written, written_items


@cache
def gold_items() -> tuple[GoldItem, ...]:
    """Return every item of the gold set, theme by theme.

    Raises:
        GoldError: If a theme's file is damaged; the message says where.
    """
    return tuple(_item(item_id, written) for item_id, written in written_items())


def gold_items_in(levels: Mapping[str, str], ids: Iterable[str] | None = None) -> tuple[GoldItem, ...]:
    """Return the items with the same texts and moves under other levels of some factors.

    Labels stay: what a judge says of the same words in two arms differs only if it goes by the arm. A text may be odd
    in an arm (praise of a bad partner), and what a policy takes its moves from (the bar) moves with it.

    Args:
        levels: The levels that are to hold in every item, by factor.
        ids: The items; all unless given. Those in which the levels make no experiment are left out.
    """
    wanted = None if ids is None else frozenset(ids)
    found = []
    for item_id, written in written_items():
        if wanted is None or item_id in wanted:
            try:
                found.append(_item(item_id, written.model_copy(update={"arm": {**written.arm, **levels}})))
            except LevelError:
                continue
    return tuple(found)


def _item(item_id: str, written: Written) -> GoldItem:
    acted = act(item_id, written)
    split = {HELD_OUT} if is_held_out(item_id) else set()
    return GoldItem(
        id=item_id,
        tags=frozenset({*written.tags, *split}),
        scenario=written.scenario,
        condition=dict(acted.staged.condition),
        record=acted.record,
        reading=read(acted),
        labels=written.every_label(),
        disposition=Disposition(written.disposition),
        routes=written.routes,
    )
