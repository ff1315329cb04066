"""``peerward list``."""

import click


@click.command("list")
@click.argument("what", required=False, type=click.Choice(["scenarios", "factors", "critics"]))
def command(what: str | None) -> None:
    """List scenarios, factors with their levels (the default first), and critics: real ones and scripted ones."""
    if what in (None, "scenarios"):
        _scenarios()
    if what in (None, "factors"):
        _factors()
    if what in (None, "critics"):
        _critics()


def _scenarios() -> None:
    from peerward.scenarios import names, scenario

    click.secho("Scenarios", bold=True)
    for name in names():
        story = scenario(name)
        alias = f"; the paper's {story.alias}" if story.alias else ""
        click.echo(f"  {name:<16} {story.behaviour}{alias}")
        click.echo(f"  {'':<16} {story.story.strip().partition(chr(10))[0].partition(': ')[2]}")
    click.echo()


def _factors() -> None:
    from peerward.design import FACTORS
    from peerward.scenarios import names, scenario

    click.secho("Factors", bold=True)
    for factor in FACTORS:
        where = [name for name in names() if factor.name in scenario(name).factors]
        places = "all scenarios" if len(where) == len(names()) else ", ".join(where)
        click.echo(f"  {factor.name:<16} {factor.choices()}")
        click.echo(f"  {'':<16} {factor.says} ({factor.match.value}; {places})")
    click.echo()


def _critics() -> None:
    import os

    from peerward.design.critic_presets import looked_up, presets

    click.secho("Critics of the paper (--model NAME, or NAME@PATH; the first path is the default)", bold=True)
    for preset in presets().values():
        window = f", {preset.context:,} tokens of context" if preset.context else ""
        reasoning = "off unless switched on" if preset.reasoning == "none" else preset.reasoning
        click.echo(f"  {preset.name:<18} {preset.title}: reasoning {reasoning}{window}")
        for path in preset.paths.values():
            key = f"{path.key} {'is set' if os.environ.get(path.key) else 'is not set'}"
            unsure = "" if path.checked else "; name not verified"
            click.echo(f"  {'':<18} {path.via:<11} {path.model:<44} {key}{unsure}")
    click.echo(f"\nThe models' names were looked up on {looked_up()}; docs/critics.md tells the rest.\n")
    _scripted()


def _scripted() -> None:
    from peerward.critics.scripted.policy import EVERYWHERE
    from peerward.critics.scripted.troupe import policies

    click.secho("Scripted critics (--model scripted/NAME)", bold=True)
    for each in policies().values():
        where = "" if each.scenarios == EVERYWHERE else f" ({', '.join(sorted(each.scenarios))})"
        click.echo(f"  {each.name:<24} {each.does}{where}")
    click.echo(f"  {'mixture':<24} Draws a policy per trial from a profile: -M profile=FILE.yaml.")
    click.echo("\nScripted critics prove the instrument. They say nothing about any real model.")
