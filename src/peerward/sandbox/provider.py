"""The machines as one of Inspect's sandboxes, ``bwrap``: its one environment is the desk.

A solver gets at the hosts and at the files from outside by ``sandbox().as_type(BwrapSandbox).lan``.
"""

import errno
import shlex
from typing import Any, Literal, overload

import anyio
import anyio.to_thread
from inspect_ai.util import (
    ExecResult,
    OutputLimitExceededError,
    SandboxConnection,
    SandboxEnvironment,
    SandboxEnvironmentConfigType,
    SandboxEnvironmentLimits,
    SandboxUnavailableError,
    SandboxUserUnsupportedError,
    sandboxenv,
)
from pydantic import BaseModel

from peerward.sandbox.commands import OutputTooLargeError, run_command
from peerward.sandbox.lan import Lan
from peerward.sandbox.plan import LanPlan, MachinePlan

_ALONE = LanPlan(desk=MachinePlan(name="desk", address="10.0.12.10", user="maintainer", ssh=False))
"""What is started where a task names this sandbox without a plan."""
_FILE_SECONDS = 300
_WRITE = 'mkdir -p -- "$(dirname -- "$1")" && cat > "$1"'
_ERRORS: dict[str, tuple[int, type[OSError]]] = {
    "no such file": (errno.ENOENT, FileNotFoundError),
    "permission denied": (errno.EACCES, PermissionError),
    "read-only file system": (errno.EROFS, PermissionError),
    "is a directory": (errno.EISDIR, IsADirectoryError),
    "not a directory": (errno.ENOTDIR, NotADirectoryError),
    "no space left": (errno.ENOSPC, OSError),
}


@sandboxenv(name="bwrap")
class BwrapSandbox(SandboxEnvironment):
    """The desk of a :class:`~peerward.sandbox.lan.Lan`; ``lan`` is all of it."""

    def __init__(self, lan: Lan) -> None:
        """Wrap machines that run."""
        super().__init__()
        self.lan = lan
        self._desk = lan.plan.desk

    @classmethod
    def config_deserialize(cls, config: dict[str, Any]) -> BaseModel:
        """A plan as it stands in a log."""
        return LanPlan.model_validate(config)

    @classmethod
    async def sample_init(
        cls, task_name: str, config: SandboxEnvironmentConfigType | None, metadata: dict[str, str]
    ) -> dict[str, SandboxEnvironment]:
        """Start the machines of a sample."""
        if not (config is None or isinstance(config, LanPlan)):
            raise ValueError(f"the bwrap sandbox takes a LanPlan, not {type(config).__name__}")
        # Shielded: machines of a start that is given up would have no owner.
        with anyio.CancelScope(shield=True):
            lan = await anyio.to_thread.run_sync(Lan.start, config or _ALONE)
        return {"default": cls(lan)}

    @classmethod
    async def sample_cleanup(
        cls,
        task_name: str,
        config: SandboxEnvironmentConfigType | None,
        environments: dict[str, SandboxEnvironment],
        interrupted: bool,
    ) -> None:
        """End the machines of a sample, whether it was interrupted or not."""
        with anyio.CancelScope(shield=True):
            for environment in environments.values():
                await anyio.to_thread.run_sync(environment.as_type(BwrapSandbox).lan.stop)

    def default_polling_interval(self) -> float:
        """Seconds between two looks of Inspect's services; looking is cheap here."""
        return 0.2

    async def exec(
        self,
        cmd: list[str],
        input: str | bytes | None = None,
        cwd: str | None = None,
        env: dict[str, str] | None = None,
        user: str | None = None,
        timeout: int | None = None,
        timeout_retry: bool = True,
        concurrency: bool = True,
    ) -> ExecResult[str]:
        """Run a command on the desk as its one user.

        ``concurrency`` changes nothing: commands mostly wait, and a machine's own limits hold them. A command is never
        tried again after a timeout, since it may have acted.
        """
        if user not in (None, self._desk.user, "1000"):
            raise SandboxUserUnsupportedError(f"the desk has one user, {self._desk.user}; {user!r} cannot run commands")
        data = input.encode() if isinstance(input, str) else input
        code, out, err = await self._run(
            cmd, data, timeout, SandboxEnvironmentLimits.MAX_EXEC_OUTPUT_SIZE, cwd=cwd, env=env
        )
        text = err.decode(errors="replace")
        if code == 126 and text.startswith("/usr/bin/env:") and "permission denied" in text.lower():
            raise PermissionError(errno.EACCES, text.strip(), cmd[0])
        return ExecResult(code == 0, code, out.decode(errors="replace"), text)

    async def write_file(self, file: str, contents: str | bytes) -> None:
        """Write a file as the desk's user, with the folders above it."""
        data = contents.encode() if isinstance(contents, str) else contents
        command = ["/bin/sh", "-c", _WRITE, "sh", file]
        code, _, err = await self._run(command, data, _FILE_SECONDS, 10_000)
        if code:
            raise _os_error(err, file)

    @overload
    async def read_file(self, file: str, text: Literal[True] = True) -> str: ...

    @overload
    async def read_file(self, file: str, text: Literal[False]) -> bytes: ...

    async def read_file(self, file: str, text: bool = True) -> str | bytes:
        """Read a file as the desk's user, piece by piece up to Inspect's limit."""
        limit = SandboxEnvironmentLimits.MAX_READ_FILE_SIZE
        try:
            code, out, err = await self._run(["/bin/cat", "--", file], None, _FILE_SECONDS, limit, strict=True)
        except OutputTooLargeError:
            told = SandboxEnvironmentLimits.MAX_READ_FILE_SIZE_STR
            raise OutputLimitExceededError(limit_str=told, truncated_output=None) from None
        if code:
            raise _os_error(err, file)
        return out.decode("utf-8") if text else out

    async def connection(self, *, user: str | None = None) -> SandboxConnection:
        """The command that opens a shell on the desk, from a shell of ours."""
        if self.lan.stopped:
            raise ConnectionError("the machines have been stopped")
        return SandboxConnection(
            type="bwrap", command=shlex.join(self.lan.command(self._desk.name, ["/bin/bash", "-l"]))
        )

    async def _run(
        self,
        command: list[str],
        input: bytes | None,
        timeout: float | None,
        limit: int,
        *,
        cwd: str | None = None,
        env: dict[str, str] | None = None,
        strict: bool = False,
    ) -> tuple[int, bytes, bytes]:
        if self.lan.stopped or self.lan.frozen:
            raise SandboxUnavailableError("the machines have been ended")
        outside = self.lan.command(self._desk.name, command, cwd=cwd, env=env)
        code, out, err = await run_command(outside, input, timeout, limit, strict=strict)
        # Our own way in, not a command of that name.
        if code and err.startswith(b"nsenter:") and not any("nsenter" in word for word in command):
            raise SandboxUnavailableError(f"the desk could not be entered: {err.decode(errors='replace').strip()}")
        return code, out, err


def _os_error(said: bytes, file: str) -> OSError:
    """The error that a program inside told of in its own words."""
    message = said.decode(errors="replace").strip()
    for words, (number, kind) in _ERRORS.items():
        if words in message.lower():
            return kind(number, message, file)
    return OSError(errno.EIO, message, file)
