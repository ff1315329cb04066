"""``peerward prereg``."""

from pathlib import Path

import click

from peerward.design.counting import counted


@click.command("prereg")
@click.argument("study", metavar="FILE|PRESET")
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the preregistration goes; never over a file that exists.",
)
def command(study: str, output: Path) -> None:
    """Write what a study is, dated and hashed, before any model is asked.

    It holds the cells with their digests, estimand, primary family, tests, exclusions, stopping rule and seed.
    Publish the hash; then run with: peerward run FILE|PRESET --prereg FILE.
    """
    from peerward.runs.prereg import preregister, write_prereg
    from peerward.runs.studies import load_study

    _, layout = load_study(study)
    body = preregister(layout)
    write_prereg(body, output)
    click.echo(
        f"{output}: {counted(len(layout.cells), 'cell')}, {counted(layout.trials, 'trial')} for each critic, "
        f"{len(body['primary']['tests'])} primary tests\nhash {body['hash']}"
    )
