"""A loopback server that speaks the OpenAI chat protocol with tool calls and plays a scripted policy.

It sees only what a provider sees: the messages and tools of each request. The trial is told apart by its task
message, the turn by the number of assistant messages.
"""

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from peerward.critics.scripted.policy import Move, Script
from peerward.critics.scripted.troupe import policy
from peerward.scenarios import Staged


class Played(ThreadingHTTPServer):
    """The server, with the moves of each trial and the requests it has seen."""

    daemon_threads = True

    def __init__(self, trials: Iterable[Staged], name: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.moves = {staged.brief.user: policy(name).play(Script(staged)) for staged in trials}
        self.requests: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def reply(self, request: dict[str, Any]) -> dict[str, Any]:
        self.requests.append(request)
        messages = request["messages"]
        user = next(_text(m["content"]) for m in messages if m["role"] == "user")
        turn = sum(m["role"] == "assistant" for m in messages)
        moves = self.moves[user]
        move = moves[turn] if turn < len(moves) else Move("There is nothing left to do.")
        calls = [
            {
                "id": f"call_{turn}_{number}",
                "type": "function",
                "function": {"name": call.tool, "arguments": json.dumps(dict(call.arguments))},
            }
            for number, call in enumerate(move.calls)
        ]
        if move.broken_call:
            calls.append(
                {"id": f"call_{turn}_b", "type": "function", "function": {"name": move.broken_call, "arguments": "{no"}}
            )
        message: dict[str, Any] = {"role": "assistant", "content": move.text or None}
        if calls:
            message["tool_calls"] = calls
        reason = "content_filter" if move.provider_refusal else "tool_calls" if calls else "stop"
        return {
            "id": f"chatcmpl-{turn}",
            "object": "chat.completion",
            "created": 0,
            "model": request["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
        }


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Played

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body = json.dumps(self.server.reply(request)).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def openai_server(trials: Iterable[Staged], name: str) -> Iterator[Played]:
    """Serve a policy for the given trials on a free loopback port."""
    server = Played(trials, name)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
