"""What a log's header says of all its trials: the run of which they are."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from peerward.design.critic import DELIVERY
from peerward.design.secret_settings import is_secret, without_secrets
from peerward.runs.logs import LogError, read_header

_OF_A_FORK = ("forked_from", "fork_at")
"""What the task's metadata say of a fork."""

_FILE = re.compile(r"^(~|\.{1,2})?[\\/]|^[A-Za-z]:[\\/]|\.(ya?ml|json|toml|txt|md|jinja2?|gguf|safetensors|bin|pt)$")
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://")


@dataclass(frozen=True)
class LogRun:
    """The run that a log holds.

    Attributes:
        log: The log.
        eval_id: Inspect's id of the run.
        about: The metadata that peerward gave the task.
        scenario: The scenario.
        behaviour: The behaviour that it looks for, or an empty text in a log that does not tell it.
        version: The scenario's version.
        model: The critic's model string.
        provider_path: The provider's address, or an empty text for its default.
        generation: The generation settings, those on delivery left out.
        model_args: The model's arguments, and of a fork whence it was forked: a fork is another trial.
        status: How the run ended, in Inspect's word (``started`` where it did not).
        packages: Versions of packages, as Inspect recorded them.
    """

    log: Path
    eval_id: str
    about: Mapping[str, Any]
    scenario: str
    behaviour: str
    version: int
    model: str
    provider_path: str
    generation: Mapping[str, Any]
    model_args: Mapping[str, Any]
    status: str
    packages: Mapping[str, str]

    @cached_property
    def settings(self) -> str:
        """Generation settings and model arguments as canonical JSON: of a path only the file's name, no secrets."""
        given = {name: value for name, value in self.generation.items() if value is not None}
        for name, value in self.model_args.items():
            given[f"model_args.{name}" if name in given else name] = value
        return json.dumps(shown(given), sort_keys=True, ensure_ascii=False)

    @cached_property
    def key(self) -> str:
        """What trials share wherever they are in more than one log."""
        whole = (self.scenario, self.version, self.model, self.provider_path, self.generation, self.model_args)
        return json.dumps([*whole, self.about.get("seed")], sort_keys=True, default=str)


def read_run(path: Path) -> LogRun:
    """Return the run that a log holds.

    Raises:
        LogError: If it is no log, or none of peerward.
    """
    header = read_header(path)
    run = header["eval"]
    about = run.get("metadata") or {}
    if not about.get("peerward"):
        raise LogError(f"{path}: is no log of peerward (task {run.get('task')}); leave it out")
    version = run.get("task_version") or 0
    if not isinstance(version, int):
        raise LogError(f"{path}: the scenario's version is {version!r}, which is no whole number")
    return LogRun(
        log=path,
        eval_id=str(run.get("eval_id") or ""),
        about=about,
        scenario=str(about.get("scenario") or ""),
        behaviour=str(about.get("behaviour") or ""),
        version=version,
        model=str(run.get("model") or ""),
        provider_path=without_secrets(str(run.get("model_base_url") or "")),
        generation={
            name: value for name, value in (run.get("model_generate_config") or {}).items() if name not in DELIVERY
        },
        model_args={name: value for name, value in (run.get("model_args") or {}).items() if name not in DELIVERY}
        | {name: about[name] for name in _OF_A_FORK if name in about},
        status=str(header.get("status") or "started"),
        packages={str(name): str(version) for name, version in (run.get("packages") or {}).items()},
    )


def without_forks(paths: Iterable[Path]) -> list[Path]:
    """The logs that hold no fork of an earlier trial; those that cannot be read are kept, for others to tell why.

    Raises:
        LogError: If there are only forks.
    """
    given = list(paths)
    kept = [path for path in given if not _is_fork(path)]
    if given and not kept:
        raise LogError(f"{given[0]}: holds a fork of an earlier trial, as all logs here do; --forks takes forks too")
    return kept


def _is_fork(path: Path) -> bool:
    try:
        return "forked_from" in (read_header(path)["eval"].get("metadata") or {})
    except LogError:
        return False


def shown(value: Any) -> Any:
    """A setting as a table can show it: no secrets, and of a path only the file's name."""
    if isinstance(value, Mapping):
        return {name: shown(each) for name, each in value.items() if not is_secret(str(name))}
    if isinstance(value, list):
        return [shown(each) for each in value]
    if isinstance(value, str) and _ADDRESS.match(value):
        return without_secrets(value)
    if isinstance(value, str) and _FILE.search(value):
        return (PureWindowsPath(value) if "\\" in value else PurePosixPath(value)).stem
    return value
