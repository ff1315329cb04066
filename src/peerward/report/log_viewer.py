"""Inspect's own log viewer as a program beside the report: started, waited for, ended."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

HOST = "127.0.0.1"
"""The only address that is listened on."""


class ViewerError(RuntimeError):
    """The log viewer did not start; the message holds its last words."""


def viewer_command(logs: Path, port: int) -> list[str]:
    """The command that starts Inspect's log viewer on loopback, with contents shown as plain text."""
    return [
        *(sys.executable, "-m", "inspect_ai", "view", "start", "--host", HOST, "--port", str(port)),
        *("--log-dir", str(logs), "--no-trust-content", "--log-level", "error"),
    ]


@contextmanager
def viewer(command: list[str], port: int, patience: float = 90.0) -> Iterator[subprocess.Popen[bytes]]:
    """Start a log viewer, wait until it answers on its port, and end it on leaving.

    Args:
        command: The command that starts it.
        port: The port that it will listen on.
        patience: Seconds that it may take.

    Raises:
        ViewerError: If it ends before it answers, or takes too long; the message ends with its last words.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        try:
            until = time.monotonic() + patience
            while not answers(port):
                if process.poll() is not None:
                    raise ViewerError(f"Inspect's log viewer did not start: {_last_words(said)}")
                if time.monotonic() > until:
                    raise ViewerError(f"Inspect's log viewer did not start within {patience:g} s: {_last_words(said)}")
                time.sleep(0.1)
            yield process
        finally:
            _end(process)


def answers(port: int) -> bool:
    """Whether something listens on a port of loopback."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    lines = [line.strip() for line in said.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return " / ".join(lines[-3:]) or "it said nothing"


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as tried:
        tried.bind((HOST, 0))
        port: int = tried.getsockname()[1]
        return port
