"""The options that say where a run's shards are run."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from peerward.runs.running.executors import EXECUTORS

if TYPE_CHECKING:
    from peerward.runs.running.executors import Executor

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--executor",
        type=click.Choice(list(EXECUTORS)),
        default="local",
        show_default=True,
        help="What a shard is run by: " + "; ".join(f"{name}, {what}" for name, what in EXECUTORS.items()) + ".",
    ),
    click.option(
        "--slurm",
        multiple=True,
        metavar="NAME=VALUE",
        help="For Slurm: partition, time, mem, account... as sbatch knows them. Can be given several times.",
    ),
    click.option("--ray-address", default="", help="For Ray: a cluster that stands already; one is begun here if not."),
)


def executor_options(command: Command) -> Command:
    """Give a command the options that ``executor_from`` reads: ``executor``, ``slurm``, ``ray_address``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def executor_from(given: dict[str, Any], root: Path) -> "Executor | None":
    """The executor that the options name; None for this machine's own, which the run chooses.

    Args:
        given: The options of ``executor_options`` by name.
        root: The run's folder.

    Raises:
        RunError: If it needs a package that is not installed, or knows no such option.
    """
    name = given["executor"]
    if given["slurm"] and name != "slurm":
        raise click.UsageError("--slurm belongs to --executor slurm")
    if given["ray_address"] and name != "ray":
        raise click.UsageError("--ray-address belongs to --executor ray")
    if name == "local":
        return None
    from peerward.runs.running.executors import executor_named

    options = {"address": given["ray_address"]} if given["ray_address"] else dict(map(_pair, given["slurm"]))
    return executor_named(name, options, root)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--slurm")
    return name.replace("-", "_"), value
