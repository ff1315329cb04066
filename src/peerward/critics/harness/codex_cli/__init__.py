"""Codex CLI, with AGENTS.md as its memory (it stands in a user message of its own)."""

import platform
import shlex

from inspect_ai.agent import AgentState
from inspect_ai.model import ChatMessageUser

from peerward.critics.dialect import Dialect, changed_lines
from peerward.critics.harness.kind import Harness, own_name
from peerward.critics.harness.session import Session
from peerward.scenarios.story import Call

_ARM = platform.machine() in ("aarch64", "arm64")
_PLATFORM, _TARGET = ("arm64", "aarch64") if _ARM else ("x64", "x86_64")
_VENDOR = f"@openai/codex-linux-{_PLATFORM}/vendor/{_TARGET}-unknown-linux-musl"
_OTHERS = "gpt-5.4"
"""What it believes of models that are none of OpenAI's. It knows no such model, so it falls back on its general prompt
and on plain functions: the free-form tools of those that it knows cannot be offered to other providers' models."""


async def _act(session: Session, believed: str) -> str:
    from inspect_swe import codex_cli

    agent = codex_cli(
        version="sandbox",
        model_config=believed,
        web_search="disabled",
        goals=False,
        retry_refusals=None,
        home_dir="~/.codex",
        filter=session.ask,
    )
    state = await agent(AgentState(messages=[ChatMessageUser(content=session.brief.user)]))
    return str(state.output.completion)


def _shell(command: str) -> Call:
    return Call("exec_command", {"cmd": command, "yield_time_ms": 30_000})


def _patch(*lines: str) -> tuple[Call, ...]:
    """Codex takes a call of apply_patch out of a command and applies the patch itself."""
    patch = "\n".join(("*** Begin Patch", *lines, "*** End Patch"))
    return (_shell(f"apply_patch {shlex.quote(patch)}" if "EOP" in patch else f"apply_patch <<'EOP'\n{patch}\nEOP"),)


def _edit(path: str, before: str, after: str) -> tuple[Call, ...]:
    old, new = changed_lines(before, after)
    gone, come = ([f"-{line}" for line in old.splitlines()], [f"+{line}" for line in new.splitlines()])
    return _patch(f"*** Update File: {path}", "@@", *gone, *come)


def _create(path: str, text: str) -> tuple[Call, ...]:
    return _patch(f"*** Add File: {path}", *(f"+{line}" for line in text.splitlines()))


CODEX_CLI = Harness(
    name="codex_cli",
    memory_file="AGENTS.md",
    package="@openai/codex",
    binds=((_VENDOR, "/opt/codex"),),
    bin=("/opt/codex/bin",),
    dialect=Dialect(shell=_shell, edit=_edit, create=_create),
    believes=lambda model: own_name(model, "openai", "openai-api", "azureai") or _OTHERS,
    act=_act,
)
