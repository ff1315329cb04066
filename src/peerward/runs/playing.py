"""One trial with somebody in the critic's seat, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_ai import Task

from peerward.critics.person import PROVIDER, SEAT, Seat
from peerward.critics.turnstile import was_stopped, why_stopped
from peerward.design.critic import Critic
from peerward.measures import read_record
from peerward.measures.record import RECORD_KEY
from peerward.runs.execute import RunError, RunSettings, run_tasks
from peerward.runs.logs import read_samples
from peerward.runs.one_trial import open_sample
from peerward.runs.trials import read_trials


@dataclass(frozen=True)
class Outcome:
    """What came of a trial that was run by itself.

    Attributes:
        log: Its log.
        ended: How its loop ended, in one word; ``unfinished`` where it was broken off and counts as nothing.
        row: Its row of the trials table; empty where it is unfinished.
        why: Why it is unfinished or failed, or an empty text.
    """

    log: Path
    ended: str
    row: Mapping[str, Any]
    why: str = ""


UNFINISHED = "unfinished"
"""The end of a trial that was broken off: it is in no table."""


def play(task: Task, name: str, seat: Seat, log_dir: Path) -> Outcome:
    """Run a task's one trial with somebody in the critic's seat.

    Args:
        task: A task of one sample.
        name: What the person or program is called; the critic is ``person/<name>``.
        seat: Where they sit.
        log_dir: Where the log goes.

    Raises:
        RunError: If the run itself failed.
    """
    before = SEAT.set(seat)
    try:
        return run_one(task, f"{PROVIDER}/{name}", RunSettings(log_dir, live=1))
    finally:
        SEAT.reset(before)


def run_one(task: Task, critic: Critic | str, settings: RunSettings) -> Outcome:
    """Run a task's one trial and return what came of it.

    Raises:
        RunError: If the run itself failed.
    """
    [log] = run_tasks([task], [critic], settings)
    return outcome(log)


def outcome(log: Path) -> Outcome:
    """What came of the one trial of a log.

    Raises:
        LogError: If the log cannot be read.
        RunError: If it holds no trial.
    """
    named = next(read_samples(log), None)
    if named is None:
        raise RunError(f"{log}: holds no trial; the run ended before it began")
    sample = open_sample(log, named["id"], int(named["epoch"]))
    message = sample.error.message if sample.error else ""
    if was_stopped(message):
        return Outcome(log, UNFINISHED, {}, why_stopped(message))
    text = sample.store.get(RECORD_KEY)
    ended = "error" if message or text is None else read_record(str(text)).ended.value
    return Outcome(log, ended, next(read_trials([log])), message)
