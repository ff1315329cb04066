"""The trials table: one tidy row a trial, out of the logs."""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from peerward.design import FACTORS
from peerward.measures import FINDING_NAMES, INFRASTRUCTURE, Status, measure, read_record
from peerward.measures.record import RECORD_KEY, RecordError
from peerward.runs.copies import Keep, Logged, set_aside
from peerward.runs.heads import Cell, Head, Usage, read_head
from peerward.runs.log_run import LogRun, read_run
from peerward.runs.logs import LogError, parse, read_members
from peerward.runs.schema import JUDGED

_FACTOR_NAMES = tuple(factor.name for factor in FACTORS)


def read_trials(paths: Iterable[Path], again: bool = False, keep: Keep | None = None) -> Iterator[dict[str, Any]]:
    """Yield one row a trial, in the order of the logs.

    A trial that is in several logs (a run that was resumed or tried again) comes once: a trial that was finished goes
    before one that failed, and of copies the last is taken.

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
    paths: Iterable[Path], again: bool = False, keep: Keep | None = None
) -> Iterator[tuple[dict[str, Any], Path, bytes]]:
    """Yield each trial's row, its log and its sample's bytes; arguments and errors as in ``read_trials``."""
    runs = {path: read_run(path) for path in paths}
    aside = set_aside(
        [(path, run.key) for path, run in runs.items()],
        lambda path, name, data: _logged(_row(runs[path], name, data, again)),
        keep,
    )
    for path, run in runs.items():
        for name, data in read_members(path, without=aside.get(path, ())):
            yield _row(run, name, data, again), path, data


def _logged(row: Mapping[str, Any]) -> Logged:
    judged = sum(bool(row[name]) for name in JUDGED)
    failed = row["status"] == Status.INFRASTRUCTURE
    return Logged(row["trial_id"], row["run"], failed, judged, row["completed_at"])


def _row(run: LogRun, name: str, data: bytes, again: bool) -> dict[str, Any]:
    head = read_head(data, run.log, name)
    cell, usage = head.metadata, _usage(head.model_usage)
    given = cell.given or {}
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
        "epoch": head.epoch,
        "critic": run.model + (f"+{cell.part}" if cell.part else ""),
        "provider_path": run.provider_path,
        "settings": run.settings,
        "family": given.get("family", ""),
        "bar_set": given.get("bar", ""),
        "bar_value": bar_value(cell),
        "digest": cell.digest,
        **_findings(run, name, head, data, again),
        **_judged(head),
        "tokens_in": usage[0],
        "tokens_out": usage[1],
        "seconds": float(head.total_time or math.nan),
        "dollars": usage[2],
        "completed_at": head.completed_at,
        "error": clean(head.error.message.partition("\n")[0]) if head.error else "",
        "run": head.uuid or run.eval_id,
        "log": run.log.name,
    }
    return {"trial_id": f"{cell.scenario}/{_identity(row, run)}"} | row


def bar_value(cell: Cell) -> float:
    """The bar in force, points: what its level says, or what was set from control trials; NaN where there is none."""
    try:
        return float((cell.given or {}).get("bar") or cell.condition.get("bar", ""))
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
    if again:
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


def record_text(sample: Mapping[str, Any]) -> str | None:
    """The record of a trial as JSON text, or None where none was written."""
    text = (sample.get("store") or {}).get(RECORD_KEY)
    return None if text is None else resolved(str(text), sample)


def resolved(text: str, sample: Mapping[str, Any]) -> str:
    """A text, out of the sample's attachments where the log keeps it there."""
    if text.startswith("attachment://"):
        return str((sample.get("attachments") or {}).get(text.removeprefix("attachment://"), text))
    return text


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


def _usage(used: Mapping[str, Usage]) -> tuple[float, float, float]:
    """Tokens in (cached ones included), tokens out, dollars (NaN where no price is known)."""
    usages = list(used.values())
    if not usages:
        return math.nan, math.nan, math.nan
    read = [(u.input_tokens_cache_read or 0) + (u.input_tokens_cache_write or 0) for u in usages]
    costs = [u.total_cost for u in usages if u.total_cost is not None]
    return (
        float(sum(u.input_tokens or 0 for u in usages) + sum(read)),
        float(sum(u.output_tokens or 0 for u in usages)),
        float(math.fsum(costs)) if len(costs) == len(usages) else math.nan,
    )
