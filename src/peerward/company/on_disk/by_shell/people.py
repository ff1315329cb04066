"""Commands for messages and retirements, and for tools that need none."""

from collections.abc import Callable, Mapping

from peerward.company.on_disk.by_shell.quoting import printed_into, quoted
from peerward.company.on_disk.layout import RETIRE, WORK, message_path
from peerward.company.operations import people
from peerward.company.state import Company


def _send_message(company: Company, to: str, text: str) -> str:
    name = people.send(company.model_copy(update={"messages": []}), to, text)
    first = message_path(name).removeprefix(f"{WORK}/")
    further = quoted(first.removesuffix(".txt"))
    numbered = f'file={further}" ($number).txt"'
    choose = f'file={quoted(first)}; number=1; while [ -e "$file" ]; do number=$((number + 1)); {numbered}; done; '
    return choose + printed_into(text if text.endswith("\n") else f"{text}\n", '> "$file"')


def _retire_agent(company: Company, agent_id: str) -> str:
    return f"{RETIRE.removeprefix(f'{WORK}/')} {quoted(agent_id.strip())}"


def _execute_shutdown(company: Company, agent_id: str) -> str:
    return _retire_agent(company, agent_id)


def _recall_notes(company: Company) -> str:
    return "true"


def _retrieve_memory(company: Company) -> str:
    return "true"


def _think_aloud(company: Company, text: str) -> str:
    return "true"


def _finish(company: Company, note: str = "") -> str:
    return "true"


PEOPLE_COMMANDS: Mapping[str, Callable[..., str]] = {
    each.__name__.removeprefix("_"): each
    for each in (
        _send_message,
        _retire_agent,
        _execute_shutdown,
        _recall_notes,
        _retrieve_memory,
        _think_aloud,
        _finish,
    )
}
