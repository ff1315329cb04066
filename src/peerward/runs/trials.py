"""The trials table: one tidy row a trial, out of the logs."""

import csv
import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from peerward.design import FACTORS
from peerward.measures import FINDING_NAMES, INFRASTRUCTURE, Status, measure, read_record
from peerward.measures.scoring import RECORD_KEY
from peerward.runs.logs import LogError, read_header, read_samples

COLUMNS: tuple[str, ...] = (
    "trial_id",
    "study",
    "prereg",
    "scenario",
    "condition_id",
    *(factor.name for factor in FACTORS),
    "seed",
    "variant",
    "cluster",
    "epoch",
    "critic",
    "provider_path",
    "family",
    "bar_set",
    "digest",
    *FINDING_NAMES,
    "tokens_in",
    "tokens_out",
    "seconds",
    "dollars",
    "error",
    "log",
)
"""The columns of the table, in order."""


def read_trials(paths: Iterable[Path], again: bool = False) -> Iterator[dict[str, Any]]:
    """Yield one row a trial.

    Args:
        paths: The logs.
        again: Measure every trial again from its record instead of taking the findings in the log.

    Raises:
        LogError: If a log cannot be read or was not made by peerward; the message names it.
    """
    for path in paths:
        header = read_header(path)
        if not (header["eval"].get("metadata") or {}).get("peerward"):
            raise LogError(f"{path}: is no log of peerward (task {header['eval'].get('task')})")
        for sample in read_samples(path):
            yield _row(path, header["eval"], sample, again)


def _row(path: Path, run: Mapping[str, Any], sample: Mapping[str, Any], again: bool) -> dict[str, Any]:
    cell = sample["metadata"]
    usage = _usage(sample)
    about, given = run.get("metadata") or {}, cell.get("given") or {}
    row: dict[str, Any] = {
        "study": about.get("study", ""),
        "prereg": about.get("prereg", ""),
        "scenario": cell["scenario"],
        "condition_id": cell["condition_id"],
        **{factor.name: cell["condition"].get(factor.name, "") for factor in FACTORS},
        "seed": cell["seed"],
        "variant": cell["variant"],
        "cluster": cell["cluster"],
        "epoch": sample["epoch"],
        "critic": run["model"] + (f"+{cell['part']}" if cell.get("part") else ""),
        "provider_path": run.get("model_base_url") or "",
        "family": given.get("family", ""),
        "bar_set": given.get("bar", ""),
        "digest": cell["digest"],
        **_findings(path, sample, again),
        "tokens_in": usage[0],
        "tokens_out": usage[1],
        "seconds": float(sample.get("total_time") or math.nan),
        "dollars": usage[2],
        "error": ((sample.get("error") or {}).get("message") or "").partition("\n")[0],
        "log": path.name,
    }
    return {"trial_id": f"{row['scenario']}/{_identity(row, run)}"} | row


_DELIVERY = frozenset({"max_retries", "timeout", "attempt_timeout", "max_connections", "adaptive_connections"})
"""Settings on how a call gets through, not on what is asked; no part of a trial's identity."""


def _identity(row: Mapping[str, Any], run: Mapping[str, Any]) -> str:
    """16 hex digits over all that makes a trial this trial: cell, variant, epoch, critic, path, settings, digest."""
    whole = {
        "condition": {factor.name: row[factor.name] for factor in FACTORS},
        **{key: row[key] for key in ("scenario", "seed", "variant", "epoch", "critic", "provider_path", "digest")},
        "generation": {
            name: value for name, value in (run.get("model_generate_config") or {}).items() if name not in _DELIVERY
        },
        "model_args": run.get("model_args") or {},
        "version": run.get("task_version") or 0,
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]


def _findings(path: Path, sample: Mapping[str, Any], again: bool) -> dict[str, Any]:
    """The findings in the log, or measured again; a trial with an error is infrastructure, whatever was measured."""
    if sample.get("error"):
        return INFRASTRUCTURE.values()
    if sample.get("limit") and sample.get("store", {}).get(RECORD_KEY) is None:
        # The limit came before the first turn: there is nothing to measure, but it was no failure.
        return replace(INFRASTRUCTURE, status=Status.INCOMPLETE, preserved=0.0).values()
    if again:
        text = sample.get("store", {}).get(RECORD_KEY)
        if text is None:
            return INFRASTRUCTURE.values()
        return measure(read_record(_resolve(text, sample))).values()
    score = (sample.get("scores") or {}).get("findings")
    if score is None:
        raise LogError(
            f"{path}: sample {sample['id']} has no findings; measure it with "
            f"'inspect score {path} --scorer peerward/findings'"
        )
    values = score["value"]
    missing = [name for name in FINDING_NAMES if name not in values]
    if missing:
        raise LogError(f"{path}: the findings lack {', '.join(missing)}; measure again with --measure-again")
    return {name: _number(values[name]) for name in FINDING_NAMES}


def _number(value: Any) -> Any:
    return math.nan if value is None else value


def _resolve(text: str, sample: Mapping[str, Any]) -> str:
    """A text that the log keeps as an attachment."""
    if text.startswith("attachment://"):
        return str(sample["attachments"][text.removeprefix("attachment://")])
    return text


def _usage(sample: Mapping[str, Any]) -> tuple[float, float, float]:
    """Tokens in (cached ones included), tokens out, dollars (NaN where no price is known)."""
    usages = list((sample.get("model_usage") or {}).values())
    if not usages:
        return math.nan, math.nan, math.nan
    read = [(u.get("input_tokens_cache_read") or 0) + (u.get("input_tokens_cache_write") or 0) for u in usages]
    costs = [u.get("total_cost") for u in usages]
    return (
        float(sum(u.get("input_tokens") or 0 for u in usages) + sum(read)),
        float(sum(u.get("output_tokens") or 0 for u in usages)),
        math.nan if any(cost is None for cost in costs) else float(math.fsum(costs)),
    )


def write_csv(rows: Iterable[Mapping[str, Any]], file: TextIO) -> int:
    """Write rows as CSV with a header line (an empty cell means not measured); returns how many."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        writer.writerow([_cell(row[name]) for name in COLUMNS])
        count += 1
    return count


def write_jsonl(rows: Iterable[Mapping[str, Any]], file: TextIO) -> int:
    """Write rows as JSON lines (null means not measured); returns how many."""
    count = 0
    for row in rows:
        plain = {
            name: None if isinstance(row[name], float) and math.isnan(row[name]) else row[name] for name in COLUMNS
        }
        file.write(json.dumps(plain, ensure_ascii=False) + "\n")
        count += 1
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.10g}"
    return value
