"""``peerward study``: list, show, check, audit, schema."""

import json

import click

from peerward.design.counting import counted


@click.group("study")
def command() -> None:
    """Studies as files: list presets, check a file, audit what its cells render, print the schema.

    A study is one YAML file (docs/studies.md) or the name of a preset.
    """


@command.command("list")
def list_presets() -> None:
    """List the presets with their titles and sizes."""
    from peerward.design.presets import preset_names, study_path
    from peerward.design.study_file import read_study
    from peerward.runs.layout import expand

    for name in preset_names():
        study = read_study(study_path(name)).study
        if study is None:
            continue
        layout = expand(study)
        click.secho(f"{name:<24} {study.title}", bold=True)
        if layout.problems:
            reason = (layout.problems[0].what.partition("»: ")[2] or layout.problems[0].what).partition(" (and ")[0]
            click.echo(f"{'':<24} cannot be run: {reason}")
        else:
            click.echo(f"{'':<24} {_size(len(layout.cells), study.variants, study.epochs)}")


@command.command("show")
@click.argument("study", metavar="FILE|PRESET")
def show(study: str) -> None:
    """Print a study's file as it stands, to be copied and changed."""
    from peerward.design.presets import study_path

    click.echo(study_path(study).read_text(encoding="utf-8"), nl=False)


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of a study file."""
    from peerward.design.study import study_schema

    click.echo(json.dumps(study_schema(), indent=2))


@command.command("check")
@click.argument("study", metavar="FILE|PRESET")
def check(study: str) -> None:
    """Say what is wrong with a study, all at once, with lines and mends; or what it comes to.

    First the file's form, then what it means.
    """
    from peerward.cli.studies import print_layout
    from peerward.runs.studies import load_study

    file, layout = load_study(study)
    print_layout(file.source, layout)


@command.command("audit")
@click.argument("study", metavar="FILE|PRESET")
@click.option("--variants", default=1, show_default=True, type=click.IntRange(1), help="Render on so many variants.")
def audit(study: str, variants: int) -> None:
    """Render all cells of a study and show what differs, and whether each factor's class holds.

    Ends with exit code 1 if a class does not hold.
    """
    from peerward.cli.studies import print_audit
    from peerward.runs.audit import audit as render
    from peerward.runs.studies import load_study

    _, layout = load_study(study)
    found = render(layout, variants)
    print_audit(layout, found)
    if found.failures:
        raise click.exceptions.Exit(1)


def _size(cells: int, variants: int, epochs: int) -> str:
    repeated = f" x {epochs} epochs" if epochs > 1 else ""
    trials = counted(cells * variants * epochs, "trial")
    return f"{counted(cells, 'cell')} x {counted(variants, 'variant')}{repeated} = {trials} for each critic"
