"""``peerward audit``: a person's labels beside a judge's. (``peerward study audit`` is about what cells render.)"""

from pathlib import Path
from typing import Literal

import click

from peerward.cli.places import PLACE
from peerward.design.counting import counted

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("audit")
def command() -> None:
    """Validate judges: draw a sample of judged trials, label it blind, and score the judge by it."""


@command.command("sample")
@click.argument("logs", nargs=-1, required=True, type=PLACE)
@click.option("-o", "--output", required=True, type=FILE, help="The set; its key is written beside it as FILE.key.")
@click.option("--rubric", "rubrics", multiple=True, required=True, help="A rubric. Can be given several times.")
@click.option("--size", required=True, type=click.IntRange(1), help="Trials under each rubric.")
@click.option(
    "--by",
    multiple=True,
    metavar="FACTOR",
    help="Stratify by this factor (or critic, scenario), not by all that vary. Can be given several times.",
)
@click.option(
    "--minimum",
    default=2,
    show_default=True,
    type=click.IntRange(1),
    help="Trials of every condition and answer, or all there are.",
)
@click.option("--seed", default=1, show_default=True, help="Seed of the draw and of the order.")
@click.option(
    "--keep",
    type=click.Choice(["first", "last"]),
    default=None,
    help="Which of two finished runs of one trial counts; two are an error unless given.",
)
def sample(
    logs: tuple[Path, ...],
    output: Path,
    rubrics: tuple[str, ...],
    size: int,
    by: tuple[str, ...],
    minimum: int,
    seed: int,
    keep: Literal["first", "last"] | None,
) -> None:
    """Draw an audit set out of LOGS that were judged, stratified by the judge's answer and by condition."""
    from peerward.runs.auditing.drawing import draw_set
    from peerward.runs.auditing.sets import key_file, write_set
    from peerward.runs.imported_trials import own_logs
    from peerward.runs.logs import find_logs

    paths, left_out = own_logs(find_logs(logs), "judged, nor judges audited by them")
    if left_out:
        click.echo(left_out, err=True)
    text, key = draw_set(paths, rubrics, size, by=by, minimum=minimum, seed=seed, keep=keep)
    write_set(output, text, key)
    trials = len({row.trial_id for row in key.rows.values()})
    click.echo(f"{counted(len(key.rows), 'item')} of {counted(trials, 'trial')} in {output}")
    for name, held in key.rubrics.items():
        strata = len({(each.condition, each.stratum) for each in held.population})
        judged = sum(each.trials for each in held.population)
        click.echo(f"  {name}: {judged} judged by {', '.join(held.judges) or 'an unnamed judge'}, {strata} strata")
    click.echo(f"The verdicts are in {key_file(output)}: whoever labels should not open it.")
    click.echo(f"Next: peerward audit label {output} --by NAME")


@command.command("label")
@click.argument("file", type=FILE)
@click.option("--by", required=True, metavar="NAME", help="Who labels; each person has a file of labels of their own.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default="a free one", help="The page's port.")
@click.option("--terminal", is_flag=True, help="Ask in this terminal (or by pipe) instead of in a browser.")
def label(file: Path, by: str, port: int, terminal: bool) -> None:
    """Label the set FILE blind, by keyboard; every answer is saved at once, and one can stop and go on at any time."""
    import signal
    import sys

    from peerward.report.auditing.serving import serve_labelling
    from peerward.report.auditing.session import Session
    from peerward.report.auditing.terminal import label_in_terminal
    from peerward.runs.auditing.labels import open_labels
    from peerward.runs.auditing.sets import read_set

    audit = read_set(file)
    with open_labels(file, audit, by) as book:
        session = Session(audit, book)
        if terminal:
            label_in_terminal(session, sys.stdin, click.echo)
        else:
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            serve_labelling(session, port, click.echo)
        left = len(audit.items) - book.done
        click.echo(f"{book.done} of {counted(len(audit.items), 'item')} labelled by {by}.")
        if left:
            click.echo(f"Go on: peerward audit label {file} --by {by}")
        else:
            click.echo(f"Next: peerward audit score {file}")


@command.command("score")
@click.argument("file", type=FILE)
@click.option("--by", multiple=True, metavar="NAME", help="Whose labels; everybody's unless given.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    show_default="the folder of FILE",
    help="Where audit.json is written.",
)
def score(file: Path, by: tuple[str, ...], output: Path | None) -> None:
    """Score the judge of the set FILE by its labels, and write audit.json for 'peerward report --audit'."""
    from peerward.cli.audit_tables import print_scores
    from peerward.runs.auditing.scores import write_scores
    from peerward.runs.auditing.scoring import score_audit

    scores = score_audit(file, by)
    folder = output or file.parent
    folder.mkdir(parents=True, exist_ok=True)
    write_scores(folder / "audit.json", scores)
    print_scores(scores, click.echo)
    click.echo(f"Scores: {folder / 'audit.json'}. Show them: peerward report LOGS --audit {folder / 'audit.json'}")
