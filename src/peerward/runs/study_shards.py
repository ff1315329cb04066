"""From a study laid out to the shards that run it."""

import json
from dataclasses import replace

from peerward.design.blocks import Share
from peerward.runs.given import Given
from peerward.runs.layout import Layout
from peerward.tasks import Shard, make_shard


def study_shards(layout: Layout, given: Given, share: Share | None = None, prereg: str = "") -> list[Shard]:
    """The shards of a study for a critic, one a scenario.

    Args:
        layout: A study that was checked.
        given: What is known of the critic.
        share: As much of it as a limit allows; all of it unless given.
        prereg: The hash of its preregistration, for the logs.
    """
    study = layout.study
    declared = json.dumps(study.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return [
        replace(
            make_shard(
                name,
                [cell.condition for cell in cells],
                seed=study.seed,
                first_variant=study.first_variant,
                variants=study.variants,
                epochs=share.epochs if share else study.epochs,
                blocks=share.variants if share else 0,
            ),
            study=study.name,
            declared=declared,
            groups=tuple(sorted({cell.group_name for cell in layout.cells})),
            prereg=prereg,
            family=given.family,
            bars=given.of(name),
        )
        for name, cells in layout.by_scenario().items()
    ]
