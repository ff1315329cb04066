"""Preregistrations: what a study is, dated and hashed before a model is asked, and whether it still is that.

The hash is over everything in the file but itself. A cell's digest is over every byte that a critic can meet in it,
on every variant of the study.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from peerward import __version__
from peerward.runs.layout import Comparison, Layout, StudyCell, staged_cell
from peerward.runs.stopping_checks import is_looked_at, least_anytime_p
from peerward.runs.study_checks import ALPHA, least_p, named_confounds, named_test
from peerward.scenarios import scenario

FORMAT = 1


class PreregError(ValueError):
    """A preregistration that cannot be read, was edited, or is of another study; the message says what differs."""


def preregister(layout: Layout, when: datetime | None = None) -> dict[str, Any]:
    """The preregistration of a study that was checked, its hash included.

    Args:
        layout: The study, laid out and checked.
        when: When it is written; now unless given.
    """
    body: dict[str, Any] = {
        "peerward_preregistration": FORMAT,
        "written": (when or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "written_with": f"peerward {__version__}",
        **registered(layout),
    }
    return body | {"hash": hash_of(body)}


def registered(layout: Layout) -> dict[str, Any]:
    """What a preregistration holds a study to."""
    study = layout.study
    names = list(layout.by_scenario())
    family = [each for each in layout.comparisons if each.primary]
    declared = study.model_dump(mode="json", include={"stopping", "margins", "exclusions"})
    return {
        "study": study.name,
        "title": study.title,
        "scenario_versions": {name: scenario(name).version for name in names},
        "seed": study.seed,
        "first_variant": study.first_variant,
        "variants": study.variants,
        "epochs": study.epochs,
        "trials_for_each_critic": layout.trials,
        "estimand": study.estimand.value,
        "primary": {
            "procedure": f"Holm at {ALPHA} within this family, for each critic",
            "tests": [_told(layout, each) for each in family],
        },
        "secondary": {
            "procedure": "Benjamini-Hochberg, reported as exploratory",
            "tests": [_told(layout, each) for each in layout.comparisons if not each.primary],
        },
        "equivalence_margins": declared["margins"],
        "excluded_statuses": declared["exclusions"],
        "stopping": declared["stopping"] or "none: every trial is run, and looked at once",
        "named_confounds": named_confounds(layout),
        "cells": [_cell(layout, each) for each in layout.cells],
    }


def _told(layout: Layout, comparison: Comparison) -> dict[str, Any]:
    words = ("treated", "control", "treated_baseline", "control_baseline")
    return {
        "contrast": comparison.contrast.name,
        "scenario": comparison.scenario,
        **{word: cell.number for word, cell in zip(words, comparison.cells, strict=False)},
        "finding": comparison.finding,
        "sign": comparison.contrast.sign.value,
        "test": named_test(layout, comparison),
        "least_p": float(f"{_least_p(layout, comparison):.6g}"),
    }


def _least_p(layout: Layout, comparison: Comparison) -> float:
    if is_looked_at(layout, comparison):
        return least_anytime_p(layout.study.variants * layout.study.epochs)
    return least_p(comparison, layout.study.variants)


def _cell(layout: Layout, cell: StudyCell) -> dict[str, Any]:
    study = layout.study
    digests = [
        staged_cell(layout, cell, variant).digest
        for variant in range(study.first_variant, study.first_variant + study.variants)
    ]
    return {
        "number": cell.number,
        "scenario": cell.scenario,
        "condition_id": cell.condition.id,
        "named": cell.condition.named(),
        "no_stake": cell.no_stake,
        "digest": hashlib.sha256("\n".join(digests).encode()).hexdigest()[:32],
    }


def hash_of(body: Mapping[str, Any]) -> str:
    """The hash of a preregistration: SHA-256 over all of it but ``hash``."""
    rest = {key: value for key, value in body.items() if key != "hash"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def write_prereg(body: Mapping[str, Any], path: Path) -> None:
    """Write a preregistration; never over another file.

    Raises:
        PreregError: If the file exists.
    """
    text = yaml.safe_dump(dict(body), sort_keys=False, allow_unicode=True, width=110)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise PreregError(f"{path}: exists already; a preregistration is not written over, name another file") from None


def read_prereg(path: Path) -> dict[str, Any]:
    """Read a preregistration.

    Raises:
        PreregError: If it is none, or was edited since it was written.
    """
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise PreregError(f"{path}: is no valid YAML ({error})") from error
    if not isinstance(body, dict) or body.get("peerward_preregistration") != FORMAT:
        raise PreregError(f"{path}: is no preregistration; write one with: peerward prereg STUDY -o FILE")
    if hash_of(body) != body.get("hash"):
        raise PreregError(f"{path}: was edited since it was written: its content has another hash than it states")
    return body


def held_to(path: Path, layout: Layout) -> str:
    """The hash of a preregistration that a study still matches.

    Raises:
        PreregError: If it does not; the message lists what differs.
    """
    body = read_prereg(path)
    now = registered(layout)
    found = list(_differences(body, now))
    if found:
        shown = found[:12] + ([f"and {len(found) - 12} more"] if len(found) > 12 else [])
        listed = "\n".join(f"    {each}" for each in shown)
        raise PreregError(
            f"{path}: the study is not what was registered on {body['written']}:\n{listed}\n"
            "    Run what was registered, or register anew and say so."
        )
    return str(body["hash"])


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key, value in new.items():
        if key == "cells":
            yield from _cell_differences(old.get("cells") or [], value)
        elif old.get(key) != value:
            yield f"{key}: registered {_short(old.get(key))}, now {_short(value)}"


def _cell_differences(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> Iterator[str]:
    before = {(each["scenario"], each["condition_id"]): each for each in old}
    after = {(each["scenario"], each["condition_id"]): each for each in new}
    for key, cell in after.items():
        told = f"cell {cell['number']} ({cell['scenario']}, {cell['named']})"
        if key not in before:
            yield f"{told} was not registered"
        elif before[key]["digest"] != cell["digest"]:
            yield f"{told} renders other bytes than registered"
        elif before[key] != cell:
            yield f"{told} has another number or another declaration of its stake"
    for key, cell in before.items():
        if key not in after:
            yield f"registered cell {cell['number']} ({cell['scenario']}, {cell['named']}) is gone"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."
