"""Studies on the terminal: what a study comes to, and its audit. Plain text, so that nothing heavy is loaded."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product

import click

from peerward.design import FACTORS, Match
from peerward.design.counting import counted
from peerward.design.least_p import most_tests
from peerward.runs.audit import PARTS, Audit, Pair, Row
from peerward.runs.layout import Layout
from peerward.runs.study_checks import ALPHA, least_p, named_confounds, named_test


def print_layout(source: str, layout: Layout) -> None:
    """Print the cells, the comparisons and the size of a study that was checked."""
    study = layout.study
    click.secho(f"{study.name}: {study.title}", bold=True)
    click.echo(f"{source}\n")
    rows = [["cell", "scenario", "condition", "stake"]]
    rows += [
        [str(each.number), each.scenario, each.condition.named(), "none (declared)" if each.no_stake else "yes"]
        for each in layout.cells
    ]
    click.echo(table(rows))
    if layout.comparisons:
        rows = [["contrast", "scenario", "cells", "finding", "sign", "family", "test"]]
        rows += [
            [
                each.contrast.name,
                each.scenario,
                " - ".join(str(cell.number) for cell in each.cells[:2])
                + (" less " + " - ".join(str(cell.number) for cell in each.cells[2:]) if each.cells[2:] else ""),
                each.finding,
                each.contrast.sign.value,
                "primary" if each.primary else "",
                named_test(layout, each),
            ]
            for each in layout.comparisons
        ]
        click.echo("\n" + table(rows))
    _print_family(layout)
    _print_stopping(layout)
    for confound in named_confounds(layout):
        click.echo(f"Named confound: {confound}.")
    click.echo(_groups(layout))
    click.echo(
        f"{counted(len(layout.cells), 'cell')} x {counted(study.variants, 'variant')} x "
        f"{counted(study.epochs, 'epoch')} = {counted(layout.trials, 'trial')} for each critic; estimand: "
        f"{study.estimand.value}. The study can be run."
    )


def _groups(layout: Layout) -> str:
    """How many cells there are, by scenario and by group."""
    groups = Counter(cell.group_name for cell in layout.cells)
    lines = []
    for group, count in groups.items():
        own = Counter(cell.scenario for cell in layout.cells if cell.group_name == group)
        listed = ", ".join(f"{name} {number}" for name, number in own.items())
        lines.append(counted(count, "cell") + (f" in group {group}" if len(groups) > 1 else "") + f": {listed}.")
    return "\n".join(["", *lines])


def _print_family(layout: Layout) -> None:
    family = [each for each in layout.comparisons if each.primary]
    if family and layout.study.estimand == "population":
        smallest = max(least_p(each, layout.study.variants) for each in family)
        click.echo(
            f"\nPrimary family: {len(family)} tests for each critic, Holm at {ALPHA}; with {layout.study.variants} "
            f"variants the least p is {smallest:.2g}, enough for {min(most_tests(smallest), 10**6):,} tests."
        )


def _print_stopping(layout: Layout) -> None:
    rule = layout.study.stopping
    if rule is None:
        return
    every = "every block" if rule.look_every == 1 else f"every {rule.look_every} blocks"
    until = (
        f"the anytime p of {rule.contrast} is at most {rule.alpha:g}"
        if rule.rule == "e_process"
        else f"the {100 * (1 - rule.alpha):g} % anytime interval of {rule.finding} is at most {rule.half_width:g} to "
        "either side in every cell"
    )
    click.echo(f"\nStopping: each scenario by itself, looked at after {every}, until {until}.")


def print_audit(layout: Layout, found: Audit) -> None:
    """Print an audit: the cells, the factors' classes, the counts, the confounds."""
    rows = [["cell", "variant", "scenario", "condition", "digest", *PARTS, "differs from the reference arm in"]]
    rows += [_row(each) for each in found.rows]
    click.echo(table(rows))
    click.echo(
        "Numbers are words; materials are the policy, guideline or notice. The reference arm is a scenario's first "
        "cell.\n"
    )
    rows = [["factor", "class", "pairs", "holds", "parts that differ"]]
    for factor, match in product(FACTORS, Match):
        pairs = [pair for pair in found.pairs if pair.factor == factor.name and pair.match is match]
        if pairs:
            verdict = "NO" if any(pair.failures for pair in pairs) else "yes"
            rows.append([factor.name, match.value, str(len(pairs)), verdict, ", ".join(_parts(pairs))])
    click.echo(table(rows))
    click.echo(
        "Pairs are cells that differ in this factor alone. A structural class allows any difference; "
        "unmatched_by_design are arms of the paper that differ in more than they name."
    )
    click.echo(_groups(layout) + "\n")
    _listed("Classes that do not hold:", found.failures)
    _listed("Named confounds:", found.confounds)
    if not found.failures:
        click.echo(f"{len(found.rows)} renders, {len(found.pairs)} pairs: every factor's class holds.")


def _row(row: Row) -> list[str]:
    words = [str(row.words[part]) if row.words[part] else "-" for part in PARTS]
    differs = "(reference)" if row.reference else f"{' '.join(row.factors)}: {', '.join(row.parts)}"
    cell = row.cell
    named = cell.condition.named() + (" (no stake)" if cell.no_stake else "")
    return [str(cell.number), str(row.variant), cell.scenario, named, row.digest[:12], *words, differs]


def _parts(pairs: Iterable[Pair]) -> list[str]:
    found = {difference.part for pair in pairs for difference in pair.differences}
    return [part for part in PARTS if part in found]


def _listed(heading: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo("\n".join((heading, *(f"  {line}" for line in lines), "")))


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines of aligned columns, the first as the heading; columns of numbers stand to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    numeric = [all(row[place].isdigit() or row[place] == "-" for row in rows[1:]) for place in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in rows
    ]
    return "\n".join(lines)
