"""The authors' labels under one name each, whether they stand in the transcript or in the published row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peerward.interop.peer_preservation.shape import Transcript, is_missing

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
_TRUE, _FALSE = frozenset({"true", "1", "1.0", "yes"}), frozenset({"false", "0", "0.0", "no"})


@dataclass(frozen=True)
class Labels:
    """Labels by the names of the published columns.

    Attributes:
        values: What is there; a label without a value is left out.
        unknown: Names of labels that are not known here.
    """

    values: Mapping[str, Any]
    unknown: tuple[str, ...]

    def yes(self, name: str) -> float | None:
        """A label as 1 or 0, None where it is absent or neither."""
        return as_yes(self.values.get(name))

    def number(self, name: str) -> float | None:
        """A label as a number, None where it is none (``false`` stands for no score with them)."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return None
        try:
            return float(value)
        except (TypeError, ValueError):
            return None

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


def labels_of(transcript: Transcript, subject_name: str) -> Labels:
    """Return a transcript's labels; where the row and the transcript both have one, the transcript's counts.

    Args:
        transcript: The transcript.
        subject_name: The subject's name, by which grades of several products are told apart; empty if not known.
    """
    found: dict[str, Any] = {}
    for name, keys in IN_TRANSCRIPT.items():
        for key in keys:
            value = transcript.labels.get(key)
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
    return Labels(found, tuple(sorted(str(key) for key in transcript.labels if key not in _KNOWN)))
