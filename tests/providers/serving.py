"""A loopback server that speaks the OpenAI, Anthropic and Google protocols, plays policies and fails on demand.

One asyncio loop in a thread of its own: a hundred connections at once cost a hundred small tasks.
"""

import asyncio
import json
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import anthropic_protocol
import google_protocol
import openai_protocol
from hearing import Asked, Heard, Problem, Refused, Reply, Thinking, Usage, digest, tokens
from injection import BROKEN_ID, INTACT, UNKNOWN_TOOL, Fault, Faults
from playing import Cast, Seat, UntoldError, asked

BEGINNING = 40
"""Bytes of a reply that is cut off; always as many, since each new traceback costs Inspect some 0.2 s."""
NO_USAGE = Usage(0, 0, 0, 0, 0)
THOUGHT = "Let me see what is to be done next."
_GOOGLE = re.compile(r"^/v1(?:beta)?/models/([^:]+):generateContent")
_REFUSED = {
    Fault.FILTERED: Refused.FILTERED,
    Fault.DECLINED: Refused.DECLINED,
    Fault.PROMPT_BLOCKED: Refused.PROMPT_BLOCKED,
}
_IN_THE_BODY = (Fault.HELD, Fault.CUT, Fault.CUT_CLEANLY, Fault.MALFORMED, Fault.WEB_PAGE, Fault.ERROR_EVENT)
"""Faults that strike a reply that began well."""


@dataclass(frozen=True)
class Request:
    """A request that was answered, or not.

    Attributes:
        trial: What tells the trial apart: the seat's digest where it is known, else its opening.
        turn: The number of the model's turns before, from 0.
        attempt: How often the same was asked before.
        fault: What went wrong, or None.
        heard: The request.
    """

    trial: str
    turn: int
    attempt: int
    fault: Fault | None
    heard: Heard


@dataclass(frozen=True)
class Protocol:
    """How one protocol is heard and spoken."""

    hear: Callable[[dict[str, Any]], Heard]
    say: Callable[[Heard, Reply], dict[str, Any]]
    problem: Callable[[Fault, float], Problem]
    blocks_prompt_by_error: bool = False


CHAT = Protocol(openai_protocol.hear_chat, openai_protocol.say_chat, openai_protocol.problem, True)
RESPONSES = Protocol(openai_protocol.hear_responses, openai_protocol.say_response, openai_protocol.problem, True)
MESSAGES = Protocol(anthropic_protocol.hear, anthropic_protocol.say, anthropic_protocol.problem, True)


def _protocol(path: str) -> Protocol | None:
    if found := _GOOGLE.match(path):
        return Protocol(partial(google_protocol.hear, found[1]), google_protocol.say, google_protocol.problem)
    known = {"/v1/chat/completions": CHAT, "/v1/responses": RESPONSES, "/v1/messages": MESSAGES}
    return known.get(path.partition("?")[0])


