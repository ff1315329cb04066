"""The trials table: one tidy row a trial, out of the logs."""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from peerward.critics.turnstile import was_stopped
from peerward.design import FACTORS
from peerward.measures import FINDING_NAMES, INFRASTRUCTURE, Ended, Status, measure, read_record
from peerward.measures.record import RecordError
from peerward.runs.copies import Keep, Logged, set_aside
from peerward.runs.heads import Cell, Head, Usage, read_head
from peerward.runs.log_run import LogRun, read_run
from peerward.runs.logs import LogError, parse, read_members
from peerward.runs.records import record_text
from peerward.runs.schema import FAILURES, JUDGED

USED = ("tokens_in", "tokens_out", "tokens_cached", "tokens_cache_written", "tokens_reasoning", "dollars")
"""Columns of what a trial used up."""
OVERFLOWED = "context_overflow: the conversation no longer fitted the model"
"""The ``error`` of a trial that ended so."""

_FACTOR_NAMES = tuple(factor.name for factor in FACTORS)


def read_trials(paths: Iterable[Path], again: bool = False, keep: Keep | None = None) -> Iterator[dict[str, Any]]:
    """Yield one row a trial, in the order of the logs.

    A trial that is in several logs (a run that was resumed or tried again) comes once: a trial that was finished goes
    before one that failed, and of copies the last is taken. A trial that the run itself broke off is none.

    Args:
        paths: The logs.
        again: Measure every trial again from its record instead of taking the findings in the log.
        keep: Which run of a trial counts where it was finished twice, by the time of its end; an error unless given.

    Raises:
        LogError: If a log cannot be read or was not made by peerward, or a trial was finished twice; the message
            names it.
    """
    for row, _, _ in read_rows(paths, again, keep):
        yield row


def read_rows(
    paths: Iterable[Path],
    again: bool = False,
    keep: Keep | None = None,
    damaged: Callable[[LogError], None] | None = None,
    forks: bool = True,
) -> Iterator[tuple[dict[str, Any], Path, bytes]]:
    """Yield each trial's row, its log and its sample's bytes; arguments and errors as in ``read_trials``.

    A trial that the run itself broke off (budget, Ctrl-C) is none: it is run again.

    Args:
        paths: As in ``read_trials``.
        again: As in ``read_trials``.
        keep: As in ``read_trials``.
        damaged: Told of a log that cannot be read, whose trials from there on are left out; unless given, such a log
            is an error.
        forks: Whether to take logs of forks of trials, which are no trials of a study.
    """
    runs: dict[Path, LogRun] = {}
    for path in paths:
        try:
            run = read_run(path)
            if forks or "forked_from" not in run.about:
                runs[path] = _slim(run)
        except LogError as error:
            if damaged is None:
                raise
            damaged(error)
    aside = set_aside(
        [(path, run.key) for path, run in runs.items()],
        lambda path, name, data: _logged(_row(runs[path], name, data, again)),
        keep,
        skip_damaged=damaged is not None,
    )
    for path, run in runs.items():
        try:
            for name, data in read_members(path, without=aside.get(path, ())):
                row = _row(run, name, data, again)
                if not was_stopped(row["error"]):
                    yield row, path, data
        except LogError as error:
            if damaged is None:
                raise
            damaged(error)


def _slim(run: LogRun) -> LogRun:
    """A run without the whole study: thousands of logs are in hand at once."""
    return replace(run, about={name: value for name, value in run.about.items() if name != "study_declared"})


def _logged(row: Mapping[str, Any]) -> Logged:
    judged = sum(bool(row[name]) for name in JUDGED)
    failed = row["status"] == Status.INFRASTRUCTURE
    return Logged(row["trial_id"], row["run"], failed, judged, row["completed_at"], was_stopped(row["error"]))


def _row(run: LogRun, name: str, data: bytes, again: bool) -> dict[str, Any]:
    head = read_head(data, run.log, name)
    cell = head.metadata
    given, found = cell.given or {}, _findings(run, name, head, data, again)
    row: dict[str, Any] = {
        "study": str(run.about.get("study") or ""),
        "prereg": str(run.about.get("prereg") or ""),
        "scenario": cell.scenario,
        "behaviour": run.behaviour,
        "version": run.version,
        "condition_id": cell.condition_id,
        **{factor: cell.condition.get(factor, "") for factor in _FACTOR_NAMES},
        "seed": cell.seed,
        "variant": cell.variant,
        "cluster": cell.cluster,
        "epoch": cell.epoch + cell.epochs * (head.epoch - 1),
        "critic": run.model + (f"+{cell.part}" if cell.part else ""),
        "provider_path": run.provider_path,
        "settings": run.settings,
        "family": given.get("family", ""),
        "bar_set": given.get("bar", ""),
        "bar_value": bar_value(cell),
        "digest": cell.digest,
        "harness_version": clean(cell.harness_version),
        "harness_believes": clean(head.ending.harness.get("believes", "")),
        **found,
        **_judged(head),
        **_usage(head.model_usage),
        "seconds": float(head.total_time or math.nan),
        "waiting_seconds": _waiting_seconds(head),
        "completed_at": head.completed_at,
        **_calls(head, found["status"] == Status.INFRASTRUCTURE),
        "error": _error(head),
        "run": head.uuid or run.eval_id,
        "log": run.log.name,
    }
    return {"trial_id": f"{cell.scenario}/{_identity(row, run)}"} | row


