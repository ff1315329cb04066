"""Giving the critic's seat to whoever is at the other end of the standard streams."""

import contextlib
import io
import json
import math
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from inspect_ai import Task

    from peerward.runs.playing import Outcome


def checked_name(ctx: click.Context, param: click.Parameter, name: str) -> str:
    """A name that can stand in a model string."""
    from peerward.critics.person import is_name

    if not is_name(name):
        raise click.BadParameter(f"{name!r}: letters, digits, '.', '_' and '-' make a name")
    return name


def seat_and_tell(task: "Task", name: str, log_dir: Path, pipe: bool) -> int:
    """Play a task's one trial at the terminal or by pipe, and tell what came of it the same way.

    Without a terminal at its standard input it is played by pipe.

    Returns:
        The program's exit code.
    """
    by_pipe = pipe or not sys.stdin.isatty()
    return exit_code((_by_pipe if by_pipe else _at_terminal)(task, name, log_dir))


def exit_code(found: "Outcome") -> int:
    """0 where there was a trial, 1 where it was left unfinished."""
    return 0 if found.row else 1


def _at_terminal(task: "Task", name: str, log_dir: Path) -> "Outcome":
    from peerward.cli.told import print_outcome
    from peerward.critics.seats.terminal import Terminal
    from peerward.runs.playing import play

    with contextlib.suppress(ImportError):
        # Its import alone lets input() edit lines and remember them; not every system has it.
        import_module("readline")
    # Inspect puts something else in the place of the standard output while it runs.
    screen = sys.stdout

    def ask(prompt: str) -> str:
        with contextlib.redirect_stdout(screen):
            return input(prompt)

    found = play(task, name, Terminal(ask, lambda text: print(text, file=screen, flush=True)), log_dir)
    click.echo()
    print_outcome(found)
    return found


def _by_pipe(task: "Task", name: str, log_dir: Path) -> "Outcome":
    from peerward.critics.seats.pipe import Pipe
    from peerward.runs.playing import play

    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    pipe = Pipe(sys.stdin.readline, _own_output())
    found = play(task, name, pipe, log_dir)
    pipe.tell(_ending(found))
    return found


def _own_output() -> Callable[[str], object]:
    """Write to the standard output; whatever else would be printed there goes to the standard error instead."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    sys.stdout.flush()
    os.dup2(2, 1)
    return out.write


def _ending(found: "Outcome") -> dict[str, Any]:
    from peerward.measures import FINDING_NAMES

    findings = {name: _plain(found.row[name]) for name in FINDING_NAMES} if found.row else {}
    return {
        "ended": found.ended,
        "findings": findings,
        "trial_id": found.row.get("trial_id", ""),
        "log": str(found.log),
        **({"why": found.why} if found.why else {}),
    }


def _plain(value: Any) -> Any:
    """A finding as JSON knows it: what was not measured is null."""
    return None if isinstance(value, float) and math.isnan(value) else json.loads(json.dumps(value))
