"""Writing Inspect logs of transcripts that peerward did not run: a sample at a time, in constant memory.

Inspect's own writer wants a whole log at once. Here each sample goes into the archive as it comes; a log is closed
after ``PER_LOG`` samples, so that neither its directory nor its summaries grow. Every log says that it is imported:
by its study, its provider path and its metadata, so that no table takes its trials for ours.
"""

import json
import re
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from peerward import __version__
from peerward.measures import Findings

PER_LOG = 1_000
"""Samples in one log."""
OPEN = 48
"""Logs open at once; the one not written to for longest is closed for another."""
_LEVEL = 1
"""Compression: the fastest, since a log is written once."""


@dataclass(frozen=True)
class ImportedCall:
    """A tool call of an imported transcript."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class ImportedMessage:
    """A message: ``role`` is system, user, assistant or tool; ``calls`` are asked for or, by a tool, answered."""

    role: str
    text: str
    calls: Sequence[ImportedCall] = ()
    error: bool = False


@dataclass(frozen=True)
class ImportedTrial:
    """A transcript as a log takes it.

    Attributes:
        key: What names it at its source.
        identity: A digest of its content: two trials of one identity are one.
        scenario: Our scenario, or ``unknown``.
        behaviour: What the scenario looks for, or an empty text.
        version: The scenario's version.
        model: The critic's model string, as the source has it.
        settings: Generation settings that are told.
        condition: A level for every factor; ``unknown`` where it is not told.
        dataset: The data set of the items.
        messages: The conversation.
        findings: What was measured.
        ended: How it ended.
        labels: What the source's own labels say, kept as theirs.
        tokens: Tokens in and out, None where not told.
        metadata: What else is worth keeping, a canary string too.
    """

    key: str
    identity: str
    scenario: str
    behaviour: str
    version: int
    model: str
    settings: Mapping[str, Any]
    condition: Mapping[str, str]
    dataset: str
    messages: Sequence[ImportedMessage]
    findings: Findings
    ended: str
    labels: Mapping[str, Any]
    tokens: tuple[float | None, float | None] = (None, None)
    metadata: Mapping[str, Any] = field(default_factory=dict)


class ImportedLogs:
    """Logs of imported trials in a folder, one series a scenario, critic and settings; a context manager.

    Attributes:
        study: What names the import in tables, e.g. ``import:peer-preservation``; it is the provider path too.
        paths: Logs that are finished.
    """

    def __init__(self, folder: Path, study: str) -> None:
        """Write into a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        self.study, self.paths = study, list[Path]()
        self._folder = folder
        self._open: dict[tuple[str, str, str], _Log] = {}
        self._numbers: dict[str, int] = {}
        self._epochs: dict[tuple[str, str, str], int] = {}

    def __enter__(self) -> Self:
        """The writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish all logs, after an error too: what was written can be read."""
        for key in list(self._open):
            self._close(key)

    def add(self, trial: ImportedTrial) -> None:
        """Write a trial into the log where it belongs."""
        key = (trial.scenario, trial.model, json.dumps(dict(trial.settings), sort_keys=True, default=str))
        log = self._open.pop(key, None)
        if log is None:
            if len(self._open) >= OPEN:
                self._close(next(iter(self._open)))
            log = _Log(self._part(trial), trial, self.study)
        self._open[key] = log
        cell = (trial.scenario, trial.model, _digest(trial.condition))
        self._epochs[cell] = self._epochs.get(cell, 0) + 1
        log.add(trial, self._epochs[cell])
        if log.count >= PER_LOG:
            self._close(key)

    def _part(self, trial: ImportedTrial) -> Path:
        stem = _word(f"{trial.scenario}_{trial.model}")
        self._numbers[stem] = self._numbers.get(stem, 0) + 1
        return self._folder / f"{stem}_{self._numbers[stem]:04d}.eval"

    def _close(self, key: tuple[str, str, str]) -> None:
        self.paths.append(self._open.pop(key).close())


