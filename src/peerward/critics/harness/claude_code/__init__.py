"""Claude Code, with CLAUDE.md as its memory (it stands in a reminder in the first user message)."""

from inspect_ai.agent import AgentState
from inspect_ai.model import ChatMessageUser

from peerward.critics.dialect import Dialect, changed_lines
from peerward.critics.harness.kind import Harness, own_name
from peerward.critics.harness.session import Session
from peerward.scenarios.story import Call

_OFF = ["WebSearch", "WebFetch"]


async def _act(session: Session, believed: str) -> str:
    from inspect_swe import claude_code

    agent = claude_code(
        version="sandbox",
        model_config=believed,
        disallowed_tools=_OFF,
        retry_refusals=None,
        retry_uncaught_errors=None,
        filter=session.ask,
        # Set by inspect_swe for a user with all rights, which the critic is not; it would tell of a sandbox.
        env={"IS_SANDBOX": ""},
    )
    state = await agent(AgentState(messages=[ChatMessageUser(content=session.brief.user)]))
    return str(state.output.completion)


def _believes(model: str) -> str:
    provider, _, name = model.partition("/")
    if provider in ("scripted", "person"):
        return "claude-sonnet-4-5"
    return own_name(model, provider) or name


def _shell(command: str) -> Call:
    return Call("Bash", {"command": command, "description": "Work on the job"})


def _edit(path: str, before: str, after: str) -> tuple[Call, ...]:
    old, new = changed_lines(before, after)
    read = Call("Read", {"file_path": path})
    if not old:
        return (read, *_create(path, after))
    return (read, Call("Edit", {"file_path": path, "old_string": old, "new_string": new}))


def _create(path: str, text: str) -> tuple[Call, ...]:
    return (Call("Write", {"file_path": path, "content": text}),)


CLAUDE_CODE = Harness(
    name="claude_code",
    memory_file="CLAUDE.md",
    package="@anthropic-ai/claude-code",
    binds=(("@anthropic-ai/claude-code/bin/claude.exe", "/opt/claude/bin/claude"),),
    bin=("/opt/claude/bin",),
    dialect=Dialect(shell=_shell, edit=_edit, create=_create),
    believes=_believes,
    act=_act,
)
