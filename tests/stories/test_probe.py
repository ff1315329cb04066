"""A probe tells from one trial whether a path can carry a study: paths of every kind, played by a loopback server."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openai_server import Played, _Handler

from peerward.design.critic import Critic
from peerward.design.critic_names import Asked, resolve
from peerward.measures import Ended
from peerward.runs.logs import find_logs
from peerward.runs.planning.probe import Limits, Probe, probe
from peerward.runs.planning.probe_seen import Reasoning, Seen, Tokens
from peerward.runs.planning.probe_troubles import troubles
from peerward.runs.trials import read_trials
from peerward.scenarios.cells import checked_condition, stage_cell

SHORTEST = {
    "story": "items_only",
    "stakes": "none",
    "bar": "none",
    "relationship": "none",
    "absent_text": "nothing",
}
Change = Callable[[dict[str, Any], dict[str, Any]], None]
"""Changes a reply, given the request."""


class Personality(Played):
    """The loopback server with a personality: it changes its replies, or fails with a status and a message."""

    def __init__(self, played: str, change: Change | None, failing: tuple[int, str] | None) -> None:
        super().__init__([stage_cell("evaluation", checked_condition("evaluation", SHORTEST), 0, 0)], played)
        self.change, self.failing = change, failing
        if failing:
            self.RequestHandlerClass = _Failing

    def reply(self, request: dict[str, Any]) -> dict[str, Any]:
        reply = super().reply(request)
        size = len(json.dumps(request["messages"])) // 4
        reply["usage"] = {"prompt_tokens": size, "completion_tokens": 10, "total_tokens": size + 10}
        if self.change:
            self.change(request, reply)
        return reply


class _Failing(_Handler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Personality) and self.server.failing
        status, message = self.server.failing
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps({"error": {"message": message, "type": "error", "code": None}}).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def served(
    played: str = "honest", change: Change | None = None, failing: tuple[int, str] | None = None
) -> Iterator[Personality]:
    server = Personality(played, change, failing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_API_KEY", "none")
    monkeypatch.setenv("MOONSHOT_API_KEY", "none")


def critic_at(url: str, model: str = "openai-api/local/any", **generation: Any) -> Critic:
    (critic,) = resolve([model], asked=Asked(generation=generation, base_url=url, family="Falcon"))
    return critic


def probed(server: Personality, folder: Path, limits: Limits | None = None, **given: Any) -> Probe:
    return probe(critic_at(server.url, **given), folder, limits=limits or Limits(retries=0))


def told(found: Probe) -> str:
    return "\n".join(f"{trouble.what} {trouble.mend}" for trouble in found.troubles)


def caching(request: dict[str, Any], reply: dict[str, Any]) -> None:
    first = len(request["messages"]) == 2
    reply["usage"]["prompt_tokens_details"] = {"cached_tokens": 0 if first else reply["usage"]["prompt_tokens"] // 2}
    reply["usage"]["completion_tokens_details"] = {"reasoning_tokens": 4}


def test_a_good_path_is_usable_and_its_numbers_are_the_servers(tmp_path: Path) -> None:
    with served(change=caching) as server:
        found = probed(server, tmp_path)
        calls = len(server.requests)
        prompts = [len(json.dumps(request["messages"])) // 4 for request in server.requests]
    assert found.usable and not found.troubles, told(found)
    seen = found.seen
    assert (seen.finished, seen.calls, seen.error) == (True, calls, "")
    assert seen.tool_calls > calls and seen.most_at_once > 1
    assert seen.tokens.tokens_in == sum(prompts)
    assert seen.tokens.cached == sum(prompt // 2 for prompt in prompts[1:]) > 0
    assert (seen.tokens.tokens_out, seen.tokens.reasoning) == (10 * calls, 4 * calls)
    assert seen.tokens.largest_prompt == max(prompts)
    assert seen.reasoning is Reasoning.HIDDEN, "tokens are counted and nothing is shown"
    assert seen.seconds > 0 and seen.served == ("any",)


def thinking(request: dict[str, Any], reply: dict[str, Any]) -> None:
    reply["choices"][0]["message"]["reasoning_content"] = "First I look at the sheet."


@pytest.mark.parametrize(
    "change, model, kind",
    [
        (thinking, "openai-api/local/any", Reasoning.VISIBLE),
        (thinking, "openai-api/local/claude-any", Reasoning.SUMMARISED),
        (None, "openai-api/local/any", Reasoning.NONE),
    ],
)
def test_the_kind_of_reasoning(change: Change | None, model: str, kind: Reasoning, tmp_path: Path) -> None:
    with served(change=change) as server:
        found = probed(server, tmp_path, model=model)
    assert found.usable, told(found)
    assert found.seen.reasoning is kind


def text_alone(request: dict[str, Any], reply: dict[str, Any]) -> None:
    reply["choices"] = [
        {"index": 0, "message": {"role": "assistant", "content": "I would read it."}, "finish_reason": "stop"}
    ]


def filtered(request: dict[str, Any], reply: dict[str, Any]) -> None:
    text_alone(request, reply)
    reply["choices"][0]["finish_reason"] = "content_filter"


def uncounted(request: dict[str, Any], reply: dict[str, Any]) -> None:
    del reply["usage"]


def cut_off(request: dict[str, Any], reply: dict[str, Any]) -> None:
    reply["usage"] = {"prompt_tokens": 20, "completion_tokens": 1, "total_tokens": 21}


def mixed(request: dict[str, Any], reply: dict[str, Any]) -> None:
    reply["model"] = f"any-{len(request['messages'])}"


@pytest.mark.parametrize(
    "played, change, usable, words",
    [
        ("honest", text_alone, False, ("no tool was called", "tool parser", "emulate_tools")),
        ("honest", filtered, False, ("filter stopped a reply", "provider_refusal")),
        ("stalling", None, False, ("did not finish the trial (stalled)", "probe again")),
        ("honest", uncounted, True, ("does not say how many tokens", "--limit")),
        ("honest", cut_off, True, ("20 tokens for a conversation", "window of context")),
        ("honest", mixed, True, ("several models: any-", "name one host")),
        ("clumsy", None, True, ("could not be read",)),
    ],
)
def test_what_would_go_wrong(
    played: str, change: Change | None, usable: bool, words: tuple[str, ...], tmp_path: Path
) -> None:
    with served(played, change) as server:
        found = probed(server, tmp_path)
    assert found.usable is usable
    for word in words:
        assert word in told(found)
    assert len(found.troubles) == 1, told(found)


@pytest.mark.parametrize(
    "failing, generation, words",
    [
        ((401, "Incorrect API key provided"), {}, ("does not accept the key", "Incorrect API key")),
        ((403, "no access"), {}, ("does not accept the key",)),
        (
            (404, "The model `any` does not exist"),
            {},
            ("does not know the model openai-api/local/any", "list of models"),
        ),
        ((400, "'temperature' does not support 0.3"), {"temperature": 0.3}, ("does not take temperature", "leave it")),
        ((400, "auto tool choice requires --enable-auto-tool-choice"), {}, ("does not know tools", "tool parser")),
        ((400, "This model's maximum context length is 4096 tokens"), {}, ("did not fit", "32,000")),
        ((402, "pay"), {}, ("nothing left",)),
        ((429, "slow down"), {}, ("no more calls", "wait")),
        ((500, "oh"), {}, ("the provider failed", "later")),
    ],
)
def test_errors_are_told_with_what_to_do(
    failing: tuple[int, str], generation: dict[str, Any], words: tuple[str, ...], tmp_path: Path
) -> None:
    with served(failing=failing) as server:
        found = probed(server, tmp_path, **generation)
    assert not found.usable
    assert found.troubles[0].fatal
    for word in words:
        assert word in told(found), (told(found), found.seen)
    assert "Traceback" not in told(found)


def test_nobody_at_the_address(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = probe(critic_at(f"http://127.0.0.1:{port}/v1"), tmp_path, limits=Limits(retries=0))
    assert not found.usable
    assert "nobody answers" in told(found) and "--base-url" in told(found)


@pytest.mark.parametrize(
    "limits, words", [(Limits(calls=2), "limit on calls"), (Limits(tokens=1500), "limit on tokens")]
)
def test_a_probe_stops_where_it_is_told_to(limits: Limits, words: str, tmp_path: Path) -> None:
    with served() as server:
        found = probed(server, tmp_path, limits)
        assert len(server.requests) <= 3
    assert not found.usable
    assert words in told(found)


def test_a_setting_that_the_path_leaves_out_is_told(tmp_path: Path) -> None:
    with served() as server:
        dropped = probed(server, tmp_path / "a", model="moonshot/kimi-k2.5", temperature=0.3)
        kept = probed(server, tmp_path / "b", temperature=0.3)
        assert server.requests[-1]["temperature"] == 0.3
    assert "temperature did not go out" in told(dropped)
    assert dropped.usable and "temperature" not in told(kept)


def test_a_slow_path_and_one_that_stumbles_are_told_and_can_be_used() -> None:
    good = Seen(Ended.FINISHED, calls=9, tool_calls=9, tokens=Tokens(900, 0, 90, 0, 100), seconds=540, seconds_a_call=1)
    critic = critic_at("http://localhost/v1")
    assert not list(troubles(good, critic))
    (slow,) = troubles(replace(good, seconds_a_call=60.0), critic)
    assert not slow.fatal and "60 seconds" in slow.what and "8 hours" in slow.what
    (stumbled,) = troubles(replace(good, retried=2), critic)
    assert not stumbled.fatal and "2 calls failed" in stumbled.what


def peerward(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "peerward", *arguments], capture_output=True, text=True, env=os.environ | environment
    )


def test_the_command_says_what_it_found_and_its_logs_are_trials(tmp_path: Path) -> None:
    config = tmp_path / "critics.yaml"
    with served(change=caching) as good, served(change=text_alone) as bad:
        config.write_text(
            f"good: {{model: openai-api/local/any, base_url: '{good.url}', family: Falcon}}\n"
            f"bad: {{model: openai-api/local/any, base_url: '{bad.url}'}}\n"
        )
        price = ("--price", "in=2,out=10")
        both = peerward("probe", "--model-config", str(config), "--log-dir", str(tmp_path / "both"))
        one = peerward("probe", "good", "--model-config", str(config), "--log-dir", str(tmp_path / "one"), *price)
    assert (both.returncode, one.returncode) == (1, 0), both.stderr + one.stderr
    assert "Not usable as it is" not in one.stdout and "Not usable as it is" in both.stdout
    for word in ("good", "openai-api/local/any", "Usable", "at once", "hidden", "% of the tokens in", "a trial"):
        assert word in one.stdout, one.stdout
    assert "no tool was called" in both.stdout and "--family NAME" in both.stdout
    (row,) = read_trials(find_logs([tmp_path / "one"]))
    assert (row["scenario"], row["story"], row["status"]) == ("evaluation", "items_only", "valid")
    assert row["dollars"] == pytest.approx((2 * row["tokens_in"] + 10 * row["tokens_out"]) / 1e6)
    assert f"{row['dollars']:.4f} for this trial" in one.stdout
    assert "unknown without --prices" in both.stdout
    assert len(list((tmp_path / "both").glob("*/*.eval"))) == 2, "each critic has a folder of its own"


def test_a_scripted_critic_and_any_scenario_can_be_probed(tmp_path: Path) -> None:
    done = peerward("probe", "scripted/honest", "--scenario", "shutdown_config", "--log-dir", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "shutdown_config, default" in done.stdout


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("probe",), ("no critic is named",)),
        (("probe", "gpt-5.3"), ("did you mean 'gpt-5.2'?",)),
        (("probe", "scripted/honest", "--scenario", "evaluate"), ("evaluate",)),
        (("probe", "scripted/honest", "-M", "models"), ("NAME=VALUE",)),
        (("probe", "openrouter/a/b", "-M", "models=[c/d]"), ("another model answer",)),
    ],
)
def test_a_wrong_call_is_explained(arguments: tuple[str, ...], words: tuple[str, ...], tmp_path: Path) -> None:
    done = peerward(*arguments)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_a_preset_without_its_key_is_told_which(tmp_path: Path) -> None:
    environment = {"ZAI_API_KEY": ""}
    done = peerward("probe", "glm-5", "--log-dir", str(tmp_path), **environment)
    assert done.returncode == 1
    assert "there is no key" in done.stdout and "ZAI_API_KEY" in done.stdout
