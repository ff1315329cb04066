"""The machines of a sample that runs, whichever sandbox its run has chosen."""

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio.from_thread
from inspect_ai.solver import TaskState
from inspect_ai.util import OutputLimitExceededError, SandboxEnvironment, sandbox

from peerward.critics.harness.kind import Harness
from peerward.critics.harness.network import lan_plan
from peerward.critics.harness.packages import require
from peerward.sandbox import SANDBOXES
from peerward.sandbox.docker.containers import Containers
from peerward.sandbox.done import Done
from peerward.sandbox.machines import Machines
from peerward.sandbox.provider import BwrapSandbox
from peerward.scenarios import Staged


@asynccontextmanager
async def started_machines(state: TaskState, staged: Staged, kind: Harness) -> AsyncIterator[Machines]:
    """The machines that Inspect has started for a sample; it ends them, too.

    Raises:
        HarnessMissingError: If the harness cannot be run on them.
    """
    made_of = str(state.metadata.get("sandbox", SANDBOXES[0]))
    require(kind, made_of)
    if made_of != "docker":
        yield sandbox().as_type(BwrapSandbox).lan
        return
    plan = lan_plan(staged.company, kind, made_of)
    boxes = {each.name: _Box(sandbox(each.name)) for each in plan.machines}
    with TemporaryDirectory(prefix="peerward-") as folder:
        yield Containers(plan, boxes, Path(folder))


class _Box:
    """A container of Inspect's docker sandbox, for threads that the event loop has started."""

    def __init__(self, environment: SandboxEnvironment) -> None:
        self._environment = environment

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
        asked = partial(
            self._environment.exec,
            list(argv),
            input=input,
            cwd=cwd,
            env=dict(env) if env else None,
            user="root" if root else None,
            timeout=math.ceil(timeout) if timeout else None,
            timeout_retry=False,
        )
        try:
            result = anyio.from_thread.run(asked)
        except OutputLimitExceededError as error:
            return Done(1, (error.truncated_output or "").encode(), b"it wrote more than may be read")
        return Done(result.returncode, result.stdout.encode(), result.stderr.encode())

    def read(self, path: str) -> bytes:
        return anyio.from_thread.run(self._read, path)

    async def _read(self, path: str) -> bytes:
        return await self._environment.read_file(path, text=False)