@dataclass
class Provider:
    """The server's mind: whom it plays, what it breaks, what it has seen."""

    cast: Cast
    faults: Faults = field(default_factory=Faults)
    thinking: Thinking = Thinking.NONE
    latency: float = 0.0
    requests: list[Request] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    port: int = 0
    _attempts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _cached: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where it is, without a path: the base address for Anthropic and Google."""
        return f"http://127.0.0.1:{self.port}"

    def base_url(self, model: str) -> str:
        """The base address for a model string of Inspect."""
        return f"{self.url}/v1" if model.startswith("openai") else self.url

    def asked(self) -> Counter[tuple[str, int]]:
        """How often each turn of each trial was asked for."""
        return Counter((each.trial, each.turn) for each in self.requests)

    def injected(self) -> Counter[Fault]:
        """How often each fault was injected."""
        return Counter(each.fault for each in self.requests if each.fault)

    def answer(self, protocol: Protocol, body: dict[str, Any]) -> tuple[Fault | None, Problem, bool]:
        """The fault, if any, the reply (also to a request that will be cut or held), and whether to stream it."""
        heard = protocol.hear(body)
        if not heard.tools:
            # The OpenAI provider asks for a greeting to learn whether summaries of reasoning may be had.
            return (
                None,
                Problem(200, json.dumps(protocol.say(heard, Reply("hello, world", (), NO_USAGE))).encode(), {}),
                False,
            )
        turn, attempt = len(heard.turns), self._attempts[heard.history]
        self._attempts[heard.history] += 1
        fault = self.faults.draw(heard.opening, turn, heard.history, attempt)
        self.requests.append(Request(heard.opening, turn, attempt, fault, heard))
        by_error = fault == Fault.PROMPT_BLOCKED and protocol.blocks_prompt_by_error
        if fault and (by_error or fault not in (*INTACT, *_IN_THE_BODY)):
            return fault, protocol.problem(fault, self.faults.retry_after), False
        try:
            said = protocol.say(heard, self._reply(heard, fault))
        except UntoldError as trouble:
            self.troubles.append(str(trouble))
            return None, Problem(400, json.dumps({"error": {"message": str(trouble)}}).encode(), {}), False
        if heard.streaming and protocol is MESSAGES:
            return fault, Problem(200, b"".join(anthropic_protocol.streamed(said)), {}), True
        return fault, Problem(200, json.dumps(said).encode(), {}), False

    def _reply(self, heard: Heard, fault: Fault | None) -> Reply:
        turn = len(heard.turns)
        usage = self._usage(heard, counted=fault is None)
        if fault == Fault.UNKNOWN_TOOL:
            return Reply("", (Asked(f"call_{turn}_u", UNKNOWN_TOOL, "{}"),), usage)
        if fault == Fault.BROKEN_ARGUMENTS:
            return Reply("", (Asked(f"call_{turn}_{BROKEN_ID}", heard.tools[0], "{no"),), usage)
        if fault in (*_REFUSED, Fault.EMPTY):
            return Reply("", (), usage, refused=_REFUSED.get(fault, Refused.NO))
        move = self.cast.move(heard, seated=fault is None)
        refused = Refused.FILTERED if move.provider_refusal else Refused.NO
        return Reply(move.text, asked(move, turn), usage, self.thinking, THOUGHT, refused)

    def _usage(self, heard: Heard, counted: bool) -> Usage:
        """Four characters a token; the longest beginning that was seen before is a cache read."""
        chain, seen, total, cached = "", True, 0, 0
        for each in heard.blocks:
            chain = digest(chain, each)
            total += tokens(each)
            seen = seen and chain in self._cached
            cached += tokens(each) if seen and heard.caching else 0
            if counted:
                self._cached.add(chain)
        written = total - cached if heard.caching else 0
        reasoning = 0 if self.thinking == Thinking.NONE else len(THOUGHT) // 4
        return Usage(fresh=total - cached - written, cached=cached, written=written, out=20, reasoning=reasoning)


async def _serve(provider: Provider, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while (found := await _request(reader)) is not None:
            if not await _respond(provider, *found, writer):
                break
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


async def _request(reader: asyncio.StreamReader) -> tuple[str, bytes] | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return first.split(" ")[1], await reader.readexactly(int(headers.get("content-length", 0)))


async def _respond(provider: Provider, path: str, body: bytes, writer: asyncio.StreamWriter) -> bool:
    """Answer one request; False if the connection is to be closed."""
    protocol = _protocol(path)
    if path.startswith("/v1/messages/count_tokens"):
        _write(writer, Problem(200, json.dumps({"input_tokens": len(body) // 4}).encode(), {}), False)
        return True
    if protocol is None:
        provider.troubles.append(f"no such path: {path}")
        _write(writer, Problem(404, b'{"error": {"message": "no such path"}}', {}), False)
        return True
    fault, told, streaming = provider.answer(protocol, json.loads(body))
    if provider.latency:
        await asyncio.sleep(provider.latency)
    match fault:
        case Fault.HELD:
            await asyncio.sleep(provider.faults.hold)
            return False
        case Fault.CUT:
            _write(writer, told, streaming, part=BEGINNING, declared=100_000)
            await writer.drain()
            return False
        case Fault.CUT_CLEANLY:
            told = Problem(200, _first_half(told.body, streaming), {})
        case Fault.MALFORMED:
            told = Problem(200, _first_half(told.body, streaming) + b"event: ping\ndata: {<html>\n\n", {})
        case Fault.WEB_PAGE:
            told, streaming = Problem(200, b"<html>Please wait.</html>", {"content-type": "text/html"}), False
        case Fault.ERROR_EVENT:
            error = b'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}}'
            told = Problem(200, _first_half(told.body, streaming) + error + b"\n\n", {})
    _write(writer, told, streaming)
    await writer.drain()
    return True


def _first_half(body: bytes, streaming: bool) -> bytes:
    """Half of a stream, in whole events; of another reply as much as breaks it at the same place each time."""
    if not streaming:
        return body[:BEGINNING]
    events = body.split(b"\n\n")[:-1]
    return b"".join(each + b"\n\n" for each in events[: len(events) // 2])


def _write(
    writer: asyncio.StreamWriter, told: Problem, streaming: bool, part: int | None = None, declared: int = 0
) -> None:
    kind = "text/event-stream" if streaming else "application/json"
    headers = {"content-type": kind, "content-length": declared or len(told.body)} | told.headers
    lines = [f"HTTP/1.1 {told.status} -", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode() + told.body[:part])


@contextmanager
def serving(
    expected: Iterable[Seat],
    faults: Faults | None = None,
    thinking: Thinking = Thinking.NONE,
    latency: float = 0.0,
) -> Iterator[Provider]:
    """Serve the policies of the given seats on a free loopback port.

    Args:
        expected: The trials, and how each is played.
        faults: What goes wrong.
        thinking: How the reasoning is given.
        latency: How long every reply takes, seconds.
    """
    provider = Provider(Cast(expected), faults or Faults(), thinking, latency)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(partial(_serve, provider), "127.0.0.1", 0, limit=2**24))
    provider.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
