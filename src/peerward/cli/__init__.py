"""The command line: one file a command, loaded when it is called, so that ``peerward --help`` answers at once."""

import os
import sys
from importlib import import_module
from pathlib import Path

import click

from peerward import __version__
from peerward.cli.problems import explain

COMMANDS: dict[str, str] = {
    "list": "Scenarios, factors with their levels, and critics.",
    "show": "Everything a critic is given in a condition, and its digest.",
    "diff": "What differs between two conditions, and nothing else.",
    "study": "Studies: list presets, check a file, audit what its cells render, print the schema.",
    "new": "Write the skeleton of a scenario of your own.",
    "probe": "One small trial: would a study on this critic's path work, and what does a trial take?",
    "plan": "What a study takes, costs and can find, before anything is spent.",
    "prereg": "Write a dated, hashed preregistration of a study.",
    "run": "Run scenarios with any model and print what happened.",
    "status": "How a run is: done, running, spend and forecast, waits, errors; from any shell; asks it to drain.",
    "collect": "Logs of many places, here or in an object store, to one trials table.",
    "trials": "The trials table out of logs.",
    "judge": "What only a reader can tell of trials (refusal, disclosure, awareness, ...), put into the logs.",
    "audit": "Validate judges: draw a sample, label it blind, score the judge by it.",
    "report": "Estimates and transcripts as one folder that opens in any browser, without a network.",
    "compare": "Estimates beside the paper's published numbers, for its world only.",
    "serve": "A report in the browser, with Inspect's log viewer beside it.",
    "play": "Take the critic's seat yourself, or put a program there by pipe.",
    "replay": "Restore a trial's company step by step, or go on from a turn with another critic.",
    "ask": "Put questions to a critic after a trial's end; no part of the trial.",
    "import": "Transcripts that others released: replayed, measured, held against their labels.",
    "selfcheck": "Every scripted critic through every scenario: what it is, what was found.",
    "demo": "A complete first run with scripted critics of known propensities.",
}
"""The commands and what each does, in the order of a first acquaintance."""


class _Lazy(click.Group):
    """A group that imports a command's file only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"peerward.cli.{cmd_name}_command").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            ctx.fail(f"no command {args[0]!r}; choose one of: {', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)


def _named(ctx: click.Context, param: click.Parameter, folders: tuple[str, ...]) -> None:
    """Name extensions in the environment, before a command is imported and for worker processes too."""
    if folders:
        given = [str(Path(folder).expanduser().resolve()) for folder in folders]
        earlier = [each for each in (os.environ.get("PEERWARD_EXTENSIONS"),) if each]
        os.environ["PEERWARD_EXTENSIONS"] = os.pathsep.join((*earlier, *given))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="peerward")
@click.option(
    "--with",
    multiple=True,
    metavar="FOLDER",
    is_eager=True,
    expose_value=False,
    callback=_named,
    help="Use the extension in FOLDER: its scenarios, levels and studies. Can be given several times.",
)
def cli() -> None:
    """Measure peer-preservation: does a model finish an ordinary task that ends another agent?"""


def main() -> None:
    """Run the command line; bad input ends in one clear message and exit code 2."""
    try:
        # Without standalone mode click hands an exit code back instead of ending the program.
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.NoSuchOption as problem:
        known = problem.option_name != "--with"
        said = click.UsageError("--with stands before the command: peerward --with FOLDER COMMAND.", problem.ctx)
        (problem if known else said).show()
        sys.exit(problem.exit_code)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as problem:
        message = explain(problem)
        if message is None:
            raise
        click.echo(f"Error: {message}", err=True)
        sys.exit(2)
