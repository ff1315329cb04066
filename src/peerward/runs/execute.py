"""Running shards on Inspect."""

import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.model import (
    GenerateConfig,
    Model,
    ModelCost,
    ModelInfo,
    get_model,
    get_model_info,
    set_model_info,
)

from peerward.design import Condition
from peerward.design.critic import Critic, as_critic
from peerward.runs.places import is_local, place
from peerward.tasks import Shard, shard_task

PAPER_TEMPERATURE = 1.0
Display = Literal["full", "conversation", "rich", "plain", "log", "none"]


@dataclass(frozen=True)
class RunSettings:
    """How a run is executed; nothing here changes what a critic meets.

    Attributes:
        log_dir: Where the logs go: a folder, or an address that fsspec knows.
        live: The most trials of a critic at once.
        display: Inspect's own display while it runs.
        max_retries: How often a failed call is tried again; Inspect's own rule (without end) unless given.
        attempt_timeout: Seconds after which a call is given up and tried again; never unless given.
        attempts: How often a trial is run that provider, sandbox or harness fails.
        log_buffer: Finished trials that may be lost if the process is killed, plus one.
        prices: Dollars per million tokens by model string, as ``runs.planning.prices`` reads them.
    """

    log_dir: Path
    live: int = 20
    display: Display = "none"
    max_retries: int | None = None
    attempt_timeout: int | None = None
    attempts: int = 2
    log_buffer: int = 1
    prices: Mapping[str, ModelCost] = field(default_factory=dict)


def at_the_papers_temperature(critic: Critic, conditions: Sequence[Condition]) -> Critic:
    """The critic, with the paper's temperature of 1.0 where all conditions are of its world and none is given."""
    if "temperature" in critic.generation or any(each["world"] != "paper" for each in conditions):
        return critic
    return replace(critic, generation={**critic.generation, "temperature": PAPER_TEMPERATURE})


class RunError(RuntimeError):
    """A run that did not come to its end; the message says what failed."""


def execute(shards: Sequence[Shard], critics: Sequence[Critic | str], settings: RunSettings) -> list[Path]:
    """Run shards with each critic in this process, each whole, and return the paths of the logs.

    This is for what is run in one go (the self-check, a probe); ``runs.study_run`` keeps a budget and goes on after
    interruptions. A trial whose provider fails is kept with its error and counts as infrastructure.

    Args:
        shards: What is run.
        critics: The critics, by data or by Inspect's model string.
        settings: How; everything goes into the one folder.

    Raises:
        LevelError: If two arms of a shard render alike (before anything is spent).
        RunError: If a model cannot be used, or a run ended in an error.
    """
    return run_tasks([shard_task(shard) for shard in shards], critics, settings)


def run_tasks(tasks: Sequence[Task], critics: Sequence[Critic | str], settings: RunSettings) -> list[Path]:
    """Run the tasks of shards with each critic, as ``execute`` does with the shards themselves.

    Raises:
        RunError: If a model cannot be used, or a run ended in an error.
    """
    from inspect_ai.log import EvalLog

    settings.log_dir.mkdir(parents=True, exist_ok=True)
    models = [open_critic(as_critic(each), settings) for each in critics]
    logs: list[EvalLog] = inspect_eval(
        list(tasks),
        model=models,
        log_dir=str(settings.log_dir),
        display=settings.display,
        score_display=False,
        log_realtime=False,
        log_samples=True,
        fail_on_error=False,
        max_samples=settings.live,
        max_tasks=1,
        max_retries=settings.max_retries,
        attempt_timeout=settings.attempt_timeout,
    )
    failed = [log for log in logs if log.status != "success"]
    if failed:
        first = failed[0]
        reason = first.error.message if first.error else first.status
        raise RunError(f"{first.eval.task} with {first.eval.model} ended with status {first.status}: {reason}")
    return [_log_of(log.location) for log in logs]


def open_critic(critic: Critic, settings: RunSettings) -> Model:
    """The critic's model; with a price, what it costs is reckoned and logged.

    Raises:
        RunError: If there is no such model, or its provider cannot be used as it is set up.
    """
    try:
        price = settings.prices.get(critic.model)
        if price is not None:
            known = get_model_info(critic.model) or ModelInfo()
            set_model_info(critic.model, known.model_copy(update={"cost": price}))
        return get_model(
            critic.model,
            config=GenerateConfig(**critic.generation),
            base_url=critic.base_url or None,
            **dict(critic.model_args),
        )
    except Exception as error:
        # Providers fail in their own ways (no package, no key, no such name): each is the user's to mend.
        raise RunError(f"model {critic.name}: {plain_message(error)}") from error


def plain_message(error: BaseException) -> str:
    """An error's message without the markup that Inspect puts in for its own console."""
    return re.sub(r"\[/?[a-z ]*\]", "", str(getattr(error, "message", error))).strip()


def _log_of(location: str) -> Path:
    found = place(location)
    return Path(os.path.normpath(found)) if is_local(found) else found


def new_log_dir() -> Path:
    """A new folder for a run's logs, named after the time it began."""
    return Path("logs") / time.strftime("%Y-%m-%dT%H-%M-%S")