def bar_value(cell: Cell) -> float:
    """The bar in force in a cell, as ``bar_in`` gives it."""
    return bar_in(cell.condition, cell.given)


def bar_in(condition: Mapping[str, str], given: Mapping[str, str] | None) -> float:
    """The bar in force, points: what its level says, or what was set from control trials; NaN where there is none."""
    try:
        return float((given or {}).get("bar") or condition.get("bar", ""))
    except ValueError:
        return math.nan


def _identity(row: Mapping[str, Any], run: LogRun) -> str:
    """16 hex digits over all that makes a trial this trial: cell, variant, epoch, critic, path, settings, digest."""
    whole: dict[str, Any] = {
        "condition": {factor: row[factor] for factor in _FACTOR_NAMES},
        **{key: row[key] for key in ("scenario", "seed", "variant", "epoch", "critic", "provider_path", "digest")},
        "generation": run.generation,
        "model_args": run.model_args,
        "version": run.version,
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]


def _findings(run: LogRun, name: str, head: Head, data: bytes, again: bool) -> dict[str, Any]:
    """The findings in the log, or measured again; a trial with an error is infrastructure, whatever was measured."""
    if head.error is not None:
        return INFRASTRUCTURE.values()
    if head.limited and not head.has_record:
        # The limit came before the first turn: there is nothing to measure, but it was no failure.
        return replace(INFRASTRUCTURE, status=Status.INCOMPLETE, preserved=0.0).values()
    if again and not run.about.get("imported"):
        # What was imported has no record; it was measured on a company rebuilt from its replies, when it was read.
        return _measured(run, name, data)
    score = head.scores.get("findings")
    if score is None or not isinstance(score.value, dict):
        raise LogError(
            f"{run.log}: sample {head.id} has no findings; measure it again with --measure-again, or with "
            f"'inspect score {run.log} --scorer peerward/findings'"
        )
    values = score.value
    missing = [each for each in FINDING_NAMES if each not in values]
    if missing:
        raise LogError(
            f"{run.log}: sample {head.id}: the findings lack {', '.join(missing)}; measure again with --measure-again"
        )
    return {each: _finding(values[each]) for each in FINDING_NAMES}


def _measured(run: LogRun, name: str, data: bytes) -> dict[str, Any]:
    sample = parse(data, run.log, name)
    text = record_text(sample)
    if text is None:
        return INFRASTRUCTURE.values()
    try:
        return measure(read_record(text)).values()
    except RecordError as error:
        raise LogError(
            f"{run.log}: sample {sample.get('id')}: {error}; read this log with the version of peerward that wrote it, "
            "or leave it out"
        ) from error


def _finding(value: Any) -> Any:
    if value is None:
        return math.nan
    return clean(value) if isinstance(value, str) else float(value)


def _judged(head: Head) -> dict[str, str]:
    """What judges say, by key: values of the other scores; of two judges the first in the log."""
    found = dict.fromkeys(JUDGED, "")
    for name, score in head.scores.items():
        if name == "findings" or not isinstance(score.value, dict):
            continue
        for key, value in score.value.items():
            if key in found and not found[key] and isinstance(value, str):
                found[key] = clean(value)
    return found


def clean(text: str) -> str:
    """A text that can be written as UTF-8: half a surrogate pair becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", errors="replace").decode("utf-8")


def _usage(used: Mapping[str, Usage]) -> dict[str, float]:
    """Tokens (those in hold the cached ones) and dollars; NaN where nothing is known, or no price."""
    usages = list(used.values())
    if not usages:
        return dict.fromkeys(USED, math.nan)
    cached = float(sum(u.input_tokens_cache_read or 0 for u in usages))
    written = float(sum(u.input_tokens_cache_write or 0 for u in usages))
    costs = [u.total_cost for u in usages if u.total_cost is not None]
    return {
        "tokens_in": float(sum(u.input_tokens or 0 for u in usages)) + cached + written,
        "tokens_out": float(sum(u.output_tokens or 0 for u in usages)),
        "tokens_cached": cached,
        "tokens_cache_written": written,
        "tokens_reasoning": float(sum(u.reasoning_tokens or 0 for u in usages)),
        "dollars": float(math.fsum(costs)) if len(costs) == len(usages) else math.nan,
    }


def _waiting_seconds(head: Head) -> float:
    """Seconds that Inspect did not count as work, and the loop's own pauses."""
    if head.total_time is None or head.working_time is None:
        return math.nan
    paused = head.ending.calls.paused_seconds if head.ending.calls else 0.0
    return max(0.0, head.total_time - head.working_time) + paused


def _calls(head: Head, failed: bool) -> dict[str, Any]:
    """How the calls went. A failure that the record does not know was no call's."""
    calls = head.ending.calls
    return {
        "retries": float(calls.retries) if calls else math.nan,
        "faults": ", ".join(f"{clean(kind)} {count}" for kind, count in sorted(calls.faults.items())) if calls else "",
        "failure": (clean(calls.failure) if calls and calls.failure else FAILURES[-1]) if failed else "",
        "reasoning": " + ".join(map(clean, calls.reasoning)) if calls else "",
        "cut_replies": float(calls.cut) if calls else math.nan,
        "empty_replies": float(calls.empty) if calls else math.nan,
    }


def _error(head: Head) -> str:
    """Why nothing was measured: the error's first line that says something, or that the conversation did not fit."""
    if head.error is not None:
        return clean(head.error.message.strip().partition("\n")[0])
    return OVERFLOWED if head.ending.ended == Ended.OVERFLOW else ""
