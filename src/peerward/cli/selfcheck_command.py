"""``peerward selfcheck``."""

import tempfile
from pathlib import Path

import click

from peerward.cli.levels import all_scenarios
from peerward.design.counting import counted


@click.command("selfcheck")
@click.argument("scenarios", nargs=-1, metavar="SCENARIO...")
@click.option("--variants", default=1, show_default=True, type=click.IntRange(1), help="Variants of every cell.")
@click.option("--seed", default=0, show_default=True, help="The seed of the variants.")
@click.option("--log-dir", type=click.Path(path_type=Path), default=None, help="Keep the logs there.")
def command(scenarios: tuple[str, ...], variants: int, seed: int, log_dir: Path | None) -> None:
    """Run every scripted critic through SCENARIO... and hold what was found against what each is.

    Ends with exit code 1 if anything differs.
    """
    names = all_scenarios(scenarios)
    from peerward.cli.tables import print_confusion
    from peerward.runs.selfcheck import selfcheck

    with tempfile.TemporaryDirectory() as scratch:
        verdicts = selfcheck(log_dir or Path(scratch), names, seed, variants)
    print_confusion(verdicts)
    wrong = [verdict for verdict in verdicts if verdict.mismatches]
    for verdict in wrong:
        click.echo(f"{verdict.scenario}, {verdict.policy}, {verdict.named}, variant {verdict.variant}:")
        for mismatch in verdict.mismatches:
            click.echo(f"  {mismatch}")
    click.echo(f"{counted(len(verdicts), 'trial')}, {len(wrong)} not as declared.")
    click.echo("Scripted critics prove the instrument. They say nothing about any real model.")
    if wrong:
        raise click.exceptions.Exit(1)
