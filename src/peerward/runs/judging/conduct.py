"""Judging logs: trial by trial, several at once, each log written when all of its trials have been judged."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from peerward.runs.copies import Keep
from peerward.runs.judging.appending import append_scores, refuse_elsewhere
from peerward.runs.judging.asked import Bench
from peerward.runs.judging.kept import SCORE, replaced, score_of, used_in
from peerward.runs.judging.notebook import Key, Notebook, notebook
from peerward.runs.judging.paid import Paid, together
from peerward.runs.judging.till import BudgetReachedError, tell_calls_to
from peerward.runs.judging.trial import NOT_YET, Trial, judge_trial, opened
from peerward.runs.logs import LogError
from peerward.runs.running.locks import LockedError, held
from peerward.runs.running.names import LOCK
from peerward.runs.trials import read_rows


@dataclass
class Tally:
    """How far judging is.

    Attributes:
        trials: Trials that were looked at.
        judged: Those that were judged now.
        passed_over: Those that these judges had judged already.
        nothing: Those that failed, so that there is nothing to judge.
        unscored: Answers that are missing in those that were judged now, by rubric.
        split: Trials judged now on which the judges disagree under some rubric.
        against_state: Trials judged now in which the state speaks against a judge.
        logs: Logs that were written.
        problems: What went wrong.
        paid: What was used up now, by judge.
        in_part: Trials among those judged now for which the budget did not suffice.
        stopped: Why judging ended before its end, or an empty text.
    """

    trials: int = 0
    judged: int = 0
    passed_over: int = 0
    nothing: int = 0
    unscored: dict[str, int] = field(default_factory=dict)
    split: int = 0
    against_state: int = 0
    logs: int = 0
    problems: list[str] = field(default_factory=list)
    paid: dict[str, Paid] = field(default_factory=dict)
    in_part: int = 0
    stopped: str = ""


def judge_logs(
    paths: Sequence[Path],
    bench: Bench,
    live: int = 10,
    keep: Keep | None = None,
    seen: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Judge every trial of logs, and put what was said into the logs as the score ``judged``.

    Trials that the same judges have judged under the same versions are passed over, unless the bench asks again. A
    kill loses at most the trials that were being judged; the same call goes on. So it does where the bench's budget was
    reached: no call begins then, and what was answered is in the logs.

    Args:
        paths: The logs, on this machine.
        bench: Who judges, by what.
        live: The most trials at once.
        keep: As in ``read_trials``.
        seen: Told after every trial how far it is.

    Raises:
        LogError: If a log lies elsewhere, cannot be written, or a trial was finished twice and ``keep`` is not given.
    """
    for path in paths:
        refuse_elsewhere(path)
    tally = Tally()
    asyncio.run(_judge(paths, bench, live, keep, tally, seen))
    return tally


def trials_of(paths: Iterable[Path], keep: Keep | None, problems: list[str]) -> Iterator[tuple[Path, Iterator[Trial]]]:
    """The trials of each log that count; logs that cannot be read are told of.

    Args:
        paths: The logs.
        keep: As in ``read_trials``.
        problems: Told of damaged logs.
    """
    rows = read_rows(paths, keep=keep, damaged=lambda error: problems.append(str(error)))
    for path, group in groupby(rows, key=lambda found: found[1]):
        yield path, (opened(row, path, data) for row, _, data in group)


async def _judge(
    paths: Sequence[Path],
    bench: Bench,
    live: int,
    keep: Keep | None,
    tally: Tally,
    seen: Callable[[Tally], None],
) -> None:
    for path, trials in trials_of(paths, keep, tally.problems):
        try:
            with _alone(path) as book:
                await _log(trials, bench, live, book, tally, seen)
                if book.scores:
                    _put_in(path, book)
                    tally.logs += 1
        except LockedError as error:
            tally.problems.append(str(error))
        if tally.stopped:
            break
    if bench.till is not None:
        tally.paid = dict(bench.till.paid)


@contextmanager
def _alone(log: Path) -> Iterator[Notebook]:
    """The notebook of a log that neither a run nor another judge is at."""
    with ExitStack() as stack:
        if (log.parent / LOCK).exists():
            stack.enter_context(held(log.parent / LOCK))
        yield stack.enter_context(notebook(log))


async def _log(
    trials: Iterable[Trial], bench: Bench, live: int, book: Notebook, tally: Tally, seen: Callable[[Tally], None]
) -> None:
    room = asyncio.Semaphore(live)

    async def one(trial: Trial) -> None:
        try:
            await _one(trial, bench, book, tally)
            seen(tally)
        finally:
            room.release()

    running: set[asyncio.Task[None]] = set()
    try:
        for trial in trials:
            # A trial is read only when there is room for it.
            await room.acquire()
            for task in [each for each in running if each.done()]:
                running.remove(task)
                task.result()
            if tally.stopped:
                break
            running.add(asyncio.create_task(one(trial)))
        await asyncio.gather(*running)
    finally:
        for task in running:
            task.cancel()


async def _one(trial: Trial, bench: Bench, book: Notebook, tally: Tally) -> None:
    tally.trials += 1
    noted = book.scores.get(trial.key)
    mine = bench.again and trial.key not in book.again
    if noted is not None and not mine:
        trial = trial.as_of(noted)
    tell_calls_to(lambda judge, paid: book.paid(trial.key, judge, paid))
    try:
        found = await judge_trial(trial, bench, afresh=mine)
    except BudgetReachedError as reached:
        # Nothing is said of it; what a call may have cost that led to no answer stands in the notebook.
        tally.trials -= 1
        tally.stopped = reached.message
        return
    if found is None:
        tally.passed_over += 1
        return
    used = together([used_in(trial.score if noted is None else noted), book.calls.get(trial.key, {})])
    book.add(trial.key, score_of(replace(found, used=used)), bench.again)
    tally.in_part += any(each.unscored.startswith(NOT_YET) for each in found.verdicts)
    tally.stopped = bench.till.refused if bench.till is not None else ""
    if not found.verdicts:
        tally.nothing += 1
        return
    tally.judged += 1
    tally.split += bool(found.split)
    tally.against_state += bool(found.state)
    for name in found.unscored:
        tally.unscored[name] = tally.unscored.get(name, 0) + 1


def _put_in(log: Path, book: Notebook) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")

    def score(sample: Any) -> dict[str, Any] | None:
        key: Key = (str(sample.get("id")), int(sample.get("epoch") or 1))
        noted = book.scores.get(key)
        return None if noted is None else replaced(dict(noted), (sample.get("scores") or {}).get(SCORE), at)

    if not append_scores(log, SCORE, score):
        raise LogError(f"{log}: the samples that were judged are no more in it; judge it again")
    book.put_away()
