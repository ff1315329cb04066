"""Faults of calls, through the loop: tried again or infrastructure; what arrived is never asked again."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import anthropic
import httpx
import openai
import pytest
from google.genai.errors import ServerError
from inspect_ai.log import read_eval_log
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    ContentReasoning,
    ContentText,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    StopDetails,
    modelapi,
)
from tenacity import wait_none

from peerward.critics import calling
from peerward.critics.faults import PATIENCE, Fault, fault_of, is_transient, retry_after_seconds
from peerward.critics.scripted.provider import ScriptedAPI
from peerward.critics.turnstile import TURNSTILE
from peerward.measures import read_record
from peerward.measures.record import RECORD_KEY
from peerward.runs.execute import RunSettings, execute
from peerward.runs.trials import read_trials
from peerward.tasks import make_shard

Row = dict[str, Any]
Event = BaseException | ModelOutput
REQUEST = httpx.Request("POST", "http://127.0.0.1/v1")


def answer(status: int, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, request=REQUEST)


def caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


CUT = httpx.RemoteProtocolError("peer closed connection without sending complete message body (received 9 bytes)")
BAD_JSON = json.JSONDecodeError("Expecting value", "<html>", 0)
OVERFLOW = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."

TRANSIENT: dict[str, tuple[Callable[[], BaseException], Fault]] = {
    "openai 429": (lambda: openai.RateLimitError("slow down", response=answer(429), body=None), Fault.RATE_LIMIT),
    "anthropic 429": (lambda: anthropic.RateLimitError("slow", response=answer(429), body=None), Fault.RATE_LIMIT),
    "openai 500": (lambda: openai.InternalServerError("oops", response=answer(500), body=None), Fault.SERVER_ERROR),
    "google 503": (lambda: ServerError(503, {"error": {"message": "later"}}), Fault.SERVER_ERROR),
    "anthropic 529": (
        lambda: anthropic.APIStatusError("overloaded", response=answer(529), body=None),
        Fault.SERVER_ERROR,
    ),
    "openai timeout": (lambda: openai.APITimeoutError(REQUEST), Fault.TIMEOUT),
    "httpx timeout": (lambda: httpx.ReadTimeout("", request=REQUEST), Fault.TIMEOUT),
    "python timeout": (TimeoutError, Fault.TIMEOUT),
    "no connection": (
        lambda: caused(openai.APIConnectionError(request=REQUEST), httpx.ConnectError("refused")),
        Fault.CONNECTION,
    ),
    "reset": (ConnectionResetError, Fault.CONNECTION),
    "cut reply": (lambda: caused(anthropic.APIConnectionError(request=REQUEST), CUT), Fault.CUT_REPLY),
    "no json": (lambda: BAD_JSON, Fault.MALFORMED_REPLY),
    "other json": (
        lambda: openai.APIResponseValidationError(answer(200), body="<html>"),
        Fault.MALFORMED_REPLY,
    ),
}


def read_by(module: str, text: str) -> BaseException:
    """An error of Python's own, raised in a module that reads replies."""
    try:
        exec(text, {"__name__": module})
    except Exception as error:
        return error
    raise AssertionError(text)


TRANSIENT |= {
    "web page": (lambda: read_by("inspect_ai.model._providers.any", "assert False"), Fault.MALFORMED_REPLY),
    "unreadable call": (
        lambda: read_by("anthropic.lib", "raise ValueError('Unable to parse tool parameter JSON from model.')"),
        Fault.UNREADABLE_CALL,
    ),
}
LASTING: dict[str, tuple[Callable[[], BaseException], Fault]] = {
    "no key": (lambda: openai.AuthenticationError("who?", response=answer(401), body=None), Fault.REFUSED_REQUEST),
    "no such model": (lambda: anthropic.NotFoundError("none", response=answer(404), body=None), Fault.REFUSED_REQUEST),
    "bad request": (lambda: openai.BadRequestError("no", response=answer(400), body=None), Fault.REFUSED_REQUEST),
    "no money": (
        lambda: openai.RateLimitError("insufficient_quota", response=answer(429), body=None),
        Fault.REFUSED_REQUEST,
    ),
    "too long": (
        lambda: openai.BadRequestError(OVERFLOW, response=answer(400), body=None),
        Fault.CONTEXT_OVERFLOW,
    ),
    "a mistake of ours": (lambda: read_by("peerward.critics", "assert False"), Fault.UNKNOWN),
    "of nobody": (lambda: RuntimeError("boom"), Fault.UNKNOWN),
}


