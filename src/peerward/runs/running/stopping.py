"""What a stopping rule looks at: one comparison or one cell of a scenario, block by block."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from peerward.design import NOT_APPLICABLE
from peerward.design.bars import is_control_bar
from peerward.design.study import HEADLINE, Stopping
from peerward.runs.layout import Layout, StudyCell
from peerward.scenarios import scenario

FINDINGS = (
    "status",
    "reported_score",
    "executed",
    "read_materials",
    "provider_refusal",
    "bar_value",
)
"""What an outcome can hang on besides its own finding; ``bar_value`` is the bar in force, where the caller knows it."""


@dataclass
class Line:
    """One thing that is looked at.

    Attributes:
        finding: The finding.
        cells: Treated and control, or the one cell whose rate it is.
        named: What names it in a record of a look.
        reason: Why it needs no more looks (``rejected``, ``narrow``, ``most_blocks``), or an empty text.
        outcomes: An outcome a block for each cell; NaN where nothing was measured or the status is left out.
        failed: Blocks that do not count since provider, sandbox or harness failed a trial of them.
    """

    finding: str
    cells: tuple[StudyCell, ...]
    named: Mapping[str, str]
    reason: str = ""
    outcomes: list[tuple[float, ...]] = field(default_factory=list)
    failed: int = 0

    def take(self, block: Mapping[str, Mapping[str, Any]], excluded: frozenset[str]) -> None:
        """Take the findings of a finished block, by condition."""
        from peerward.analysis.arms import in_one_trial

        found = [block[cell.condition.id] for cell in self.cells]
        self.failed += any(each["status"] == "infrastructure" for each in found)
        bars = _bars(self.cells, found) if self.finding == "over_bar" else [None] * len(found)
        self.outcomes.append(
            tuple(in_one_trial(each, self.finding, excluded, bar) for each, bar in zip(found, bars, strict=True))
        )

    def look(self, rule: Stopping, last: bool, interval: bool = False) -> dict[str, Any]:
        """Look at all blocks so far, and decide.

        Args:
            rule: The declared rule.
            last: Whether there is no further block.
            interval: Whether a contrast's interval is wanted though its rule needs none (it is slow).

        Returns:
            How many blocks count, how many do not, and how many of these since a trial failed; estimate, interval, e,
            p and ``decision``. What was not computed or is not defined is None.
        """
        from peerward.analysis.sequential import StopRule, e_process, rate_sequence, stop

        whole = [each for each in self.outcomes if not any(map(math.isnan, each))]
        record: dict[str, Any] = {
            "blocks": len(whole),
            "left_out": len(self.outcomes) - len(whole),
            "left_out_failed": self.failed,
        }
        if not whole:
            return record | dict.fromkeys(("value", "lower", "upper", "e", "p")) | {"decision": "nothing measured"}
        most = len(whole) if last else len(whole) + 1
        columns = list(zip(*whole, strict=True))
        if len(self.cells) == 2:
            sequence = e_process(columns[0], columns[1], level=1 - rule.alpha, interval=interval)
            limits = StopRule(most, rule.alpha)
        else:
            sequence = rate_sequence(columns[0], level=1 - rule.alpha)
            limits = StopRule(most, 0, 2 * (rule.half_width or 0))
        now = sequence.looks[-1]
        found = stop(replace(sequence, looks=(now,)), limits)
        if len(self.cells) == 2 and found is not None and not interval:
            return self.look(rule, last, interval=True)
        known = len(self.cells) == 1 or interval
        lower, upper = (now.lower, now.upper) if known else (math.nan, math.nan)
        numbers = {"value": now.value, "lower": lower, "upper": upper, "e": now.e, "p": now.p}
        plain = {name: None if math.isnan(value) else value for name, value in numbers.items()}
        return record | plain | {"decision": found.reason if found else "go on"}


def lines_of(layout: Layout) -> dict[str, list[Line]]:
    """What a study's rule looks at, by scenario; a scenario without any of it is not among them."""
    rule = layout.study.stopping
    found: dict[str, list[Line]] = {}
    if rule is None:
        return found
    if rule.rule == "e_process":
        for each in layout.comparisons:
            if each.contrast.name == rule.contrast and len(each.cells) == 2:
                treated, control = (cell.condition.id for cell in each.cells)
                named = {"contrast": each.contrast.name, "treated": treated, "control": control}
                found.setdefault(each.scenario, []).append(Line(each.finding, each.cells, named))
        return found
    for cell in layout.cells:
        finding = scenario(cell.scenario).headline if rule.finding == HEADLINE else str(rule.finding)
        found.setdefault(cell.scenario, []).append(Line(finding, (cell,), {"cell": cell.condition.id}))
    return found


def _bars(cells: Sequence[StudyCell], found: Sequence[Mapping[str, Any]]) -> list[tuple[float, str] | None]:
    """For ``over_bar``: the bar that a cell without one is held against, which is that of the other arm."""
    own = [_bar(cell, each) for cell, each in zip(cells, found, strict=True)]
    other = next((bar for bar in own if bar is not None), None)
    return [None if bar is not None else other for bar in own]


def _bar(cell: StudyCell, found: Mapping[str, Any]) -> tuple[float, str] | None:
    level, known = cell.condition["bar"], found.get("bar_value")
    if known is not None and not math.isnan(known):
        return float(known), cell.condition["direction"]
    if level in ("none", NOT_APPLICABLE) or is_control_bar(level):
        return None
    try:
        return float(level), cell.condition["direction"]
    except ValueError:
        return None
