"""``peerward status``: how a run is, from any shell, on any machine that can read its folder."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peerward.design.counting import counted

if TYPE_CHECKING:
    from peerward.runs.running.status import Status

_MOST = 200
"""Lines that are printed at most; the JSON has every cell."""


@click.command("status")
@click.argument("logdir")
@click.option("--json", "as_json", is_flag=True, help="As JSON, everything that is known.")
@click.option("--watch", is_flag=True, help="Go on showing it until the run has ended; Ctrl-C ends the looking only.")
@click.option("--drain", is_flag=True, help="Ask the run to end: trials that run come to their end, none begins.")
def command(logdir: str, as_json: bool, watch: bool, drain: bool) -> None:
    """Show how the run in LOGDIR is (a folder, or an address such as s3://...).

    It only reads: it can be called at any time, while the run goes on, after it was killed, from another machine.
    """
    if as_json + watch + drain > 1:
        raise click.UsageError("give one of --json, --watch and --drain, not several")

    from peerward.runs.places import place
    from peerward.runs.running.status import read_status

    root = place(logdir)
    status = read_status(root)
    if drain:
        _drain(root, status)
    elif as_json:
        click.echo(_json(status))
    elif watch and not status.is_over:
        _watch(root)
    else:
        _print(status)


def _print(status: "Status") -> None:
    from peerward.cli.status_view import view
    from peerward.cli.tables import console

    out = console()
    out.print(view(status, out.width, _MOST))
    if status.state.value == "stopped":
        click.echo(f"Go on with the same `peerward run` command and --log-dir {status.root}.")
    elif status.state.value == "silent":
        click.echo(
            f"If its process is gone, the same `peerward run` command with --log-dir {status.root} goes on where it "
            "was."
        )


def _watch(root: Path) -> None:
    from peerward.cli.live_view import shown_on_stderr
    from peerward.runs.places import is_local
    from peerward.runs.running.status import read_status

    try:
        with shown_on_stderr("auto") as show:
            while True:
                status = read_status(root)
                show(status)
                if status.is_over:
                    break
                time.sleep(1.0 if is_local(root) else 10.0)
    except KeyboardInterrupt:
        click.echo("The run goes on; only the looking has ended.", err=True)
        return
    _print(status)


def _drain(root: Path, status: "Status") -> None:
    import socket

    from peerward.cli.status_words import clean
    from peerward.runs.places import write_whole
    from peerward.runs.running.names import DRAIN

    if status.is_over:
        raise click.UsageError(f"nothing is to be drained: the run is {clean(status.state.value)} already")
    if status.state.value == "draining":
        click.echo(f"It drains already: {clean(status.why)}. Still running: {counted(status.trials.running, 'trial')}.")
        return
    write_whole(root / DRAIN, f"the run was asked to end (peerward status --drain on {socket.gethostname()})\n")
    if status.state.value == "silent":
        click.echo(f"The run is {clean(status.state.value)}: {clean(status.why)}. If it is still there, it will drain.")
    click.echo(
        f"Asked. No further trial begins; those that run ({status.trials.running:,} when last heard) come to their "
        "end, and are finished trials like all others. Then the run ends and says so.\n"
        f"See it end: peerward status {clean(str(root))} --watch\n"
        f"Go on later: the same `peerward run` command with --log-dir {clean(str(root))}"
    )


def _json(status: "Status") -> str:
    import json
    from dataclasses import asdict

    body: dict[str, Any] = asdict(status)
    body["trials"] |= _derived(status.trials)
    for told, critic in zip(body["critics"], status.critics, strict=True):
        told["trials"] |= _derived(critic.trials)
        for cell_told, cell in zip(told["cells"], critic.cells, strict=True):
            cell_told["trials"] |= _derived(cell.trials) | {"interim_rate": cell.trials.interim}
    return json.dumps(body, indent=1)


def _derived(trials: Any) -> dict[str, Any]:
    return {"left": trials.left, "completion": trials.completion}
