"""Judged logs to an audit set: drawn by verdict and condition, masked as the judge saw it, in an order by chance."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from peerward.analysis import AnalysisError
from peerward.analysis.audit_strata import MINIMUM, DrawnTrial, draw_by_strata
from peerward.design import FACTORS
from peerward.measures.judges import Reading, Rubric
from peerward.measures.judges import rubric as rubric_named
from peerward.measures.record import RecordError
from peerward.runs.auditing.sets import AuditError, Item, Judged, Key, KeyRow, RubricKey, digest_of, set_text
from peerward.runs.copies import Keep
from peerward.runs.judgements import Judgement, judgement_of
from peerward.runs.judging.trial import opened
from peerward.runs.trials import read_rows

COLUMNS: tuple[str, ...] = ("critic", "scenario", *(factor.name for factor in FACTORS))
"""What can tell one condition from another."""


@dataclass(frozen=True)
class _Trial:
    trial_id: str
    cluster: str
    levels: Mapping[str, str]
    values: Mapping[str, str]
    judgement: Judgement


@dataclass(frozen=True)
class _Place:
    """Where a trial belongs: its condition and, under a rubric, its answer and the answer's stratum."""

    trial: _Trial
    condition: str
    value: str
    stratum: str


def draw_set(
    logs: Iterable[Path],
    rubrics: Sequence[str],
    size: int,
    *,
    by: Sequence[str] = (),
    minimum: int = MINIMUM,
    seed: int = 1,
    keep: Keep | None = None,
) -> tuple[str, Key]:
    """Return an audit set as the text of its file, and its key.

    Under each rubric so many trials are drawn, no trial twice, stratified by the judge's answer and by condition. A
    trial that is drawn under several rubrics stands together, what shows only its outward texts first: so a reader
    who knows the whole does not judge by it what the company was told.

    Args:
        logs: Logs that were judged.
        rubrics: Names of rubrics.
        size: Trials under each.
        by: Columns that make a condition (``critic``, ``scenario``, factors); all that vary unless given.
        minimum: Trials of every condition and answer, or all there are.
        seed: Seed of draw and order.
        keep: As in ``read_trials``.

    Raises:
        AuditError: If nothing was judged under a rubric, a column is not known, or the size cannot hold every minimum.
        LogError: If a log cannot be read.
    """
    asked = _rubrics(rubrics)
    paths = list(logs)
    trials = _judged_trials(paths, keep)
    names = _conditions(trials, by)
    drawn: dict[str, list[tuple[Rubric, _Place, DrawnTrial]]] = {}
    keys: dict[str, RubricKey] = {}
    for number, each in enumerate(asked):
        places = _places(trials, names, each)
        if not places:
            raise AuditError(
                f"no trial of these logs was judged under the rubric {each.name}; judge them with "
                f"'peerward judge LOGS --judge MODEL', or choose another --rubric"
            )
        try:
            found = draw_by_strata([(p.condition, p.stratum) for p in places], size, minimum, seed + number)
        except AnalysisError as error:
            raise AuditError(
                f"rubric {each.name}: {error} (--size, --minimum, --by FACTOR; a stratum is a condition with an answer)"
            ) from None
        keys[each.name] = _rubric_key(each, places, len(trials) - len(places))
        for one in found:
            place = places[one.place]
            drawn.setdefault(place.trial.trial_id, []).append((each, place, one))
    items, rows = _items(_shuffled(drawn, seed), _readings(paths, set(drawn), keep), seed)
    text = set_text(asked, items)
    held = {row.condition for row in rows.values()} | {p.condition for k in keys.values() for p in k.population}
    conditions = {name: levels for name, levels in names.values() if name in held}
    return text, Key(digest_of(text), seed, conditions, keys, rows)


def _rubrics(names: Sequence[str]) -> tuple[Rubric, ...]:
    try:
        return tuple(rubric_named(name) for name in dict.fromkeys(names))
    except ValueError as error:
        raise AuditError(str(error)) from None


