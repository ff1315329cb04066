"""The manifest of a run: what is run, of what, by whom, and every session of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from peerward import __version__
from peerward.design.blocks import Share
from peerward.design.critic import Critic
from peerward.design.study_file import StudyFile
from peerward.runs.execute import RunError
from peerward.runs.given import Given
from peerward.runs.layout import Layout
from peerward.runs.log_run import shown
from peerward.runs.places import write_whole
from peerward.runs.run_facts import MANIFEST, SIZE
from peerward.runs.study_checks import named_confounds
from peerward.scenarios import scenario

FORMAT = 2


def new_manifest(
    file: StudyFile | None,
    layout: Layout,
    prereg: str,
    known: Sequence[tuple[Critic, Given, int]],
    share: Share | None,
    limit: int,
    size: int,
    control: Sequence[Path],
) -> dict[str, Any]:
    """What a run is, as plain data.

    Args:
        file: The study's file; None for trials of no study.
        layout: The study laid out.
        prereg: The hash of its preregistration, or an empty text.
        known: Each critic, what is known of it, and how many trials it plays.
        share: As much of the study as a limit allows.
        limit: That limit; 0 for none.
        size: The blocks of a shard.
        control: Logs with control trials, for bars that are set from them.
    """
    study = layout.study
    source = Path(file.source) if file else None
    return {
        "peerward_manifest": FORMAT,
        "begun": now(),
        "peerward": __version__,
        "study": study.name if file else "",
        "study_file": source.name if source else "",
        "study_sha256": hashlib.sha256(source.read_bytes()).hexdigest() if source and source.is_file() else "",
        "declared": study.model_dump(mode="json"),
        "prereg": prereg,
        "seed": study.seed,
        "first_variant": study.first_variant,
        "variants": share.variants if share else study.variants,
        "epochs": share.epochs if share else study.epochs,
        "limit": limit,
        "blocks_in_a_shard": size,
        "cells": [
            {
                "number": cell.number,
                "scenario": cell.scenario,
                "condition_id": cell.condition.id,
                "named": cell.condition.named(),
                "group": cell.group,
            }
            for cell in layout.cells
        ],
        "scenario_versions": {name: scenario(name).version for name in layout.by_scenario()},
        "named_confounds": named_confounds(layout),
        "critics": [_critic(*each, control) for each in known],
        "sessions": [],
        "stopping": {},
    }


def _critic(critic: Critic, given: Given, trials: int, control: Sequence[Path]) -> dict[str, Any]:
    return {
        "name": critic.name,
        "model": critic.model,
        "folder": critic.slug,
        "generation": shown(critic.generation),
        "model_args": shown(critic.model_args),
        "base_url": critic.base_url,
        "family": given.family,
        "bars": [asdict(bar) for bar in given.bars],
        "control_logs": [str(path) for path in control] if given.bars else [],
        "trials": trials,
    }


def gone_on_with(old: Mapping[str, Any], new: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """The manifest of a run that is gone on with: more variants, epochs or critics are the same run, nothing else.

    Args:
        old: The manifest that is there.
        new: What is asked for now.
        root: The run's folder, for messages.

    Raises:
        RunError: If it is another run; the message says in what.
    """
    if old.get("peerward_manifest") != FORMAT:
        raise RunError(
            f"{root} holds a run that this version of peerward cannot go on with (manifest of format "
            f"{old.get('peerward_manifest')}, not {FORMAT}); name another folder with --log-dir"
        )
    differs = [key for key in ("study", "seed", "first_variant", "prereg") if old[key] != new[key]]
    versions = old["scenario_versions"]
    differs += [
        f"version of {name}"
        for name, now_is in new["scenario_versions"].items()
        if versions.get(name, now_is) != now_is
    ]
    before, after = old["declared"], new["declared"]
    differs += [f"study: {key}" for key in after if key not in SIZE and before.get(key) != after[key]]
    if differs:
        raise RunError(
            f"{root} holds another run ({', '.join(differs)} differ); name another folder with --log-dir, or give the "
            "study as it was"
        )
    critics = {each["folder"]: each for each in (*_left_behind(old, new), *new["critics"])}
    cells = {(each["scenario"], each["condition_id"]): each for each in (*old["cells"], *new["cells"])}
    kept = {key: old[key] for key in ("begun", "sessions", "stopping", "blocks_in_a_shard")}
    return {**new, **kept, "critics": list(critics.values()), "cells": list(cells.values())}


def _left_behind(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The critics that are there; one whose name is asked with other settings now is marked: nobody goes on with it."""
    asked = {each["name"]: each["folder"] for each in new["critics"]}
    return [
        {**each, "left_behind": True} if asked.get(each["name"], each["folder"]) != each["folder"] else each
        for each in old["critics"]
    ]


def read_manifest(root: Path) -> dict[str, Any] | None:
    """The manifest of a run's folder, or None where there is none.

    Raises:
        RunError: If there is one that cannot be read, or a file of that name that is none.
    """
    path = root / MANIFEST
    if not path.exists():
        return None
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RunError(f"{path}: is no readable manifest ({error}); mend it, or name another --log-dir") from error
    if not isinstance(body, dict) or "peerward_manifest" not in body:
        raise RunError(f"{path}: is no manifest of peerward; name another folder with --log-dir")
    return body


def write_manifest(root: Path, body: Mapping[str, Any]) -> None:
    """Write the manifest of a run."""
    write_whole(root / MANIFEST, json.dumps(body, indent=1, ensure_ascii=False) + "\n")


def now() -> str:
    """The time, in the form of manifests."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
