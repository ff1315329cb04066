"""What a study can find: the power of each declared contrast, and the cheapest design that reaches a wanted power."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from peerward.analysis.power import effective_trials
from peerward.design.study import Estimand
from peerward.runs.layout import Comparison, Layout
from peerward.runs.planning.expected import Design, Expected, power_at, smallest_found, variants_for


@dataclass(frozen=True)
class ContrastPower:
    """The power of a contrast's tests in a scenario that stand alike.

    Attributes:
        contrast: The contrast.
        scenario: The scenario.
        comparisons: How many tests stand alike.
        primary: Whether it belongs to the primary family.
        design: The arms of each test.
        test: The test whose power is told.
        power: Its power at the expected difference, 0-1; None where there is none to tell.
        smallest: The smallest difference that is found with the wanted power (a share, or points); None for none.
        variants: Variants that reach the wanted power, one trial each (trials an arm, where only these variants are
            meant); None where 2000 do not.
        why_not: Why there is no power to tell, or an empty text.
    """

    contrast: str
    scenario: str
    comparisons: int
    primary: bool
    design: Design
    test: str
    power: float | None
    smallest: float | None
    variants: int | None
    why_not: str


@dataclass(frozen=True)
class Cheapest:
    """The cheapest design of a study that reaches the wanted power in all contrasts that it has to.

    Attributes:
        variants: Its variants.
        epochs: How often each; 1 unless only these variants are meant.
        cells: The study's cells.
        trials: Trials of each critic.
        needed_cells: The cells that these contrasts compare.
        needed_trials: Trials of each critic with those cells alone.
        decides: The contrast and scenario that need the most.
        of: Which contrasts it has to satisfy: "primary" or "declared".
    """

    variants: int
    epochs: int
    cells: int
    trials: int
    needed_cells: int
    needed_trials: int
    decides: str
    of: str


@dataclass(frozen=True)
class StudyPower:
    """What a study can find.

    Attributes:
        expected: What was assumed.
        family: Tests in the primary family of each critic.
        contrasts: The contrasts, primary ones first.
        cheapest: The cheapest design, or None where there is none.
        why_not: Why there is none, or an empty text.
        worth: What the trials of a cell are worth in independent trials over the population of variants.
    """

    expected: Expected
    family: int
    contrasts: tuple[ContrastPower, ...]
    cheapest: Cheapest | None
    why_not: str
    worth: float


def study_power(layout: Layout, variants: int, epochs: int, expected: Expected) -> StudyPower:
    """Reckon what a study can find.

    Args:
        layout: The study, or the part of it that is run.
        variants: Variants that are run.
        epochs: Trials of each.
        expected: What is expected of the outcomes.
    """
    these = layout.study.estimand is Estimand.THESE_VARIANTS
    family = [each for each in layout.comparisons if each.primary]
    groups: dict[tuple[str, str, bool, Design], list[Comparison]] = {}
    for each in sorted(layout.comparisons, key=lambda one: not one.primary):
        tests = len(family) if each.primary else 1
        design = Design(each.finding, len(each.cells), each.crossed, these, variants, epochs, tests)
        groups.setdefault((each.contrast.name, each.scenario, each.primary, design), []).append(each)
    contrasts = tuple(
        _power(name, scenario, len(own), primary, design, expected)
        for (name, scenario, primary, design), own in groups.items()
    )
    held = [each for each in contrasts if each.primary] or list(contrasts)
    cheapest, why_not = _cheapest(layout, held, bool(family), variants, these)
    worth = effective_trials(variants, epochs, expected.correlation)
    return StudyPower(expected, len(family), contrasts, cheapest, why_not, worth)


def _power(
    name: str, scenario: str, comparisons: int, primary: bool, design: Design, expected: Expected
) -> ContrastPower:
    why_not = design.refusal()
    if why_not:
        return ContrastPower(name, scenario, comparisons, primary, design, "", None, None, None, why_not)
    difference = expected.rate_treated - expected.rate_control if design.is_rate else expected.points
    return ContrastPower(
        contrast=name,
        scenario=scenario,
        comparisons=comparisons,
        primary=primary,
        design=design,
        test=design.test(),
        power=power_at(design, expected, difference),
        smallest=smallest_found(design, expected),
        variants=variants_for(design, expected),
        why_not="",
    )


def _cheapest(
    layout: Layout, held: Sequence[ContrastPower], has_family: bool, variants: int, these: bool
) -> tuple[Cheapest | None, str]:
    """The design, or why there is none."""
    if not held:
        return None, "the study declares no contrast"
    told = [each for each in held if not each.why_not]
    if not told:
        return None, held[0].why_not
    unreached = [each for each in told if each.variants is None]
    if unreached:
        return None, f"2000 variants are not enough for {unreached[0].contrast} in {unreached[0].scenario}"
    largest = max(told, key=lambda each: each.variants or 0)
    most = largest.variants or 0
    new_variants, epochs = (variants, math.ceil(most / variants)) if these else (most, 1)
    compared = {cell.number for each in layout.comparisons if each.primary or not has_family for cell in each.cells}
    runs, cells = new_variants * epochs, len(layout.cells)
    return (
        Cheapest(
            variants=new_variants,
            epochs=epochs,
            cells=cells,
            trials=cells * runs,
            needed_cells=len(compared),
            needed_trials=len(compared) * runs,
            decides=f"{largest.contrast} in {largest.scenario}",
            of="primary" if has_family else "declared",
        ),
        "",
    )
