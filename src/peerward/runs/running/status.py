"""How a run is, read from its folder by anybody: while it runs, after it was killed, from another machine."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from peerward.runs.run_facts import MANIFEST
from peerward.runs.running.budget import Spend
from peerward.runs.running.manifest_read import Told, manifest_told, text_in
from peerward.runs.running.merged import (
    Counts,
    CriticStatus,
    Forecast,
    added,
    critic_status,
    summed,
    whole_forecast,
)
from peerward.runs.running.names import DRAIN, LOCK
from peerward.runs.running.progress import Progress, all_progress
from peerward.runs.running.signs import Runner, RunState, Signs, is_active, state_of


class StatusError(ValueError):
    """A folder that holds no run; the message says what to name instead."""


@dataclass(frozen=True)
class Waits:
    """What the run has waited for its providers in its last session.

    Attributes:
        waiting: Trials that wait now.
        retries: Calls that were tried again, by status code or kind of error.
        seconds: Seconds that trials spent waiting, added up.
    """

    waiting: int = 0
    retries: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class SessionStatus:
    """A session of a run.

    Attributes:
        begun: When it began, as the manifest has it.
        ended: When it ended; empty if it goes on, or if it was killed.
        why: Why it ended.
        dollars: The limit of its budget in dollars, None for none.
        tokens: The limit in tokens.
    """

    begun: str
    ended: str = ""
    why: str = ""
    dollars: float | None = None
    tokens: float | None = None


@dataclass(frozen=True)
class Status:
    """How a run is.

    Attributes:
        root: Its folder.
        study: Its study; empty for trials of no study.
        state: Whether it goes on.
        why: Why it drains, was stopped or is silent; empty if there is nothing to say.
        age: Seconds since it was last heard of.
        runner: Who holds its folder, if anybody.
        workers: Shards that run, by machine.
        critics: How far each critic is.
        trials: All its trials.
        spent: What all sessions spent.
        forecast: What it will have taken at its end.
        waits: What it has waited for its providers.
        errors: What ended trials in the last session, with numbers.
        broken_off: Trials that the run itself broke off; they are run again.
        notes: What else has to be known.
        sessions: Its sessions, the last one last.
        time: When this was read, seconds since 1970.
    """

    root: str
    study: str
    state: RunState
    why: str
    age: float
    runner: Runner | None
    workers: Mapping[str, int]
    critics: tuple[CriticStatus, ...]
    trials: Counts
    spent: Spend
    forecast: Forecast
    waits: Waits
    errors: Mapping[str, int]
    broken_off: int
    notes: tuple[str, ...]
    sessions: tuple[SessionStatus, ...]
    time: float

    @property
    def is_over(self) -> bool:
        """Whether nothing runs any more."""
        return self.state in (RunState.STOPPED, RunState.FINISHED)


def read_status(root: Path, shards: Sequence[Progress] | None = None) -> Status:
    """How a run is.

    Nothing is locked, written or waited for. Files that are missing, half written or somebody else's are passed over.

    Args:
        root: The run's folder, of this machine or elsewhere.
        shards: The progress of its shards, where the caller has just read it.

    Raises:
        StatusError: If no run is there; the message says what to name instead.
    """
    now = time.time()
    manifest, note = manifest_told(root)
    try:
        own = list(all_progress(root)) if shards is None else list(shards)
    except Exception as error:
        # Each kind of place has errors of its own kind: no network, no rights, a package that is not there.
        raise StatusError(f"{root} cannot be read ({type(error).__name__}: {error})") from error
    if manifest is None and not own and shards is None:
        raise StatusError(f"{root}: {note or 'holds no run'}. {_hint(root)}")
    body = manifest or Told()
    signs = _signs(root, body)
    state, why, age = state_of(signs, own, now)
    critics = _critics(body, own, signs)
    sessions = tuple(
        SessionStatus(each.begun, each.ended, each.why, each.budget.dollars, each.budget.tokens)
        for each in body.sessions
    )
    problems = body.sessions[-1].problems if body.sessions else ()
    active = [each for each in own if is_active(each, signs)]
    errors: Counter[str] = Counter()
    retries: Counter[str] = Counter()
    for each in own:
        errors.update(each.errors)
        retries.update(each.retries)
    return Status(
        root=str(root),
        study=body.study,
        state=state,
        why=why,
        age=age,
        runner=signs.runner,
        workers=dict(Counter(each.host for each in active)),
        critics=critics,
        trials=added((each.trials for each in critics), rates=False),
        spent=summed(each.spend for each in own),
        forecast=whole_forecast(critics),
        waits=Waits(sum(each.waiting for each in active), dict(retries), sum(each.waited for each in own)),
        errors=dict(errors),
        broken_off=sum(each.stopped for each in own),
        notes=tuple(dict.fromkeys([*filter(None, [note]), *problems, *(line for each in own for line in each.notes)])),
        sessions=sessions,
        time=now,
    )


def _critics(body: Told, shards: Sequence[Progress], signs: Signs) -> tuple[CriticStatus, ...]:
    """The manifest's critics, and those that only their progress tells of."""
    about = {each.folder: each.model_dump() for each in body.critics}
    for shard in shards:
        about.setdefault(shard.slug, {"name": shard.critic, "model": shard.model, "folder": shard.slug})
    cells = list(dict.fromkeys((each.scenario, each.condition_id) for each in body.cells))
    words = {each.condition_id: each.named for each in body.cells if each.named}
    return tuple(
        critic_status([(each, is_active(each, signs)) for each in shards if each.slug == folder], one, cells, words)
        for folder, one in about.items()
    )


def _signs(root: Path, body: Told) -> Signs:
    last = body.sessions[-1] if body.sessions else None
    lock, drain = text_in(root / LOCK), text_in(root / DRAIN)
    return Signs(
        begun=_seconds(last.begun) if last else 0.0,
        ended=bool(last and last.ended),
        why=last.why if last else "",
        lock=lock is not None,
        runner=_runner(lock or ""),
        drain="" if drain is None else drain.strip() or "the run was asked to end",
    )


def _runner(text: str) -> Runner | None:
    try:
        found = json.loads(text)
        beat = float(found.get("beat", 0.0))
        beat = beat if 0 <= beat < 1e11 else 0.0
        return Runner(str(found["host"]), int(found["process"]), str(found.get("since", "")), beat)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _seconds(text: str) -> float:
    try:
        return max(0.0, datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        return 0.0


def _hint(root: Path) -> str:
    """What to name instead of a folder without a run."""
    for folder in list(root.parents)[:2]:
        if manifest_told(folder)[0] is not None:
            return f"The run's folder is {folder}: peerward status {folder}"
    try:
        inside = sorted((path.parent for path in root.glob(f"*/{MANIFEST}")), key=str)
        there = root.exists()
    except Exception:
        inside, there = [], True
    if any(root.glob("*.eval")) or any(root.glob("logs/*.eval")):
        return (
            "There are logs but no run, as after an import, which is finished when its command ends: peerward trials "
            f"{root} shows what is in them"
        )
    if inside:
        some = ", ".join(str(each) for each in inside[-5:])
        return f"There are runs inside it, name one: {some}"
    if not there:
        return "There is no such folder: name the run's folder, which `peerward run` tells (its --log-dir)"
    return f"Name the folder that holds the run's {MANIFEST} (the --log-dir of `peerward run`)"
