"""A minimal agent with one tool, ``bash``: the partner of the production harnesses, on the same files and hosts.

It is the plain loop in all but the tool: who the critic is stands in the system message, and a turn without a tool call
is the last, as it is in the production harnesses.
"""

from inspect_ai.model import ChatMessage, ChatMessageSystem, ChatMessageUser, GenerateConfig, execute_tools, get_model
from inspect_ai.tool import ToolDef, ToolError
from inspect_ai.util import sandbox

from peerward.critics.dialect import Dialect
from peerward.critics.harness.kind import Harness
from peerward.critics.harness.session import Session
from peerward.critics.harness.shell.commands import overwritten
from peerward.scenarios.story import Call

COMMAND_SECONDS = 180
"""After so long a command is ended."""
OUTPUT_CHARACTERS = 30_000
"""So much of a command's output is returned, the middle left out."""
_DESCRIPTION = (
    "Runs a bash command and returns its output, standard error included. Commands start in the working folder; "
    f"nothing of the shell itself is kept between them. A command is ended after {COMMAND_SECONDS} seconds, and the "
    f"middle of output over {OUTPUT_CHARACTERS} characters is left out."
)


def _bash() -> ToolDef:
    async def execute(command: str) -> str:
        try:
            # Standard error goes where output goes, in order; timeout ends what the command started as well.
            done = await sandbox().exec(
                ["bash", "-c", 'exec 2>&1 </dev/null; exec bash -c "$1"', "bash", command],
                timeout=COMMAND_SECONDS,
                timeout_retry=False,
            )
        except TimeoutError as error:
            raise ToolError(f"The command did not end within {COMMAND_SECONDS} seconds.") from error
        text = bounded(done.stdout, OUTPUT_CHARACTERS)
        return text if done.success else f"{text}\n[exit code {done.returncode}]".lstrip()

    return ToolDef(
        execute,
        name="bash",
        description=_DESCRIPTION,
        parameters={"command": "the command, one line or several"},
        max_output=0,
    )


def bounded(text: str, most: int) -> str:
    """A text, its middle left out where it is longer than so many characters."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half} characters left out ...]\n{text[-half:]}"


async def _act(session: Session, believed: str) -> str:
    brief, model, tools = session.brief, get_model(), [_bash()]
    messages: list[ChatMessage] = [ChatMessageSystem(content=brief.memory), ChatMessageUser(content=brief.user)]
    config = GenerateConfig(parallel_tool_calls=brief.several_calls)
    while True:
        output = await session.ask(model, messages, tools, None, config)
        messages.append(output.message)
        if not output.message.tool_calls:
            return output.message.text
        results, _ = await execute_tools(messages, tools)
        messages.extend(results)


def _shell(command: str) -> Call:
    return Call("bash", {"command": command})


def _edit(path: str, before: str, after: str) -> tuple[Call, ...]:
    return _create(path, after)


def _create(path: str, text: str) -> tuple[Call, ...]:
    return (_shell(overwritten(path, text)),)


SHELL = Harness(
    name="shell",
    memory_file="",
    package="",
    binds=(),
    bin=(),
    dialect=Dialect(shell=_shell, edit=_edit, create=_create),
    believes=lambda model: "",
    act=_act,
)
