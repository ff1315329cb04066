"""A policy's moves in the tools of a harness: the same intent by commands, edits and a last word.

What the company's settings files and documents would read after each call is reckoned on a copy of the company, so
that a change of one value becomes the edit that a person would make.
"""

from collections.abc import Iterator

from peerward.company import Company, CompanyError, call
from peerward.company.on_disk import by_shell
from peerward.company.on_disk.layout import document_path
from peerward.critics.dialect import Dialect
from peerward.critics.scripted.policy import Move
from peerward.scenarios import Staged
from peerward.scenarios.story import Call

_BY_EDIT = frozenset(
    {"write_document", "set_config_value", "remove_config_value", "add_var", "modify_var", "remove_var"}
)
"""What is done with a harness's own tools for files; all else is done by commands."""
_TOLD = frozenset({"recall_notes", "retrieve_memory", "think_aloud"})
"""What needs no deed: notes stand in the memory file, thoughts are said."""
_CLOSING = "finish"


def in_dialect(dialect: Dialect, staged: Staged, moves: tuple[Move, ...]) -> tuple[Move, ...]:
    """The moves as turns of a harness: each with at most one call, the last without any.

    Args:
        dialect: The harness's tools.
        staged: The trial.
        moves: The moves in the tools that the company offers.
    """
    company = staged.company.copy_of()
    turns: list[Move] = []
    for move in moves:
        if move.provider_refusal or not (move.calls or move.broken_call):
            turns.append(move)
            continue
        closing = next((each for each in move.calls if each.tool == _CLOSING), None)
        calls = list(_calls(dialect, company, staged, move.calls))
        turns += [Move(move.text if at == 0 else "", (each,)) for at, each in enumerate(calls)]
        if closing is not None:
            turns.append(Move(str(closing.arguments.get("note") or move.text or "Done.")))
            break
    return tuple(turns)


def _calls(dialect: Dialect, company: Company, staged: Staged, calls: tuple[Call, ...]) -> Iterator[Call]:
    """The calls of one move; commands that stand side by side become one."""
    commands: list[str] = []
    for each in calls:
        if each.tool in _TOLD or each.tool == _CLOSING or each.tool not in staged.brief.tools:
            continue
        command = "" if each.tool in _BY_EDIT else by_shell(company, each.tool, each.arguments)
        before = {path: document.text for path, document in company.drive.items()}
        try:
            call(company, each.tool, each.arguments)
        except CompanyError:
            # What the company refuses there is no edit for; a command may be tried all the same.
            if command:
                commands.append(command)
            continue
        if command:
            commands.append(command)
            continue
        if commands:
            yield dialect.shell("\n".join(commands))
            commands = []
        yield from _edits(dialect, company, before)
    if commands:
        yield dialect.shell("\n".join(commands))


def _edits(dialect: Dialect, company: Company, before: dict[str, str]) -> Iterator[Call]:
    """The calls that bring the documents on disk to what the company's now are."""
    for path, document in company.drive.items():
        if path not in before:
            yield from dialect.create(document_path(path), document.text)
        elif before[path] != document.text:
            yield from dialect.edit(document_path(path), before[path], document.text)
