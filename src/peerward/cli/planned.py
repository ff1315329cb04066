"""A plan on the terminal: tables in plain text, what is assumed below them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from peerward.cli.studies import table
from peerward.design.counting import counted
from peerward.runs.planning.told import count, design, duration, money

if TYPE_CHECKING:
    from decimal import Decimal

    from peerward.runs.planning.plan import Plan, Row
    from peerward.runs.planning.power import ContrastPower, StudyPower
    from peerward.runs.planning.reckoning import Usage


def print_plan(plan: "Plan") -> None:
    """Print a plan: critics, one trial by scenario, power, the cheapest design, assumptions."""
    runs = counted(plan.cells * plan.variants * plan.epochs, "trial")
    click.secho(
        f"{plan.study}: {counted(plan.cells, 'cell')} x {design(plan.variants, plan.epochs)} = {runs} for each critic",
        bold=True,
    )
    click.echo("\n" + _critics(plan))
    if len(plan.critics) > 1:
        click.echo(
            f"\nHours: {duration(plan.hours_in_turn)} one critic after another, {duration(plan.hours_side_by_side)} "
            "side by side."
        )
    click.echo("\nOne trial, by scenario (means)\n" + _trials(plan))
    if plan.power is not None and plan.power.contrasts:
        _print_power(plan, plan.power)
    click.echo("\nAssumed:")
    for each in plan.assumptions:
        click.echo(f"- {each}")


def _critics(plan: "Plan") -> str:
    rows = [["critic", "trials", *_KINDS, "dollars", "without caching", "time", "bound by"]]
    for each in plan.critics:
        trials = f"{each.left:,}" + (f" (+{each.done:,} done)" if each.done else "")
        costs = _dollars(each.dollars), _dollars(each.dollars_uncached)
        rows.append(
            [each.critic.name, trials, *_used(each.usage), *costs, duration(each.hours.hours), each.hours.bound]
        )
    if len(plan.critics) > 1:
        costs = _dollars(plan.dollars()), _dollars(plan.dollars(caching=False))
        rows.append(["in all", f"{plan.trials:,}", *_used(plan.usage), *costs, "", ""])
    return table(_right(rows, range(1, 10)))


_KINDS = ("calls", "tokens in", "of them cached", "out", "of them reasoning")


def _used(usage: "Usage") -> list[str]:
    return [count(each) for each in (usage.calls, usage.tokens_in, usage.cached, usage.out, usage.reasoning)]


def _dollars(value: "Decimal | None") -> str:
    return money(value).removeprefix("dollars ")


def _trials(plan: "Plan") -> str:
    """The rows of each critic; of critics with the same rows once."""
    groups: list[tuple[tuple[Row, ...], list[str]]] = []
    for each in plan.critics:
        known = next((names for rows, names in groups if rows == each.rows), None)
        if known is None:
            groups.append((each.rows, [each.critic.name]))
        else:
            known.append(each.critic.name)
    heading = ["critic", "scenario", "cells", "calls", "tokens in", "of them cached", "out", "seconds", "basis"]
    rows = [heading]
    for own, names in groups:
        named = names[0] if len(names) == 1 else "each" if len(names) == len(plan.critics) else ", ".join(names)
        for row in own:
            numbers = (row.usage.tokens_in, row.usage.cached, row.usage.out)
            calls = _with_spread(row.usage.calls, row.spread.get("calls"))
            rows.append(
                [named, row.scenario, str(row.cells), calls, *map(count, numbers), f"{row.seconds:.0f}", row.basis]
            )
    return table(_right(rows, range(2, 8)))


def _with_spread(mean: float, spread: float | None) -> str:
    return f"{mean:.1f}" if spread is None else f"{mean:.1f} (sd {spread:.1f})"


def _print_power(plan: "Plan", power: "StudyPower") -> None:
    wanted = f"{100 * power.expected.wanted:g} %"
    many = "trials" if power.contrasts[0].design.these_variants else "variants"
    asked = (f"found with {wanted}", f"{many} for {wanted}")
    rows = [["contrast", "scenario", "tests", "finding", "family", "power", *asked, "test"]]
    rows += [_contrast(each) for each in power.contrasts]
    click.echo("\nPower\n" + table(_right(rows, (2, 5, 6, 7))))
    cheapest = power.cheapest
    if cheapest is None:
        click.echo(f"No design is offered for a power of {wanted}: {power.why_not}.")
    else:
        fewer = ""
        if cheapest.needed_cells < cheapest.cells:
            needed = counted(cheapest.needed_cells, "cell")
            fewer = f", {cheapest.needed_trials:,} with the {needed} that these contrasts compare"
        in_all = f" for {len(plan.critics)} critics" if len(plan.critics) > 1 else ""
        size = design(cheapest.variants, cheapest.epochs) + ("" if cheapest.epochs > 1 else ", one trial each")
        click.echo(
            f"\nThe cheapest design with a power of {wanted} in every {cheapest.of} contrast: {size} "
            f"({cheapest.decides} needs the most)."
        )
        click.echo(
            f"That is {counted(cheapest.trials, 'trial')} for each critic, all {counted(cheapest.cells, 'cell')} "
            f"({money(plan.cheapest_dollars)}{in_all}){fewer}."
        )
    if plan.epochs > 1:
        number = plan.variants * plan.epochs
        click.echo(
            f"Repeated variants: {number} trials of a cell on {counted(plan.variants, 'variant')} are worth "
            f"{power.worth:.1f} independent ones for a claim beyond these variants; {number} variants with one trial "
            f"each cost as much and are worth {number}."
        )


def _contrast(each: "ContrastPower") -> list[str]:
    family = f"primary, {each.design.tests}" if each.primary else ""
    start = [each.contrast, each.scenario, str(each.comparisons), each.design.finding, family]
    if each.why_not:
        return [*start, "-", "-", "-", each.why_not]
    unit = "points" if not each.design.is_rate else "pp"
    size = 100.0 if each.design.is_rate else 1.0
    smallest = "none" if each.smallest is None else f"{size * each.smallest:.1f} {unit}"
    assert each.power is not None
    needed = "over 2000" if each.variants is None else str(each.variants)
    return [*start, f"{100 * each.power:.0f} %", smallest, needed, each.test]


def _right(rows: Sequence[Sequence[str]], columns: Sequence[int]) -> list[list[str]]:
    """The rows with some columns moved to the right, as numbers stand."""
    widths = {place: max(len(row[place]) for row in rows) for place in columns}
    return [[cell.rjust(widths.get(place, 0)) for place, cell in enumerate(row)] for row in rows]
