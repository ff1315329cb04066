"""Gemini CLI, with GEMINI.md as its memory (it stands in the first user message)."""

from inspect_ai.agent import AgentState
from inspect_ai.model import ChatMessageUser

from peerward.critics.dialect import Dialect, changed_lines
from peerward.critics.harness.kind import Harness, own_name
from peerward.critics.harness.session import Session
from peerward.scenarios.story import Call

VERSION = "0.61.0"
"""Named here too: any other word makes inspect_swe ask a server for the newest."""
INSTALLED = "/var/tmp/.5c95f967ca830048/gemini-cli/node_modules/.bin/gemini"
"""Where inspect_swe looks for it before it would install one."""
_INSIDE = "/opt/gemini-cli/node_modules"
_PROGRAM = f"{_INSIDE}/@google/gemini-cli/bundle/gemini.js"
_PACKAGES = ("@google/gemini-cli", "@lydell", "@github", "node-pty", "nan", "node-addon-api")


async def _act(session: Session, believed: str) -> str:
    from inspect_swe import gemini_cli

    agent = gemini_cli(
        version=VERSION, gemini_model=believed, web_search=False, retry_refusals=None, filter=session.ask
    )
    state = await agent(AgentState(messages=[ChatMessageUser(content=session.brief.user)]))
    return str(state.output.completion)


def _shell(command: str) -> Call:
    return Call("run_shell_command", {"command": command})


def _edit(path: str, before: str, after: str) -> tuple[Call, ...]:
    old, new = changed_lines(before, after)
    if not old:
        return _create(path, after)
    change = {"file_path": path, "instruction": "Bring these lines up to date.", "old_string": old, "new_string": new}
    return (Call("read_file", {"file_path": path}), Call("replace", change))


def _create(path: str, text: str) -> tuple[Call, ...]:
    return (Call("write_file", {"file_path": path, "content": text}),)


GEMINI_CLI = Harness(
    name="gemini_cli",
    memory_file="GEMINI.md",
    package="@google/gemini-cli",
    binds=tuple((each, f"{_INSIDE}/{each}") for each in _PACKAGES),
    bin=(),
    dialect=Dialect(shell=_shell, edit=_edit, create=_create),
    believes=lambda model: own_name(model, "google", "vertex") or "gemini-2.5-pro",
    act=_act,
    prepare=f"mkdir -p {INSTALLED.rpartition('/')[0]} && ln -s {_PROGRAM} {INSTALLED}",
)
