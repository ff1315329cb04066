"""From a study laid out to the shards that run it: fixed stretches of blocks, each over all scenarios."""

import json
from collections.abc import Iterator
from dataclasses import replace

from peerward.design.blocks import Block, Share, Stretch, blocks_of, stretches
from peerward.runs.given import Given
from peerward.runs.layout import Layout
from peerward.tasks import Shard, make_shard

TRIALS = 1000
"""About how many trials a shard has."""


def blocks_in(layout: Layout, trials: int = TRIALS) -> int:
    """How many blocks a shard of about so many trials has, at least 1."""
    return max(1, trials // len(layout.cells))


def study_shards(
    layout: Layout,
    given: Given,
    size: int,
    share: Share | None = None,
    prereg: str = "",
    named: bool = True,
    sandbox: str = "bwrap",
) -> list[tuple[Shard, ...]]:
    """The shards of a study for a critic, each one task a scenario.

    Args:
        layout: A study that was checked.
        given: What is known of the critic.
        size: The blocks of a shard (``blocks_in``).
        share: As much of the study as a limit allows; all of it unless given.
        prereg: The hash of its preregistration, for the logs.
        named: Whether the logs name the study and hold its declaration; not for trials of no study.
        sandbox: What the machines of arms in harnesses are made of.
    """
    study = layout.study
    declared = json.dumps(study.model_dump(mode="json"), sort_keys=True, ensure_ascii=False) if named else ""
    wholes = {
        name: replace(
            make_shard(
                name,
                [cell.condition for cell in cells],
                seed=study.seed,
                first_variant=study.first_variant,
                variants=study.variants,
                epochs=study.epochs,
            ),
            study=study.name if named else "",
            declared=declared,
            groups=tuple(sorted({cell.group_name for cell in layout.cells})) if named else (),
            prereg=prereg,
            family=given.family,
            bars=given.of(name),
            sandbox=sandbox,
        )
        for name, cells in layout.by_scenario().items()
    }
    left = share.variants * share.epochs if share else study.variants * study.epochs
    parts = {name: list(_parts(layout, name, size)) for name in wholes}
    found = []
    for number in range(len(next(iter(parts.values())))):
        taken = min(left, len(next(iter(parts.values()))[number]))
        left -= taken
        if taken:
            found.append(
                tuple(replace(whole, chosen=tuple(parts[name][number][:taken])) for name, whole in wholes.items())
            )
    return found


def _parts(layout: Layout, name: str, size: int) -> Iterator[list[Block]]:
    """The blocks of a scenario, shard by shard."""
    study = layout.study
    if study.stopping is None:
        for stretch in stretches(study.first_variant, study.variants, study.epochs, size):
            yield blocks_of(study.seed, name, stretch)
        return
    # Looks are made in one order of all blocks, which the report finds again; shards cut that order.
    variants = range(study.first_variant, study.first_variant + study.variants)
    whole = blocks_of(study.seed, name, Stretch(variants, range(1, study.epochs + 1)))
    for first in range(0, len(whole), size):
        yield whole[first : first + size]
