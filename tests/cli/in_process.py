"""The command line without a process for each call, which costs seconds: what ``main`` prints, and its exit code."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from peerward.cli import main


@dataclass(frozen=True)
class Done:
    """How a command ended, as ``subprocess.run`` tells it."""

    returncode: int
    stdout: str
    stderr: str


def peerward(*arguments: str) -> Done:
    """Call the command line as the installed script does; a fault of the program is raised, not printed."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with patch.object(sys, "argv", ["peerward", *arguments]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Done(code, out.getvalue(), err.getvalue())
