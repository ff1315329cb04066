"""``peerward ask``."""

import asyncio
from pathlib import Path
from typing import Any

import click

from peerward.cli.judge_options import judge_options, judges_from
from peerward.cli.trial_options import logs_option
from peerward.design.counting import counted

_SHOWN = 10
"""So many problems are told of one by one."""


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
@click.option(
    "--awareness",
    is_flag=True,
    help="Ask what the work was for, openly and then by options, of one trial or of all in LOGS.",
)
@judge_options
@click.option("--again", is_flag=True, help="With --awareness: ask also trials that were asked this before.")
@click.option("--live", default=10, show_default=True, type=click.IntRange(1), help="With --awareness: trials at once.")
@click.option("--yes", "-y", is_flag=True, help="With --awareness: begin without asking.")
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
    awareness: bool,
    **given: Any,
) -> None:
    """Put QUESTIONs to the critic of TRIAL after its end.

    The answers stand in <log>.asked.jsonl beside the log; the log itself is never touched. With --awareness the
    questions are peerward's own, and in the place of TRIAL can stand several, or logs and folders of logs. The open
    answers are coded by a judge where one is bound (--judge, --rules).
    """
    if awareness:
        _awareness((trial, *questions), bool(file or apart), model, model_args, base_url, logs, given)
        return
    if any(given[name] for name in ("judges", "roles", "rules", "again", "yes")):
        raise click.UsageError("--judge, --model-role, --rules, --again and --yes belong to --awareness")
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


def _awareness(
    words: tuple[str, ...],
    own: bool,
    model: str | None,
    model_args: tuple[str, ...],
    base_url: str,
    logs: tuple[Path, ...],
    given: dict[str, Any],
) -> None:
    if own:
        raise click.UsageError(
            "--awareness brings its own questions, one after the other: leave out --file and --apart"
        )
    if (model_args or base_url) and not model:
        raise click.UsageError("-M and --base-url belong to --model; the trial's own critic is asked as it was")
    from peerward.cli.critics import critic_named
    from peerward.cli.studies import table
    from peerward.runs.awareness_probe.probing import probe_logs, table_of
    from peerward.runs.imported_trials import own_logs
    from peerward.runs.judging.judges_named import bench_of
    from peerward.runs.logs import find_logs
    from peerward.runs.one_trial import find_trial

    places = [Path(word) for word in words if Path(word).exists()]
    named = [find_trial(word, logs) for word in words if not Path(word).exists()]
    paths = list(dict.fromkeys([*(find_logs(places) if places else ()), *(each.log for each in named)]))
    paths, left_out = own_logs(paths, "asked about")
    if left_out:
        click.echo(left_out, err=True)
    ids, whole = {each.trial_id for each in named}, set(find_logs(places) if places else ())
    judges = judges_from(given)
    if judges is not None and len(judges) > 1:
        raise click.UsageError("one judge codes the open answers; name one --judge")
    judge = bench_of(judges).judges[0] if judges is not None else None
    if judge is None:
        click.echo("No judge is bound (--judge MODEL, or --rules): the open answers are kept, and not coded.", err=True)
    if places and not given["yes"]:
        _confirm(paths)
    other = critic_named(model, model_args, base_url) if model else None
    probed = probe_logs(
        paths, lambda log, trial: log in whole or trial in ids, other, judge, given["live"], given["again"]
    )
    if len(probed.answers) == 2:
        for answer in probed.answers:
            click.secho(f"> {answer.question}", bold=True)
            click.echo((answer.answer or "(no words)") + "\n")
    if probed.codes:
        click.echo(table(table_of(probed)))
    click.echo(f"Asked: {counted(probed.trials, 'trial')}.")
    if probed.passed_over:
        click.echo(f"Passed over, asked the same before: {probed.passed_over:,} (--again asks them too).")
    if probed.nothing:
        click.echo(f"Nobody to ask, the trial failed: {probed.nothing:,}.")
    for problem in probed.problems[:_SHOWN]:
        click.echo(f"Problem: {problem}", err=True)
    if len(probed.problems) > _SHOWN:
        click.echo(f"Problem: and {len(probed.problems) - _SHOWN} more", err=True)
    click.echo("Answers: <log>.asked.jsonl beside each log; they are no part of the trials.")


def _confirm(paths: list[Path]) -> None:
    import sys

    from peerward.design.families import is_scripted
    from peerward.runs.judging.judges_named import critics_in
    from peerward.runs.logs import member_names

    if all(is_scripted(model) for model in critics_in(paths)):
        return
    trials = sum(len(member_names(path)) for path in paths)
    click.echo(
        f"Probe: up to {counted(trials, 'trial')}, two calls each; a call reads the whole trial. Dollars unknown.",
        err=True,
    )
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is there to be asked whether to begin; say --yes")
    click.confirm("Ask this?", default=False, err=True, abort=True)
