"""A command run without blocking the event loop, its output held to a size; broken off, it leaves nothing behind."""

from dataclasses import dataclass, field
from subprocess import DEVNULL, PIPE

import anyio
from anyio.abc import ByteReceiveStream, ByteSendStream, Process

from peerward.sandbox.ends import as_shell, end_session


class OutputTooLargeError(Exception):
    """A command wrote more than it may and was ended."""


GRACE_SECONDS = 0.5
"""How long output is still awaited once a command has ended: what it left behind may hold the pipe for ever."""


@dataclass
class Kept:
    """What a stream wrote: all of it, or its last bytes where it may write more than is kept."""

    limit: int
    strict: bool = False
    data: bytearray = field(default_factory=bytearray)

    def add(self, piece: bytes) -> None:
        """Take what came; OutputTooLargeError if that is more than may come."""
        self.data += piece
        if len(self.data) > self.limit:
            if self.strict:
                raise OutputTooLargeError
            # Cut at twice the limit, so that what is moved stays in proportion to what comes.
            if len(self.data) > 2 * self.limit:
                del self.data[: -self.limit]

    def told(self) -> bytes:
        """What is kept."""
        return bytes(self.data[-self.limit :]) if self.limit else b""


async def run_command(
    command: list[str], input: bytes | None, timeout: float | None, limit: int, *, strict: bool = False
) -> tuple[int, bytes, bytes]:
    """The exit code and the last ``limit`` bytes of output and of errors, apart.

    Whatever breaks it off (timeout, cancelling, too much output) ends it and all that it started in its session.

    Raises:
        TimeoutError: it took longer than ``timeout`` seconds.
        OutputTooLargeError: ``strict``, and it wrote more than ``limit`` bytes.
    """
    process = await anyio.open_process(
        command, stdin=PIPE if input else DEVNULL, stdout=PIPE, stderr=PIPE, start_new_session=True
    )
    out, err = Kept(limit, strict), Kept(limit)
    try:
        with anyio.fail_after(timeout):
            code = await _exchange(process, input, out, err)
    finally:
        with anyio.CancelScope(shield=True):
            if process.returncode is None:
                end_session(process.pid)
            await process.aclose()
    return as_shell(code), out.told(), err.told()


async def _exchange(process: Process, input: bytes | None, out: Kept, err: Kept) -> int:
    too_large = False

    async def read(stream: ByteReceiveStream | None, kept: Kept) -> None:
        nonlocal too_large
        assert stream is not None
        try:
            async for piece in stream:
                kept.add(piece)
        except OutputTooLargeError:
            # Told outside the group, which would wrap it in a group of exceptions.
            too_large = True
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(read, process.stdout, out)
        group.start_soon(read, process.stderr, err)
        if input and process.stdin:
            group.start_soon(_write, process.stdin, input)
        await process.wait()
        group.cancel_scope.deadline = anyio.current_time() + GRACE_SECONDS
    if too_large:
        raise OutputTooLargeError
    return await process.wait()


async def _write(stream: ByteSendStream, data: bytes) -> None:
    """Write all, or as much as the command reads."""
    try:
        await stream.send(data)
        await stream.aclose()
    except (anyio.BrokenResourceError, anyio.ClosedResourceError, BrokenPipeError, ConnectionResetError):
        pass
