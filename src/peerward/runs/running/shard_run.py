"""Running one shard in this process: what is finished is found in its folder, the rest is run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.model import Model

from peerward.design.critic import Critic
from peerward.design.study import Study
from peerward.runs.execute import RunError, RunSettings, connections, open_critic
from peerward.runs.layout import expand
from peerward.runs.places import place
from peerward.runs.running.budget import Budget, Ledger, Spend
from peerward.runs.running.finished import Past, left_of, past_of, trial_key
from peerward.runs.running.locks import held
from peerward.runs.running.looks import Outcome, Watch
from peerward.runs.running.names import LOCK
from peerward.runs.running.pace import Gate, Pace, Turn
from peerward.runs.running.progress import CellProgress, Progress, read_progress
from peerward.runs.running.session import Session
from peerward.runs.trials import bar_value
from peerward.scenarios import scenario
from peerward.tasks import Shard, shard_samples, task_of


@dataclass(frozen=True)
class ShardJob:
    """A shard to be run, as plain data that can be sent anywhere.

    Attributes:
        critic: The critic.
        number: The shard's number, from 0.
        shards: What is run of each scenario.
        root: The run's folder or address.
        settings: How it is executed.
        budget: What it may spend from now on.
        expected: What a trial is expected to cost until one has ended.
        spent: What the shard had spent when its budget was given: whoever begins the job again does not get it twice.
        stopping: The whole study as JSON data if it declares a stopping rule, else None.
        order: With a stopping rule, all blocks of every scenario in the order in which they are run.
    """

    critic: Critic
    number: int
    shards: tuple[Shard, ...]
    root: str
    settings: RunSettings
    budget: Budget = field(default_factory=Budget)
    expected: Spend = field(default_factory=Spend)
    spent: Spend | None = None
    stopping: Mapping[str, Any] | None = None
    order: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where its logs lie."""
        return place(self.root) / self.critic.slug / f"{self.number:04d}"

    @property
    def trials(self) -> int:
        """How many trials it has."""
        return sum(each.trials for each in self.shards)

    @property
    def name(self) -> str:
        """The shard for a reader."""
        return f"{self.critic.name}, shard {self.number}"


@dataclass(frozen=True)
class ShardReport:
    """How a session of a shard ended.

    Attributes:
        planned: Trials of the shard.
        done: Those that are finished.
        over: Those that are not run any more, since the study's rule has stopped their scenario.
        failed: Those that provider, sandbox or harness failed as often as they were tried.
        spent: What this session spent.
        why: Why it was stopped before its end, or an empty text.
        notes: What else has to be known.
    """

    planned: int
    done: int
    failed: int
    spent: Spend
    why: str
    notes: tuple[str, ...] = ()
    over: int = 0


def run_shard(job: ShardJob) -> ShardReport:
    """Run what is not finished of a shard.

    It can be called again and again, by whomever, wherever the folder is: nothing that is finished is run twice. A
    trial that provider, sandbox or harness failed is tried again in the same session, ``settings.attempts`` times in
    all.

    Args:
        job: The shard.

    Raises:
        LockedError: If another process runs it.
        RunError: If the model cannot be used, or what is there was run with other texts.
    """
    job.folder.mkdir(parents=True, exist_ok=True)
    with held(job.folder / LOCK):
        return _run(job)


def _run(job: ShardJob) -> ShardReport:
    past = past_of(job.folder)
    earlier = read_progress(job.folder)
    samples = [shard_samples(shard) for shard in job.shards]
    left = [left_of(own, past.done, job.folder) for own in samples]
    progress = _progress(job, samples, past)
    # Calls of trials that a kill cut off are in no log; the progress that was written beside them has counted them.
    before = past.spend if earlier is None else past.spend.at_least(earlier.spend)
    meanwhile = Spend() if job.spent is None else before.less(job.spent)
    ledger = Ledger(job.budget.less(meanwhile), job.expected)
    watch = _watch(job, past, earlier)
    session = Session(place(job.root), job.folder, progress, ledger, before, watch)
    with session:
        model = open_critic(job.critic, job.settings.prices)
        for attempt in range(job.settings.attempts):
            if attempt:
                left = [[each for each in own if trial_key(each) in session.failed] for own in left]
            if not any(left) or session.closing:
                break
            _attempt(job, session, left, model)
    return ShardReport(
        planned=progress.sum("planned"),
        done=progress.sum("done"),
        failed=progress.sum("failed"),
        spent=meanwhile + ledger.spent,
        why=session.closing if progress.left else "",
        notes=tuple(progress.notes),
        over=progress.over,
    )


