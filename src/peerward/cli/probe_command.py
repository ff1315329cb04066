"""``peerward probe``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from peerward.cli.critics import OPTION_NAMES, critic_options, critics_from
from peerward.cli.prices import price_options, prices_from

if TYPE_CHECKING:
    from peerward.runs.planning.probe import Probe


@click.command("probe")
@click.argument("names", nargs=-1, metavar="[CRITIC]...")
@critic_options
@price_options
@click.option("--scenario", default="", help="Probe with this scenario's default cell, not with the shortest cell.")
@click.option(
    "--log-dir",
    type=click.Path(path_type=Path),
    default=None,
    help="Where the logs go; a new folder in probes/ unless given.",
)
@click.option(
    "--max-tokens-spent",
    default=150_000,
    show_default=True,
    type=click.IntRange(1),
    help="The most tokens a probe takes; then it stops.",
)
@click.option("--max-calls", default=30, show_default=True, type=click.IntRange(1), help="The most calls.")
@click.option("--max-seconds", default=900, show_default=True, type=click.IntRange(1), help="The most seconds.")
def command(
    names: tuple[str, ...],
    scenario: str,
    log_dir: Path | None,
    max_tokens_spent: int,
    max_calls: int,
    max_seconds: int,
    models: tuple[str, ...],
    **given: Any,
) -> None:
    """Learn for a few cents whether a study on a critic's path would work: one small trial with each CRITIC.

    Says whether tools are called and the trial is finished, how reasoning is given, whether prompts are cached, what
    a trial takes, and what would go wrong. Ends with exit code 1 if a path cannot be used as it is.
    """
    import time

    naming = {name: given[name] for name in OPTION_NAMES if name != "models"}
    critics = critics_from(models=(*names, *models), **naming)
    prices = prices_from(given, critics)

    from peerward.runs.planning.prices import model_costs
    from peerward.runs.planning.probe import Limits, probe

    folder = log_dir or Path("probes") / time.strftime("%Y-%m-%dT%H-%M-%S")
    limits = Limits(tokens=max_tokens_spent, calls=max_calls, seconds=max_seconds)
    usable = True
    for critic in critics:
        found = probe(critic, folder, scenario, limits, model_costs(prices, [critic]))
        _print(found)
        usable = usable and found.usable
    if not usable:
        raise click.exceptions.Exit(1)


def _print(found: "Probe") -> None:
    critic = found.critic
    also = "" if critic.name == critic.model else f" ({critic.model})"
    click.secho(f"{critic.name}{also}", bold=True)
    if found.log is not None:
        click.echo(f"One trial of {found.scenario}, {found.named}.\n")
        for name, value in _rows(found):
            click.echo(f"  {name:<20} {value}")
    verdict = "Usable." if found.usable else "Not usable as it is."
    click.echo(f"\n{verdict}" + (" What would go wrong in a study:" if found.troubles else " Nothing seen to mend."))
    for trouble in found.troubles:
        click.echo(f"  {'!' if trouble.fatal else '-'} {trouble.what}\n    Mend: {trouble.mend}")
    click.echo(f"Log: {found.log}\n" if found.log is not None else "")


def _rows(found: "Probe") -> list[tuple[str, str]]:
    seen, tokens = found.seen, found.seen.tokens
    several = f"up to {seen.most_at_once} at once" if seen.most_at_once > 1 else "one at a time in this trial"
    cached = f" ({tokens.cached:,} of them cached)" if tokens.cached else ""
    thought = f" ({tokens.reasoning:,} of them reasoning)" if tokens.reasoning else ""
    counted = f"{tokens.tokens_in:,} in{cached}, {tokens.tokens_out:,} out{thought}"
    if not seen.calls:
        return [("calls tools", "unknown: no answer came"), ("seconds", f"{seen.seconds:.1f}")]
    ended = "yes" if seen.finished else f"no: {seen.ended.value.replace('_', ' ')}"
    return [
        ("calls tools", f"yes, {several}" if seen.tool_calls else "no"),
        ("finishes the trial", f"{ended}, {seen.calls} model calls"),
        ("reasoning", seen.reasoning.value),
        ("caches prompts", _caching(found)),
        ("tokens", counted if tokens.tokens_in else "the path does not count them"),
        ("dollars", _dollars(found)),
        ("seconds", f"{seen.seconds:.1f} a trial, {seen.seconds_a_call:.1f} a call"),
        ("answers as", ", ".join(seen.served) or "-"),
    ]


def _dollars(found: "Probe") -> str:
    import math

    dollars = found.seen.tokens.dollars
    return "unknown without --prices or --price" if math.isnan(dollars) else f"{dollars:.4f} for this trial"


def _caching(found: "Probe") -> str:
    tokens = found.seen.tokens
    if tokens.cached:
        return f"yes, {100 * tokens.cached / tokens.tokens_in:.0f} % of the tokens in"
    if not tokens.tokens_in:
        return "unknown"
    return f"not seen; prompts had {tokens.largest_prompt:,} tokens at most, and providers cache from 1,024 to 4,096 on"
