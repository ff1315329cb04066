"""What the files of a run's folder are called, for those that run it and for those that look at it."""

from pathlib import Path

LOCK = "lock"
"""Held by the process that runs the folder, or a shard's own folder."""

DRAIN = "drain"
"""Asks all shards of a run to end: no trial begins, those that run come to their end."""


def asked_to_end(root: Path) -> str:
    """Why a run is to drain, or an empty text if nobody asked for it."""
    try:
        return (root / DRAIN).read_text(encoding="utf-8", errors="replace").strip() or "the run was asked to end"
    except Exception:
        # Not there; or a place that cannot be reached at the moment, and every kind has errors of its own for that.
        return ""
