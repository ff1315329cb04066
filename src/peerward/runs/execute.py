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
from inspect_ai.model import GenerateConfig, Model, ModelCost, ModelInfo, get_model, get_model_info, set_model_info
from inspect_ai.util import AdaptiveConcurrency

from peerward.design import Condition
from peerward.design.critic import Critic, as_critic
from peerward.design.critic_presets import known_path
from peerward.design.secret_settings import secret_in_address, secrets_in
from peerward.runs.places import is_local, place
from peerward.tasks import Shard, shard_task

PAPER_TEMPERATURE = 1.0
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEY|TOKEN)\b")
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
        max_sandboxes: The most trials with machines of their own at once; Inspect's own rule unless given.
        prices: Dollars per million tokens by a critic's name, as ``runs.planning.prices`` reads them.
    """

    log_dir: Path
    live: int = 20
    display: Display = "none"
    max_retries: int | None = None
    attempt_timeout: int | None = None
    attempts: int = 2
    log_buffer: int = 1
    max_sandboxes: int | None = None
    prices: Mapping[str, ModelCost] = field(default_factory=dict)


def at_the_papers_temperature(critic: Critic, conditions: Sequence[Condition]) -> Critic:
    """The critic, with the paper's temperature of 1.0 where all conditions are of its world and none is given."""
    if "temperature" in critic.generation or any(each["world"] != "paper" for each in conditions):
        return critic
    return replace(critic, generation={**critic.generation, "temperature": PAPER_TEMPERATURE})


class RunError(RuntimeError):
    """A run that did not come to its end; the message says what failed."""


class OpeningError(RunError):
    """A critic's model that cannot be opened.

    Attributes:
        what: What is wrong.
        mend: What to do.
    """

    def __init__(self, critic: Critic, what: str, mend: str) -> None:
        """Tell of it.

        Args:
            critic: The critic.
            what: What is wrong.
            mend: What to do.
        """
        super().__init__(f"{critic.name}: {what}\n    Mend: {mend}")
        self.arguments = critic, what, mend
        self.what, self.mend = what, mend

    def __reduce__(self) -> tuple[type["OpeningError"], tuple[Critic, str, str]]:
        """Workers send their errors to the process that began them."""
        return OpeningError, self.arguments


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
    models = [open_critic(as_critic(each), settings.prices) for each in critics]
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
        adaptive_connections=connections(settings.live),
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


def connections(live: int) -> AdaptiveConcurrency:
    """Calls at once for so many live trials: as many as trials, fewer for a while whenever a rate limit is met.

    Inspect's own bound is 100 calls at once, whatever the number of trials: a thousand would wait for each other. It
    also begins with 20; a run that asks for more than 100 live trials still grows into them, doubling.

    Args:
        live: The most trials at once, from 1.
    """
    return AdaptiveConcurrency(start=min(live, 100), max=live)


def open_critic(critic: Critic, prices: Mapping[str, ModelCost] | None = None) -> Model:
    """The critic's model; with a price, what it costs is reckoned and logged.

    Args:
        critic: The critic.
        prices: Dollars per million tokens by a critic's name.

    Raises:
        OpeningError: If there is no such model, its provider cannot be used as it is set up, or a secret of it would
            stand in the logs.
    """
    _keep_secrets(critic, critic.base_url)
    try:
        # Inspect knows prices by model string; this process asks one critic at a time, so that the last one counts. One
        # without a price must not have that of another critic on the same model.
        known, price = get_model_info(critic.model), (prices or {}).get(critic.name)
        if price is not None or (known is not None and known.cost is not None):
            set_model_info(critic.model, (known or ModelInfo()).model_copy(update={"cost": price}))
        model = get_model(
            critic.model,
            config=GenerateConfig(**critic.generation),
            base_url=critic.base_url or None,
            **dict(critic.model_args),
        )
    except Exception as error:
        # Providers fail in their own ways (no package, no key, no such name): each is the user's to mend.
        raise OpeningError(critic, *_why_not(plain_message(error), critic)) from error
    # Some providers take their address out of a variable, and write it into logs all the same.
    _keep_secrets(critic, str(getattr(model.api, "base_url", None) or ""))
    return model


def check_critics(critics: Sequence[Critic]) -> None:
    """Check that the models of all critics can be opened, before anything is written.

    Raises:
        RunError: If not; the message tells of each that cannot.
    """
    told = []
    for critic in critics:
        try:
            open_critic(critic)
        except OpeningError as error:
            told.append(str(error))
    if told:
        raise RunError("\n".join(told))


def plain_message(error: BaseException) -> str:
    """An error's message without the markup that Inspect puts in for its own console."""
    return re.sub(r"\[/?[a-z ]*\]", "", str(getattr(error, "message", error))).strip()


def _keep_secrets(critic: Critic, address: str) -> None:
    found = secret_in_address(address) or next(
        (each for settings in (critic.model_args, critic.generation) for each in secrets_in(settings)), None
    )
    if found is not None:
        raise OpeningError(critic, *found)


def _why_not(message: str, critic: Critic) -> tuple[str, str]:
    """Why a model could not be opened, and what to do."""
    path, message = known_path(critic.model), " ".join(message.removeprefix("ERROR: ").split())
    lower = message.lower()
    if "pip install" in lower or "no module named" in lower:
        extra = path.extra if path else "providers"
        return f"the provider's package is missing: {message}", f"pip install 'peerward[{extra}]'"
    if "environment variable" in lower or "in the environment" in lower or "api_key" in lower or "api key" in lower:
        named = _VARIABLE.search(message)
        variable = path.key if path else named[0] if named else ""
        mend = f"set the variable {variable}." if variable else "set the variable that the message names."
        return f"there is no key: {message}", mend
    return message, "check the model string: provider/model, as Inspect writes it (docs/critics.md)."


def _log_of(location: str) -> Path:
    found = place(location)
    return Path(os.path.normpath(found)) if is_local(found) else found


def new_log_dir() -> Path:
    """A new folder for a run's logs, named after the time it began."""
    return Path("logs") / time.strftime("%Y-%m-%dT%H-%M-%S")