class Faulty(ScriptedAPI):
    """Plays a policy; before its turns the events of a list happen, one a call, by the number of the call."""

    events: ClassVar[dict[int, Event]] = {}
    calls = 0
    conversations: ClassVar[list[int]] = []
    retried_by_inspect = False

    def __init__(self, model_name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(model_name, *args, **kwargs)

    async def generate(self, input: Any, tools: Any, tool_choice: Any, config: Any) -> ModelOutput:
        Faulty.calls += 1
        Faulty.conversations.append(len(input))
        event = Faulty.events.get(Faulty.calls)
        if isinstance(event, BaseException):
            raise event
        # A policy counts its own turns by the assistant's messages; those of the events are none of them.
        own = [each for each in input if each.role != "assistant" or each.tool_calls]
        return event or await super().generate(own, tools, tool_choice, config)

    def should_retry(self, ex: BaseException) -> bool:
        return Faulty.retried_by_inspect

    def retry_wait(self) -> Any:
        return wait_none()


@modelapi(name="faulty")
def faulty() -> type[ModelAPI]:
    return Faulty


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(PATIENCE, "pauses_seconds", (0.0, 0.0, 0.0))
    Faulty.events, Faulty.calls, Faulty.conversations, Faulty.retried_by_inspect = {}, 0, [], False
    yield


def run(folder: Path, events: dict[int, Event] | None = None, played: str = "honest", **settings: Any) -> list[Row]:
    Faulty.events = events or {}
    logs = execute([make_shard("evaluation", [{}])], [f"faulty/{played}"], RunSettings(folder, **settings))
    return list(read_trials(logs))


def messages(folder: Path) -> list[tuple[str, str]]:
    [log] = folder.glob("*.eval")
    [sample] = read_eval_log(str(log)).samples or []
    return [(each.role, each.text) for each in sample.messages]


def counted(row: Row) -> tuple[Any, ...]:
    return row["status"], row["preserved"], row["retries"], row["faults"], row["failure"]


@pytest.mark.parametrize("which", TRANSIENT)
def test_a_transient_fault_is_tried_again_with_the_same_conversation(which: str, tmp_path: Path) -> None:
    make, fault = TRANSIENT[which]
    [plain] = run(tmp_path / "plain", played="inflating_much")
    asked = Faulty.calls
    Faulty.calls, Faulty.conversations = 0, []
    [row] = run(tmp_path / "faulty", {2: make(), 3: make()}, played="inflating_much")
    assert counted(row) == ("valid", 1.0, 2.0, f"{fault.value} 2", "")
    assert counted(plain) == ("valid", 1.0, 0.0, "", "")
    assert Faulty.calls == asked + 2
    assert Faulty.conversations[1] == Faulty.conversations[2] == Faulty.conversations[3]
    assert messages(tmp_path / "faulty") == messages(tmp_path / "plain")
    assert row["model_calls"] == plain["model_calls"] == asked
    assert row["trial_id"] == plain["trial_id"]
    assert row["error"] == ""


@pytest.mark.parametrize("which", TRANSIENT)
def test_a_fault_that_lasts_is_infrastructure(which: str, tmp_path: Path) -> None:
    make, fault = TRANSIENT[which]
    [row] = run(tmp_path, {number: make() for number in range(2, 50)})
    status, preserved, retries, faults, failure = counted(row)
    assert (status, retries, faults, failure) == ("infrastructure", 3.0, f"{fault.value} 4", fault.value)
    assert preserved != preserved
    assert Faulty.calls == 5
    assert row["error"].startswith(f"{fault.value}: the model was asked 4 times")


@pytest.mark.parametrize("which", LASTING)
def test_a_fault_that_no_attempt_mends_is_tried_once(which: str, tmp_path: Path) -> None:
    make, fault = LASTING[which]
    [row] = run(tmp_path, {2: make()})
    status, preserved, retries, faults, failure = counted(row)
    assert (status, retries, faults, failure) == ("infrastructure", 0.0, f"{fault.value} 1", fault.value)
    assert preserved != preserved
    assert Faulty.calls == 2
    assert row["error"]


def test_faults_of_several_kinds_are_counted_apart(tmp_path: Path) -> None:
    names = ["openai 429", "cut reply", "google 503", "openai 429"]
    [row] = run(tmp_path, {number: TRANSIENT[name][0]() for number, name in zip((1, 2, 4, 6), names, strict=True)})
    assert counted(row) == ("valid", 0.0, 4.0, "cut_reply 1, rate_limit 2, server_error 1", "")


def test_a_conversation_that_does_not_fit_is_infrastructure_and_asked_once(tmp_path: Path) -> None:
    [row] = run(tmp_path, {3: ModelOutput.from_content("faulty", OVERFLOW, stop_reason="model_length")})
    status, preserved, retries, faults, failure = counted(row)
    assert (status, retries, faults) == ("infrastructure", 0.0, "context_overflow 1")
    assert preserved != preserved
    assert failure == "context_overflow"
    assert row["error"] == "context_overflow: the conversation no longer fitted the model"
    assert Faulty.calls == 3
    assert not any(OVERFLOW in text for _, text in messages(tmp_path))


REFUSALS = {
    "reason for the end": {"stop_reason": "content_filter"},
    "field of its own": {"stop_reason": "stop", "stop_details": StopDetails(type="refusal", explanation="No.")},
}


@pytest.mark.parametrize("how", REFUSALS)
@pytest.mark.parametrize("text", ["No.", ""])
def test_a_refusal_is_an_outcome_and_asked_once(how: str, text: str, tmp_path: Path) -> None:
    [row] = run(tmp_path, {2: ModelOutput.from_content("faulty", text, **REFUSALS[how])})
    assert row["provider_refusal"] == 1
    assert row["empty_replies"] == 0
    assert row["status"] != "infrastructure"
    assert (row["retries"], row["faults"], row["failure"], row["error"]) == (0.0, "", "", "")
    assert Faulty.calls == 2


def test_a_reply_that_ends_without_a_reason_was_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = ModelOutput.from_content("faulty", "I will now", stop_reason="unknown")
    [own] = run(tmp_path / "own", {2: half})
    assert (own["retries"], own["faults"]) == (0.0, ""), "other providers end whole replies so"
    monkeypatch.setattr(calling, "STOP_IS_TOLD_LAST", ("faulty/",))
    Faulty.calls = 0
    [row] = run(tmp_path / "cut", {2: half})
    assert counted(row) == ("valid", 0.0, 1.0, "cut_reply 1", "")
    assert not any("I will now" in text for _, text in messages(tmp_path / "cut"))


def test_empty_and_cut_replies_are_the_models_own_turns(tmp_path: Path) -> None:
    [plain] = run(tmp_path / "plain")
    asked, Faulty.calls = Faulty.calls, 0
    cut = ModelOutput.from_content("faulty", "I was going to", stop_reason="max_tokens")
    [row] = run(tmp_path / "odd", {2: ModelOutput.from_content("faulty", ""), 3: cut})
    assert (row["status"], row["empty_replies"], row["cut_replies"]) == ("valid", 1.0, 1.0)
    assert (plain["empty_replies"], plain["cut_replies"]) == (0.0, 0.0)
    assert (row["retries"], row["faults"]) == (0.0, "")
    assert Faulty.calls == asked + 2
    assert [role for role, _ in messages(tmp_path / "odd")].count("user") == 3, "each idle turn is nudged"


def test_attempts_of_inspect_itself_are_counted_and_not_repeated(tmp_path: Path) -> None:
    Faulty.retried_by_inspect = True
    make, _ = TRANSIENT["openai 429"]
    [row] = run(tmp_path / "one", {2: make(), 4: TRANSIENT["openai timeout"][0]()}, max_retries=2)
    assert counted(row) == ("valid", 0.0, 2.0, "rate_limit 1, timeout 1", "")
    Faulty.calls = 0
    [row] = run(tmp_path / "all", {number: make() for number in range(2, 50)}, max_retries=2)
    assert Faulty.calls == 4, "one good call, and one that was tried three times"
    assert (row["status"], row["retries"], row["faults"]) == ("infrastructure", 2.0, "rate_limit 3")
    assert row["error"].startswith("rate_limit: the model was asked 3 times")
    assert "RateLimitError: slow down" in row["error"]


@pytest.mark.parametrize("asked, least, most", [("0.3", 0.3, 5), ("3600", 0.05, 0.3)])
def test_the_time_that_a_provider_asks_for_is_waited(
    asked: str, least: float, most: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PATIENCE, "longest_seconds", 0.05 if asked == "3600" else 600.0)
    error = openai.RateLimitError("slow", response=answer(429, retry_after=asked), body=None)
    [row] = run(tmp_path, {2: error})
    assert row["status"] == "valid"
    assert least <= row["waiting_seconds"] < most
    assert row["waiting_seconds"] <= row["seconds"]


def test_a_date_to_wait_for_is_understood() -> None:
    error = openai.RateLimitError("slow", response=answer(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"), body=None)
    assert retry_after_seconds(error) == 0.0
    assert retry_after_seconds(openai.RateLimitError("slow", response=answer(429), body=None)) is None


def test_a_run_that_is_over_asks_no_more_and_leaves_no_trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TURNSTILE, "may_call", lambda: "the budget is spent" if Faulty.calls >= 2 else "")
    assert run(tmp_path, {2: TRANSIENT["openai 500"][0]()}) == []
    assert Faulty.calls == 2
    [log] = tmp_path.glob("*.eval")
    [sample] = read_eval_log(str(log)).samples or []
    assert sample.error is not None
    assert sample.error.message.startswith("peerward stopped this trial")


def test_cancelling_is_no_fault() -> None:
    assert not is_transient(fault_of(asyncio.CancelledError()))


THOUGHT = {
    "visible": ContentReasoning(reasoning="Let me see."),
    "summarised": ContentReasoning(reasoning="gAAAA", redacted=True, summary="It looked around."),
    "hidden": ContentReasoning(reasoning="gAAAA", redacted=True),
}


@pytest.mark.parametrize("kind", THOUGHT)
def test_how_reasoning_was_given_is_told(kind: str, tmp_path: Path) -> None:
    message = ChatMessageAssistant(content=[THOUGHT[kind], ContentText(text="Well.")])
    [row] = run(tmp_path, {1: ModelOutput(choices=[ChatCompletionChoice(message=message, stop_reason="stop")])})
    assert row["reasoning"] == f"none + {kind}"


def test_tokens_of_reasoning_without_a_text_are_hidden_reasoning(tmp_path: Path) -> None:
    said = ModelOutput.from_content("faulty", "Well.")
    said.usage = ModelUsage(
        input_tokens=5,
        output_tokens=40,
        input_tokens_cache_read=70,
        input_tokens_cache_write=25,
        reasoning_tokens=30,
    )
    [row] = run(tmp_path, {1: said})
    assert row["reasoning"] == "none + hidden"
    names = ("tokens_in", "tokens_out", "tokens_cached", "tokens_cache_written", "tokens_reasoning")
    assert [row[name] for name in names] == [100.0, 40.0, 70.0, 25.0, 30.0]


def test_records_of_before_are_read_and_do_not_tell_of_calls(tmp_path: Path) -> None:
    run(tmp_path)
    [log] = tmp_path.glob("*.eval")
    [sample] = read_eval_log(str(log), resolve_attachments=True).samples or []
    whole = json.loads(sample.store[RECORD_KEY])
    assert read_record(json.dumps(whole)).calls is not None
    older = {name: value for name, value in whole.items() if name != "calls"} | {"format": 1}
    found = read_record(json.dumps(older))
    assert found.calls is None
    assert found.model_calls == whole["model_calls"]
