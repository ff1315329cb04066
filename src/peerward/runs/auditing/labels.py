"""One person's labels: a file to which every answer is added at once, and of which the last answer counts."""

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from peerward.measures.judges import Rubric
from peerward.runs.auditing.sets import AuditError, AuditSet

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
LONGEST_NOTE = 2000
"""Characters of a note."""


@dataclass(frozen=True)
class Label:
    """What a person says of an item.

    Attributes:
        values: The words, in the rubric's order; empty where an answer was taken back.
        note: The person's note.
    """

    values: tuple[str, ...]
    note: str = ""


def label_file(path: Path, by: str) -> Path:
    """Where a person's labels of a set lie.

    Raises:
        AuditError: If the name is none for a file.
    """
    if not _NAME.fullmatch(by):
        raise AuditError(f"--by {by!r}: a name is 1 to 40 letters (a-z), digits, - and _, as it becomes a file's name")
    return path.with_name(f"{path.name}.{by}.labels.jsonl")


def people(path: Path) -> list[str]:
    """Who has labelled a set, by the files beside it."""
    ending = ".labels.jsonl"
    found = [each.name.removeprefix(f"{path.name}.").removesuffix(ending) for each in path.parent.iterdir()
             if each.name.startswith(f"{path.name}.") and each.name.endswith(ending)]  # fmt: skip
    return sorted(name for name in found if _NAME.fullmatch(name))


def check_values(rubric: Rubric, values: Sequence[str]) -> tuple[str, ...]:
    """Return an answer's words in the rubric's order.

    Raises:
        AuditError: If it is no answer under the rubric.
    """
    given = set(values)
    if not given or given - set(rubric.words):
        raise AuditError(
            f"{', '.join(values) or 'nothing'} is no answer under {rubric.name}: {', '.join(rubric.words)}"
        )
    if len(given) > 1 and (not rubric.several or "none" in given):
        raise AuditError(f"{', '.join(values)}: " + ("none stands alone" if rubric.several else "one word only"))
    return tuple(word for word in rubric.words if word in given)


def read_labels(path: Path, audit: AuditSet, by: str) -> dict[str, Label]:
    """Return a person's labels by item; of several answers to an item the last.

    A last line that was never finished (the machine stopped while it was written) is passed over.

    Args:
        path: The set's file.
        audit: The set.
        by: The person.

    Raises:
        AuditError: If there is no file, or it belongs to another set, or it is damaged.
    """
    file = label_file(path, by)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise AuditError(
            f"{file}: {by} has not labelled anything; begin with 'peerward audit label {path} --by {by}'"
        ) from None
    return _labels(file, _whole_lines(data), audit)


def _whole_lines(data: bytes) -> bytes:
    return data[: data.rfind(b"\n") + 1]


def _labels(file: Path, data: bytes, audit: AuditSet) -> dict[str, Label]:
    rubrics = {item.id: audit.rubric(item.rubric) for item in audit.items}
    found: dict[str, Label] = {}
    for number, line in enumerate(data.splitlines(), start=1):
        where = f"{file}, line {number}"
        entry = _entry(line, where)
        if entry.get("audit") != audit.digest:
            raise AuditError(f"{where}: is a label of another audit set; move this file away, or bring its own set")
        item, values = str(entry.get("item")), entry.get("values")
        if item not in rubrics or not isinstance(values, list):
            raise AuditError(f"{where}: is no label of this set; mend or remove the line")
        try:
            answer = check_values(rubrics[item], list(map(str, values))) if values else ()
        except AuditError as error:
            raise AuditError(f"{where}: {error}; mend or remove the line") from None
        found.pop(item, None)
        found[item] = Label(answer, str(entry.get("note") or ""))
    return found


def _entry(line: bytes, where: str) -> Mapping[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    if not isinstance(entry, dict):
        raise AuditError(f"{where}: is no label; mend or remove the line")
    return entry


@contextmanager
def open_labels(path: Path, audit: AuditSet, by: str) -> Iterator["LabelBook"]:
    """Hold a person's labels of a set while they are given; they go on where they stopped.

    Args:
        path: The set's file.
        audit: The set.
        by: The person.

    Raises:
        AuditError: As in ``read_labels`` (but a file that is not there is made), or if another process has them.
    """
    file = label_file(path, by)
    with file.open("a+b") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AuditError(f"{file}: {by} is labelling already, in another window; go on there, or end it") from None
        held.seek(0)
        data = held.read()
        whole = _whole_lines(data)
        labels = _labels(file, whole, audit)
        if len(whole) < len(data):
            held.truncate(len(whole))
        yield LabelBook(by, audit, held, labels)


class LabelBook:
    """A person's labels while they are being given; one process at a time has them."""

    def __init__(self, by: str, audit: AuditSet, file: IO[bytes], labels: dict[str, Label]) -> None:
        """Take what ``open_labels`` found."""
        self.by = by
        self._audit, self._file, self._labels = audit, file, labels
        self._rubrics = {item.id: audit.rubric(item.rubric) for item in audit.items}

    @property
    def labels(self) -> Mapping[str, Label]:
        """The labels by item; the one given last comes last."""
        return self._labels

    @property
    def done(self) -> int:
        """How many items have an answer."""
        return sum(bool(each.values) for each in self._labels.values())

    def give(self, item: str, values: Sequence[str], note: str = "") -> Label:
        """Give an answer, or take one back with no words; it is on the disk when this returns.

        Raises:
            AuditError: If the item is not in the set, or it is no answer under its rubric.
        """
        if item not in self._rubrics:
            raise AuditError(f"there is no item {item!r} in this set")
        label = Label(check_values(self._rubrics[item], values) if values else (), note.strip()[:LONGEST_NOTE])
        entry = {
            "item": item,
            "values": list(label.values),
            "note": label.note,
            "by": self.by,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "audit": self._audit.digest,
        }
        # One write of one line, and then onto the disk: killed at any time, at most this line is lost.
        self._file.write(json.dumps(entry, ensure_ascii=True).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._labels.pop(item, None)
        self._labels[item] = label
        return label
