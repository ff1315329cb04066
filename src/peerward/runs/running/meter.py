"""What a shard has spent, written down after every call: not even kill -9 makes a run forget one that came back."""

import json
import os
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from peerward.runs.places import is_local
from peerward.runs.running.budget import Spend

SPENT = "spent.json"

_WIDTH = 256
"""Bytes of that file, always the same: it is written in place, in one go, also when the disk is full."""


class Meter:
    """Writes down what a shard has spent; only in a folder of this machine, elsewhere the progress has to do."""

    def __init__(self, folder: Path) -> None:
        """Open the meter of a shard.

        Args:
            folder: The shard's folder.
        """
        # Not truncated: until the first call comes back, what earlier sessions wrote holds.
        self._file = os.open(folder / SPENT, os.O_WRONLY | os.O_CREAT) if is_local(folder) else -1

    def write(self, spend: Spend) -> None:
        """Write what was spent in all sessions."""
        if self._file >= 0:
            with suppress(OSError):
                os.pwrite(self._file, json.dumps(asdict(spend)).encode().ljust(_WIDTH), 0)

    def close(self) -> None:
        """Close it."""
        if self._file >= 0:
            os.close(self._file)


def metered(folder: Path) -> Spend:
    """What the meter of a shard shows; nothing where there is none, or it cannot be read.

    Args:
        folder: The shard's folder.
    """
    try:
        return Spend(**json.loads((folder / SPENT).read_text(encoding="utf-8"))) if is_local(folder) else Spend()
    except (OSError, ValueError, TypeError):
        return Spend()
