"""Which shard is run next, with how much of the budget, and what is done when one ends."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from peerward.design.counting import counted
from peerward.runs.running.budget import Budget, Ledger, Spend
from peerward.runs.running.executors import Ended, Executor
from peerward.runs.running.progress import read_progress
from peerward.runs.running.shard_run import ShardJob, ShardReport

_DEATHS = 5
"""How often in a row a shard's process may die without having finished a trial before the shard is given up."""
_WAIT = 0.5
AT_ONCE = "it was stopped at once (Ctrl-C twice)"
"""Why a run ended that a person stopped."""


@dataclass
class Tally:
    """How the shards of a run ended.

    Attributes:
        reports: The last report of each shard, by critic's folder and number.
        spent: What was spent in this session.
        problems: What went wrong, a sentence each.
        why: Why the run ended before its end, or an empty text.
    """

    reports: dict[tuple[str, int], ShardReport] = field(default_factory=dict)
    spent: Spend = field(default_factory=Spend)
    problems: list[str] = field(default_factory=list)
    why: str = ""


@dataclass
class _Leases:
    """The budget as it is handed out: no two shards can spend the same dollar."""

    budget: Budget
    out: dict[tuple[str, int], Budget] = field(default_factory=dict)
    spent: Spend = field(default_factory=Spend)

    def free(self) -> Budget:
        """What nobody has."""
        out = self.out.values()
        return Budget(
            _left(self.budget.dollars, [self.spent.dollars, *(each.dollars for each in out)]),
            _left(self.budget.tokens, [self.spent.tokens, *(each.tokens for each in out)]),
        )


def _left(most: float, taken: Iterable[float]) -> float:
    """What is left of a limit; of one that there is not, nothing is ever taken away."""
    return most if math.isinf(most) else max(0.0, most - sum(taken))


def run_queue(
    jobs: Sequence[ShardJob],
    executor: Executor,
    workers: int,
    at_once: int,
    budget: Budget,
    closing: Callable[[], str],
) -> Tally:
    """Run shards until all have ended or the run is over.

    Critics take turns, so that a run that is stopped is as far with each as with the others. A shard whose process
    died is run again.

    Args:
        jobs: The shards; those of a critic in their order.
        executor: Runs them.
        workers: The most shards at once.
        at_once: The most shards of one critic at once.
        budget: What may be spent by all of them.
        closing: Why no further shard may begin, or an empty text.
    """
    queue = _Queue(list(jobs), executor, _Leases(budget), closing)
    try:
        while queue.waiting or queue.running:
            queue.fill(workers, at_once)
            if not queue.running:
                break
            for ended in executor.ended(_WAIT):
                queue.note(ended)
    except KeyboardInterrupt:
        executor.stop()
        queue.tally.why = AT_ONCE
    except BaseException:
        executor.stop()
        raise
    return queue.close(jobs)


