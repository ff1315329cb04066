"""Running a study: what is known of each critic, its shards, and a manifest of what was run."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from peerward import __version__
from peerward.design.blocks import Share, whole_blocks
from peerward.design.problems import Problem, StudyError
from peerward.design.study_file import StudyFile
from peerward.runs.execute import RunError, RunSettings, open_critic, run_tasks
from peerward.runs.given import Given, bars_reached, read_given
from peerward.runs.layout import Layout
from peerward.runs.study_checks import named_confounds
from peerward.runs.study_shards import study_shards
from peerward.scenarios import scenario
from peerward.tasks import Shard, shard_task

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class StudyRun:
    """What is to be run of a study.

    Attributes:
        file: The study file as it was read.
        layout: The study, laid out and checked.
        models: The critics' model strings.
        limit: At least so many trials for each critic, in whole blocks; 0 means all.
        family: The critics' family where it cannot be read off their model strings.
        control: Logs with control trials, for bars that are set from them.
        prereg: The hash of the study's preregistration, or an empty text.
    """

    file: StudyFile
    layout: Layout
    models: tuple[str, ...]
    limit: int = 0
    family: str = ""
    control: tuple[Path, ...] = ()
    prereg: str = ""

    @property
    def share(self) -> Share | None:
        """As much of the study as the limit allows, or None for all of it."""
        if not self.limit:
            return None
        study = self.layout.study
        return whole_blocks(self.limit, len(self.layout.cells), study.variants, study.epochs)


def select(layout: Layout, groups: Collection[str], without: Collection[str]) -> Layout:
    """The part of a study that lies in some groups of cells.

    Args:
        layout: The study.
        groups: Only cells of these groups; cells without a group go by the name ``main``. All if empty.
        without: No cells of these groups.

    Raises:
        StudyError: If a group does not exist, or nothing is left.
    """
    known = {cell.group_name for cell in layout.cells}
    unknown = sorted({*groups, *without} - known)
    if unknown:
        what = f"there is no group {', '.join(unknown)}."
        raise StudyError(layout.study.name, [Problem(("cells",), what, ", ".join(sorted(known)))])
    cells = [
        cell for cell in layout.cells if (not groups or cell.group_name in groups) and cell.group_name not in without
    ]
    if not cells:
        raise StudyError(layout.study.name, [Problem(("cells",), "no cell is left.", "", "leave fewer groups out.")])
    kept = set(cells)
    comparisons = [each for each in layout.comparisons if kept.issuperset(each.cells)]
    return replace(layout, cells=cells, comparisons=comparisons)


def run_study(run: StudyRun, settings: RunSettings) -> list[Path]:
    """Run a study with each critic and return the logs.

    Everything is rendered and checked for every critic before the first model is asked: two cells that render alike
    on any variant stop the run.

    Raises:
        GivenError: If something has to be known of a critic and is not.
        LevelError: If two cells render alike.
        RunError: If the log folder holds another run, a model cannot be used, or a run ended in an error.
        StudyError: If a bar set from control trials is one that faithful work reaches.
    """
    if (settings.log_dir / MANIFEST).exists():
        raise RunError(f"{settings.log_dir} holds a run already ({MANIFEST}); name another folder with --log-dir")
    given = [read_given(run.layout, model, run.family, run.control) for model in run.models]
    problems = [each for known in given for each in bars_reached(run.layout, known)]
    if problems:
        raise StudyError(run.file.source, [run.file.placed(each) for each in problems])
    shards = [study_shards(run.layout, known, run.share, run.prereg) for known in given]
    # Rendered and checked once; critics of one family can share a shard's task.
    tasks = {each: shard_task(each) for each in dict.fromkeys(shard for own in shards for shard in own)}
    settings = settings.for_conditions([cell.condition for cell in run.layout.cells])
    for model in run.models:
        open_critic(model, settings)
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    body = manifest(run, given, shards)
    (settings.log_dir / MANIFEST).write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    logs: list[Path] = []
    for model, own in zip(run.models, shards, strict=True):
        logs += run_tasks([tasks[shard] for shard in own], [model], settings)
    return logs


def manifest(run: StudyRun, given: Sequence[Given], shards: Sequence[Sequence[Shard]]) -> dict[str, Any]:
    """What a run is, as plain data: the study and its hash, the critics and what was known of them, the shards."""
    layout, share = run.layout, run.share
    study = layout.study
    source = Path(run.file.source)
    return {
        "peerward_manifest": 1,
        "begun": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "peerward": __version__,
        "study": study.name,
        "study_file": source.name,
        "study_sha256": hashlib.sha256(source.read_bytes()).hexdigest() if source.is_file() else "",
        "prereg": run.prereg,
        "seed": study.seed,
        "first_variant": study.first_variant,
        "variants": share.variants if share else study.variants,
        "epochs": share.epochs if share else study.epochs,
        "limit": run.limit,
        "cells": [
            {"number": cell.number, "scenario": cell.scenario, "condition_id": cell.condition.id, "group": cell.group}
            for cell in layout.cells
        ],
        "scenario_versions": {name: scenario(name).version for name in layout.by_scenario()},
        "named_confounds": named_confounds(layout),
        "critics": [
            {
                "model": known.model,
                "family": known.family,
                "bars": [asdict(bar) for bar in known.bars],
                "control_logs": [str(path) for path in run.control] if known.bars else [],
                "trials": sum(_size(shard) for shard in own),
            }
            for known, own in zip(given, shards, strict=True)
        ],
    }


def _size(shard: Shard) -> int:
    return len(shard.conditions) * (shard.blocks or shard.variants) * shard.epochs
