"""How a command in a machine ended."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """A command that ended inside a machine."""

    returncode: int
    stdout: bytes
    stderr: bytes
