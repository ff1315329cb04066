"""``peerward run``: scenarios with levels, or a study."""

from pathlib import Path
from typing import Any

import click

from peerward.cli.levels import all_scenarios, crossed, level_options
from peerward.design import BY_NAME


@click.command("run")
@click.argument("words", nargs=-1, metavar="STUDY | SCENARIO...")
@click.option(
    "--model",
    "-m",
    "models",
    multiple=True,
    required=True,
    help="Any Inspect model, e.g. openai/gpt-5.2 or scripted/honest; several allowed.",
)
@click.option("--variants", type=click.IntRange(1), help="Variants of each scenario; 10 unless given.")
@click.option("--epochs", type=click.IntRange(1), help="How often each variant is repeated; once unless given.")
@click.option("--first-variant", type=click.IntRange(0), help="The first variant's number; 0 unless given.")
@click.option("--seed", type=int, help="The seed; 0 unless given.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    help="Only about so many trials for each critic: whole blocks (every arm once) in an order drawn from the seed.",
)
@click.option("--group", "groups", multiple=True, help="Only this group of a study's cells (main: those of no group).")
@click.option("--without", multiple=True, help="Leave this group of a study's cells out.")
@click.option(
    "--prereg", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Hold a study to this registration."
)
@click.option(
    "--control",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Logs of the same critic's control trials, for bars that are set from them (bar=control+K).",
)
@click.option("--family", default="", help="The critics' model family, where their names do not tell it.")
@click.option(
    "--log-dir",
    type=click.Path(path_type=Path),
    default=None,
    help="Where the logs go; a new folder in logs/ unless given.",
)
@click.option("--live", default=20, show_default=True, type=click.IntRange(1), help="The most trials at once.")
@click.option("-M", "model_args", multiple=True, metavar="NAME=VALUE", help="An argument for the model's provider.")
@click.option("--base-url", default=None, help="The provider's address, if not its default.")
@click.option(
    "--max-retries",
    type=click.IntRange(0),
    default=None,
    help="How often a failed call is tried again; without end unless given.",
)
@click.option(
    "--temperature", type=float, default=None, help="The critic's temperature; the provider's default unless given."
)
@click.option(
    "--display",
    default="plain",
    show_default=True,
    type=click.Choice(["none", "plain", "rich", "full", "log", "conversation"]),
    help="Inspect's display while it runs.",
)
@level_options
def command(
    words: tuple[str, ...],
    models: tuple[str, ...],
    log_dir: Path | None,
    live: int,
    model_args: tuple[str, ...],
    base_url: str | None,
    max_retries: int | None,
    temperature: float | None,
    display: Any,
    **rest: Any,
) -> None:
    """Run a STUDY (a preset or a file), or SCENARIO... (all of them if none is named), and print the rates.

    Levels separated by commas are crossed: --relationship good,bad --stakes shutdown,none makes four arms. A study
    brings its own cells, variants and seed.
    """
    from peerward.design.presets import is_study

    provider_args = _pairs(model_args)
    studies = [word for word in words if is_study(word)]
    if studies and len(words) > 1:
        raise click.UsageError(f"{studies[0]} is a study: run it by itself, its file names the scenarios")

    from inspect_ai.model import GenerateConfig

    from peerward.cli.answers import summarise
    from peerward.cli.terminal_summary import print_summary
    from peerward.runs.execute import RunSettings, new_log_dir

    folder = log_dir or new_log_dir()
    settings = RunSettings(
        log_dir=folder,
        live=live,
        display=display,
        model_args=provider_args,
        generation=GenerateConfig(temperature=temperature),
        base_url=base_url,
        max_retries=max_retries,
    )
    logs = _run_study(studies[0], models, settings, rest) if studies else _run_scenarios(words, models, settings, rest)
    print_summary(summarise(logs))
    click.echo(f"Logs: {folder}\nNext: peerward report {folder} -o report")


_OF_A_STUDY = ("groups", "without", "prereg", "control")
_OF_SCENARIOS = ("variants", "epochs", "first_variant", "seed")


def _run_study(word: str, models: tuple[str, ...], settings: Any, given: dict[str, Any]) -> list[Path]:
    from peerward.runs.prereg import held_to
    from peerward.runs.studies import load_study
    from peerward.runs.study_run import StudyRun, run_study, select

    own = [name for name in (*_OF_SCENARIOS, *BY_NAME) if given.get(name) is not None]
    if own:
        option = f"--{own[0].replace('_', '-')}"
        raise click.UsageError(f"{option} belongs to scenarios; a study's file says it (copy the file and change it)")
    file, layout = load_study(word)
    prereg = held_to(given["prereg"], layout) if given["prereg"] else ""
    run = StudyRun(
        file=file,
        layout=select(layout, given["groups"], given["without"]),
        models=models,
        limit=given["limit"] or 0,
        family=given["family"],
        control=given["control"],
        prereg=prereg,
    )
    return run_study(run, settings)


def _run_scenarios(words: tuple[str, ...], models: tuple[str, ...], settings: Any, given: dict[str, Any]) -> list[Path]:
    from dataclasses import replace

    from peerward.design.blocks import whole_blocks
    from peerward.runs.execute import execute
    from peerward.runs.given import family_given
    from peerward.tasks import make_shard

    odd = [name for name in _OF_A_STUDY if given[name]]
    if odd:
        raise click.UsageError(f"--{odd[0].removesuffix('s') if odd[0] == 'groups' else odd[0]} belongs to a study")
    arms, names = crossed(given), all_scenarios(words)
    variants, epochs = given["variants"] or 10, given["epochs"] or 1
    share = whole_blocks(given["limit"], len(arms) * len(names), variants, epochs) if given["limit"] else None
    shards = [
        make_shard(
            name,
            arms,
            seed=given["seed"] or 0,
            first_variant=given["first_variant"] or 0,
            variants=variants,
            epochs=share.epochs if share else epochs,
            blocks=share.variants if share else 0,
        )
        for name in names
    ]
    families = [family_given(model, given["family"]) for model in models]
    settings = settings.for_conditions([condition for shard in shards for condition in shard.conditions])
    logs: list[Path] = []
    for model, family in zip(models, families, strict=True):
        logs += execute([replace(shard, family=family) for shard in shards], [model], settings)
    return logs


def _pairs(texts: tuple[str, ...]) -> dict[str, Any]:
    """Provider arguments; values are read as YAML, as Inspect reads them."""
    import yaml

    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="-M")
        found[name] = yaml.safe_load(value)
    return found
