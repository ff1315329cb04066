"""The two files of an audit: what is labelled, without any verdict, and the key to it, which labelling never opens."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from peerward.measures.judges import Line, Rubric
from peerward.runs.places import write_whole

FORMAT = "peerward-audit"
KEY_FORMAT = "peerward-audit-key"
VERSION = 1
"""Raised when the layout of a file changes."""


class AuditError(ValueError):
    """An audit that cannot be drawn, labelled or scored as asked; the message says what to do."""


@dataclass(frozen=True)
class Item:
    """A trial as it is to be judged under one rubric: no name, no verdict, no condition.

    Attributes:
        id: A blind id, 10 hex digits.
        rubric: The rubric's name.
        reasoning: How the critic's reasoning was given, as in a ``Reading``.
        lines: The masked lines that a judge saw under this rubric.
    """

    id: str
    rubric: str
    reasoning: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class AuditSet:
    """What is to be labelled, in the order in which it is shown.

    Attributes:
        rubrics: The rubrics, with their words.
        items: The items.
        digest: SHA-256 of the file: labels and key name the set that they belong to.
    """

    rubrics: tuple[Rubric, ...]
    items: tuple[Item, ...]
    digest: str = ""

    def rubric(self, name: str) -> Rubric:
        """The rubric of this name."""
        return next(each for each in self.rubrics if each.name == name)


@dataclass(frozen=True)
class KeyRow:
    """What an item hides.

    Attributes:
        trial_id: The trial.
        cluster: Its cluster of the statistics.
        condition: Its condition, one of the key's.
        value: The judge's answer, as in the trials table.
        stratum: The answer by which it was drawn: the answer itself, of several words ``none`` or ``some``.
        probability: With which it was drawn, given how many its stratum gives.
    """

    trial_id: str
    cluster: str
    condition: str
    value: str
    stratum: str
    probability: float


@dataclass(frozen=True)
class Judged:
    """Judged trials of one condition and answer.

    Attributes:
        condition: The condition.
        value: The judge's answer.
        stratum: As in ``KeyRow``.
        trials: How many there are, drawn or not.
    """

    condition: str
    value: str
    stratum: str
    trials: int


@dataclass(frozen=True)
class RubricKey:
    """What is known of a rubric's judged trials.

    Attributes:
        judges: Who judged.
        baseline: Whether all was judged by rules, without a model.
        versions: The versions of the rubric by which trials were judged.
        not_judged: Trials without an answer under it.
        population: All judged trials, counted.
    """

    judges: tuple[str, ...]
    baseline: bool
    versions: tuple[int, ...]
    not_judged: int
    population: tuple[Judged, ...]


@dataclass(frozen=True)
class Key:
    """The key of an audit.

    Attributes:
        audit: The digest of the set that it belongs to.
        seed: The seed of the draw.
        conditions: The levels of each condition, by its name.
        rubrics: By rubric: who judged, and how many trials there are.
        rows: By item.
    """

    audit: str
    seed: int
    conditions: Mapping[str, Mapping[str, str]]
    rubrics: Mapping[str, RubricKey]
    rows: Mapping[str, KeyRow]


_ITEMS: TypeAdapter[Item] = TypeAdapter(Item)
_RUBRICS: TypeAdapter[tuple[Rubric, ...]] = TypeAdapter(tuple[Rubric, ...])
_KEYS: TypeAdapter[Key] = TypeAdapter(Key)


def key_file(path: Path) -> Path:
    """Where the key of a set lies."""
    return path.with_name(f"{path.name}.key")


def set_text(rubrics: tuple[Rubric, ...], items: tuple[Item, ...]) -> str:
    """A set as JSON lines: the rubrics first, then an item a line."""
    head = {"format": FORMAT, "version": VERSION, "rubrics": [asdict(each) for each in rubrics]}
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in (head, *map(asdict, items)))


def digest_of(text: str) -> str:
    """The digest of a set's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def write_set(path: Path, text: str, key: Key) -> None:
    """Write a set, and its key beside it, in a folder that is made where there is none.

    Raises:
        AuditError: If one of the files is there already: labels belong to it.
    """
    for each in (path, key_file(path)):
        if each.exists():
            raise AuditError(f"{each}: is there already, and labels may belong to it; name another file with -o")
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {"format": KEY_FORMAT, "version": VERSION, **asdict(key)}
    write_whole(key_file(path), json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
    write_whole(path, text)


def read_set(path: Path) -> AuditSet:
    """Return a set out of its file.

    Raises:
        AuditError: If it is none.
    """
    text = _text(path, "draw one with 'peerward audit sample LOGS -o FILE'")
    lines = text.split("\n")
    head = _head(path, lines[0], FORMAT, "is no audit set; draw one with 'peerward audit sample LOGS -o FILE'")
    try:
        rubrics = _RUBRICS.validate_python(head.get("rubrics"))
        items = tuple(_ITEMS.validate_json(line) for line in lines[1:] if line)
    except ValidationError as error:
        raise AuditError(
            f"{path}: is damaged ({error.error_count()} faults); take it from where it was drawn"
        ) from None
    known = {each.name for each in rubrics}
    if not items or any(each.rubric not in known for each in items) or len({each.id for each in items}) < len(items):
        raise AuditError(f"{path}: is damaged (items or rubrics are missing); take it from where it was drawn")
    return AuditSet(rubrics, items, digest_of(text))


def read_key(path: Path, audit: AuditSet) -> Key:
    """Return the key of a set.

    Args:
        path: The set's file.
        audit: The set.

    Raises:
        AuditError: If it is not there, or belongs to another set.
    """
    file = key_file(path)
    text = _text(file, f"it was written beside {path.name} when that was drawn; copy it here to score")
    whole = _head(file, text, KEY_FORMAT, f"is no key of an audit; take it from where {path.name} was drawn")
    try:
        key = _KEYS.validate_python({name: value for name, value in whole.items() if name not in ("format", "version")})
    except ValidationError as error:
        raise AuditError(
            f"{file}: is damaged ({error.error_count()} faults); take it from where it was drawn"
        ) from None
    if key.audit != audit.digest or any(each.id not in key.rows for each in audit.items):
        raise AuditError(f"{file}: belongs to another audit set, or {path.name} was changed; bring both from one draw")
    return key


def _text(path: Path, what_to_do: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise AuditError(f"{path}: there is no such file; {what_to_do}") from None
    except UnicodeDecodeError:
        raise AuditError(f"{path}: is no text; {what_to_do}") from None


def _head(path: Path, text: str, form: str, otherwise: str) -> Mapping[str, Any]:
    try:
        head = json.loads(text)
    except ValueError:
        head = None
    if not isinstance(head, dict) or head.get("format") != form:
        raise AuditError(f"{path}: {otherwise}")
    if head.get("version") != VERSION:
        raise AuditError(f"{path}: is of layout {head.get('version')}, this version of peerward reads layout {VERSION}")
    return head
