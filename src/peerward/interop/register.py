"""Entries for the register of Inspect evaluations (inspect_evals), out of ``eval.yaml``.

The register points at evaluations in repositories of their own: one folder an entry, ``register/<id>/eval.yaml``, and
one task an entry. What an entry says of us stands in ``peerward/eval.yaml``; where the code lies and at which commit is
said by whoever registers it, for a file cannot hold the commit that it is part of.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

TASK_PATH = "src/peerward/_registry.py"
"""Where the tasks are defined, from the repository's root."""

_COMMIT = re.compile(r"[0-9a-f]{40}")


class RegisterError(ValueError):
    """An entry that the register would not take; the message says why."""


@cache
def listing() -> dict[str, Any]:
    """What ``eval.yaml`` says of this evaluation, as plain data."""
    found: dict[str, Any] = yaml.safe_load(files("peerward").joinpath("eval.yaml").read_text(encoding="utf-8"))
    return found


def register_entries(repository: str, commit: str, maintainers: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """Return the entries by id, one a task: the name of the entry's folder, and what its ``eval.yaml`` holds.

    Args:
        repository: The address of the public repository, ``https://...``.
        commit: The commit that the entry is pinned to, 40 hexadecimal digits.
        maintainers: Accounts of those who look after it; the repository's owner if none is given.

    Raises:
        RegisterError: If the address or the commit is none.
    """
    if not re.fullmatch(r"https://[^/\s]+/[^/\s]+/[^/\s]+", repository):
        raise RegisterError(f"{repository!r} is no address of a repository; give https://HOST/OWNER/NAME")
    if not _COMMIT.fullmatch(commit):
        raise RegisterError(f"{commit!r} is no full commit; give the 40 hexadecimal digits of git rev-parse HEAD")
    source: dict[str, Any] = {"repository_url": repository, "repository_commit": commit}
    if maintainers:
        source["maintainers"] = list(maintainers)
    about = listing()
    return {
        f"peerward_{task['name']}": {
            "full_title": f"{about['title']}, {task['name']}",
            "common_title": f"peerward {task['name']}",
            "description": f"{task['comment']} {about['description']}",
            "arxiv": about["arxiv"],
            "contributors": about["contributors"],
            "tags": about["tags"],
            "tasks": [{"name": task["name"], "task_path": TASK_PATH, "dataset_samples": task["dataset_samples"]}],
            "source": source,
        }
        for task in about["tasks"]
    }
