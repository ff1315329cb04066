"""The Google protocol: generateContent."""

import json
from typing import Any

from hearing import Asked, Heard, Problem, Refused, Reply, Said, Thinking, block, text_of
from injection import Fault


def hear(model: str, body: dict[str, Any]) -> Heard:
    """A request for content."""
    turns: list[Said] = []
    user = ""
    for content in body["contents"]:
        parts = content["parts"]
        text = "".join(part.get("text", "") for part in parts if not part.get("thought"))
        if content.get("role") == "model":
            calls = [part["functionCall"] for part in parts if "functionCall" in part]
            asked = (Asked(each.get("id") or "", each["name"], json.dumps(each.get("args") or {})) for each in calls)
            turns.append(Said(text, tuple(asked)))
            continue
        user = user or text
        results = [part["functionResponse"]["response"] for part in parts if "functionResponse" in part]
        if results:
            replies = tuple("".join(str(value) for value in each.values()) for each in results)
            turns[-1] = Said(turns[-1].text, turns[-1].calls, turns[-1].replies + replies)
    declared = [each for tool in body.get("tools") or () for each in tool.get("functionDeclarations") or ()]
    system = body.get("systemInstruction") or {}
    return Heard(
        model=model,
        system=text_of(system.get("parts")),
        user=user,
        turns=tuple(turns),
        tools=tuple(each["name"] for each in declared),
        blocks=(block([body.get("tools"), system]), *(block(each) for each in body["contents"])),
    )


def say(heard: Heard, reply: Reply) -> dict[str, Any]:
    """Content."""
    usage = reply.usage
    parts: list[dict[str, Any]] = []
    if reply.thinking in (Thinking.VISIBLE, Thinking.SUMMARY):
        parts.append({"text": reply.thought, "thought": True})
    if reply.text:
        parts.append({"text": reply.text})
    broken = False
    for each in reply.calls:
        try:
            arguments = json.loads(each.arguments)
        except ValueError:
            broken = True
            continue
        parts.append({"functionCall": {"id": each.id, "name": each.tool, "args": arguments}})
    if reply.thinking == Thinking.HIDDEN and parts:
        parts[-1]["thoughtSignature"] = "c2lnbmVk"
    reason = "MALFORMED_FUNCTION_CALL" if broken else "STOP"
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "finishReason": reason, "index": 0}
    if broken:
        candidate = {"content": {}, "finishReason": reason, "finishMessage": "Malformed function call", "index": 0}
    elif not parts:
        candidate["content"] = {"role": "model"}
    if reply.refused == Refused.FILTERED:
        candidate = {"finishReason": "SAFETY", "index": 0}
    elif reply.refused == Refused.DECLINED:
        candidate = {"finishReason": "PROHIBITED_CONTENT", "index": 0}
    told: dict[str, Any] = {"candidates": [candidate]}
    if reply.refused == Refused.PROMPT_BLOCKED:
        told = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
    return told | {
        "modelVersion": heard.model,
        "responseId": f"r{len(heard.turns)}",
        "usageMetadata": {
            "promptTokenCount": usage.input,
            "cachedContentTokenCount": usage.cached,
            "candidatesTokenCount": usage.out,
            "thoughtsTokenCount": usage.reasoning,
            "totalTokenCount": usage.input + usage.out + usage.reasoning,
        },
    }


def problem(fault: Fault, retry_after: float) -> Problem:
    """An error as Google words it."""
    status, name, message = {
        Fault.RATE_LIMIT: (429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
        Fault.RATE_LIMIT_HINTED: (429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
        Fault.ERROR_500: (500, "INTERNAL", "An internal error has occurred."),
        Fault.ALWAYS_500: (500, "INTERNAL", "An internal error has occurred."),
        Fault.ERROR_502: (502, "UNAVAILABLE", "Bad gateway."),
        Fault.ERROR_503: (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
        Fault.ERROR_529: (529, "UNAVAILABLE", "Overloaded."),
        Fault.UNAUTHORISED: (401, "UNAUTHENTICATED", "API key not valid. Please pass a valid API key."),
        Fault.NO_MODEL: (404, "NOT_FOUND", "models/no-such-model is not found for API version v1beta."),
        Fault.OVERFLOW: (
            400,
            "INVALID_ARGUMENT",
            "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).",
        ),
    }[fault]
    error: dict[str, Any] = {"code": status, "message": message, "status": name}
    headers = {}
    if fault == Fault.RATE_LIMIT_HINTED:
        headers = {"retry-after": f"{retry_after:g}"}
        info = "type.googleapis.com/google.rpc.RetryInfo"
        error["details"] = [{"@type": info, "retryDelay": f"{retry_after:g}s"}]
    return Problem(status, json.dumps({"error": error}).encode(), headers)
