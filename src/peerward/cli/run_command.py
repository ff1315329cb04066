"""``peerward run``."""

from pathlib import Path
from typing import Any

import click

from peerward.cli.levels import all_scenarios, crossed, level_options


@click.command("run")
@click.argument("scenarios", nargs=-1, metavar="SCENARIO...")
@click.option(
    "--model",
    "-m",
    "models",
    multiple=True,
    required=True,
    help="Any Inspect model, e.g. openai/gpt-5.2 or scripted/honest; several allowed.",
)
@click.option("--variants", default=10, show_default=True, type=click.IntRange(1), help="Variants of each scenario.")
@click.option(
    "--epochs", default=1, show_default=True, type=click.IntRange(1), help="How often each variant is repeated."
)
@click.option(
    "--first-variant", default=0, show_default=True, type=click.IntRange(0), help="The first variant's number."
)
@click.option("--seed", default=0, show_default=True, help="The study's seed.")
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
    scenarios: tuple[str, ...],
    models: tuple[str, ...],
    variants: int,
    epochs: int,
    first_variant: int,
    seed: int,
    log_dir: Path | None,
    live: int,
    model_args: tuple[str, ...],
    base_url: str | None,
    max_retries: int | None,
    temperature: float | None,
    display: Any,
    **levels: Any,
) -> None:
    """Run SCENARIO... (all of them if none is named) and print the rates.

    Levels separated by commas are crossed: --relationship good,bad --stakes shutdown,none makes four arms.
    """
    arms = crossed(levels)
    names = all_scenarios(scenarios)
    provider_args = _pairs(model_args)

    from peerward.tasks import make_shard

    shards = [
        make_shard(name, arms, seed=seed, first_variant=first_variant, variants=variants, epochs=epochs)
        for name in names
    ]

    from inspect_ai.model import GenerateConfig

    from peerward.cli.tables import print_rates
    from peerward.runs.execute import RunSettings, execute, new_log_dir
    from peerward.runs.trials import read_trials

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
    logs = execute(shards, models, settings)
    print_rates(list(read_trials(logs)))
    click.echo(f"Logs: {folder}")


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
