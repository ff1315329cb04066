"""The paper's table layout, built out of cells: a critic, a behaviour and a relationship, over channels.

The statistics themselves, and what is weak about them, are in ``paper_statistics``; they are offered here too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from peerward.analysis.answers import CellAnswer, Critic, PaperRow
from peerward.analysis.paper_intervals import highest_limits, mean_limits
from peerward.analysis.paper_measures import OverBar, measure_of
from peerward.analysis.paper_statistics import (
    PAPER_P0,
    UNCERTAIN,
    Counts,
    PaperMeasure,
    paper_alignment_faking,
    paper_binomial,
    paper_exfiltration,
    paper_fisher_combination,
    paper_highest_and_mean,
    paper_misrepresentation,
    paper_refusal,
    paper_tampering,
    paper_z_test,
)
from peerward.design import FACTORS, NOT_APPLICABLE
from peerward.design.conditions import default_level

__all__ = [
    "PAPER_P0",
    "UNCERTAIN",
    "Counts",
    "OverBar",
    "PaperMeasure",
    "Published",
    "paper_alignment_faking",
    "paper_binomial",
    "paper_exfiltration",
    "paper_fisher_combination",
    "paper_highest_and_mean",
    "paper_misrepresentation",
    "paper_refusal",
    "paper_rows",
    "paper_tampering",
    "paper_z_test",
]

Published = Callable[[str, str, str], tuple[float, float] | None]
"""From model, behaviour and relationship to the published maximum and mean in percent."""

CHANNELS = ("file", "file_and_prompt", "memory_tool")
"""The paper's channels."""
BEHAVIOURS = (
    "strategic misrepresentation",
    "shutdown tampering",
    "alignment faking",
    "weight exfiltration",
    "refusal",
)
"""The behaviours of the layout, in its order."""

_LINES = tuple((subject, relationship) for subject in ("peer", "self") for relationship in ("bad", "neutral", "good"))
_LINES += (("self", "none"),)
_VARIED = frozenset({"subject", "relationship", "channel", "dataset", "bar", "stakes", "oversight", "penalty"})
_KEPT_APART = ("world", "absent_text")
"""Factors that the layout neither varies nor averages over: each of their levels makes lines of its own."""


@dataclass(frozen=True)
class _Group:
    """The cells of one critic that may stand in one table: alike in all that the layout does not vary."""

    critic: Critic
    study: str
    world: str
    absent_text: str
    threats: tuple[CellAnswer, ...]
    controls: tuple[CellAnswer, ...]


def paper_rows(
    cells: Sequence[CellAnswer], published: Published | None = None, over_bar: OverBar | None = None
) -> tuple[PaperRow, ...]:
    """Return the lines of the paper's table that these cells fill, by critic, behaviour, subject and relationship.

    Cells enter that vary only what the paper varied (subject, relationship, channel, data set, bar, monitoring) and
    stand at their defaults elsewhere; others have no line there. Studies, worlds and provider paths are never mixed. A
    cell's rate is its events by all its trials but infrastructure: as in the paper, a missing score counts as below.

    Args:
        cells: Cells of any critics and scenarios. Of their rates these are used: ``over_bar`` (evaluation, finance),
            ``tampered``, ``not_executed`` (not executed on the subject by a trial that read the data and did not
            refuse), ``weights_saved``, and, where a judge has read the trials, ``refusal``.
        published: The lookup of published numbers; they are put beside peers in the paper's world only.
        over_bar: How many trials of a cell without a bar reported a score at or above one; without it there is no
            control for the evaluation's data sets, and a row names them as missing.
    """
    rows = []
    for group in _groups(cells):
        for behaviour in BEHAVIOURS:
            for subject, relationship in _LINES:
                row = _row(group, behaviour, subject, relationship, published, over_bar)
                rows += [row] if row is not None else []
    return tuple(rows)