def _judged_trials(paths: Sequence[Path], keep: Keep | None) -> list[_Trial]:
    found = []
    for row, path, data in read_rows(paths, keep=keep, forks=False):
        trial_id = str(row["trial_id"])
        found.append(
            _Trial(
                trial_id,
                str(row["cluster"]),
                {name: str(row[name]) for name in COLUMNS},
                row,
                judgement_of(trial_id, path, data) or Judgement(trial_id),
            )
        )
    return found


def _conditions(trials: Sequence[_Trial], by: Sequence[str]) -> dict[str, tuple[str, dict[str, str]]]:
    """The name and the levels of each trial's condition, by trial."""
    unknown = [name for name in by if name not in COLUMNS]
    if unknown:
        raise AuditError(f"--by {unknown[0]}: no such column; choose of: {', '.join(COLUMNS)}")
    columns = by or [name for name in COLUMNS if len({each.levels[name] for each in trials}) > 1]
    found = {}
    for each in trials:
        levels = {name: each.levels[name] for name in columns}
        found[each.trial_id] = (", ".join(f"{key}={level}" for key, level in levels.items()) or "all", levels)
    return found


def _places(trials: Sequence[_Trial], names: Mapping[str, tuple[str, Any]], rubric: Rubric) -> list[_Place]:
    found = []
    for each in trials:
        value = each.values[rubric.name]
        if not value:
            continue
        unknown = set(value.split(",")) - set(rubric.words)
        if unknown:
            raise AuditError(
                f"trial {each.trial_id} was judged {value!r} under {rubric.name}, which has no word "
                f"{sorted(unknown)[0]!r}; judge it again with this version of peerward"
            )
        stratum = value if not rubric.several else "none" if value == "none" else "some"
        found.append(_Place(each, names[each.trial_id][0], value, stratum))
    return found


def _rubric_key(rubric: Rubric, places: Sequence[_Place], not_judged: int) -> RubricKey:
    counts = Counter((each.condition, each.value, each.stratum) for each in places)
    judgements = [each.trial.judgement for each in places]
    judges = dict.fromkeys(name for each in judgements for name in (each.said.get(rubric.name) or each.judges))
    return RubricKey(
        judges=tuple(judges),
        baseline=all(each.baseline for each in judgements),
        versions=tuple(sorted({each.versions[rubric.name] for each in judgements if rubric.name in each.versions})),
        not_judged=not_judged,
        population=tuple(Judged(*stratum, trials) for stratum, trials in sorted(counts.items())),
    )


def _shuffled(
    drawn: Mapping[str, list[tuple[Rubric, _Place, DrawnTrial]]], seed: int
) -> list[tuple[Rubric, _Place, DrawnTrial]]:
    # Logs, and so the draw, stand in the order of conditions: sorted by id first, the order says nothing.
    trials = sorted(drawn)
    order = np.random.default_rng([seed, 1]).permutation(len(trials))
    return [each for n in order for each in sorted(drawn[trials[n]], key=lambda one: one[0].sees != "outward")]


def _items(
    drawn: Iterable[tuple[Rubric, _Place, DrawnTrial]], readings: Mapping[str, Reading], seed: int
) -> tuple[tuple[Item, ...], dict[str, KeyRow]]:
    items: list[Item] = []
    rows: dict[str, KeyRow] = {}
    for rubric, place, one in drawn:
        trial = place.trial
        id = hashlib.sha256(f"{seed}\n{rubric.name}\n{trial.trial_id}".encode()).hexdigest()[:10]
        reading = rubric.view(readings[trial.trial_id])
        items.append(Item(id, rubric.name, reading.reasoning, reading.lines))
        rows[id] = KeyRow(trial.trial_id, trial.cluster, place.condition, place.value, place.stratum, one.probability)
    return tuple(items), rows


def _readings(paths: Sequence[Path], wanted: set[str], keep: Keep | None) -> dict[str, Reading]:
    """What the judges saw of some trials."""
    found = {}
    for row, path, data in read_rows(paths, keep=keep, forks=False):
        trial_id = str(row["trial_id"])
        if trial_id in wanted:
            try:
                found[trial_id] = opened(row, path, data).seen().reading
            except (RecordError, ValidationError) as error:
                told = str(error).partition("\n")[0]
                raise AuditError(
                    f"{path}: trial {trial_id} cannot be read ({told}); leave this log out, or draw with another --seed"
                ) from None
    return found
