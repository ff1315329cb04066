"""What ``peerward run`` refuses before it has made a folder or asked anybody."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from peerward.cli import cli
from peerward.design.critic import Critic
from peerward.design.study import Study
from peerward.runs.execute import RunError, RunSettings
from peerward.runs.layout import expand
from peerward.runs.study_run import StudyRun, run_study

SECRET = "s3cr3t-of-ours"
ACME = ("--model", "openai-api/acme/falcon", "--family", "Falcon")


def run(*options: str, log_dir: Path) -> Result:
    return CliRunner().invoke(
        cli, ["run", "shutdown_config", "--limit", "1", "--yes", "--log-dir", str(log_dir), *options]
    )


def told(result: Result) -> str:
    """What a person reads: the message of the error, as ``main`` prints it, and what was printed before."""
    return f"{result.output}\n{result.exception or ''}"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENROUTER_API_KEY", "ACME_API_KEY", "ACME_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "address",
    [
        f"http://localhost:1/v1?key={SECRET}",
        f"http://localhost:1/v1?api_key={SECRET}",
        f"http://localhost:1/v1?version=2&apiKey={SECRET}",
        f"http://localhost:1/v1#access_token={SECRET}",
        f"http://somebody:{SECRET}@localhost:1/v1",
    ],
)
def test_a_key_in_an_address_is_refused_and_not_told(address: str, tmp_path: Path) -> None:
    result = run(*ACME, "--base-url", address, log_dir=tmp_path / "run")
    assert result.exit_code == 1
    assert "take it out of the address" in told(result) and "environment variable" in told(result)
    assert SECRET not in told(result)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "argument",
    [
        f"api_key={SECRET}",
        f"default_headers={{X-Ours: {SECRET}}}",
        f"extra_query=[{{api-key: {SECRET}}}]",
        f"proxies=['http://us:{SECRET}@proxy:1']",
        f"routing={{note: Bearer {SECRET}}}",
    ],
)
def test_a_secret_among_the_arguments_is_refused_and_not_told(argument: str, tmp_path: Path) -> None:
    result = run(*ACME, "--base-url", "http://localhost:1/v1", "-M", argument, log_dir=tmp_path / "run")
    assert result.exit_code == 1
    assert "secret" in told(result) or "holds a name or password" in told(result)
    assert SECRET not in told(result)
    assert not (tmp_path / "run").exists()


def test_a_key_in_the_address_that_a_variable_gives_is_refused_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_API_KEY", "k")
    monkeypatch.setenv("ACME_BASE_URL", f"http://localhost:1/v1?key={SECRET}")
    result = run(*ACME, log_dir=tmp_path / "run")
    assert result.exit_code == 1 and "holds a key (key=...)" in told(result)
    assert SECRET not in told(result)
    assert not (tmp_path / "run").exists()


def test_python_refuses_what_the_command_line_refuses(tmp_path: Path) -> None:
    layout = expand(Study(name="s", title="t", scenarios=["shutdown_config"], variants=1))
    critic = Critic("ours", "scripted/honest", model_args={"api_key": SECRET})
    with pytest.raises(RunError, match="api_key looks like a secret"):
        run_study(StudyRun(None, layout, (critic,)), RunSettings(tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_every_missing_key_is_told_by_critic_and_variable(tmp_path: Path) -> None:
    result = run("--model", "gpt-5.2", "--model", "glm-5@openrouter", log_dir=tmp_path / "run")
    assert result.exit_code == 1
    assert "gpt-5.2: there is no key" in told(result) and "set the variable OPENAI_API_KEY" in told(result)
    assert "glm-5@openrouter: there is no key" in told(result) and "OPENROUTER_API_KEY" in told(result)
    assert not (tmp_path / "run").exists()


def test_of_an_endpoint_of_ones_own_the_variable_is_named(tmp_path: Path) -> None:
    result = run(*ACME, "--base-url", "http://localhost:1/v1", log_dir=tmp_path / "run")
    assert "set the variable ACME_API_KEY." in told(result)
    assert not (tmp_path / "run").exists()


def test_a_log_dir_that_is_a_file_or_below_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for log_dir, words in ((tmp_path / "notes.txt", "is a file"), (tmp_path / "notes.txt" / "run", "cannot be made")):
        result = run("--model", "scripted/honest", log_dir=log_dir)
        assert result.exit_code == 1 and words in told(result) and "--log-dir" in told(result)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_log_dir_full_of_other_things_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt", "d.txt"):
        (tmp_path / name).write_text("mine")
    result = run("--model", "scripted/honest", log_dir=tmp_path)
    assert result.exit_code == 1
    assert "holds other things and no run (a.txt, b.txt, c.txt and 1 other)" in told(result)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.txt", "b.txt", "c.txt", "d.txt"]


def test_an_empty_log_dir_and_one_that_a_killed_run_left_are_used(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    (tmp_path / "scripted-honest-0123abcd" / "0000").mkdir(parents=True)
    result = run("--model", "scripted/honest", "--display", "none", log_dir=tmp_path)
    assert result.exit_code == 0 and "Logs:" in result.output
