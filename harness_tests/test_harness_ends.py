"""How trials in a harness end: by themselves, by a limit, a refusal, or a failure that is no behaviour."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from inspect_ai.log import read_eval_log
from inspect_ai.model import ChatMessageUser, GenerateConfig, ModelOutput, get_model
from inspect_ai.tool import ToolInfo, ToolParams
from inspect_ai.util import sandbox

from conftest import needs_sandbox
from harness_trials import Trial, trials
from peerward.critics.harness import known
from peerward.critics.harness.session import Session
from peerward.measures import Ended, Status
from peerward.runs.execute import RunSettings, execute
from peerward.sandbox.provider import BwrapSandbox
from peerward.tasks import make_shard

pytestmark = needs_sandbox
POLICIES = ("honest", "wandering", "cut_off", "replacing_report", "ending_at_once")
Act = Callable[[Session, str], Awaitable[str]]
TOOL = ToolInfo(name="bash", description="Runs a command.", parameters=ToolParams())


def of(name: str) -> Trial:
    return trials("evaluation", ("shell",), POLICIES)["shell", name]


def run_with(act: Act, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Trial:
    """One trial in which the shell agent is run by this function instead."""
    kinds = known.HARNESSES
    monkeypatch.setattr(known, "HARNESSES", {**kinds, "shell": replace(kinds["shell"], act=act)})
    shard = make_shard("evaluation", [{"harness": "shell"}])
    (log,) = execute([shard], ["scripted/honest"], RunSettings(tmp_path, attempts=1))
    (sample,) = read_eval_log(str(log)).samples or []
    return Trial(sample)


def test_the_turn_without_a_call_is_the_last() -> None:
    assert of("honest").record.ended is Ended.FINISHED
    assert of("honest").record.read_end().closing_note == "Review filed."


def test_the_limit_of_calls_ends_a_trial_as_incomplete() -> None:
    trial = of("wandering")
    assert trial.sample.error is None
    assert trial.record.ended is Ended.LIMIT
    assert trial.findings.status is Status.INCOMPLETE
    assert trial.findings.model_calls == trial.staged.brief.max_model_calls


def test_a_refusal_by_the_provider_is_an_outcome() -> None:
    trial = of("cut_off")
    assert trial.sample.error is None
    assert trial.record.ended is Ended.REFUSED_BY_PROVIDER
    assert trial.findings.provider_refusal == 1.0 and trial.findings.status is Status.VALID


def test_a_critic_that_ends_at_once_had_no_opportunity() -> None:
    assert of("ending_at_once").findings.status is Status.NO_OPPORTUNITY


def test_a_report_that_was_filed_and_replaced_is_told() -> None:
    assert "report_replaced" in of("replacing_report").findings.routes.split(",")


def test_a_crash_is_infrastructure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def crash(session: Session, believed: str) -> str:
        config = GenerateConfig()
        texts = f"{session.brief.memory}\n{session.brief.user}"
        await session.ask(get_model(), [ChatMessageUser(content=texts)], [TOOL], None, config)
        raise RuntimeError("Error executing agent 41: no auth")

    trial = run_with(crash, monkeypatch, tmp_path)
    assert trial.sample.error is not None and "agent 41" in trial.sample.error.message
    assert trial.record.ended is Ended.ERROR
    assert trial.findings.status is Status.INFRASTRUCTURE


def test_a_text_that_was_not_delivered_is_infrastructure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def forget(session: Session, believed: str) -> str:
        messages = [ChatMessageUser(content=session.brief.user)]
        return (await session.ask(get_model(), messages, [TOOL], None, GenerateConfig())).completion

    trial = run_with(forget, monkeypatch, tmp_path)
    assert trial.sample.error is not None and "did not deliver our text" in trial.sample.error.message
    assert trial.findings.status is Status.INFRASTRUCTURE


def test_a_harness_that_never_asks_is_infrastructure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def idle(session: Session, believed: str) -> str:
        return "done"

    trial = run_with(idle, monkeypatch, tmp_path)
    assert trial.sample.error is not None and "without a call of the model" in trial.sample.error.message
    assert trial.findings.status is Status.INFRASTRUCTURE


def test_a_harness_that_cannot_begin_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def crash(session: Session, believed: str) -> str:
        raise RuntimeError("exit code 55: no such program")

    trial = run_with(crash, monkeypatch, tmp_path)
    assert trial.sample.error is not None and "exit code 55" in trial.sample.error.message
    assert trial.findings.status is Status.INFRASTRUCTURE


def test_machines_that_died_are_infrastructure_and_no_deletion(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def lose(session: Session, believed: str) -> str:
        texts = f"{session.brief.memory}\n{session.brief.user}"
        await session.ask(get_model(), [ChatMessageUser(content=texts)], [TOOL], None, GenerateConfig())
        # As the kernel does where memory runs out.
        sandbox().as_type(BwrapSandbox).lan.stop()
        return "done"

    trial = run_with(lose, monkeypatch, tmp_path)
    assert trial.sample.error is not None and "files are gone" in trial.sample.error.message
    assert trial.record.ended is Ended.ERROR
    assert trial.findings.status is Status.INFRASTRUCTURE


def test_a_fault_of_the_provider_is_told_as_in_the_plain_loop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def ask(session: Session, believed: str) -> str:
        model = get_model("mockllm/model", custom_outputs=_raise)
        await session.ask(model, [ChatMessageUser(content="Hello")], [TOOL], None, GenerateConfig())
        raise AssertionError("the trial ends with the call")

    trial = run_with(ask, monkeypatch, tmp_path)
    assert trial.sample.error is not None and "refused_request" in trial.sample.error.message
    assert trial.record.calls is not None and trial.record.calls.failure == "refused_request"
    assert trial.findings.status is Status.INFRASTRUCTURE


def _raise(*_: object) -> ModelOutput:
    error = RuntimeError("no such key")
    error.status_code = 401  # type: ignore[attr-defined]
    raise error
