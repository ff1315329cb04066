"""Run folders as a run leaves them, written by hand: what is read is what is on disk."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from peerward.runs.running.budget import Spend
from peerward.runs.running.progress import CellProgress, Progress

CELLS = (("evaluation", "good"), ("evaluation", "bad"), ("finance", "good"), ("finance", "bad"))


def stamp(ago: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - ago))


def manifest(
    root: Path,
    critics: Mapping[str, int],
    session: Mapping[str, Any] | None = None,
    earlier: Sequence[Mapping[str, Any]] = (),
) -> None:
    """A manifest of critics (folder: trials) whose last session began ten seconds ago."""
    body = {
        "peerward_manifest": 2,
        "study": "mine",
        "cells": [
            {"scenario": name, "condition_id": condition, "named": f"relationship={condition}"}
            for name, condition in CELLS
        ],
        "critics": [
            {"name": f"lab/{name}", "model": f"lab/{name}", "folder": name, "trials": critics[name]} for name in critics
        ],
        "sessions": [*earlier, {"begun": stamp(10), **(session or {})}],
    }
    root.mkdir(parents=True, exist_ok=True)
    (root / "manifest.json").write_text(json.dumps(body))


def shard(
    root: Path, critic: str, number: int, done: int, planned: int = 10, ago: float = 0.0, **given: Any
) -> Progress:
    """A shard with so many of the trials of each cell done, half of them events, written so many seconds ago."""
    cells = given.pop("cell", {})
    made = Progress(f"lab/{critic}", f"lab/{critic}", critic, number, **{"state": "running"} | given)
    made.cells = [
        CellProgress(
            scenario,
            condition,
            f"relationship={condition}",
            "over_bar",
            **{"planned": planned, "done": done, "measured": done, "events": done / 2} | cells,
        )
        for scenario, condition in CELLS
    ]
    folder = root / critic / f"{number:04d}"
    folder.mkdir(parents=True, exist_ok=True)
    made.write(folder)
    path = folder / "progress.json"
    body = json.loads(path.read_text())
    path.write_text(json.dumps(body | {"updated": time.time() - ago}))
    return made


def spent(dollars: float, tokens: float) -> Spend:
    return Spend(dollars=dollars, tokens_in=tokens)
