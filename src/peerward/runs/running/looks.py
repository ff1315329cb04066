"""Declared sequential stopping: looks at whole blocks in their order, while a critic's trials come in.

A look is made when a block and all before it are finished, whichever trials came first: what has finished early must
not decide. Each scenario stops by itself, when everything that its rule looks at there has been decided.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from peerward.design.counting import counted
from peerward.design.study import Estimand, Stopping
from peerward.runs.layout import Layout
from peerward.runs.running.stopping import FINDINGS, Line, lines_of

Block = tuple[int, int]
"""Variant and epoch."""


@dataclass(frozen=True)
class Outcome:
    """A finished trial, as the watch needs it.

    Attributes:
        scenario: The scenario.
        condition_id: The condition's id.
        variant: The variant's number.
        epoch: The epoch, from 1.
        values: The findings by name, ``status`` among them; for ``over_bar`` against a bar that was set from control
            trials also ``bar_value``.
    """

    scenario: str
    condition_id: str
    variant: int
    epoch: int
    values: Mapping[str, Any]


@dataclass
class _Scene:
    """A scenario on its way: which blocks are waited for, and what is looked at."""

    blocks: Sequence[Block]
    arms: frozenset[str]
    lines: list[Line]
    due: frozenset[int]
    places: Mapping[Block, int]
    whole: int = 0
    stopped_at: int = 0
    waiting: dict[int, dict[str, Mapping[str, Any]]] = field(default_factory=dict)


class Watch:
    """The looks of one critic's run.

    A trial counts once, whenever it is told. One that failed (infrastructure) finishes its block, which is then left
    out; if it is run again before its block is looked at, the new outcome counts. Trials of cells and blocks that are
    not of this run are passed over.
    """

    def __init__(
        self, layout: Layout, order: Mapping[str, Sequence[Block]], written: Mapping[str, Any] | None = None
    ) -> None:
        """Begin to watch.

        Args:
            layout: The study, laid out; without a stopping rule nothing is ever looked at.
            order: The blocks of each scenario in the order in which they are run.
            written: What ``record`` gave before an interruption: looks are not written twice, and a scenario that was
                stopped stays stopped.
        """
        study = layout.study
        self._rule = study.stopping
        self._excluded = frozenset({"infrastructure", *study.exclusions})
        self._looks: list[dict[str, Any]] = [dict(each) for each in (written or {}).get("looks", ())]
        self._stops: dict[str, dict[str, Any]] = {
            str(each["scenario"]): dict(each) for each in (written or {}).get("stops", ())
        }
        self._written = {_key(each): str(each["decision"]) for each in self._looks}
        self._scenes: dict[str, _Scene] = {}
        cells = layout.by_scenario()
        for name, lines in lines_of(layout).items():
            blocks = tuple(order.get(name, ()))
            if self._rule is None or not blocks:
                continue
            self._scenes[name] = _Scene(
                blocks=blocks,
                arms=frozenset(cell.condition.id for cell in cells[name]),
                lines=lines,
                due=_due(blocks, self._rule, study.estimand),
                places={block: place for place, block in enumerate(blocks)},
                stopped_at=int(self._stops.get(name, {}).get("block", 0)),
            )
        self._needed = {*FINDINGS, *(line.finding for scene in self._scenes.values() for line in scene.lines)}

    def add(self, outcome: Outcome) -> None:
        """Tell of a finished trial; whatever looks are due then are made."""
        scene = self._scenes.get(outcome.scenario)
        place = scene.places.get((outcome.variant, outcome.epoch)) if scene else None
        if scene is None or place is None or place < scene.whole or outcome.condition_id not in scene.arms:
            return
        block = scene.waiting.setdefault(place, {})
        earlier = block.get(outcome.condition_id)
        if earlier is not None and earlier["status"] != "infrastructure":
            return
        block[outcome.condition_id] = {name: outcome.values[name] for name in self._needed if name in outcome.values}
        while not scene.stopped_at and len(scene.waiting.get(scene.whole, ())) == len(scene.arms):
            finished = scene.waiting.pop(scene.whole)
            scene.whole += 1
            for line in scene.lines:
                if not line.reason:
                    line.take(finished, self._excluded)
            if scene.whole in scene.due:
                self._look(outcome.scenario, scene)

    def stopped(self, name: str) -> str:
        """Why no further trial of a scenario is to start, or an empty text."""
        found = self._stops.get(name)
        return str(found["reason"]) if found else ""

    @property
    def looks(self) -> list[dict[str, Any]]:
        """Every look so far: scenario, what was looked at, block, blocks counted, value, limits, e, p, decision, time.

        ``block`` is the number of blocks in order; ``blocks`` those of them that count, ``left_out`` the others, and
        ``left_out_failed`` those of the others in which a trial had failed by then, though a later try may finish it.
        """
        return [dict(each) for each in self._looks]

    def record(self) -> dict[str, Any]:
        """All of it for the manifest: the rule, the looks, and where each scenario stopped.

        A stop also tells how many blocks and trials had been started beyond it and were finished; they stay in the
        table.
        """
        stops = []
        for name, stop in self._stops.items():
            scene = self._scenes.get(name)
            beyond = {} if scene is None else {k: v for k, v in scene.waiting.items() if k >= scene.stopped_at}
            told = {"blocks_beyond": len(beyond), "trials_beyond": sum(map(len, beyond.values()))}
            stops.append(stop | told)
        rule = None if self._rule is None else self._rule.model_dump(mode="json", exclude_none=True)
        return {"rule": rule, "looks": self.looks, "stops": stops}

    def _look(self, name: str, scene: _Scene) -> None:
        assert self._rule is not None
        last = scene.whole == len(scene.blocks)
        for line in scene.lines:
            if line.reason:
                continue
            place = {"scenario": name, **line.named, "finding": line.finding, "block": scene.whole}
            decision = self._written.get(_key(place))
            if decision is None:
                found = line.look(self._rule, last)
                decision = str(found["decision"])
                self._looks.append({**place, **found, "time": _now()})
            # What was decided at an earlier session's look stands.
            line.reason = decision if decision in ("rejected", "narrow") else ""
        if not last and all(line.reason for line in scene.lines):
            scene.stopped_at = scene.whole
            self._stops[name] = {
                "scenario": name,
                "block": scene.whole,
                "of": len(scene.blocks),
                "reason": _reason(self._rule, scene.whole, len(scene.blocks)),
                "time": _now(),
            }


def told_stops(critic: str, record: Mapping[str, Any]) -> list[str]:
    """What a reader has to know of the scenarios that a critic's run stopped early.

    Args:
        critic: The critic's name.
        record: What ``Watch.record`` gave.
    """
    told = []
    for stop in record.get("stops", ()):
        text = f"{stop['scenario']} with {critic} was {stop['reason']}"
        if stop.get("trials_beyond"):
            trials, blocks = stop["trials_beyond"], stop["blocks_beyond"]
            many = f"{counted(trials, 'trial')} of {counted(blocks, 'block')}"
            text += f"; {many} beyond it had been started by then and stand in the table"
        told.append(text)
    return told


def _key(look: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(look.get(name) for name in ("scenario", "treated", "control", "cell", "block"))


def _due(blocks: Sequence[Block], rule: Stopping, estimand: Estimand) -> frozenset[int]:
    """After how many blocks a look is made: every so many, and after the last.

    Where these variants are the estimand, only after whole rounds over them: every variant equally often so far.
    """
    variants = {variant for variant, _ in blocks}
    seen: Counter[int] = Counter()
    due, before = {len(blocks)}, 0
    for number, (variant, _) in enumerate(blocks, start=1):
        seen[variant] += 1
        even = estimand is Estimand.POPULATION or number == len(variants) * max(seen.values())
        if even and number - before >= rule.look_every:
            due.add(number)
            before = number
    return frozenset(due)


def _reason(rule: Stopping, block: int, of: int) -> str:
    what = (
        f"the anytime p of {rule.contrast} is at most {rule.alpha:g} in every comparison"
        if rule.rule == "e_process"
        else f"the interval of {rule.finding} is at most {rule.half_width:g} to either side in every cell"
    )
    return f"stopped by the study's rule after block {block} of {of}: {what}"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