def _attempt(job: ShardJob, session: Session, left: Sequence[Sequence[Sample]], model: Model) -> None:
    some = [(shard, own) for shard, own in zip(job.shards, left, strict=True) if own]
    live = job.critic.live or job.settings.live
    session.pace = Pace(live, len(some), session.refused)
    tasks = [_gated(job, shard, own, session) for shard, own in some]
    logs = inspect_eval(
        tasks,
        model=model,
        log_dir=str(job.folder),
        display=job.settings.display,
        score_display=False,
        log_realtime=False,
        log_samples=True,
        log_buffer=job.settings.log_buffer,
        fail_on_error=False,
        max_samples=live,
        adaptive_connections=connections(live),
        max_tasks=len(tasks),
        max_sandboxes=job.settings.max_sandboxes,
        max_retries=job.settings.max_retries,
        attempt_timeout=job.settings.attempt_timeout,
    )
    for log in logs:
        if log.status == "error":
            reason = log.error.message if log.error else log.status
            raise RunError(f"{log.eval.task} with {log.eval.model} ended in an error: {reason}")
        if log.status == "cancelled":
            session.stop("it was stopped at once (Ctrl-C twice)")


def _gated(job: ShardJob, shard: Shard, left: Sequence[Sample], session: Session) -> Task:
    """The task of what is left of a scenario, each trial with its turn in the whole shard."""
    places = {block: number for number, block in enumerate(shard.in_order)}
    turns: dict[str, Turn] = {}
    for number, sample in enumerate(left):
        cell = sample.metadata or {}
        turns[str(sample.id)] = (places[int(cell["variant"]), int(cell["epoch"])], number)
    conditions = {str(sample.id): str((sample.metadata or {})["condition_id"]) for sample in left}
    assert session.pace is not None
    task = task_of(shard, left)
    task.early_stopping = Gate(
        session.pace,
        shard.scenario,
        turns,
        lambda sample: session.begins(shard.scenario, sample, conditions[sample]),
        lambda sample: session.lost(f"{shard.scenario}/{sample}"),
    )
    return task


def _progress(job: ShardJob, samples: Sequence[Sequence[Sample]], past: Past) -> Progress:
    progress = Progress(job.critic.name, job.critic.model, job.critic.slug, job.number, notes=list(past.set_aside))
    for shard, own in zip(job.shards, samples, strict=True):
        finding = scenario(shard.scenario).headline
        cells = {each.id: CellProgress(shard.scenario, each.id, each.named(), finding) for each in shard.conditions}
        for sample in own:
            cell = cells[(sample.metadata or {})["condition_id"]]
            cell.planned += 1
            found = past.done.get(trial_key(sample))
            if found is not None and found.finished:
                cell.count(found.values)
            elif found is not None:
                cell.failed += 1
        progress.cells += cells.values()
    return progress


def _watch(job: ShardJob, past: Past, earlier: Progress | None) -> Watch | None:
    """The stopping rule's watch, which has seen what earlier shards and sessions of the critic finished."""
    if job.stopping is None:
        return None
    written: Mapping[str, Any] = earlier.looks if earlier is not None else {}
    done = list(past.done.values())
    # The latest record holds all before it.
    for number in reversed(range(job.number)):
        folder = job.folder.parent / f"{number:04d}"
        done += past_of(folder, mend=False).done.values()
        before = read_progress(folder)
        written = written or (before.looks if before is not None else {})
    watch = Watch(expand(Study.model_validate(job.stopping)), job.order, written)
    for each in done:
        cell = each.cell
        values = {**each.values, "bar_value": bar_value(cell)}
        watch.add(Outcome(cell.scenario, cell.condition_id, cell.variant, each.epoch, values))
    return watch
