"""One session of a shard in this process: what happens is noted as Inspect tells it, and the turnstile obeys it."""

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from inspect_ai.hooks import Hooks, ModelRetry, ModelUsageData, SampleEnd, hooks
from inspect_ai.log import EvalSample
from inspect_ai.model import ModelUsage

from peerward.critics.cue import epoch_of
from peerward.critics.turnstile import TURNSTILE, was_stopped
from peerward.measures import Ended, Status
from peerward.runs.places import period
from peerward.runs.running.budget import Ledger, Spend
from peerward.runs.running.finished import spend_in, spend_of, trial_key
from peerward.runs.running.looks import Outcome, Watch
from peerward.runs.running.meter import Meter
from peerward.runs.running.names import asked_to_end
from peerward.runs.running.pace import Pace
from peerward.runs.running.progress import CellProgress, Progress
from peerward.runs.trials import bar_in


class Session:
    """A shard while it runs in this process; it ends with the ``with`` block."""

    def __init__(
        self, root: Path, folder: Path, progress: Progress, ledger: Ledger, before: Spend, watch: Watch | None
    ) -> None:
        """Make the session.

        Args:
            root: The run's folder.
            folder: The shard's.
            progress: How far the shard is.
            ledger: Keeps the budget.
            before: What earlier sessions spent.
            watch: Looks at what has been found, where the study declares a stopping rule.
        """
        self._root, self._folder, self.progress, self._ledger = root, folder, progress, ledger
        self._before, self._watch = before, watch
        self._meter = Meter(folder)
        self._cells = {(cell.scenario, cell.condition_id): cell for cell in progress.cells}
        self._closing = ""
        self._hurry = False
        self._over = Event()
        self._lock = Lock()
        self._thread = Thread(target=self._keep_writing, daemon=True)
        self._retries: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()
        self._waiting: dict[str, float] = {}
        self.begun: dict[str, CellProgress] = {}
        self.failed: set[str] = set()
        self.pace: Pace | None = None

    def __enter__(self) -> "Session":
        """Begin: hooks and turnstile turn to this session."""
        CURRENT.session = self
        _listen()
        TURNSTILE.may_call = self._may_call
        self.progress.state = "running"
        self._write()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End: the last word is written."""
        CURRENT.session = None
        TURNSTILE.may_call = lambda: ""
        self._over.set()
        self._thread.join()
        left = self.progress.left
        self.progress.state = "stopped" if left and self._closing else "finished"
        self.progress.why = self._closing if left else ""
        for cell in self.progress.cells:
            cell.running = 0
        self._waiting.clear()
        self._write()
        self._meter.close()

    def drain(self, why: str) -> None:
        """Begin no further trial; those that run come to their end."""
        if not self._closing:
            self._closing = why
            self.progress.state, self.progress.why = "draining", why

    def stop(self, why: str) -> None:
        """Begin no further call either."""
        self.drain(why)
        self._hurry = True

    @property
    def closing(self) -> str:
        """Why the session drains, or an empty text."""
        return self._closing

    def refused(self, scenario: str, running: int) -> str | None:
        """Why a trial may not begin, an empty text if it may, or None if it is to wait for one that runs."""
        if self._closing:
            return self._closing
        if self._watch is not None and (why := self._watch.stopped(scenario)):
            return why
        if why := self._ledger.may_begin(running):
            if running:
                # Those that run may turn out cheaper than was set aside for them.
                return None
            self.drain(why)
        return self._closing

    def _may_call(self) -> str:
        over = self._ledger.over()
        if over:
            self.stop(over)
        return self._closing if self._hurry else ""

    def begins(self, scenario: str, sample: str, condition_id: str) -> None:
        """Note that a trial begins."""
        cell = self._cells[scenario, condition_id]
        cell.running += 1
        self.begun[f"{scenario}/{sample}"] = cell

    def used(self, usage: ModelUsage) -> None:
        """Note a call that came back."""
        self._ledger.used(replace(spend_in(usage), calls=1))
        self._meter.write(self._before + self._ledger.spent)

    def tried_again(self, sample: str, kind: str, wait: float) -> None:
        """Note a call that failed and will be tried again after a wait of so many seconds."""
        with self._lock:
            self._retries[kind] += 1
            self.progress.waited += wait
            self._waiting[sample] = time.time() + wait

    def lost(self, key: str) -> None:
        """Note that a trial is over of whose end nobody has told: its log could not be written."""
        cell = self.begun.pop(key, None)
        if cell is not None:
            cell.running -= 1
            if self.pace is not None:
                self.pace.leave()

    def ends(self, sample: EvalSample) -> None:
        """Note that a trial has ended, in whatever way."""
        key = trial_key(sample)
        cell = self.begun.pop(key, None)
        if cell is None:
            return
        cell.running -= 1
        try:
            self._note(sample, key, cell)
        finally:
            # Inspect swallows what a hook raises; the place must be free all the same.
            if self.pace is not None:
                self.pace.leave()

    def _note(self, sample: EvalSample, key: str, cell: CellProgress) -> None:
        with self._lock:
            self._waiting.pop(sample.uuid or "", None)
        self._ledger.ended(spend_of(sample.model_usage))
        message = sample.error.message if sample.error else ""
        values = _values(sample)
        if was_stopped(message):
            self.progress.stopped += 1
        elif message or values.get("status", Status.INFRASTRUCTURE) == Status.INFRASTRUCTURE:
            cell.failed += key not in self.failed
            self.failed.add(key)
            if _ended(sample) == Ended.OVERFLOW:
                # It would not fit the model at the next try either.
                self.failed.discard(key)
            with self._lock:
                self._errors[message.partition("\n")[0][:200] or "infrastructure"] += 1
        else:
            cell.count(values)
            if key in self.failed:
                self.failed.discard(key)
                cell.failed -= 1
            self.progress.ended += 1
            self.progress.seconds += sample.total_time or 0.0
        if not was_stopped(message):
            self.watch(sample.metadata or {}, sample.epoch, dict(values) or {"status": Status.INFRASTRUCTURE.value})

    def watch(self, metadata: Mapping[str, Any], again: int, values: Mapping[str, Any]) -> None:
        """Show a finished trial to the stopping rule."""
        if self._watch is not None:
            epoch, bar = epoch_of(metadata, again), bar_in(metadata["condition"], metadata.get("given"))
            outcome = Outcome(
                metadata["scenario"],
                metadata["condition_id"],
                int(metadata["variant"]),
                epoch,
                {**values, "bar_value": bar},
            )
            with self._lock:
                self._watch.add(outcome)

    def _keep_writing(self) -> None:
        from peerward.runs.running.orphans import runner_is_gone

        while not self._over.wait(period(self._root)):
            if runner_is_gone():
                self.drain("the process that had begun the run is gone")
            if why := asked_to_end(self._root):
                self.drain(why)
            self._write()

    def _write(self) -> None:
        # A full disk or a lost network must not end trials that can still be logged; it is tried again.
        with suppress(Exception):
            self._gather()
            self.progress.write(self._folder)

    def _gather(self) -> None:
        now = time.time()
        with self._lock:
            self.progress.retries = dict(self._retries)
            self.progress.errors = dict(self._errors)
            self.progress.waiting = sum(until > now for until in self._waiting.values())
            if self._watch is not None:
                self.progress.looks = self._watch.record()
        self.progress.spend = self._before + self._ledger.spent
        self.progress.settled = self._before + self._ledger.ended_cost


def _ended(sample: EvalSample) -> str:
    score = (sample.scores or {}).get("findings")
    return str((score.metadata or {}).get("ended") or "") if score is not None else ""


def _values(sample: EvalSample) -> Mapping[str, Any]:
    score = (sample.scores or {}).get("findings")
    return score.value if score is not None and isinstance(score.value, dict) else {}


class _Current:
    """The session of this process, if there is one."""

    session: Session | None = None


CURRENT = _Current()


class _RunHooks(Hooks):
    """Hands on to the session what Inspect tells."""

    def enabled(self) -> bool:
        """Only while a session runs."""
        return CURRENT.session is not None

    async def on_model_usage(self, data: ModelUsageData) -> None:
        """A call came back."""
        if CURRENT.session is not None:
            CURRENT.session.used(data.usage)

    async def on_model_retry(self, data: ModelRetry) -> None:
        """A call failed and is tried again."""
        if CURRENT.session is not None:
            kind = str(data.status_code or data.exception_type or "error")
            CURRENT.session.tried_again(data.sample_id or "", kind, data.wait_time)

    async def on_sample_end(self, data: SampleEnd) -> None:
        """A trial has ended."""
        if CURRENT.session is not None:
            CURRENT.session.ends(data.sample)


@cache
def _listen() -> None:
    """Have Inspect tell; not before there is something to tell, since it prints a notice about hooks at its start."""
    hooks(name="peerward_run", description="Counts calls, waits and trials while peerward runs a study.")(_RunHooks)
