"""The option that says what the machines of arms in harnesses are made of."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from peerward.sandbox import SANDBOXES

if TYPE_CHECKING:
    from peerward.runs.layout import Layout

Command = TypeVar("Command", bound=Callable[..., Any])

_ALONE = ("docker",)
"""Sandboxes in which one trial runs at a time: two networks of containers cannot have the same addresses."""


def sandbox_option(command: Command) -> Command:
    """Give a command the option ``--sandbox``."""
    option = click.option(
        "--sandbox",
        type=click.Choice(SANDBOXES),
        default=SANDBOXES[0],
        show_default=True,
        help="What the machines of arms in harnesses are made of; docker is untested and runs one trial at a time.",
    )
    return option(command)


def at_once(sandbox: str, live: int) -> int:
    """How many trials run at once where ``live`` may."""
    return 1 if sandbox in _ALONE else live


def tell_of_sandbox(sandbox: str, layout: "Layout") -> None:
    """Say what has to be known of the sandbox that was chosen.

    Raises:
        click.UsageError: If one other than the usual was chosen and no arm needs it.
    """
    if sandbox == SANDBOXES[0]:
        return
    if not _harnesses(layout):
        raise click.UsageError("--sandbox belongs to arms in harnesses, and there are none; name them with --harness")
    from peerward.sandbox.docker import UNTESTED

    click.echo(f"Note: --sandbox docker is {UNTESTED} (docs/sandbox.md). One trial runs at a time.", err=True)


def require_sandbox(sandbox: str, layout: "Layout") -> None:
    """Nothing if machines can be started with the sandbox that was chosen; bubblewrap tells it with each trial.

    Raises:
        SandboxMissingError: If Docker was chosen and no engine, plugin or image is there.
    """
    if sandbox != "docker":
        return
    from peerward.critics.harness.known import harness
    from peerward.critics.harness.packages import desk_image
    from peerward.sandbox.docker.compose import HOST_IMAGE
    from peerward.sandbox.docker.engine import require_engine

    require_engine((*(desk_image(harness(name)) for name in _harnesses(layout)), HOST_IMAGE))


def _harnesses(layout: "Layout") -> list[str]:
    """The harnesses of a layout's cells, each once."""
    from peerward.critics.harness.known import HARNESSES

    return [each for each in dict.fromkeys(cell.condition["harness"] for cell in layout.cells) if each in HARNESSES]
