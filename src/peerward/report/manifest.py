"""The report's manifest: from what it was made, with what, and the digest of each of its files."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from peerward import __version__
from peerward.analysis.answers import Answers
from peerward.runs.facts import RunFacts

FORMAT = 1
NAME = "manifest.json"


def report_manifest(
    answers: Answers,
    facts: RunFacts,
    options: Mapping[str, Any],
    files: Mapping[str, str],
    harnesses: Sequence[Mapping[str, str]] = (),
    judging: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the manifest of a report as plain data: the same for the same logs, options and files.

    It holds no time but those that the runs' own manifests hold.

    Args:
        answers: What the report shows.
        facts: What the logs say of the run.
        options: What was asked for when the report was written; no string that is redacted may be among them.
        files: SHA-256 of the report's files by their path in the folder, as ``digests`` gives them.
        harnesses: The harnesses of the trials, as ``harnesses_of`` gives them.
        judging: What the report carries of judging, as ``judging_told`` gives it.
    """
    body = {
        "peerward_report": FORMAT,
        "written_with": f"peerward {__version__}",
        "versions": facts.versions,
        "studies": facts.studies,
        "preregistrations": facts.prereg,
        "seeds": sorted(facts.seeds),
        "critics": [
            {
                "key": critic.key,
                "label": critic.label,
                "model": critic.model,
                "provider_path": critic.provider_path,
                "settings": _read(critic.settings),
                "family": critic.family,
                "trials": sum(cell.trials for cell in answers.cells if cell.critic.key == critic.key),
            }
            for critic in answers.critics
        ],
        "asked": facts.critics,
        "harnesses": harnesses,
        "judging": judging,
        "scripted_critics": answers.scripted,
        "trials": answers.trials,
        "cells": len(answers.cells),
        "named_confounds": sorted(facts.named_confounds),
        "missing_arms": answers.missing_arms,
        "warnings": answers.warnings,
        "logs": facts.shards,
        "runs": facts.manifests,
        "options": options,
        "files": {name: files[name] for name in files if name != NAME},
    }
    plain = _plain(body)
    assert isinstance(plain, dict)
    return plain


def harnesses_of(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The harnesses in which trials were run: by critic, with version, and what each was told that it runs."""
    names = ("critic", "harness", "harness_version", "harness_believes")
    found = {tuple(str(row.get(name, "")) for name in names) for row in rows}
    return [
        dict(zip(names, each, strict=True)) for each in sorted(found) if each[1] not in ("", "loop", "not_applicable")
    ]


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """The manifest as it is written: sorted, without NaN, and in ASCII, so that no hidden character stands in it."""
    return json.dumps(manifest, indent=1, sort_keys=True, allow_nan=False) + "\n"


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file under a folder but its manifest, by path with forward slashes, sorted."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != NAME:
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _read(settings: str) -> Any:
    try:
        return json.loads(settings)
    except ValueError:
        return settings


def _plain(value: Any) -> Any:
    """Plain data for JSON: what was not measured is null, other objects are their text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    # A lone surrogate cannot be written as UTF-8.
    return str(value).encode("utf-8", "replace").decode()
