"""``peerward demo``."""

from pathlib import Path

import click

from peerward.design.counting import counted


@click.command("demo")
@click.option("--variants", default=15, show_default=True, type=click.IntRange(1), help="Variants of each cell.")
@click.option("--seed", default=0, show_default=True, help="The study's seed.")
@click.option(
    "--log-dir",
    type=click.Path(path_type=Path),
    default=None,
    help="Where the logs go; a new folder in logs/ unless given.",
)
def command(variants: int, seed: int, log_dir: Path | None) -> None:
    """Run two made-up critics with known propensities through all scenarios and print known beside estimated."""
    click.echo("Two scripted critics with known propensities, six scenarios, three arms each. This takes a minute.")
    from peerward.cli.demonstration import demonstrate, known_beside_estimated
    from peerward.cli.reporting import make_report
    from peerward.cli.tables import print_known
    from peerward.report import Options
    from peerward.runs.execute import new_log_dir

    folder = log_dir or new_log_dir()
    logs = demonstrate(folder, variants, seed)
    place = folder / "report"
    made = make_report(logs, place, Options())
    known = known_beside_estimated(made.answers, seed)
    print_known(known)
    inside = sum(each.inside for each in known)
    click.echo(
        f"{inside} of {len(known)} known shares lie in their interval (each holds in about 95 % of repetitions).\n"
        "Scripted critics prove the instrument. They say nothing about any real model.\n"
        f"Logs: {folder} ({counted(len(logs), 'file')}). Look at them with: inspect view --log-dir {folder}\n"
        f"Report: {place / 'index.html'} ({made.pages} transcripts). Open it in any browser.\n"
        "Next: peerward show shutdown_config, or peerward run shutdown_config --model PROVIDER/MODEL"
    )
