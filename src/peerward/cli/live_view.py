"""How a run is shown while it goes on: a table that lives in a terminal, plain lines elsewhere."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from peerward.runs.running.progress import Progress, all_progress
from peerward.runs.running.status import Status, read_status
from peerward.runs.running.watching import Watcher

if TYPE_CHECKING:
    from rich.console import Console

Show = Callable[[Status], None]
PERIOD = 30.0
"""Seconds between two plain lines, unless the state changes."""


@contextmanager
def watcher_for(display: str, root: Path) -> Iterator[Watcher | None]:
    """Whoever shows a run: nobody for ``none``.

    Whatever goes wrong with showing it, the run goes on: it costs money, and its logs are whole without anybody
    looking.

    Args:
        display: ``auto``, ``live``, ``plain`` or ``none``.
        root: The run's folder.
    """
    if display == "none":
        yield None
        return
    failed: list[str] = []
    begun = False
    with shown_on_stderr(display) as show:

        def watch(shards: list[Progress]) -> None:
            nonlocal begun
            begun = True
            if failed:
                return
            try:
                show(read_status(root, shards))
            except Exception as error:
                failed.append(f"The run could no longer be shown here ({type(error).__name__}: {error}).")

        try:
            yield watch
        except Exception:
            # What was refused before it began has no state; the folder may be somebody else's run, or none.
            if begun:
                watch(list(all_progress(root)))
            raise
        except BaseException:
            watch(list(all_progress(root)))
            raise
        # Only now does the manifest say how it ended.
        watch(list(all_progress(root)))
    if failed:
        click.echo(failed[0], err=True)


@contextmanager
def shown_on_stderr(display: str) -> Iterator[Show]:
    """Show statuses on stderr: as a table that is drawn again and again, or as plain lines.

    Args:
        display: ``auto``, ``live`` or ``plain``; without a terminal it is plain lines whatever is wanted.
    """
    if display != "plain" and sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb"):
        from rich.console import Console

        with live(Console(stderr=True, highlight=False)) as show:
            yield show
    else:
        yield plain_lines(lambda line: click.echo(line, err=True))


@contextmanager
def live(console: "Console") -> Iterator[Show]:
    """Draw statuses in place on a terminal; the last one goes when the block ends, and leaves one line.

    Args:
        console: The terminal.
    """
    from rich.live import Live
    from rich.text import Text

    from peerward.cli.status_view import view
    from peerward.cli.status_words import line

    last: list[Status] = []
    with Live(console=console, auto_refresh=False, transient=True) as drawn:

        def show(status: Status) -> None:
            last[:] = [status]
            drawn.update(view(status, console.width, max(8, console.height - 1)), refresh=True)

        yield show
    if last:
        console.print(Text(line(last[0])))


def plain_lines(write: Callable[[str], None]) -> Show:
    """Tell statuses in lines: at once when the state changes, else about every half minute.

    Args:
        write: Writes a line.
    """
    from peerward.cli.status_words import errors, line

    told_at, told_state, told_errors = float("-inf"), "", 0

    def show(status: Status) -> None:
        nonlocal told_at, told_state, told_errors
        if status.state.value == told_state and time.monotonic() - told_at < PERIOD:
            return
        write(line(status))
        if len(status.errors) != told_errors:
            for each in errors(status):
                write(f"  error: {each}")
        told_at, told_state, told_errors = time.monotonic(), status.state.value, len(status.errors)

    return show
