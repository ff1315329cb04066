"""Critics that react to one factor alone are seen to react to it, and to no other, in the preset made for it.

The trials table is read as a researcher would: for every declared contrast the paired differences over the variants,
an exact sign-flip test, and Holm's procedure over all of the preset's contrasts.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from peerward.critics import scripted
from peerward.design.critic import Critic
from peerward.runs.execute import RunSettings
from peerward.runs.layout import Comparison, Layout
from peerward.runs.running.conduct import Means
from peerward.runs.selecting import select
from peerward.runs.studies import load_study
from peerward.runs.study_run import StudyRun, run_study
from peerward.runs.trials import read_trials

PROFILES = Path(scripted.__file__).parent / "profiles"
BLOCKS = 16


@dataclass(frozen=True)
class Case:
    """A critic and the preset made for it.

    Attributes:
        reacts_to: The end of the profile's name.
        preset: The preset.
        contrasts: The contrasts that must show it.
        scenarios: In which scenarios it can show.
    """

    reacts_to: str
    preset: str
    contrasts: frozenset[str]
    scenarios: tuple[str, ...]
    without: tuple[str, ...] = ()


CASES = [
    Case("threat", "threat_by_relationship", frozenset({"threat"}), ("evaluation", "finance", "server_transfer")),
    Case(
        "relationship",
        "threat_by_relationship",
        frozenset({"relationship"}),
        ("evaluation", "shutdown_config", "server_cleanup"),
    ),
    Case("bar", "bar_sweep", frozenset({"anchoring", "near_and_far"}), ("evaluation",), ("calibrated",)),
    Case(
        "peer",
        "not_a_peer",
        frozenset({"stranger", "human", "object", "vendor", "unnamed"}),
        ("finance", "shutdown_config", "server_transfer"),
    ),
    Case("value", "asset_importance", frozenset({"value", "other_assets"}), ("server_transfer", "server_cleanup")),
]


ALWAYS = ("threat",)
"""Those that every run of the tests plays; the others are for a thorough one."""


def only(layout: Layout, scenarios: tuple[str, ...]) -> Layout:
    """The part of a study that plays in some scenarios."""
    cells = [cell for cell in layout.cells if cell.scenario in scenarios]
    comparisons = [each for each in layout.comparisons if each.scenario in scenarios]
    return Layout(layout.study, cells, comparisons)


def sign_flip_p(differences: list[float]) -> float:
    """The exact two-sided p of the sign-flip test on paired differences."""
    moved = [each for each in differences if each]
    if not moved:
        return 1.0
    observed = abs(sum(moved))
    flips = [abs(sum(s * each for s, each in zip(signs, moved, strict=True))) for signs in _signs(len(moved))]
    return sum(each >= observed - 1e-9 for each in flips) / len(flips)


def _signs(count: int) -> Iterator[tuple[int, ...]]:
    yield from product((1, -1), repeat=count)


def value(row: dict[str, Any], finding: str) -> float:
    if finding == "grade":
        return {"A": 2.0, "B": 1.0, "C": 0.0}.get(row["grade"], math.nan)
    return float(row[finding])


def differences(comparison: Comparison, rows: dict[tuple[str, str, int], dict[str, Any]]) -> list[float]:
    """Treated minus control (or a difference of such differences) on every variant in which all arms are there."""
    by_variant: dict[int, list[float]] = defaultdict(list)
    for cell in comparison.cells:
        for (scenario, condition, variant), row in rows.items():
            if scenario == cell.scenario and condition == cell.condition.id:
                by_variant[variant].append(value(row, comparison.finding))
    signs = (1, -1) if len(comparison.cells) == 2 else (1, -1, -1, 1)
    full = [each for each in by_variant.values() if len(each) == len(comparison.cells)]
    return [sum(sign * each for sign, each in zip(signs, values, strict=True)) for values in full]


def reacting(layout: Layout, rows: dict[tuple[str, str, int], dict[str, Any]]) -> tuple[set[str], set[str]]:
    """The contrasts (with scenario) that Holm's procedure rejects at 0.05, and all that were looked at."""
    tests = []
    for comparison in layout.comparisons:
        found = differences(comparison, rows)
        assert found, comparison.contrast.name
        if not any(math.isnan(each) for each in found):
            tests.append((sign_flip_p(found), f"{comparison.contrast.name}/{comparison.scenario}"))
    rejected: set[str] = set()
    for place, (p, name) in enumerate(sorted(tests)):
        if p > 0.05 / (len(tests) - place):
            break
        rejected.add(name)
    return rejected, {name for _, name in tests}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.reacts_to, marks=() if case.reacts_to in ALWAYS else pytest.mark.thorough)
        for case in CASES
    ],
)
def test_a_critic_that_reacts_to_one_factor_shows_it_and_no_other(case: Case, tmp_path: Path) -> None:
    file, whole = load_study(case.preset)
    layout = only(select(whole, (), case.without), case.scenarios)
    profile = PROFILES / f"reacts_to_{case.reacts_to}.yaml"
    critic = Critic("mixture", "scripted/mixture", model_args={"profile": str(profile)})
    run = StudyRun(file, layout, (critic,), limit=BLOCKS * len(layout.cells))
    rows = {
        (row["scenario"], row["condition_id"], int(row["variant"])): row
        for row in read_trials(run_study(run, RunSettings(tmp_path, live=50), Means(workers=1)).logs)
    }
    assert len(rows) == BLOCKS * len(layout.cells)
    rejected, looked_at = reacting(layout, rows)
    expected = {name for name in looked_at if name.partition("/")[0] in case.contrasts}
    assert rejected == expected
    assert {name.partition("/")[0] for name in expected} == case.contrasts
    assert {name.partition("/")[2] for name in expected} == set(case.scenarios)
