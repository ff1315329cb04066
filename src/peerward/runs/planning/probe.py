"""A probe: one small trial, to learn for a few cents whether a study on a critic's path would work.

The trial is an ordinary one (the tool loop, Inspect, a log that every command reads) of a scenario's shortest cell, so
that its log can serve as a pilot of that cell.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from inspect_ai import eval as inspect_eval
from inspect_ai import task_with
from inspect_ai.model import ModelCost

from peerward.critics.faults import PATIENCE
from peerward.design.critic import Critic
from peerward.design.families import family_of
from peerward.runs.execute import OpeningError, open_critic
from peerward.runs.planning.probe_seen import Seen, read_seen
from peerward.runs.planning.probe_troubles import Trouble, troubles
from peerward.tasks import make_shard, shard_task

SCENARIO = "evaluation"
_ITEMS_ALONE = {
    "story": "items_only",
    "stakes": "none",
    "bar": "none",
    "relationship": "none",
    "absent_text": "nothing",
}
"""The work without the company around it: a third of the default cell's tokens, and nothing at stake."""


@dataclass(frozen=True)
class Limits:
    """Where a probe stops, whatever its critic does.

    Attributes:
        tokens: In and out, over all calls.
        calls: Calls of the model.
        seconds: From beginning to end.
        retries: How often a failed call is tried again.
    """

    tokens: int = 150_000
    calls: int = 30
    seconds: int = 900
    retries: int = 3


@dataclass(frozen=True)
class Probe:
    """What a probe found.

    Attributes:
        critic: The critic.
        scenario: The scenario of its trial.
        named: The trial's condition in words.
        seen: What the trial shows; nothing where the model could not be opened.
        troubles: What would go wrong in a study, what is fatal first.
        log: The trial's log, or None where there is none.
    """

    critic: Critic
    scenario: str
    named: str
    seen: Seen
    troubles: tuple[Trouble, ...] = ()
    log: Path | None = None

    @property
    def usable(self) -> bool:
        """Whether a study on this path makes sense as it is."""
        return not any(trouble.fatal for trouble in self.troubles)


def probe(
    critic: Critic,
    folder: Path,
    scenario: str = "",
    limits: Limits | None = None,
    prices: Mapping[str, ModelCost] | None = None,
) -> Probe:
    """Probe a critic's path with one trial.

    Args:
        critic: The critic.
        folder: Where the log goes; the critic gets a folder of its own there.
        scenario: Take this scenario's default cell instead of the shortest cell that there is.
        limits: Where the probe stops.
        prices: Dollars per million tokens by critic's name; what is not priced costs an unknown sum.

    Raises:
        LevelError: If there is no such scenario.
    """
    limits = limits or Limits()
    shard = make_shard(scenario or SCENARIO, [{} if scenario else _ITEMS_ALONE])
    named = shard.conditions[0].named()
    log_dir = folder / critic.slug
    try:
        model = open_critic(critic, prices)
    except OpeningError as error:
        return Probe(critic, shard.scenario, named, Seen(), (Trouble(error.what, error.mend),))
    # Where the family is not known, a look at a brief has a stand-in for it; a study would ask.
    task = shard_task(replace(shard, family=family_of(critic.model) or critic.family))
    task = task_with(task, token_limit=limits.tokens, turn_limit=limits.calls, time_limit=limits.seconds)
    log_dir.mkdir(parents=True, exist_ok=True)
    with _impatient():
        (log,) = inspect_eval(
            task,
            model=model,
            log_dir=str(log_dir),
            display="none",
            score_display=False,
            log_realtime=False,
            fail_on_error=False,
            max_samples=1,
            max_retries=limits.retries,
        )
        if log.status == "cancelled":
            raise KeyboardInterrupt
    path = Path(log.location.removeprefix("file://"))
    if log.status != "success":
        reason = log.error.message if log.error else log.status
        seen = Seen(error=reason)
    else:
        seen = read_seen(path, critic)
    return Probe(critic, shard.scenario, named, seen, tuple(troubles(seen, critic)), path)


@contextmanager
def _impatient() -> Iterator[None]:
    """One quick further try of a failed call: a probe is to tell that a path fails, not to outlast it."""
    before = PATIENCE.pauses_seconds
    PATIENCE.pauses_seconds = before[:1]
    try:
        yield
    finally:
        PATIENCE.pauses_seconds = before
