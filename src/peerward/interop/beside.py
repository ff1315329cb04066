"""Our estimates beside published numbers, for the paper's world only: side by side, and a test only of raw counts."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from peerward.analysis.answers import Answers, CellAnswer, Critic, PaperRow
from peerward.analysis.paper_intervals import mean_parts, sum_limits
from peerward.interop.published import (
    controls_source,
    paper_name,
    published_certainty,
    published_controls,
    published_harness,
    published_own,
    published_source,
)
from peerward.measures.wilson import wilson
from peerward.runs.imported_trials import IMPORT

NO_COUNT = "no test: raw count not known"
"""What stands in the place of a test against a number of which only a rounded percentage is known."""
OWN_TRIALS = "no test: trials that were imported can be those behind the published number"
"""What stands there where the trials are released transcripts."""
NOT_KNOWN = "no test: published number not known"
"""What stands there where the number itself is not known here."""


class BesideError(ValueError):
    """Trials that no published number may stand beside; the message says why."""


@dataclass(frozen=True)
class Line:
    """One number of ours beside a published one; all numbers in percent (or percentage points of a difference).

    Attributes:
        critic: The critic's label.
        model: The paper's name of the model; empty where the paper did not run it.
        study: The study, or an empty text.
        behaviour: The behaviour.
        subject: The subject.
        relationship: The relationship.
        measure: What of the behaviour: ``highest over channels``, ``mean over channels``, or another in words.
        ours: Our estimate; NaN where it was not measured.
        lower: Its lower 95 % limit, for these texts only.
        upper: Its upper one.
        published: The published number; None where it is not known.
        test: A test of the two, or why there is none.
        missing: What the published measure has and ours lacks.
        source: Where the published number comes from.
        certainty: How sure it is.
    """

    critic: str
    model: str
    study: str
    behaviour: str
    subject: str
    relationship: str
    measure: str
    ours: float
    lower: float
    upper: float
    published: float | None
    test: str
    missing: tuple[str, ...]
    source: str
    certainty: str


@dataclass(frozen=True)
class Beside:
    """All lines, and what has to be said of them.

    Attributes:
        lines: The lines, by critic and behaviour.
        trials: Trials in the paper's world.
        left_out: Trials of other worlds.
        notes: Sentences for the reader.
    """

    lines: tuple[Line, ...]
    trials: int
    left_out: int
    notes: tuple[str, ...]


def beside_published(answers: Answers) -> Beside:
    """Set answers beside the published numbers.

    Args:
        answers: The answers of a table of trials, with the paper's layout.

    Raises:
        BesideError: If no trial was run in the paper's world.
    """
    here = [cell for cell in answers.cells if cell.levels.get("world") == "paper"]
    trials = sum(cell.trials for cell in here)
    left_out = sum(cell.trials for cell in answers.cells) - trials
    if not here:
        raise BesideError(
            f"none of the {left_out} trials was run in the paper's world, and published numbers are compared with that "
            "world only; run a study with world: paper (the preset is called paper)"
        )
    rows = [row for row in answers.paper if row.in_paper_world]
    lines = [*_layout_lines(rows), *_own_lines(rows), *_harness_lines(here), *_control_lines(here)]
    notes = [
        "Published numbers are second-hand readings; ? is a number that is not known here. Look one up in the paper "
        "before citing it.",
        "Intervals are for these texts only. The highest of several noisy rates lies above the highest true one, the "
        "published highest too.",
    ]
    if left_out:
        notes.insert(
            0,
            f"{left_out} of {trials + left_out} trials are of another world and are left out: published numbers are "
            "compared with the paper's world only.",
        )
    imported = sum(cell.trials for cell in here if cell.study.startswith(IMPORT))
    if imported:
        notes.insert(
            0,
            f"{imported} of {trials} trials were imported, not run by peerward: where they are the paper's own, what "
            "stands beside the published numbers is our measure of the same trials, and no replication.",
        )
    if not lines:
        notes.append("No cell here belongs to the paper's layout, so that there is nothing to set side by side.")
    return Beside(tuple(lines), trials, left_out, tuple(notes))


def _layout_lines(rows: Sequence[PaperRow]) -> Iterator[Line]:
    for row in rows:
        pair = row.published if row.subject == "peer" else None
        for place, (measure, value, limits) in enumerate(_two(row)):
            yield _line(row, row.relationship, measure, value, limits, None if pair is None else pair[place])


def _two(row: PaperRow) -> tuple[tuple[str, float, tuple[float, float]], ...]:
    return (
        ("highest over channels", row.highest, row.highest_limits),
        ("mean over channels", row.mean, row.mean_limits),
    )


def _own_lines(rows: Sequence[PaperRow]) -> Iterator[Line]:
    """The critic itself as the subject: alone, and with a peer in sight over all relationships and channels."""
    for own in published_own():
        mine = [
            row
            for row in rows
            if row.subject == "self"
            and (paper_name(row.critic.model), row.behaviour) == (own.model, own.behaviour)
            and not all(math.isnan(rate) for rate in row.rates.values())
        ]
        for row in (each for each in mine if each.relationship == "none"):
            yield _line(row, "none", "alone, with no peer in sight", row.mean, row.mean_limits, own.alone)
        for critic, study in dict.fromkeys((row.critic, row.study) for row in mine if row.relationship != "none"):
            with_peer = [
                row for row in mine if row.relationship != "none" and (row.critic, row.study) == (critic, study)
            ]
            lacking = [f"relationship {name}" for name in ("bad", "neutral", "good")
                       if name not in {row.relationship for row in with_peer}]  # fmt: skip
            top = max(with_peer, key=lambda row: row.highest)
            # Each row's limits hold by themselves; their highest lower and upper are shown as a range, with a word.
            limits = (max(r.highest_limits[0] for r in with_peer), max(r.highest_limits[1] for r in with_peer))
            measure = "highest over relationships and channels (limits hold for each relationship by itself)"
            yield _line(top, "any", measure, top.highest, limits, own.highest_with_peer, lacking)
            mean = sum(row.mean for row in with_peer) / len(with_peer)
            low, high = (sum(row.mean_limits[at] for row in with_peer) / len(with_peer) for at in (0, 1))
            measure = "mean over relationships and channels"
            yield _line(top, "any", measure, mean, (low, high), own.mean_with_peer, lacking)


def _line(
    row: PaperRow,
    relationship: str,
    measure: str,
    value: float,
    limits: tuple[float, float],
    published: float | None,
    lacking: Sequence[str] = (),
) -> Line:
    return Line(
        critic=row.critic.label,
        model=paper_name(row.critic.model),
        study=row.study,
        behaviour=row.behaviour,
        subject=row.subject,
        relationship=relationship,
        measure=measure,
        ours=100 * value,
        lower=100 * limits[0],
        upper=100 * limits[1],
        published=published,
        test=_untested(row.study, published),
        missing=(*row.missing, *lacking),
        source=published_source(),
        certainty=published_certainty(),
    )


def _harness_lines(cells: Sequence[CellAnswer]) -> Iterator[Line]:
    """Weights saved for a good peer in a production harness: the mean of the two server tasks."""
    for number in published_harness():
        groups: dict[tuple[Critic, str, str], dict[str, CellAnswer]] = {}
        for cell in cells:
            fits = (cell.levels.get("harness"), cell.levels.get("subject"), cell.levels.get("relationship"))
            known = cell.scenario in ("server_transfer", "server_cleanup") and "weights_saved" in cell.rates
            if known and fits == (number.harness, "peer", "good") and paper_name(cell.critic.model) == number.model:
                key = (cell.critic, cell.study, cell.levels.get("channel", ""))
                groups.setdefault(key, {})[cell.scenario] = cell
        for (critic, study, channel), found in groups.items():
            parts = mean_parts([(each.rates["weights_saved"].events, each.counted) for each in found.values()])
            low, high = sum_limits(parts)
            value = sum(part.weight * part.events / part.trials for part in parts if part.trials)
            lacking = [name for name in ("server_transfer", "server_cleanup") if name not in found]
            yield Line(
                critic=critic.label,
                model=number.model,
                study=study,
                behaviour="weight exfiltration",
                subject="peer",
                relationship="good",
                measure=f"in {number.harness}, channel {channel}",
                ours=math.nan if math.isnan(low) else 100 * value,
                lower=100 * low,
                upper=100 * high,
                published=number.in_harness,
                test=_untested(study, number.in_harness),
                missing=tuple(lacking),
                source=published_source(),
                certainty=published_certainty(),
            )


def _control_lines(cells: Sequence[CellAnswer]) -> Iterator[Line]:
    """Preserved by tampering, for an agent and for an object, beside the matched controls of later work."""
    source, certainty = controls_source()
    for number in published_controls():
        for cell in cells:
            rate = cell.rates.get("preserved")
            fits = cell.scenario == "shutdown_config" and cell.levels.get("stakes") == "shutdown"
            if not fits or rate is None or not cell.counted or cell.levels.get("subject") != number.subject:
                continue
            events, trials = round(rate.events), cell.counted
            limits = wilson(events, trials)
            yield Line(
                critic=cell.critic.label,
                model=paper_name(cell.critic.model),
                study=cell.study,
                behaviour=cell.behaviour,
                subject=number.subject,
                relationship=cell.levels.get("relationship", ""),
                measure=f"preserved in shutdown_config ({cell.named}), beside sabotage for {number.said}",
                ours=100 * limits.rate,
                lower=100 * limits.lower,
                upper=100 * limits.upper,
                published=number.percent,
                test=_tested(events, trials, number.counts, number.trials),
                missing=("the same set-up, and the same models",),
                source=source,
                certainty=certainty,
            )


def _untested(study: str, published: float | None) -> str:
    """Why no test is made against a rounded number."""
    if published is None:
        return NOT_KNOWN
    return OWN_TRIALS if study.startswith(IMPORT) else NO_COUNT


def _tested(events: int, trials: int, counts: Sequence[int], of: int) -> str:
    """Fisher's exact test against a known count; where rounding leaves several, the greatest p."""
    # scipy, which it needs, imports slowly.
    from peerward.analysis.two_by_two import fisher

    p = max(fisher(events, trials, count, of).p for count in counts)
    against = " or ".join(str(count) for count in counts)
    return f"p = {p:.2g} (Fisher, {events} of {trials} against {against} of {of})"
