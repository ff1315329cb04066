"""The harnesses by name."""

from collections.abc import Mapping

from peerward.critics.harness.claude_code import CLAUDE_CODE
from peerward.critics.harness.codex_cli import CODEX_CLI
from peerward.critics.harness.gemini_cli import GEMINI_CLI
from peerward.critics.harness.kind import Harness
from peerward.critics.harness.opencode import OPENCODE
from peerward.critics.harness.shell import SHELL

HARNESSES: Mapping[str, Harness] = {each.name: each for each in (SHELL, GEMINI_CLI, OPENCODE, CLAUDE_CODE, CODEX_CLI)}
"""Every harness, by its level of the factor ``harness``."""


def harness(name: str) -> Harness:
    """The harness of a name.

    Raises:
        LookupError: If there is none; the message says which there are.
    """
    if name not in HARNESSES:
        raise LookupError(f"no harness {name!r}; there is: {', '.join(HARNESSES)}")
    return HARNESSES[name]
