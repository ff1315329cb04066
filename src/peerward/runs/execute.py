"""Running shards on Inspect."""

import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.model import GenerateConfig, Model, get_model

from peerward.design import Condition
from peerward.tasks import Shard, shard_task

PAPER_TEMPERATURE = 1.0
Display = Literal["full", "conversation", "rich", "plain", "log", "none"]


@dataclass(frozen=True)
class RunSettings:
    """How a run is executed; nothing here changes what a critic meets.

    Attributes:
        log_dir: Where the logs go.
        live: The most trials at once.
        display: Inspect's display while it runs.
        model_args: Arguments for the model provider (``-M``).
        generation: Generation settings for the critic; recorded in the log and part of a trial's identity.
        base_url: The provider's address, if not its default.
        max_retries: How often a failed call is tried again; Inspect's own rule (without end) unless given.
    """

    log_dir: Path
    live: int = 20
    display: Display = "none"
    model_args: Mapping[str, Any] | None = None
    generation: GenerateConfig | None = None
    base_url: str | None = None
    max_retries: int | None = None

    def for_conditions(self, conditions: Sequence[Condition]) -> "RunSettings":
        """The same, with the paper's temperature of 1.0 where all conditions are of its world and none is given."""
        generation = self.generation or GenerateConfig()
        if generation.temperature is not None or any(each["world"] != "paper" for each in conditions):
            return self
        return replace(self, generation=generation.merge(GenerateConfig(temperature=PAPER_TEMPERATURE)))


class RunError(RuntimeError):
    """A run that did not come to its end; the message says what failed."""


def execute(shards: Sequence[Shard], models: Sequence[str], settings: RunSettings) -> list[Path]:
    """Run shards with each model and return the paths of the logs, one for each shard and model.

    A trial whose provider fails is kept with its error and counts as infrastructure; the others go on.

    Raises:
        LevelError: If two arms of a shard render alike (before anything is spent).
        RunError: If a model cannot be used, or a run ended in an error.
    """
    return run_tasks([shard_task(shard) for shard in shards], models, settings)


def run_tasks(tasks: Sequence[Task], models: Sequence[str], settings: RunSettings) -> list[Path]:
    """Run the tasks of shards with each model, as ``execute`` does with the shards themselves.

    Raises:
        RunError: If a model cannot be used, or a run ended in an error.
    """
    from inspect_ai.log import EvalLog

    settings.log_dir.mkdir(parents=True, exist_ok=True)
    critics = [open_critic(name, settings) for name in models]
    logs: list[EvalLog] = inspect_eval(
        list(tasks),
        model=critics,
        log_dir=str(settings.log_dir),
        display=settings.display,
        score_display=False,
        log_realtime=False,
        log_samples=True,
        fail_on_error=False,
        max_samples=settings.live,
        max_tasks=1,
        max_retries=settings.max_retries,
    )
    failed = [log for log in logs if log.status != "success"]
    if failed:
        first = failed[0]
        reason = first.error.message if first.error else first.status
        raise RunError(f"{first.eval.task} with {first.eval.model} ended with status {first.status}: {reason}")
    return [Path(_plain_path(log.location)) for log in logs]


def open_critic(name: str, settings: RunSettings) -> Model:
    """The model of a name.

    Raises:
        RunError: If there is no such model, or its provider cannot be used as it is set up.
    """
    try:
        return get_model(
            name,
            config=settings.generation or GenerateConfig(),
            base_url=settings.base_url,
            **dict(settings.model_args or {}),
        )
    except Exception as error:
        # Providers fail in their own ways (no package, no key, no such name): each is the user's to mend.
        raise RunError(f"model {name}: {plain_message(error)}") from error


def plain_message(error: BaseException) -> str:
    """An error's message without the markup that Inspect puts in for its own console."""
    return re.sub(r"\[/?[a-z ]*\]", "", str(getattr(error, "message", error))).strip()


def _plain_path(location: str) -> str:
    return os.path.normpath(location.removeprefix("file://"))


def new_log_dir() -> Path:
    """A new folder for a run's logs, named after the time it began."""
    return Path("logs") / time.strftime("%Y-%m-%dT%H-%M-%S")