@dataclass
class _Queue:
    """The shards of a run while it goes on."""

    waiting: list[ShardJob]
    executor: Executor
    leases: "_Leases"
    closing: Callable[[], str]
    tally: Tally = field(default_factory=Tally)
    running: dict[tuple[str, int], ShardJob] = field(default_factory=dict)
    deaths: Counter[tuple[str, int]] = field(default_factory=Counter)
    known: dict[tuple[str, int], tuple[Spend, int]] = field(default_factory=dict)
    broken: int = 0

    def fill(self, workers: int, at_once: int) -> None:
        """Begin as many shards as there is room and budget for."""
        budget = self.leases.budget
        while self.waiting and len(self.running) < workers and not (self.tally.why or self.closing()):
            job = _next(self.waiting, self.running.values(), at_once)
            if job is None:
                return
            if budget.is_set and _nothing_left(job):
                # What is finished costs nothing, however little is left of the budget.
                self.tally.reports[_key(job)] = _as_written(job) or ShardReport(0, 0, 0, Spend(), "")
                self.waiting.remove(job)
                continue
            lease = budget
            if budget.is_set:
                lease = self.leases.free()
                if _key(job) not in self.tally.reports:
                    # One that is run again gets all that is left: if that does not help, nothing will.
                    lease = lease.shared(min(workers - len(self.running), len(self.waiting)))
            if lease.spent_by(Spend()):
                return
            key = _key(job)
            self.waiting.remove(job)
            self.running[key] = job
            self.known[key] = _so_far(job)
            self.leases.out[key] = lease if budget.is_set else Budget(0, 0)
            self.executor.submit(replace(job, budget=lease, spent=self.known[key][0]))

    def note(self, ended: Ended) -> None:
        """Note how a shard ended, and have it run again where that helps."""
        key = _key(ended.job)
        job, lease = self.running.pop(key), self.leases.out.pop(key)
        report = ended.report
        if report is not None:
            self.deaths[key] = 0
            self._spent(report.spent)
            before = self.tally.reports.get(key)
            self.tally.reports[key] = report
            if report.why and "budget" not in report.why:
                # Whoever drained this shard (a person with Ctrl-C) meant the run.
                self.tally.why = self.tally.why or report.why
            elif (
                report.why
                and not Ledger(self.leases.free(), job.expected).may_begin(0)
                and _worth_it(report, before, lease, self.leases.free())
            ):
                self.waiting.append(job)
            return
        # Nobody reported what it spent; what is written beside its logs has counted it.
        spent, done = _so_far(ended.job)
        self._spent(spent.less(self.known[key][0]))
        self.tally.problems.append(f"{job.name}: {ended.died or ended.problem}")
        if not ended.died:
            self.broken += 1
            return
        # A shard that gets on is not given up, however often its machine is taken away.
        self.deaths[key] = self.deaths[key] + 1 if done <= self.known[key][1] else 1
        if self.deaths[key] < _DEATHS:
            time.sleep(min(2.0 ** (self.deaths[key] - 2), 8.0))
            self.waiting.insert(0, job)
        else:
            self.broken += 1
            self.tally.problems.append(f"{job.name}: given up after {_DEATHS} deaths of its process in a row")

    def _spent(self, spend: Spend) -> None:
        self.leases.spent += spend
        self.tally.spent += spend

    def close(self, jobs: Sequence[ShardJob]) -> Tally:
        """The tally, with what is known of shards that nobody reported on, and why the run ended before its end."""
        tally = self.tally
        for job in jobs:
            if _key(job) not in tally.reports and (report := _as_written(job)) is not None:
                tally.reports[_key(job)] = report
            if _key(job) in self.running:
                self._spent(_so_far(job)[0].less(self.known[_key(job)][0]))
        tally.why = tally.why or self.closing()
        if not tally.why and self.broken:
            tally.why = f"{counted(self.broken, 'shard')} could not be run to the end"
        tally.why = tally.why or _first(report.why for report in tally.reports.values())
        if not tally.why and self.waiting:
            spent = self.leases.budget.spent_by(self.leases.spent)
            short = Ledger(self.leases.free(), self.waiting[0].expected).may_begin(0)
            tally.why = spent or short or "what is left of the budget might not pay for another trial"
        return tally


def _nothing_left(job: ShardJob) -> bool:
    """Whether a shard's progress says that all of it is finished, as it is planned now."""
    progress = read_progress(job.folder)
    return progress is not None and progress.left == 0 and progress.sum("planned") == job.trials


def _as_written(job: ShardJob) -> ShardReport | None:
    """What a shard's progress tells, for one that did not report in this session."""
    progress = read_progress(job.folder)
    if progress is None:
        return None
    done, failed = progress.sum("done"), progress.sum("failed")
    return ShardReport(progress.sum("planned"), done, failed, Spend(), "", tuple(progress.notes), progress.over)


def _key(job: ShardJob) -> tuple[str, int]:
    return job.critic.slug, job.number


def _so_far(job: ShardJob) -> tuple[Spend, int]:
    """What a shard has spent so far, and how many trials are finished, as its progress tells it."""
    progress = read_progress(job.folder)
    return (progress.spend, progress.sum("done")) if progress is not None else (Spend(), 0)


def _next(waiting: Sequence[ShardJob], running: Iterable[ShardJob], at_once: int) -> ShardJob | None:
    """The next shard of the critic of which fewest run, and which is the least far."""
    busy = Counter(job.critic.slug for job in running)
    free = [job for job in waiting if busy[job.critic.slug] < at_once]
    return min(free, key=lambda job: (busy[job.critic.slug], job.number), default=None)


def _worth_it(report: ShardReport, before: ShardReport | None, lease: Budget, free: Budget) -> bool:
    """Whether a shard that ended for want of budget is to be run again: others have left some, and it would help."""
    if "budget" not in report.why:
        return False
    # A process for every last trial would take longer than it is worth.
    got_on = before is None or report.done > before.done
    more = max(_ratio(free.dollars, lease.dollars), _ratio(free.tokens, lease.tokens))
    return more >= (0.5 if got_on else 2.0)


def _ratio(now: float, then: float) -> float:
    return now / then if math.isfinite(now) and then > 0 else 0.0


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
