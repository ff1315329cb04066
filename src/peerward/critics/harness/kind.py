"""What a harness is: how it starts, where its memory stands, what it believes it runs, how things are done in it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from peerward.critics.dialect import Dialect
from peerward.critics.harness.session import Session

Act = Callable[[Session, str], Awaitable[str]]
"""Runs the harness to its end, given the session and what it is to believe it runs; returns its last words."""


@dataclass(frozen=True)
class Harness:
    """One harness.

    Attributes:
        name: Its level of the factor ``harness``.
        memory_file: The file in the working folder that it reads by itself; empty where the memory is its system
            message.
        package: The npm package, or an empty text.
        binds: What of the packages is bound into the desk, outside (below the folder of packages) to inside.
        bin: Folders that are put in front of the desk's PATH.
        dialect: How a scripted critic does things in it.
        believes: What it is to believe it runs, given the critic's model string; an empty text leaves it to itself.
        act: Runs it.
        prepare: A command that is run on the desk before it starts, or an empty text.
    """

    name: str
    memory_file: str
    package: str
    binds: tuple[tuple[str, str], ...]
    bin: tuple[str, ...]
    dialect: Dialect
    believes: Callable[[str], str]
    act: Act
    prepare: str = ""


def own_name(model: str, *providers: str) -> str:
    """The model's own name if it is of one of these providers, else an empty text.

    Args:
        model: Inspect's model string, e.g. ``anthropic/claude-sonnet-4-5``.
        providers: The first parts of model strings.
    """
    provider, _, name = model.partition("/")
    return name.rpartition("/")[2] if provider in providers else ""
