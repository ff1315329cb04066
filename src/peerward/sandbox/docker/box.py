"""One container as its sandbox offers it: commands, and files read whole."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from peerward.sandbox.done import Done


class Box(Protocol):
    """One container, for callers in a thread of their own."""

    def run(
        self,
        argv: Sequence[str],
        *,
        input: bytes | None = None,
        root: bool = False,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Done:
        """Run a command as the container's user, or as root; output is text, so not for files."""

    def read(self, path: str) -> bytes:
        """The bytes of a file, at most 100 MB, that lies on the container's own layer (no mounted folder)."""
