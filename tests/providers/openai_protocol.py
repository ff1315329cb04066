"""The OpenAI protocols: chat completions and responses."""

import json
from typing import Any

from hearing import Asked, Heard, Problem, Refused, Reply, Said, Thinking, block, text_of
from injection import Fault


def hear_chat(body: dict[str, Any]) -> Heard:
    """A request for a chat completion."""
    messages = body["messages"]
    turns: list[Said] = []
    for message in messages:
        if message["role"] == "assistant":
            calls = tuple(
                Asked(each["id"], each["function"]["name"], each["function"]["arguments"])
                for each in message.get("tool_calls") or ()
            )
            turns.append(Said(text_of(message.get("content")), calls))
        elif message["role"] == "tool":
            turns[-1] = _with_reply(turns[-1], text_of(message["content"]))
    return Heard(
        model=body["model"],
        system=_first(messages, "system", "developer"),
        user=_first(messages, "user"),
        turns=tuple(turns),
        tools=tuple(each["function"]["name"] for each in body.get("tools") or ()),
        blocks=(block(body.get("tools")), *(block(each) for each in messages)),
        streaming=bool(body.get("stream")),
    )


def hear_responses(body: dict[str, Any]) -> Heard:
    """A request for a response; a turn is a run of the model's items."""
    items = body["input"] if isinstance(body["input"], list) else [{"role": "user", "content": body["input"]}]
    turns: list[Said] = []
    speaking, before = False, ""
    for item in items:
        kind, role = item.get("type", "message"), item.get("role")
        own = role == "assistant" or kind in ("function_call", "reasoning")
        # An empty turn of the model is not sent back; the message after it is.
        unheard = role == "user" and not speaking and before in ("user", "function_call_output")
        if (own and not speaking) or unheard:
            turns.append(Said())
        before = role or kind
        speaking = own
        if kind == "function_call":
            call = Asked(item["call_id"], item["name"], item["arguments"])
            turns[-1] = Said(turns[-1].text, (*turns[-1].calls, call), turns[-1].replies)
        elif kind == "function_call_output":
            turns[-1] = _with_reply(turns[-1], text_of(item["output"]))
        elif role == "assistant":
            turns[-1] = Said(turns[-1].text + text_of(item["content"]), turns[-1].calls, turns[-1].replies)
    return Heard(
        model=body["model"],
        system=body.get("instructions") or _first(items, "system", "developer"),
        user=_first(items, "user"),
        turns=tuple(turns),
        tools=tuple(each["name"] for each in body.get("tools") or () if each["type"] == "function"),
        blocks=(block([body.get("tools"), body.get("instructions")]), *(block(each) for each in items)),
        streaming=bool(body.get("stream")),
    )


def _with_reply(turn: Said, text: str) -> Said:
    return Said(turn.text, turn.calls, (*turn.replies, text))


def _first(messages: list[dict[str, Any]], *roles: str) -> str:
    return next((text_of(each["content"]) for each in messages if each.get("role") in roles), "")


def say_chat(heard: Heard, reply: Reply) -> dict[str, Any]:
    """A chat completion."""
    turn, usage = len(heard.turns), reply.usage
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None, "refusal": None}
    if reply.calls:
        message["tool_calls"] = [
            {"id": each.id, "type": "function", "function": {"name": each.tool, "arguments": each.arguments}}
            for each in reply.calls
        ]
    if reply.thinking in (Thinking.VISIBLE, Thinking.SUMMARY):
        message["reasoning_content"] = reply.thought
    reason = "tool_calls" if reply.calls else "stop"
    if reply.refused == Refused.DECLINED:
        message |= {"content": None, "refusal": "I'm sorry, I can't help with that."}
    elif reply.refused != Refused.NO:
        message["content"], reason = None, "content_filter"
    return {
        "id": f"chatcmpl-{turn}",
        "object": "chat.completion",
        "created": 0,
        "model": heard.model,
        "choices": [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None}],
        "usage": {
            "prompt_tokens": usage.input,
            "completion_tokens": usage.out + usage.reasoning,
            "total_tokens": usage.input + usage.out + usage.reasoning,
            "prompt_tokens_details": {"cached_tokens": usage.cached},
            "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
        },
    }


def say_response(heard: Heard, reply: Reply) -> dict[str, Any]:
    """A response."""
    turn, usage = len(heard.turns), reply.usage
    output: list[dict[str, Any]] = []
    if reply.thinking != Thinking.NONE:
        shown = reply.thinking != Thinking.HIDDEN
        output.append(
            {
                "id": f"rs_{turn}",
                "type": "reasoning",
                "summary": [{"type": "summary_text", "text": reply.thought}] if shown else [],
                "encrypted_content": "c2VhbGVk",
            }
        )
    content: list[dict[str, Any]] = (
        [{"type": "output_text", "text": reply.text, "annotations": []}] if reply.text else []
    )
    if reply.refused == Refused.DECLINED:
        content = [{"type": "refusal", "refusal": "I'm sorry, I can't help with that."}]
    if content or not reply.calls:
        message = {"id": f"msg_{turn}", "type": "message", "role": "assistant", "status": "completed"}
        output.append({**message, "content": content})
    output += [
        {
            "id": f"fc_{turn}_{number}",
            "type": "function_call",
            "call_id": each.id,
            "name": each.tool,
            "arguments": each.arguments,
            "status": "completed",
        }
        for number, each in enumerate(reply.calls)
    ]
    filtered = reply.refused in (Refused.FILTERED, Refused.PROMPT_BLOCKED)
    return {
        "id": f"resp_{turn}",
        "object": "response",
        "created_at": 0,
        "model": heard.model,
        "status": "incomplete" if filtered else "completed",
        "incomplete_details": {"reason": "content_filter"} if filtered else None,
        "error": None,
        "output": [] if filtered else output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": usage.input,
            "input_tokens_details": {"cached_tokens": usage.cached},
            "output_tokens": usage.out + usage.reasoning,
            "output_tokens_details": {"reasoning_tokens": usage.reasoning},
            "total_tokens": usage.input + usage.out + usage.reasoning,
        },
    }


def problem(fault: Fault, retry_after: float) -> Problem:
    """An error as OpenAI words it."""
    status, kind, code, message = {
        Fault.RATE_LIMIT: (429, "requests", "rate_limit_exceeded", "Rate limit reached for requests."),
        Fault.RATE_LIMIT_HINTED: (429, "requests", "rate_limit_exceeded", "Rate limit reached for requests."),
        Fault.ERROR_500: (500, "server_error", None, "The server had an error while processing your request."),
        Fault.ALWAYS_500: (500, "server_error", None, "The server had an error while processing your request."),
        Fault.ERROR_502: (502, "server_error", None, "Bad gateway."),
        Fault.ERROR_503: (503, "server_error", None, "The engine is currently overloaded."),
        Fault.ERROR_529: (529, "server_error", None, "Site is overloaded."),
        Fault.UNAUTHORISED: (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
        Fault.NO_MODEL: (404, "invalid_request_error", "model_not_found", "The model does not exist."),
        Fault.PROMPT_BLOCKED: (
            400,
            None,
            "content_filter",
            "The response was filtered due to the prompt triggering the content management policy.",
        ),
        Fault.OVERFLOW: (
            400,
            "invalid_request_error",
            "context_length_exceeded",
            "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
        ),
    }[fault]
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    headers = {"retry-after": f"{retry_after:g}"} if fault == Fault.RATE_LIMIT_HINTED else {}
    return Problem(status, json.dumps(body).encode(), headers)
