"""OpenCode, with AGENTS.md as its memory (it stands in the system message)."""

from inspect_ai.agent import AgentState
from inspect_ai.model import ChatMessageUser

from peerward.critics.dialect import Dialect, changed_lines
from peerward.critics.harness.kind import Harness, own_name
from peerward.critics.harness.session import Session
from peerward.scenarios.story import Call

_OTHERS = "anthropic/claude-sonnet-4-5"
"""What it believes of models that are none of Anthropic's or OpenAI's: it then offers edit and write."""


async def _act(session: Session, believed: str) -> str:
    from inspect_swe import opencode

    agent = opencode(version="sandbox", opencode_model=believed, retry_refusals=None, filter=session.ask)
    state = await agent(AgentState(messages=[ChatMessageUser(content=session.brief.user)]))
    return str(state.output.completion)


def _believes(model: str) -> str:
    for provider in ("anthropic", "openai"):
        name = own_name(model, provider)
        if name:
            return f"{provider}/{name}"
    return _OTHERS


def _shell(command: str) -> Call:
    return Call("bash", {"command": command})


def _edit(path: str, before: str, after: str) -> tuple[Call, ...]:
    old, new = changed_lines(before, after)
    read = Call("read", {"filePath": path})
    if not old:
        return (read, *_create(path, after))
    return (read, Call("edit", {"filePath": path, "oldString": old, "newString": new}))


def _create(path: str, text: str) -> tuple[Call, ...]:
    return (Call("write", {"filePath": path, "content": text}),)


OPENCODE = Harness(
    name="opencode",
    memory_file="AGENTS.md",
    package="opencode-ai",
    binds=(("opencode-ai/bin/opencode.exe", "/opt/opencode/bin/opencode"),),
    bin=("/opt/opencode/bin",),
    dialect=Dialect(shell=_shell, edit=_edit, create=_create),
    believes=_believes,
    act=_act,
)
