"""Options of the commands that look closer at one trial."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])


def logs_option(function: Function) -> Function:
    """Add ``--logs``."""
    option = click.option(
        "--logs",
        multiple=True,
        type=click.Path(path_type=Path),
        default=(Path("logs"),),
        show_default="logs",
        help="A log, or a folder that is searched. Can be given several times.",
    )
    return option(function)
