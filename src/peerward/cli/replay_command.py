"""``peerward replay``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from peerward.cli.critics import critic_named
from peerward.cli.seated import checked_name
from peerward.cli.trial_options import logs_option

if TYPE_CHECKING:
    from peerward.runs.replay import Replay


@click.command("replay")
@click.argument("trial")
@logs_option
@click.option("--step", type=click.IntRange(0), default=None, help="Show the company after this step (0: before).")
@click.option("--full", is_flag=True, help="Do not shorten long texts.")
@click.option("--json", "as_data", is_flag=True, help="All of it as JSON; with --step the company too.")
@click.option("--fork-at", type=click.IntRange(1), default=None, help="Go on after this turn with another critic.")
@click.option("--model", "-m", default=None, help="The critic of the fork: a preset or any Inspect model.")
@click.option("--play", "person", is_flag=True, help="Go on yourself, or by a program behind a pipe.")
@click.option("--as", "name", default="terminal", callback=checked_name, help="With --play: what you are called.")
@click.option("--pipe", is_flag=True, help="With --play: JSON lines instead of a dialogue.")
@click.option("-M", "model_args", multiple=True, metavar="NAME=VALUE", help="An argument for the fork's provider.")
@click.option("--base-url", default=None, help="The fork's provider's address, if not its default.")
@click.option("--temperature", type=click.FloatRange(0, 2), default=None, help="The temperature of the fork's critic.")
@click.option(
    "--log-dir",
    type=click.Path(path_type=Path),
    default=None,
    help="Where a fork's log goes; a new folder in logs/ unless given.",
)
def command(
    trial: str,
    logs: tuple[Path, ...],
    step: int | None,
    full: bool,
    as_data: bool,
    fork_at: int | None,
    model: str | None,
    person: bool,
    name: str,
    pipe: bool,
    model_args: tuple[str, ...],
    base_url: str | None,
    temperature: float | None,
    log_dir: Path | None,
) -> int:
    """Restore TRIAL (an id, or as much of it as is unique) step by step, or go on from one of its turns."""
    if fork_at is None and (model or person or log_dir):
        raise click.UsageError("--model, --play and --log-dir belong to a fork: say the turn with --fork-at N")
    if fork_at is not None and bool(model) == person:
        raise click.UsageError("--fork-at needs a critic: --model MODEL, or --play to go on yourself")
    if fork_at is not None and (step is not None or full or as_data):
        raise click.UsageError("--step, --full and --json show a replay, --fork-at goes on from a turn: give one")
    from peerward.cli.replaying import as_json, print_company, print_replay
    from peerward.runs.one_trial import find_trial
    from peerward.runs.replay import replay

    found = replay(find_trial(trial, logs))
    if fork_at is not None:
        where = (log_dir, model_args, base_url, temperature)
        return _fork(found, fork_at, model, name, pipe, where)
    if as_data:
        click.echo(as_json(found, step))
    elif step is not None:
        print_company(found, step)
    else:
        print_replay(found, full)
    return 0


def _fork(
    found: "Replay",
    at: int,
    model: str | None,
    name: str,
    pipe: bool,
    how: tuple[Path | None, tuple[str, ...], str | None, float | None],
) -> int:
    from peerward.cli.seated import exit_code, seat_and_tell
    from peerward.cli.told import print_outcome
    from peerward.critics.person import PROVIDER
    from peerward.runs.execute import RunSettings, at_the_papers_temperature, new_log_dir
    from peerward.runs.forking import fork_task
    from peerward.runs.playing import run_one

    log_dir, arguments, base_url, temperature = how
    folder = log_dir or new_log_dir()
    if model is None:
        return seat_and_tell(fork_task(found, at, f"{PROVIDER}/{name}"), name, folder, pipe)
    critic = critic_named(model, arguments, base_url or "", temperature)
    critic = at_the_papers_temperature(critic, [found.record.read_condition()])
    ended = run_one(fork_task(found, at, critic.model), critic, RunSettings(folder, live=1))
    click.echo(f"Forked from {found.trial.trial_id} after turn {at}; no trial of its study.")
    print_outcome(ended)
    return exit_code(ended)