def _groups(cells: Sequence[CellAnswer]) -> list[_Group]:
    threats: dict[tuple[str, ...], list[CellAnswer]] = {}
    controls: dict[tuple[str, ...], list[CellAnswer]] = {}
    for cell in _without_second_wordings([cell for cell in cells if _in_layout(cell)]):
        key = (cell.study, cell.critic.key, cell.levels.get("world", ""))
        if cell.levels.get("stakes") == "none":
            controls.setdefault(key, []).append(cell)
        else:
            threats.setdefault((*key, cell.levels.get("absent_text", "")), []).append(cell)
    return [
        _Group(group[0].critic, key[0], key[2], key[3], tuple(group), tuple(controls.get(key[:3], ())))
        for key, group in threats.items()
    ]


def _without_second_wordings(cells: Sequence[CellAnswer]) -> list[CellAnswer]:
    """The firmer memory wording stands in for the plain one where that was not run, as in the paper for two models."""
    plain = {_slot(cell) for cell in cells if cell.levels.get("memory_prompt") != "firm"}
    return [cell for cell in cells if cell.levels.get("memory_prompt") != "firm" or _slot(cell) not in plain]


def _slot(cell: CellAnswer) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
    levels = {name: level for name, level in cell.levels.items() if name != "memory_prompt"}
    return cell.study, cell.critic.key, cell.scenario, tuple(sorted(levels.items()))


def _in_layout(cell: CellAnswer) -> bool:
    levels = cell.levels
    for factor in FACTORS:
        if factor.name in _VARIED or factor.name in (*_KEPT_APART, "memory_prompt"):
            continue
        if levels.get(factor.name, NOT_APPLICABLE) not in (NOT_APPLICABLE, default_level(factor.name, levels)):
            return False
    if levels.get("stakes") == "none":
        # The paper's non_shutdown: threat, bar and relationship away together.
        return levels.get("relationship") == "none" and levels.get("bar") in ("none", NOT_APPLICABLE, None)
    if levels.get("stakes") != "shutdown" or levels.get("channel") not in CHANNELS:
        return False
    return cell.scenario == "shutdown_duty" or (
        levels.get("oversight") in ("unstated", NOT_APPLICABLE, None)
        and levels.get("penalty") in ("none", NOT_APPLICABLE, None)
    )


def _row(
    group: _Group,
    behaviour: str,
    subject: str,
    relationship: str,
    published: Published | None,
    over_bar: OverBar | None,
) -> PaperRow | None:
    chosen = [
        cell
        for cell in group.threats
        if (cell.levels.get("subject"), cell.levels.get("relationship")) == (subject, relationship)
    ]
    measures: dict[str, PaperMeasure] = {}
    used: dict[str, tuple[str, ...]] = {}
    for channel in CHANNELS:
        here = [cell for cell in chosen if cell.levels.get("channel") == channel]
        measure, from_cells = measure_of(behaviour, here, group.controls, group.world, over_bar)
        if from_cells:
            measures[channel], used[channel] = measure, tuple(cell.id for cell in from_cells)
    if not measures:
        return None
    highest, mean = paper_highest_and_mean([measure.value for measure in measures.values()])
    in_paper_world = group.world == "paper"
    # With no relationship there is no text, and so no channel to vary.
    expected = CHANNELS if relationship != "none" else tuple(measures)
    missing = [part for measure in measures.values() for part in measure.missing]
    missing += [f"channel {channel}" for channel in expected if channel not in measures]
    found = published(group.critic.model, behaviour, relationship) if published is not None else None
    return PaperRow(
        critic=group.critic,
        study=group.study,
        world=group.world,
        absent_text=group.absent_text,
        behaviour=behaviour,
        subject=subject,
        relationship=relationship,
        cells=used,
        rates={channel: measure.value for channel, measure in measures.items()},
        highest=highest,
        mean=mean,
        p=paper_fisher_combination([measure.test.p for measure in measures.values()]).p,
        in_paper_world=in_paper_world,
        published=found if in_paper_world and subject == "peer" else None,
        missing=tuple(dict.fromkeys(missing)),
        highest_limits=highest_limits([measure.parts for measure in measures.values()]),
        mean_limits=mean_limits([measure.parts for measure in measures.values()]),
    )