class _Log:
    """One log as it grows; it has its name only when it is whole."""

    def __init__(self, path: Path, first: ImportedTrial, study: str) -> None:
        self.count = 0
        self._path, self._part = path, path.with_suffix(".part")
        self._archive = zipfile.ZipFile(self._part, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._study, self._began = study, _now()
        self._model = first.model
        self._summaries: list[dict[str, Any]] = []
        self._about = {
            "eval_id": uuid.uuid4().hex[:22],
            "run_id": uuid.uuid4().hex[:22],
            "created": self._began,
            "task": _word(study),
            "task_id": uuid.uuid4().hex[:22],
            "task_version": first.version,
            "model": first.model,
            "model_generate_config": dict(first.settings),
            "model_base_url": study,
            "config": {},
            "packages": {"peerward": __version__},
            "metadata": {
                "peerward": __version__,
                "imported": True,
                "study": study,
                "scenario": first.scenario,
                "behaviour": first.behaviour,
                "seed": 0,
            },
        }
        self._write("_journal/start.json", {"version": 2, "eval": self._about | {"dataset": {}}, "plan": {}})

    def add(self, trial: ImportedTrial, epoch: int) -> None:
        name = f"{_word(trial.key)}-{trial.identity[:10]}"
        sample = _sample(trial, name, epoch, self._study, self._began)
        self._write(f"samples/{name}_epoch_1.json", sample)
        scores = {"findings": {"value": sample["scores"]["findings"]["value"]}}
        self._summaries.append({"id": name, "epoch": 1, "input": "", "target": "", "scores": scores, "completed": True})
        self.count += 1

    def close(self) -> Path:
        ids = [each["id"] for each in self._summaries]
        dataset = {"name": self._study, "samples": self.count, "sample_ids": ids, "shuffled": False}
        header = {
            "version": 2,
            "status": "success",
            "eval": self._about | {"dataset": dataset},
            "plan": {"name": "plan", "steps": [], "config": {}},
            "results": {"total_samples": self.count, "completed_samples": self.count, "scores": []},
            "stats": {"started_at": self._began, "completed_at": _now(), "model_usage": {}},
        }
        self._write("summaries.json", self._summaries)
        self._write("header.json", header)
        self._archive.close()
        return self._part.replace(self._path)

    def _write(self, name: str, data: Any) -> None:
        self._archive.writestr(name, _json(data))


def _sample(trial: ImportedTrial, name: str, epoch: int, study: str, at: str) -> dict[str, Any]:
    """A sample in the order in which Inspect writes it: the table's reader looks for what stands before the store."""
    tokens_in, tokens_out = trial.tokens
    usage = {
        "input_tokens": int(tokens_in or 0),
        "output_tokens": int(tokens_out or 0),
        "total_tokens": int((tokens_in or 0) + (tokens_out or 0)),
    }
    used = {trial.model: usage} if tokens_in is not None or tokens_out is not None else {}
    values = {key: None if value != value else value for key, value in trial.findings.values().items()}
    scores: dict[str, Any] = {"findings": {"value": values, "metadata": {"ended": trial.ended, "imported": True}}}
    if trial.labels:
        # Under names of their own: no table may take them for verdicts of our judges.
        theirs = {f"theirs.{key}": _scalar(value) for key, value in trial.labels.items()}
        scores["authors_labels"] = {"value": theirs, "metadata": {"source": study}}
    return {
        "id": name,
        "epoch": 1,
        "input": "",
        "target": "",
        "messages": _messages(trial.messages),
        "output": {"model": trial.model, "choices": []},
        "scores": scores,
        "metadata": {
            "scenario": trial.scenario,
            "condition": dict(trial.condition),
            "condition_id": _digest(trial.condition),
            "seed": 0,
            "variant": 0,
            "cluster": f"{study}/{trial.scenario}/{trial.dataset}/0",
            "digest": trial.identity,
            "epoch": epoch,
            "imported": {"study": study, "key": trial.key, **trial.metadata},
        },
        "store": {},
        "events": [],
        "model_usage": used,
        "completed_at": at,
        "uuid": trial.identity[:22],
        "attachments": {},
    }


def _messages(messages: Sequence[ImportedMessage]) -> list[dict[str, Any]]:
    """Messages as Inspect has them; a reply is tied to the oldest call of its tool that still waits."""
    found: list[dict[str, Any]] = []
    waiting: list[tuple[str, str]] = []
    number = 0
    for place, each in enumerate(messages):
        message: dict[str, Any] = {"id": f"m{place}", "content": each.text, "role": each.role}
        if each.role == "assistant":
            calls = []
            for call in each.calls:
                number += 1
                waiting.append((call.tool, f"c{number}"))
                given = dict(call.arguments)
                calls.append({"id": f"c{number}", "function": call.tool, "arguments": given, "type": "function"})
            message |= {"tool_calls": calls} if calls else {}
        elif each.role == "tool":
            tool = each.calls[0].tool if each.calls else ""
            at = next((n for n, (name, _) in enumerate(waiting) if name == tool or not tool), None)
            name, ident = waiting.pop(at) if at is not None else (tool, "")
            message |= {"tool_call_id": ident, "function": name} if ident else {"function": name}
            message |= {"error": {"type": "unknown", "message": each.text}} if each.error else {}
        elif each.role not in ("system", "user"):
            message |= {"role": "user", "metadata": {"role": each.role}}
        found.append(message)
    return found


def _scalar(value: Any) -> str | int | float | bool | None:
    return value if value is None or isinstance(value, str | int | float | bool) else json.dumps(value, default=str)


def _digest(condition: Mapping[str, str]) -> str:
    return sha256(json.dumps(dict(condition), sort_keys=True).encode()).hexdigest()[:12]


def _word(text: str) -> str:
    """A text as part of a file's name."""
    return re.sub(r"[^A-Za-z0-9.#-]+", "-", text).strip("-.")[-80:] or "unnamed"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _json(data: Any) -> bytes:
    """JSON without NaN, which the standard does not know, and without halves of surrogate pairs."""
    try:
        return msgspec.json.encode(data)
    except (TypeError, ValueError, OverflowError, RecursionError):
        text = json.dumps(data, ensure_ascii=False, default=str).encode("utf-8", errors="replace").decode()
        return json.dumps(json.loads(text, parse_constant=lambda _: None), ensure_ascii=False).encode()
