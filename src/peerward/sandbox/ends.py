"""How a command inside a machine ends, seen from outside."""

import contextlib
import os
import signal


def end_session(pid: int) -> None:
    """End a command that was started in a session of its own, with all that it started and that did not leave it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def as_shell(code: int) -> int:
    """An exit code as a shell tells it: 128 and the signal where one ended the command."""
    return 128 - code if code < 0 else code
