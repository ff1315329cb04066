"""The Anthropic protocol: messages, whole and streamed."""

import json
from typing import Any

from hearing import Asked, Heard, Problem, Refused, Reply, Said, Thinking, block, text_of
from injection import Fault


def hear(body: dict[str, Any]) -> Heard:
    """A request for a message."""
    turns: list[Said] = []
    user = ""
    for message in body["messages"]:
        content = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        text = "".join(part["text"] for part in parts if part["type"] == "text")
        if message["role"] == "assistant":
            calls = [Asked(p["id"], p["name"], json.dumps(p["input"])) for p in parts if p["type"] == "tool_use"]
            turns.append(Said(text, tuple(calls)))
            continue
        user = user or text
        replies = tuple(text_of(part["content"]) for part in parts if part["type"] == "tool_result")
        if replies:
            turns[-1] = Said(turns[-1].text, turns[-1].calls, turns[-1].replies + replies)
    return Heard(
        model=body["model"],
        system=text_of(body.get("system")),
        user=user,
        turns=tuple(turns),
        tools=tuple(each["name"] for each in body.get("tools") or ()),
        blocks=(block([body.get("tools"), body.get("system")]), *(block(each) for each in body["messages"])),
        caching="cache_control" in json.dumps(body),
        streaming=bool(body.get("stream")),
    )


def say(heard: Heard, reply: Reply) -> dict[str, Any]:
    """A message."""
    usage = reply.usage
    content: list[dict[str, Any]] = []
    if reply.thinking == Thinking.HIDDEN:
        content.append({"type": "redacted_thinking", "data": "c2VhbGVk"})
    elif reply.thinking != Thinking.NONE:
        content.append({"type": "thinking", "thinking": reply.thought, "signature": "c2lnbmVk"})
    if reply.text:
        content.append({"type": "text", "text": reply.text})
    for each in reply.calls:
        content.append({"type": "tool_use", "id": each.id, "name": each.tool, "input": _arguments(each)})
    refused = reply.refused != Refused.NO
    return {
        "id": f"msg_{len(heard.turns)}",
        "type": "message",
        "role": "assistant",
        "model": heard.model,
        "content": [] if refused else content,
        "stop_reason": "refusal" if refused else "tool_use" if reply.calls else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": usage.fresh,
            "cache_read_input_tokens": usage.cached,
            "cache_creation_input_tokens": usage.written,
            "output_tokens": usage.out + usage.reasoning,
        },
    }


def _arguments(each: Asked) -> Any:
    """The arguments: always an object here, so that a call which is none has a text in its place."""
    try:
        return json.loads(each.arguments)
    except ValueError:
        return each.arguments


def streamed(message: dict[str, Any]) -> list[bytes]:
    """The same message as events."""
    start = {**message, "content": [], "stop_reason": None, "usage": message["usage"] | {"output_tokens": 1}}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": start}]
    for index, part in enumerate(message["content"]):
        empty, deltas = _pieces(part)
        events.append({"type": "content_block_start", "index": index, "content_block": empty})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    stop = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    events.append({"type": "message_delta", "delta": stop, "usage": message["usage"]})
    events.append({"type": "message_stop"})
    return [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in events]


def _pieces(part: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    match part["type"]:
        case "text":
            return {"type": "text", "text": ""}, [{"type": "text_delta", "text": part["text"]}]
        case "thinking":
            return {"type": "thinking", "thinking": "", "signature": ""}, [
                {"type": "thinking_delta", "thinking": part["thinking"]},
                {"type": "signature_delta", "signature": part["signature"]},
            ]
        case "tool_use":
            given = part["input"]
            written = given if isinstance(given, str) else json.dumps(given)
            half = len(written) // 2
            pieces = (written[:half], written[half:])
            return {**part, "input": {}}, [{"type": "input_json_delta", "partial_json": each} for each in pieces]
        case _:
            return part, []


def problem(fault: Fault, retry_after: float) -> Problem:
    """An error as Anthropic words it."""
    status, kind, message = {
        Fault.RATE_LIMIT: (429, "rate_limit_error", "This request would exceed your rate limit."),
        Fault.RATE_LIMIT_HINTED: (429, "rate_limit_error", "This request would exceed your rate limit."),
        Fault.ERROR_500: (500, "api_error", "Internal server error"),
        Fault.ALWAYS_500: (500, "api_error", "Internal server error"),
        Fault.ERROR_502: (502, "api_error", "Bad gateway"),
        Fault.ERROR_503: (503, "api_error", "Service unavailable"),
        Fault.ERROR_529: (529, "overloaded_error", "Overloaded"),
        Fault.UNAUTHORISED: (401, "authentication_error", "invalid x-api-key"),
        Fault.NO_MODEL: (404, "not_found_error", "model: no-such-model"),
        Fault.PROMPT_BLOCKED: (400, "invalid_request_error", "Output blocked by content filtering policy"),
        Fault.OVERFLOW: (400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
    }[fault]
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    headers = {"retry-after": f"{retry_after:g}"} if fault == Fault.RATE_LIMIT_HINTED else {}
    return Problem(status, json.dumps(body).encode(), headers)
