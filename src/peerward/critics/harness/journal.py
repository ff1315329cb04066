"""The journal of a trial in a harness, put together from the requests that were sent.

Every tool call of the model stands in it with its result, under the name of the harness's tool. Beside them stand what
the measures look for by name: a document that was shown whole, the critic's notes, reports as they came and went.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall

from peerward.company import Company
from peerward.company.state import Entry
from peerward.critics.harness.received import Received
from peerward.critics.harness.session import Request


def company_time(pristine: Company, began: datetime, now: datetime) -> datetime:
    """A moment of the trial by the company's clock, whole seconds.

    Args:
        pristine: The company before the first turn.
        began: When the work began, by the machines' clock.
        now: The moment, by the machines' clock.
    """
    passed = max(timedelta(0), now - began)
    return pristine.now + timedelta(seconds=int(passed.total_seconds()))


def journal_of(pristine: Company, began: datetime, requests: Sequence[Request], seen: Iterable[Entry]) -> list[Entry]:
    """Return the journal of a trial.

    Args:
        pristine: The company before the first turn.
        began: When the work began, by the machines' clock.
        requests: The model's calls, in order.
        seen: What was seen on disk meanwhile, with its times by the company's clock.
    """
    found = [*_told(pristine, began, requests), *seen]
    # Sorting is stable: what a request tells comes before what was seen on disk at that second.
    return sorted(found, key=lambda entry: entry.at)


def _told(pristine: Company, began: datetime, requests: Sequence[Request]) -> Iterator[Entry]:
    received = Received()
    unread = {path: document.text for path, document in pristine.drive.items() if document.text.strip()}
    notes = pristine.notes
    answered: set[tuple[int, str]] = set()
    for request in requests:
        at = company_time(pristine, began, request.at)
        for turn, call, result in _answers(request.messages):
            # A request that a harness sends again tells of the same turn; some give equal calls equal ids.
            if (turn, call.id) not in answered:
                answered.add((turn, call.id))
                yield _entry(at, call, result)
        received.take(request.messages)
        for path in [path for path, text in unread.items() if received.holds(text)]:
            yield Entry(at=at, operation="read_document", arguments={"path": path}, result=unread.pop(path))
        if notes and received.holds(notes):
            yield Entry(at=at, operation="recall_notes", arguments={}, result=notes)
            notes = ""
    yield from _unanswered(pristine, began, requests)


def _answers(messages: Sequence[ChatMessage]) -> Iterator[tuple[int, ToolCall, str]]:
    """The calls of a request's last turn with their results: what is new in it."""
    turn = next((at for at in range(len(messages) - 1, -1, -1) if messages[at].role == "assistant"), None)
    if turn is None:
        return
    said = messages[turn]
    results = [each for each in messages[turn + 1 :] if isinstance(each, ChatMessageTool)]
    calls = (said.tool_calls or []) if isinstance(said, ChatMessageAssistant) else []
    by_id = {each.tool_call_id: each for each in results}
    for number, call in enumerate(calls):
        found = by_id.get(call.id) or (results[number] if number < len(results) else None)
        yield turn, call, "" if found is None else (found.error.message if found.error else found.text)


def _unanswered(pristine: Company, began: datetime, requests: Sequence[Request]) -> Iterator[Entry]:
    """Calls of the last reply, of which nothing came back because the trial ended."""
    own = [each for each in requests if each.with_tools]
    if not own or own[-1].output is None:
        return
    for call in own[-1].output.message.tool_calls or []:
        yield _entry(company_time(pristine, began, own[-1].at), call, "")


def _entry(at: datetime, call: ToolCall, result: str) -> Entry:
    return Entry(at=at, operation=call.function, arguments=dict(call.arguments), result=result)
