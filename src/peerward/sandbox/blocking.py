"""The same as ``commands.py`` for callers in a thread of their own."""

import contextlib
import subprocess
import threading
from typing import IO

from peerward.sandbox.commands import GRACE_SECONDS, Kept
from peerward.sandbox.ends import as_shell, end_session

_LIMIT_BYTES = 64 << 20
"""How much of output and of errors is kept, the last of each."""


def run_and_wait(command: list[str], input: bytes | None, timeout: float | None) -> tuple[int, bytes, bytes]:
    """The exit code, output and errors of a command; broken off, it leaves nothing behind.

    Raises:
        subprocess.TimeoutExpired: it took longer than ``timeout`` seconds.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE if input else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout and process.stderr
    out, err = Kept(_LIMIT_BYTES), Kept(_LIMIT_BYTES)
    threads = [
        threading.Thread(target=_read, args=(process.stdout, out), daemon=True),
        threading.Thread(target=_read, args=(process.stderr, err), daemon=True),
    ]
    if input and process.stdin:
        threads.append(threading.Thread(target=_write, args=(process.stdin, input), daemon=True))
    for thread in threads:
        thread.start()
    try:
        code = process.wait(timeout)
    finally:
        if process.returncode is None:
            end_session(process.pid)
            process.wait()
        for thread in threads:
            thread.join(GRACE_SECONDS)
    return as_shell(code), out.told(), err.told()


def _read(stream: IO[bytes], kept: Kept) -> None:
    with stream:
        while piece := stream.read1(1 << 16):  # type: ignore[attr-defined]
            kept.add(piece)


def _write(stream: IO[bytes], data: bytes) -> None:
    """Write all, or as much as the command reads."""
    with contextlib.suppress(BrokenPipeError), stream:
        stream.write(data)
