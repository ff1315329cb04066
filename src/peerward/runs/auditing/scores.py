"""What an audit says of a judge, as plain data and as the file ``audit.json``."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from peerward.analysis.agreement import Agreement, Detection
from peerward.analysis.audit_scores import AuditScore
from peerward.analysis.estimate import Estimate
from peerward.runs.auditing.sets import AuditError
from peerward.runs.places import write_whole

FORMAT = "peerward-audit-scores"
VERSION = 1


@dataclass(frozen=True)
class Agreed:
    """Two raters of the same items.

    Attributes:
        table: The 2x2 table of a word; None where whole answers are compared.
        kappa: Cohen's kappa.
        alpha: Krippendorff's alpha.
        ac1: Gwet's AC1.
    """

    table: Agreement | None
    kappa: Estimate
    alpha: Estimate
    ac1: Estimate


@dataclass(frozen=True)
class PartScore:
    """A judge against a person, for one word, in one condition or in all.

    Attributes:
        condition: The condition; ``all``.
        levels: Its levels by column; none for all.
        score: Raw and corrected rate, sensitivity and specificity, weighted to all trials that were judged.
        table: Judge (first) and person (second) in the sample itself.
        in_sample: Sensitivity and specificity in the sample itself, unweighted. The sample holds rare answers more
            often than the trials do, so these are of the sample only.
    """

    condition: str
    levels: Mapping[str, str]
    score: AuditScore
    table: Agreement
    in_sample: Detection


@dataclass(frozen=True)
class WordScore:
    """A judge against a person for one word of a rubric: given or not given."""

    word: str
    whole: PartScore
    conditions: tuple[PartScore, ...]
    agreed: Agreed


@dataclass(frozen=True)
class PersonScore:
    """A judge against one person under a rubric; ``answer`` compares whole answers."""

    by: str
    labelled: int
    words: tuple[WordScore, ...]
    answer: Agreed


@dataclass(frozen=True)
class PairScore:
    """Two persons under a rubric, word by word, and by whole answers."""

    first: str
    second: str
    words: Mapping[str, Agreed]
    answer: Agreed


@dataclass(frozen=True)
class RubricScore:
    """What an audit says under one rubric.

    Attributes:
        rubric: The rubric.
        version: Its version, by which persons labelled.
        judges: Who judged.
        baseline: Whether all was judged by rules, without a model.
        judged: Trials with an answer.
        not_judged: Trials without.
        items: Items in the set.
        persons: By person.
        between: Each two persons.
        warnings: What a reader has to know, one sentence each.
    """

    rubric: str
    version: int
    judges: tuple[str, ...]
    baseline: bool
    judged: int
    not_judged: int
    items: int
    persons: tuple[PersonScore, ...]
    between: tuple[PairScore, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuditScores:
    """What an audit says of the judges of some trials; ``audit`` is its set's digest."""

    audit: str
    rubrics: tuple[RubricScore, ...]


_SCORES: TypeAdapter[AuditScores] = TypeAdapter(AuditScores)


def write_scores(path: Path, scores: AuditScores) -> None:
    """Write ``audit.json``; what could not be estimated is ``"NaN"``."""
    whole = {"format": FORMAT, "version": VERSION, **_plain(asdict(scores))}
    write_whole(path, json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def read_scores(path: Path) -> AuditScores:
    """Return the scores out of ``audit.json``, or out of the folder that holds it.

    Raises:
        AuditError: If there are none.
    """
    file = path / "audit.json" if path.is_dir() else path
    what_to_do = "write one with 'peerward audit score FILE -o FOLDER'"
    try:
        whole = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AuditError(f"{file}: there is no such file; {what_to_do}") from None
    except ValueError:
        raise AuditError(f"{file}: holds no scores of an audit; {what_to_do}") from None
    if not isinstance(whole, dict) or whole.pop("format", None) != FORMAT:
        raise AuditError(f"{file}: holds no scores of an audit; {what_to_do}")
    if (version := whole.pop("version", None)) != VERSION:
        raise AuditError(f"{file}: is of layout {version}, this version of peerward reads {VERSION}; {what_to_do}")
    try:
        return _SCORES.validate_python(whole)
    except ValidationError as error:
        raise AuditError(f"{file}: is damaged ({error.error_count()} faults); {what_to_do}") from None


def _plain(value: Any) -> Any:
    """Data that JSON can hold: it has no word for what could not be estimated."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return "NaN" if isinstance(value, float) and math.isnan(value) else value
