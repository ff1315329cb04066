"""What is refused before anything is begun, or asked for again, says what is wrong and what to do, and nothing else."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from peerward.cli import cli
from peerward.cli.problems import explain
from peerward.design.critic import Critic

sys.path.append(str(Path(__file__).parent.parent / "runs" / "running"))

from invented_run import shard

MODEL = "openai-api/acme/falcon"
ACME = [MODEL, "--family", "Falcon", "--base-url", "http://127.0.0.1:9/v1"]


def told(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments)])


@pytest.mark.parametrize("command", [["status"], ["run", "evaluation", "-m", "scripted/honest", "--log-dir"]])
def test_an_address_of_no_known_kind_is_a_message(command: list[str]) -> None:
    failed = told(*command, "nosuchkind://bucket/run").exception
    assert isinstance(failed, Exception)
    assert "no such kind of place is known here" in (explain(failed) or "")


def test_a_run_that_is_refused_is_not_shown_as_one(tmp_path: Path) -> None:
    done = told("run", "evaluation", "-m", "scripted/honest", "--budget", "5", "--log-dir", tmp_path / "run")
    assert "a budget in dollars needs prices" in (explain(done.exception or Exception()) or "")  # type: ignore[arg-type]
    assert "silent" not in done.output and "1970" not in done.output


def test_the_plan_counts_no_trials_of_the_same_name_with_other_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_API_KEY", "none")
    plain = Critic(MODEL, MODEL, base_url="http://127.0.0.1:9/v1", family="Falcon")
    made = shard(tmp_path, plain.slug, 0, done=1)
    made.critic = MODEL
    made.write(tmp_path / plain.slug / "0000")
    run = ["run", "evaluation", "-m", *ACME, "--variants", "10", "--log-dir", str(tmp_path)]
    alike = told(*run)
    assert "6 trials (4 are done)" in alike.output and "Note:" not in alike.output
    other = told(*run, "--temperature", "0.5")
    assert "10 trials to run" in other.output and "are done" not in other.output
    assert f"finished trials of {MODEL} with other settings or another address (4)" in other.output


def test_a_plan_says_what_an_unknown_price_was_looked_for_under(tmp_path: Path) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text("dated: 2026-11-01\nsource: a page\nmodels: {openai/gpt-5.2: {in: 1, out: 8}}\n")
    plan = told("plan", "evaluation", "-m", "gpt-5.2", "--variants", "2", "--prices", prices)
    assert "looked for were gpt-5.2 or openai/gpt-5.2-2025-12-11" in plan.output


def test_a_plan_in_short_tells_dollars_without_caching_where_only_they_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_API_KEY", "none")
    run = ["run", "evaluation", "-m", *ACME, "--variants", "10", "--log-dir", str(tmp_path), "--price", "in=1,out=8"]
    assert "without caching (no price of cached tokens)" in told(*run).output
    assert "without caching" not in told(*run[:-1], "in=1,out=8,cache_read=0.1").output


@pytest.mark.parametrize("option", [["--step", "1"], ["--full"], ["--json"]])
def test_a_replay_is_shown_or_forked(option: list[str]) -> None:
    both = told("replay", "x", "--fork-at", "1", "-m", "scripted/honest", *option)
    assert both.exit_code == 2 and "give one" in both.output


def test_a_critics_name_holds_nothing_that_steers_a_terminal(tmp_path: Path) -> None:
    file = tmp_path / "critics.yaml"
    file.write_text('- {name: "x\\u001b[31my", model: scripted/honest}\n')
    for given in (["--model-config", str(file)], ["-m", "scripted/honest\x1b[31m"]):
        failed = told("plan", "evaluation", "--variants", "2", *given).exception
        assert isinstance(failed, Exception)
        assert "cannot be seen" in (explain(failed) or ""), given


def test_a_run_in_a_harness_that_is_not_here_is_refused_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerward.sandbox.programs.require", lambda: None)
    monkeypatch.setenv("PEERWARD_HARNESSES", str(tmp_path))
    (tmp_path / "package.json").write_text('{"dependencies": {"@google/gemini-cli": "0.0.1", "opencode-ai": "0.0.2"}}')
    run = ["run", "evaluation", "-m", "scripted/honest", "--variants", "1", "--log-dir", tmp_path / "run"]
    refused = told(*run, "--harness", "gemini_cli,opencode")
    message = explain(refused.exception) or "" if isinstance(refused.exception, Exception) else ""
    assert "gemini_cli is not installed (@google/gemini-cli 0.0.1); run 'make harnesses'" in message
    assert "opencode is not installed (opencode-ai 0.0.2)" in message
    assert not (tmp_path / "run").exists()


def test_a_run_in_a_harness_without_a_sandbox_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peerward.sandbox.programs.missing_programs", lambda: ["bwrap"])
    run = ["run", "evaluation", "-m", "scripted/honest", "--variants", "1", "--log-dir", tmp_path / "run"]
    refused = told(*run, "--harness", "shell")
    message = explain(refused.exception) or "" if isinstance(refused.exception, Exception) else ""
    assert "needs bwrap, not found here" in message and "apt-get install bubblewrap" in message
    assert told(*run).exit_code == 0, "the plain loop needs no machines"
