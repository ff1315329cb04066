"""The options that give prices, shared by the commands that reckon with them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from peerward.design.critic import Critic
    from peerward.runs.planning.prices import Prices

Command = TypeVar("Command", bound=Callable[..., Any])


def price_options(command: Command) -> Command:
    """Give a command the options that give prices; ``prices_from`` reads them."""
    command = click.option(
        "--price",
        "written",
        multiple=True,
        metavar="[CRITIC:]in=N,out=N",
        help="Dollars per million tokens, of every critic or of one; also cache_read=N,cache_write=N.",
    )(command)
    return click.option(
        "--prices",
        "price_file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A dated price file with sources (docs/planning.md). Without prices dollars are unknown.",
    )(command)


def prices_from(given: dict[str, Any], critics: "Sequence[Critic]") -> "Prices":
    """The prices that the options give.

    Args:
        given: The options by name.
        critics: The critics.

    Raises:
        PriceError: If a price is not written as it has to be, or belongs to none of the critics.
    """
    from datetime import UTC, datetime

    from peerward.runs.planning.prices import gathered, read_prices

    known = list(dict.fromkeys(name for critic in critics for name in (critic.name, critic.model)))
    file = read_prices(given["price_file"]) if given["price_file"] else None
    return gathered(file, given["written"], datetime.now(UTC).date(), known)
