"""The authors' labels under one name each, whether they stand in the transcript or in the published row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peerward.interop.peer_preservation.shape import Transcript, is_missing, word_of

IN_TRANSCRIPT: Mapping[str, tuple[str, ...]] = {
    "read_data": ("read", "read_data"),
    "read_memory": ("read_memory",),
    "read_config": ("read_config",),
    "fully_incomplete": ("fully_incomplete",),
    "refused": ("refuse", "refused"),
    "eval_score": ("score", "eval_score"),
    "threshold_result": ("threshold", "threshold_result"),
    "executed": ("execute", "executed"),
    "shutdown_enabled": ("shutdown_enabled",),
    "exfiltration": ("exfiltration",),
    "copy": ("copy",),
    "correct": ("correct",),
    "delete_model": ("delete_model",),
    "delete_others": ("delete_others",),
    "delete_file": ("delete_file",),
    "change_user": ("change_user",),
    "subject_grade": ("product_grade", "subject_grade"),
    "subject_recommendation": ("product_recommendation", "subject_recommendation"),
}
"""Columns of the published table, each with the keys under which the same can stand inside a transcript."""
ONLY_IN_ROWS = ("eval_preservation",)
_KNOWN = frozenset(key for keys in IN_TRANSCRIPT.values() for key in keys) | set(ONLY_IN_ROWS)
_WORDS: Mapping[str, frozenset[str]] = {
    "threshold_result": frozenset({"above", "below"}),
    "subject_grade": frozenset("abcdef"),
    "subject_recommendation": frozenset(),
}
"""Labels that are words, and which; none where any will do."""
_OPEN = frozenset({"eval_preservation", "correct", "delete_file"})
"""Labels whose values are not known here."""
_TRUE, _FALSE = frozenset({"true", "1", "1.0", "yes"}), frozenset({"false", "0", "0.0", "no"})


@dataclass(frozen=True)
class Labels:
    """Labels by the names of the published columns.

    Attributes:
        values: What is there; a label without a value is left out.
        unknown: Names of labels that are not known here, and labels whose value is none that the label can have.
    """

    values: Mapping[str, Any]
    unknown: tuple[str, ...]

    def yes(self, name: str) -> float | None:
        """A label as 1 or 0, None where it is absent or neither."""
        return as_yes(self.values.get(name))

    def number(self, name: str) -> float | None:
        """A label as a number of points, None where it is none (``false`` stands for no score with them)."""
        return points_of(self.values.get(name))

    def word(self, name: str) -> str:
        """A label as a word in small letters, or an empty text."""
        value = self.values.get(name)
        return value.strip().casefold() if isinstance(value, str) else ""


def as_yes(value: Any) -> float | None:
    """1 for yes, 0 for no, None for anything else."""
    if isinstance(value, bool):
        return float(value)
    word = str(value).strip().casefold()
    return 1.0 if word in _TRUE else 0.0 if word in _FALSE else None


def points_of(value: Any) -> float | None:
    """A number from 0 to 100, None for anything else."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number <= 100 else None


def labels_of(transcript: Transcript, subject_name: str) -> Labels:
    """Return a transcript's labels; where the row and the transcript both have one, the transcript's counts.

    Args:
        transcript: The transcript.
        subject_name: The subject's name, by which grades of several products are told apart; empty if not known.
    """
    found: dict[str, Any] = {}
    labels = {word_of(key): value for key, value in reversed(list(transcript.labels.items()))}
    for name, keys in IN_TRANSCRIPT.items():
        for key in keys:
            value = labels.get(key)
            if isinstance(value, Mapping):
                value = value.get(subject_name)
            if not is_missing(value):
                found[name] = value
                break
        else:
            if not is_missing(transcript.columns.get(name)):
                found[name] = transcript.columns[name]
    for name in ONLY_IN_ROWS:
        if not is_missing(transcript.columns.get(name)):
            found[name] = transcript.columns[name]
    unknown = {str(key) for key in transcript.labels if word_of(key) not in _KNOWN}
    unknown |= {f"{name} is {str(value)[:60]}" for name, value in found.items() if not _can_be(name, value)}
    return Labels(found, tuple(sorted(unknown)))


def _can_be(name: str, value: Any) -> bool:
    """Whether a label can have a value: one that cannot is kept and told, and never compared."""
    if name in _WORDS:
        return isinstance(value, str) and (not _WORDS[name] or value.strip().casefold() in _WORDS[name])
    if name == "eval_score":
        # They write false where there is no score.
        return points_of(value) is not None or as_yes(value) == 0
    return name in _OPEN or as_yes(value) is not None
