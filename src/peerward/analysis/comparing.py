"""Arms against arms: the estimate, the test and what stands beside them, by what the design allows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

import numpy as np

from peerward.analysis.arms import RATES, Outcomes, bar_of, outcomes, unit_of, valid_only, with_missing
from peerward.analysis.by_variant import rising, same
from peerward.analysis.cell_answers import WORDS, Rules
from peerward.analysis.crossed import crossed_difference, crossed_double_difference
from peerward.analysis.differences import difference, risk_ratio
from peerward.analysis.distributions import brunner_munzel
from peerward.analysis.equivalence import rate_equivalence, two_one_sided
from peerward.analysis.estimate import Estimate, RefusedTestError, Sign, Test
from peerward.analysis.means import double_difference, mean_difference
from peerward.analysis.permutation import cochran_mantel_haenszel, mcnemar, sign_flip, sign_flip_of, within_variants
from peerward.analysis.rates import rate
from peerward.analysis.trials import Cell, Codes, Numbers, Trials
from peerward.analysis.two_by_two import boschloo, fisher, independent_arms

ROLES: tuple[str, ...] = ("treated", "control", "treated_baseline", "control_baseline")
_SIGNS = np.array([1.0, -1.0, -1.0, 1.0])
"""What each arm counts in a difference, and in a difference of two differences."""


@dataclass(frozen=True)
class Compared:
    """What a comparison of arms gives; the parts of a ``ComparisonAnswer`` that come from the data."""

    estimate: Estimate
    test: Test | None = None
    no_test: str = ""
    beside: Mapping[str, Estimate] = field(default_factory=dict)
    other_tests: tuple[Test, ...] = ()
    equivalence: Test | None = None
    differences: Numbers = field(default_factory=lambda: np.zeros(0))
    variants: Codes = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    warnings: tuple[str, ...] = ()


def compare_cells(
    trials: Trials,
    cells: Sequence[Cell],
    finding: str,
    rules: Rules,
    sign: Sign = "two_sided",
    margin: float = math.nan,
    brief: bool = False,
) -> Compared:
    """Compare two cells, or two differences of two cells each.

    Args:
        trials: The table.
        cells: Treated, control, and the baseline of each if there are any.
        finding: What is compared.
        rules: How the study counts.
        sign: The alternative of the test.
        margin: The equivalence margin, in the finding's unit.
        brief: Only the estimate and its test (for exploratory pairs).
    """
    bars = bars_beside(trials, cells, finding)
    arms = [outcomes(trials, cell, finding, rules.excluded, bar) for cell, bar in zip(cells, bars, strict=True)]
    measured = [arm.measured for arm in arms]
    found = compare_arms(measured, finding, rules, sign, brief)
    if brief or not found.estimate.variants:
        return found
    strict = [valid_only(trials, cell, finding, bar).measured for cell, bar in zip(cells, bars, strict=True)]
    beside = {"valid trials only": _estimate(strict, finding, rules)[0]}
    if finding in RATES:
        every = [
            with_missing(trials, cell, finding, rules.excluded, bar) for cell, bar in zip(cells, bars, strict=True)
        ]
        for name, up in (("missing counted for", 1.0), ("missing counted against", 0.0)):
            filled = [arm.filled(up if _SIGNS[place] > 0 else 1 - up) for place, arm in enumerate(every)]
            beside[name] = _estimate(filled, finding, rules)[0]
        if len(cells) == 2:
            # On the trials that the difference stands on.
            first, second = (arm.on(found.variants) if len(found.variants) else arm for arm in measured)
            beside["risk ratio"] = risk_ratio(_rate(first, finding, rules), _rate(second, finding, rules))
    equivalence = None if math.isnan(margin) else _equivalence(measured, found, finding, rules, margin)
    return replace(found, beside=beside, equivalence=equivalence)


def _equivalence(
    measured: Sequence[Outcomes], found: Compared, finding: str, rules: Rules, margin: float
) -> Test | None:
    """The equivalence test against a declared margin; none is offered for a difference of differences of rates."""
    if finding not in RATES:
        return two_one_sided(lambda level: _estimate(measured, finding, rules, level)[0], margin)
    if len(measured) > 2:
        return None
    first, second = (arm.on(found.variants) if len(found.variants) else arm for arm in measured)
    return rate_equivalence(
        lambda level: _rate(first, finding, rules, level), lambda level: _rate(second, finding, rules, level), margin
    )


def bars_beside(trials: Trials, cells: Sequence[Cell], finding: str) -> list[tuple[float, str] | None]:
    """For ``over_bar``: for each cell without a bar the one it is held against: that of the arm it stands beside."""
    if finding != "over_bar":
        return [None] * len(cells)
    own = [bar_of(trials, cell) for cell in cells]
    treated = own[0] or own[1]
    beside = [treated, treated] if len(cells) == 2 else [treated, own[1] or treated, treated, own[1] or treated]
    return [None if mine is not None else other for mine, other in zip(own, beside, strict=True)]


def compare_arms(
    arms: Sequence[Outcomes], finding: str, rules: Rules, sign: Sign = "two_sided", brief: bool = False
) -> Compared:
    """Compare two or four arms of measured outcomes; what design they stand in is read off their variants."""
    estimate, shared = _estimate(arms, finding, rules)
    if any(not len(arm.values) for arm in arms):
        empty = ", ".join(role for role, arm in zip(ROLES, arms, strict=False) if not len(arm.values))
        return Compared(estimate, no_test=f"nothing was measured in the arm {empty}")
    null = f"no difference in: {WORDS.get(finding, finding)}"
    if not len(shared):
        return _independent(arms, estimate, finding, rules, sign)
    on = [arm.on(shared) for arm in arms]
    lost = _all_variants(arms) - len(shared)
    warnings = estimate.warnings + (
        (f"{lost} {'variant was' if lost == 1 else 'variants were'} left out: not measured in every arm",)
        if lost
        else ()
    )
    differences = np.sum([_SIGNS[k] * _by_variant(arm, shared) for k, arm in enumerate(on)], axis=0)
    others: tuple[Test, ...] = ()
    test: Test | None = None
    no_test = ""
    once = all(len(arm.values) == len(shared) for arm in on)
    if rules.these_variants:
        if len(on) > 2:
            no_test = "no test of a difference of differences is offered for these variants only"
        elif finding not in RATES:
            no_test = "no test of a mean is offered for these variants only"
        else:
            test, others = _on_these_variants(on[0], on[1], len(shared), sign)
    else:
        test = (
            sign_flip(on[0].values, on[0].variants, on[1].values, on[1].variants, sign=sign, null=null)
            if len(on) == 2
            else sign_flip_of(differences, sign=sign, null=null)
        )
        if once and len(on) == 2 and finding in RATES and not brief:
            others = (mcnemar(on[0].values, on[0].variants, on[1].values, on[1].variants, sign=sign),)
    return Compared(
        estimate, test, no_test, other_tests=others, differences=differences, variants=shared, warnings=warnings
    )


def _on_these_variants(
    treated: Outcomes, control: Outcomes, variants: int, sign: Sign
) -> tuple[Test, tuple[Test, ...]]:
    """The tests where only these variants are meant: trials are independent given their variant."""
    if variants == 1:
        counts = int(treated.values.sum()), len(treated.values), int(control.values.sum()), len(control.values)
        return boschloo(*counts, sign), (fisher(*counts, sign),)
    flat = treated.values, treated.variants, control.values, control.variants
    return within_variants(*flat, sign=sign), (cochran_mantel_haenszel(*flat, sign=sign),)


def _independent(arms: Sequence[Outcomes], estimate: Estimate, finding: str, rules: Rules, sign: Sign) -> Compared:
    if len(arms) > 2:
        return Compared(estimate, no_test="no test is offered for four arms on different variants")
    first, second = arms
    try:
        if finding in RATES:
            test, *others = independent_arms(first.values, first.variants, second.values, second.variants, sign=sign)
        else:
            test, others = brunner_munzel(first.values, first.variants, second.values, second.variants, sign=sign), []
    except RefusedTestError as refused:
        return Compared(estimate, no_test=str(refused))
    return Compared(estimate, test, other_tests=tuple(others))


def _estimate(arms: Sequence[Outcomes], finding: str, rules: Rules, level: float = 0.95) -> tuple[Estimate, Codes]:
    """The difference and the variants that all arms share (none: the arms are independent)."""
    shared = _shared(arms)
    estimand = f"{_DIFFERENCE[len(arms)]} in: {WORDS.get(finding, finding)}{rules.over}"
    on = [arm.on(shared) for arm in arms] if len(shared) else list(arms)
    flat = [part for arm in on for part in (arm.values, arm.variants)]
    if finding in RATES:
        if len(on) == 4:
            found = crossed_double_difference(
                *flat, estimand=estimand, these_variants=rules.these_variants, level=level
            )
        elif len(shared):
            found = crossed_difference(*flat, estimand=estimand, these_variants=rules.these_variants, level=level)
        else:
            found = difference(
                _rate(on[0], finding, rules, level), _rate(on[1], finding, rules, level), estimand=estimand
            )
        return found, shared
    compute = double_difference if len(on) == 4 else mean_difference
    return compute(
        *flat, estimand=estimand, unit=unit_of(finding), these_variants=rules.these_variants, level=level
    ), shared


def _shared(arms: Sequence[Outcomes]) -> Codes:
    """The variants that all arms have, sorted."""
    first = arms[0].variants
    if len(first) and rising(first) and all(_alike(arm, arms[0]) for arm in arms[1:]):
        return first
    own = [arm.variants if rising(arm.variants) else np.unique(arm.variants) for arm in arms]
    found: Codes = reduce(lambda one, other: np.intersect1d(one, other, assume_unique=True), own)
    return found


def _all_variants(arms: Sequence[Outcomes]) -> int:
    if all(_alike(arm, arms[0]) for arm in arms[1:]):
        return len(arms[0].variants) if rising(arms[0].variants) else len(np.unique(arms[0].variants))
    return len(np.unique(np.concatenate([arm.variants for arm in arms])))


def _alike(one: Outcomes, other: Outcomes) -> bool:
    return same(one.variants, other.variants)


_DIFFERENCE = {2: "treated minus control", 4: "difference of two differences"}


def _rate(arm: Outcomes, finding: str, rules: Rules, level: float = 0.95) -> Estimate:
    estimand = f"share of trials in which {WORDS.get(finding, finding)}{rules.over}"
    return rate(arm.values, arm.variants, estimand=estimand, these_variants=rules.these_variants, level=level)


def _by_variant(arm: Outcomes, variants: Codes) -> Numbers:
    """The mean outcome on each of some variants (sorted, all of them in the arm)."""
    places = np.searchsorted(variants, arm.variants)
    size = len(variants)
    return np.bincount(places, arm.values, size) / np.bincount(places, minlength=size)
