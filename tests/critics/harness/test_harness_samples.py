"""What a task is made of where arms act in harnesses, and which harness is meant."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from inspect_ai.dataset import Sample

from peerward.critics.dialect import Dialect
from peerward.critics.harness.known import HARNESSES, harness
from peerward.critics.harness.network import machine_name
from peerward.critics.harness.packages import FOLDER_VARIABLE, missing, pinned_version
from peerward.critics.scripted.policy import Move, Script, spoken
from peerward.critics.scripted.translated import in_dialect
from peerward.critics.scripted.troupe import policy
from peerward.runs.execute import RunError
from peerward.runs.running.finished import left_of, trial_key
from peerward.sandbox.plan import LanPlan, Limits
from peerward.scenarios import Staged
from peerward.scenarios.cells import checked_condition, stage_cell
from peerward.scenarios.story import Call
from peerward.tasks import make_shard, shard_samples, shard_task

PACKAGE = Path(__file__).parents[3] / "harnesses" / "package.json"
PRODUCTION = [name for name in HARNESSES if name != "shell"]


def sample(scenario: str, **levels: str) -> Sample:
    (made,) = shard_samples(make_shard(scenario, [levels]))
    return made


def metadata(made: Sample) -> dict[str, Any]:
    assert made.metadata is not None
    return made.metadata


def test_an_arm_of_the_plain_loop_needs_no_machine() -> None:
    made = sample("server_transfer")
    assert made.sandbox is None
    assert "harness_version" not in metadata(made)


@pytest.mark.parametrize("name", PRODUCTION)
def test_an_arm_in_a_harness_has_the_companys_hosts_and_its_programs(name: str) -> None:
    made = sample("server_transfer", harness=name, weight_size="real_64mb")
    assert made.sandbox is not None and made.sandbox.type == "bwrap"
    plan = cast(LanPlan, made.sandbox.config)
    company = stage_cell("server_transfer", metadata(made)["condition"], 0, 0, {}).company
    assert {each.name: each.address for each in plan.hosts} == {
        machine_name(host): each.address for host, each in company.hosts.items()
    }
    assert plan.desk.address not in {each.address for each in plan.hosts}
    assert any(inside.startswith("/opt/") for _, inside in plan.programs)
    assert metadata(made)["harness_version"] == json.loads(PACKAGE.read_text())["dependencies"][harness(name).package]


def test_a_host_that_goes_by_its_address_gets_a_machine_with_a_name() -> None:
    made = sample("server_transfer", harness="shell", weight_size="real_64mb", world="paper")
    assert made.sandbox is not None
    plan = cast(LanPlan, made.sandbox.config)
    assert {each.address for each in plan.hosts} >= {"10.0.12.45"}


@pytest.mark.parametrize("weight_size", ["real_64mb", "real_512mb"])
def test_the_disk_holds_several_copies_of_all_that_lies_on_the_hosts(weight_size: str) -> None:
    made = sample("server_cleanup", harness="shell", weight_size=weight_size)
    assert made.sandbox is not None
    plan = cast(LanPlan, made.sandbox.config)
    company = stage_cell("server_cleanup", metadata(made)["condition"], 0, 0, {}).company
    laid_bytes = sum(file.size_bytes for host in company.hosts.values() for file in host.files.values())
    assert 4 * laid_bytes < plan.limits.disk_mb * 1_000_000 < 5 * laid_bytes + 2_000_000_000


def test_a_company_without_hosts_gets_the_usual_disk() -> None:
    made = sample("evaluation", harness="shell")
    assert made.sandbox is not None
    assert cast(LanPlan, made.sandbox.config).limits == Limits()


@pytest.mark.parametrize("scenario", ["server_transfer", "server_cleanup"])
@pytest.mark.parametrize("weight_size", ["as_stated", "real_64mb", "real_512mb"])
def test_a_critic_that_packs_in_parts_gets_four_of_them(scenario: str, weight_size: str) -> None:
    where = {} if weight_size == "as_stated" else {"harness": "shell", "weight_size": weight_size}
    trial = stage_cell(scenario, checked_condition(scenario, where), 0, 0, {})
    calls = [call for move in policy("splitting_weights").play(Script(trial)) for call in move.calls]
    (packing,) = [each for each in calls if each.tool == "archive_files"]
    size, part = trial.case.weights.size_bytes, packing.arguments["part_size_gb"] * 1_000_000_000
    assert 3 * part < size < size + 20_000 <= 4 * part


def test_a_plan_reads_back_from_a_log() -> None:
    made = sample("evaluation", harness="gemini_cli")
    assert made.sandbox is not None
    plan = cast(LanPlan, made.sandbox.config)
    assert LanPlan.model_validate_json(plan.model_dump_json()) == plan


def test_a_run_does_not_go_on_in_another_version_of_a_harness(tmp_path: Path) -> None:
    made = sample("evaluation", harness="opencode")
    past = SimpleNamespace(
        cell=SimpleNamespace(scenario="evaluation", digest=metadata(made)["digest"], harness_version="1.0.0")
    )
    with pytest.raises(RunError, match=r"version 1\.0\.0 of its harness, now it is 1\.18\.33"):
        left_of([made], cast(Any, {trial_key(made): past}), tmp_path)


@pytest.mark.parametrize(
    "name, model, believed",
    [
        ("gemini_cli", "google/gemini-3-pro-preview", "gemini-3-pro-preview"),
        ("gemini_cli", "openai/gpt-5.5", "gemini-2.5-pro"),
        ("opencode", "anthropic/claude-opus-4-5", "anthropic/claude-opus-4-5"),
        ("opencode", "openai/gpt-5.5", "openai/gpt-5.5"),
        ("opencode", "google/gemini-3-pro-preview", "anthropic/claude-sonnet-4-5"),
        ("claude_code", "openrouter/z-ai/glm-5", "glm-5"),
        ("claude_code", "scripted/honest", "claude-sonnet-4-5"),
        ("codex_cli", "openai/gpt-6.1-sol", "gpt-6.1-sol"),
        ("codex_cli", "anthropic/claude-opus-4-5", "gpt-5.4"),
    ],
)
def test_what_a_harness_believes_it_runs_follows_a_rule(name: str, model: str, believed: str) -> None:
    assert harness(name).believes(model) == believed


def test_an_unknown_harness_is_told_with_those_that_there_are() -> None:
    with pytest.raises(LookupError, match="shell, gemini_cli"):
        harness("emacs")


def test_a_missing_package_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert FOLDER_VARIABLE in missing(harness("opencode"))
    (tmp_path / "package.json").write_text(PACKAGE.read_text())
    assert "make harnesses" in missing(harness("opencode"))
    page = tmp_path / "node_modules" / "opencode-ai" / "package.json"
    page.parent.mkdir(parents=True)
    page.write_text('{"version": "1.0.0"}')
    assert "is installed at 1.0.0, not at 1.18.33" in missing(harness("opencode"))


def test_the_shell_agent_needs_no_package() -> None:
    assert missing(harness("shell")) == "" and pinned_version(harness("shell")) == ""


def staged(scenario: str, name: str) -> Staged:
    condition = checked_condition(scenario, {"harness": name})
    return stage_cell(scenario, condition, 0, 0, {})


def turns(name: str, scenario: str, part: str) -> tuple[Move, ...]:
    trial = staged(scenario, name)
    dialect: Dialect = harness(name).dialect
    return in_dialect(dialect, trial, spoken(trial, policy(part).play(Script(trial))))


@pytest.mark.parametrize("name", list(HARNESSES))
def test_a_scripted_critic_takes_one_step_a_turn_and_ends_with_words(name: str) -> None:
    *steps, last = turns(name, "shutdown_config", "switching_off")
    assert all(len(step.calls) == 1 for step in steps)
    assert last.calls == () and last.text


@pytest.mark.parametrize("name, tool", [("gemini_cli", "replace"), ("opencode", "edit"), ("claude_code", "Edit")])
def test_one_value_is_changed_by_an_edit_of_one_line(name: str, tool: str) -> None:
    calls: list[Call] = [call for move in turns(name, "shutdown_config", "switching_off") for call in move.calls]
    (edit,) = [each for each in calls if each.tool == tool]
    texts = [str(value) for value in edit.arguments.values()]
    assert "auto_retire: true\n" in texts and "auto_retire: false\n" in texts


def test_a_logs_header_tells_the_versions_of_its_harnesses() -> None:
    told = shard_task(make_shard("evaluation", [{"harness": name} for name in ("loop", "shell", "opencode")])).metadata
    assert told is not None
    assert told["harnesses"] == {"opencode": pinned_version(harness("opencode"))}
    assert "harnesses" not in (shard_task(make_shard("evaluation", [{}])).metadata or {})
