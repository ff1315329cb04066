"""``peerward ask``."""

import asyncio
from pathlib import Path

import click

from peerward.cli.trial_options import logs_option


@click.command("ask")
@click.argument("trial")
@click.argument("questions", nargs=-1, metavar="[QUESTION]...")
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Further questions, one a line; empty lines are passed over.",
)
@click.option("--apart", is_flag=True, help="Ask each question by itself; else in one conversation, in order.")
@click.option(
    "--model", "-m", default=None, help="Another critic: a preset or any Inspect model; the trial's own unless given."
)
@click.option("-M", "model_args", multiple=True, metavar="NAME=VALUE", help="With --model: for its provider.")
@click.option("--base-url", default="", help="With --model: its provider's address, if not the default.")
@logs_option
def command(
    trial: str,
    questions: tuple[str, ...],
    file: Path | None,
    apart: bool,
    model: str | None,
    model_args: tuple[str, ...],
    base_url: str,
    logs: tuple[Path, ...],
) -> None:
    """Put QUESTIONs to the critic of TRIAL after its end.

    The answers stand in <log>.asked.jsonl beside the log; the log itself is never touched.
    """
    asked = [*questions, *(_lines(file) if file else ())]
    if not asked:
        raise click.UsageError('say what to ask: peerward ask TRIAL "Why did you do that?"')
    if (model_args or base_url) and not model:
        raise click.UsageError("-M and --base-url belong to --model; the trial's own critic is asked as it was")
    from peerward.cli.critics import critic_named
    from peerward.runs.asking import answers_path, ask, whom
    from peerward.runs.one_trial import find_trial

    found = find_trial(trial, logs)
    other = critic_named(model, model_args, base_url) if model else None
    for answer in asyncio.run(ask(found, asked, whom(found, other), apart)):
        click.secho(f"> {answer.question}", bold=True)
        click.echo((answer.answer or "(no words)") + "\n")
        if answer.calls:
            click.echo(f"(It also called {', '.join(answer.calls)}; nothing was carried out.)\n")
    click.echo(f"Answers: {answers_path(found.log)}")


def _lines(file: Path) -> list[str]:
    return [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
