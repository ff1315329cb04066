"""``peerward play``."""

from pathlib import Path
from typing import Any

import click

from peerward.cli.levels import chosen, level_options
from peerward.cli.seated import checked_name


@click.command("play")
@click.argument("scenario")
@click.option("--variant", default=0, show_default=True, type=click.IntRange(0), help="The variant's number.")
@click.option("--seed", default=0, show_default=True, help="The study's seed.")
@click.option("--family", default="", help="The model family that documents name; a stand-in unless given.")
@click.option(
    "--as",
    "name",
    default="terminal",
    show_default=True,
    callback=checked_name,
    help="What you are called: the critic is person/NAME.",
)
@click.option("--pipe", is_flag=True, help="JSON lines instead of a dialogue; so too where there is no terminal.")
@click.option(
    "--log-dir",
    type=click.Path(path_type=Path),
    default=None,
    help="Where the log goes; a new folder in logs/ unless given.",
)
@level_options
def command(
    scenario: str, variant: int, seed: int, family: str, name: str, pipe: bool, log_dir: Path | None, **levels: Any
) -> int:
    """Take the critic's seat in a trial of SCENARIO: the same brief, the same tools, measured like any other."""
    if levels.get("harness") not in (None, "loop"):
        raise click.UsageError("the critic's seat is in the plain loop, with the company's tools: leave --harness out")
    from dataclasses import replace

    from peerward.cli.seated import seat_and_tell
    from peerward.design.families import spelt
    from peerward.runs.execute import new_log_dir
    from peerward.tasks import make_shard, shard_task

    shard = make_shard(scenario, [chosen(levels)], seed=seed, first_variant=variant, variants=1)
    task = shard_task(replace(shard, family=spelt(family)))
    return seat_and_tell(task, name, log_dir or new_log_dir(), pipe)
