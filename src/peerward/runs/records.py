"""A sample's record, out of the attachments where the log keeps long texts."""

from collections.abc import Mapping
from typing import Any

from peerward.measures.record import RECORD_KEY


def record_text(sample: Mapping[str, Any]) -> str | None:
    """The record of a trial as JSON text, or None where none was written."""
    text = (sample.get("store") or {}).get(RECORD_KEY)
    return None if text is None else resolved(str(text), sample)


def resolved(text: str, sample: Mapping[str, Any]) -> str:
    """A text, out of the sample's attachments where the log keeps it there."""
    if text.startswith("attachment://"):
        return str((sample.get("attachments") or {}).get(text.removeprefix("attachment://"), text))
    return text
