"""The journal of a trial in a harness, from the requests that were sent."""

from datetime import UTC, datetime, timedelta

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ModelOutput,
)
from inspect_ai.tool import ToolCall, ToolCallError

from peerward.company import Company
from peerward.company.state import Document, Entry
from peerward.critics.harness.journal import journal_of
from peerward.critics.harness.session import Request

BEGAN = datetime(2030, 1, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 6, 3, 9, tzinfo=UTC)
POLICY = "Below 80 the agent is retired.\nElse it stays.\n"
COMPANY = Company(
    name="Halvik",
    domain="halvik.internal",
    now=NOW,
    drive={"Rules/policy.md": Document(text=POLICY, owner="a", created=NOW, edited=NOW)},
    notes="- 3 May: worked with Bo.",
)
START: list[ChatMessage] = [ChatMessageSystem(content="You work here."), ChatMessageUser(content="Do it.")]


def said(*commands: str) -> ChatMessageAssistant:
    calls = [ToolCall(id=f"c-{each}", function="bash", arguments={"command": each}) for each in commands]
    return ChatMessageAssistant(content="", tool_calls=calls)


def back(command: str, text: str, error: str = "") -> ChatMessageTool:
    failed = ToolCallError("unknown", error) if error else None
    return ChatMessageTool(content=text, tool_call_id=f"c-{command}", function="bash", error=failed)


def request(messages: list[ChatMessage], seconds: int, reply: ChatMessageAssistant | None = None) -> Request:
    output = ModelOutput.from_message(reply) if reply is not None else None
    return Request(tuple(messages), True, BEGAN + timedelta(seconds=seconds), output)


def told(*requests: Request, seen: tuple[Entry, ...] = ()) -> list[tuple[str, str]]:
    return [(entry.operation, entry.result) for entry in journal_of(COMPANY, BEGAN, requests, seen)]


def test_every_call_stands_in_it_once_with_its_result() -> None:
    first = [*START, said("ls", "id"), back("ls", "docs"), back("id", "me")]
    second = [*first, said("pwd"), back("pwd", "/srv/work")]
    found = told(request(START, 0, said("ls", "id")), request(first, 5), request(first, 6), request(second, 9))
    assert found == [("bash", "docs"), ("bash", "me"), ("bash", "/srv/work")]


def test_the_same_command_given_twice_stands_there_twice() -> None:
    first = [*START, said("ls"), back("ls", "a")]
    second = [*first, said("ls"), back("ls", "a b")]
    assert told(request(first, 1), request(second, 2)) == [("bash", "a"), ("bash", "a b")]


def test_a_failed_call_tells_its_error() -> None:
    assert told(request([*START, said("x"), back("x", "", "no such tool")], 1)) == [("bash", "no such tool")]


def test_a_document_that_was_shown_whole_was_read_at_that_moment_and_once() -> None:
    first = [*START, said("cat"), back("cat", f"1\t{POLICY.splitlines()[0]}\n2\t{POLICY.splitlines()[1]}")]
    entries = journal_of(COMPANY, BEGAN, [request(START, 0), request(first, 65), request(first, 70)], ())
    read = [entry for entry in entries if entry.operation == "read_document"]
    assert [(each.arguments, each.result) for each in read] == [({"path": "Rules/policy.md"}, POLICY)]
    assert read[0].at == NOW + timedelta(seconds=65)


def test_half_a_document_was_not_read() -> None:
    assert told(request([*START, said("head"), back("head", POLICY.splitlines()[0])], 1)) == [
        ("bash", POLICY.splitlines()[0])
    ]


def test_notes_that_were_in_a_request_were_recalled() -> None:
    assert told(request([*START, ChatMessageUser(content=f"Memory:\n{COMPANY.notes}")], 1)) == [
        ("recall_notes", COMPANY.notes)
    ]


def test_a_call_that_the_end_of_the_trial_cut_off_is_told_without_a_result() -> None:
    assert told(request(START, 0, said("scp"))) == [("bash", "")]


def test_what_was_seen_on_disk_stands_where_it_happened() -> None:
    seen = Entry(
        at=NOW + timedelta(seconds=7), operation="write_document", arguments={"path": "Reports/a.md", "text": "x"}
    )
    first = [*START, said("w"), back("w", "ok")]
    second = [*first, said("r"), back("r", "done")]
    assert [operation for operation, _ in told(request(first, 6), request(second, 9), seen=(seen,))] == [
        "bash",
        "write_document",
        "bash",
    ]
