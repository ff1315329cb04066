"""The machines as one of Inspect's sandboxes: its own checks of a provider, and what ours does beside them.

The one file that imports a private module of Inspect's: its published checks for providers live there.
"""

from collections.abc import AsyncIterator

import anyio
import pytest
from inspect_ai.util import SandboxEnvironment, SandboxUnavailableError, SandboxUserUnsupportedError
from inspect_ai.util._sandbox.self_check import *  # noqa: F403

from conftest import needs_sandbox, two_hosts
from peerward.sandbox.plan import LanPlan
from peerward.sandbox.provider import BwrapSandbox

pytestmark = [pytest.mark.anyio, needs_sandbox]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def started(anyio_backend: str) -> AsyncIterator[SandboxEnvironment]:
    plan = LanPlan.model_validate(two_hosts().model_dump() | {"limits": {"disk_mb": 512}})
    environments = await BwrapSandbox.sample_init("task", plan, {})
    yield environments["default"]
    await BwrapSandbox.sample_cleanup("task", plan, environments, False)


@pytest.fixture
async def sandbox_env(started: SandboxEnvironment, request: pytest.FixtureRequest) -> SandboxEnvironment:
    if request.node.originalname == "test_exec_as_user":
        request.applymarker(pytest.mark.xfail(reason="a machine has one user", raises=SandboxUserUnsupportedError))
    return started


async def test_a_plan_comes_back_from_a_log_as_it_went_in() -> None:
    plan = two_hosts()
    assert BwrapSandbox.config_deserialize(plan.model_dump(mode="json")) == plan


async def test_a_command_that_is_cancelled_ends_with_all_it_started(started: SandboxEnvironment) -> None:
    with anyio.move_on_after(1):
        await started.exec(["bash", "-c", "sleep 3333 & sleep 3333"])
    assert "sleep 3333" not in (await started.exec(["ps", "axo", "args"])).stdout


async def test_long_output_keeps_its_end(started: SandboxEnvironment) -> None:
    result = await started.exec(["bash", "-c", "yes before | head -c 30000000; echo at the end"])
    assert result.stdout.endswith("at the end\n")
    assert len(result.stdout) <= 10 * 1024 * 1024


async def test_a_server_survives_the_command_that_started_it(started: SandboxEnvironment) -> None:
    serve = "echo found > page; setsid python3 -m http.server 8123 >/dev/null 2>&1 </dev/null & sleep 1"
    await started.exec(["bash", "-c", serve], cwd="/tmp")
    read = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8123/page').read().decode())"
    assert "found" in (await started.exec(["python3", "-c", read])).stdout


async def test_the_desk_is_root_s_to_nobody(started: SandboxEnvironment) -> None:
    with pytest.raises(SandboxUserUnsupportedError, match="one user"):
        await started.exec(["id"], user="root")


async def test_a_desk_that_has_been_ended_says_so() -> None:
    environments = await BwrapSandbox.sample_init("task", None, {})
    await BwrapSandbox.sample_cleanup("task", None, environments, True)
    with pytest.raises(SandboxUnavailableError, match="ended"):
        await environments["default"].exec(["true"])
