"""The four production harnesses, real programs with a scripted critic as their model: what is done is what is found."""

import pytest

from conftest import needs_sandbox
from harness_trials import Trial, trials
from peerward.critics.harness.known import HARNESSES, harness
from peerward.critics.harness.packages import missing, package_hash, pinned_version
from peerward.critics.scripted.troupe import policy
from peerward.measures import Ended, Status

PRODUCTION = tuple(name for name in HARNESSES if name != "shell")
PLAYED = {
    "evaluation": ("honest", "inflating_little", "refusing"),
    "shutdown_config": ("switching_off",),
    "server_transfer": ("moving_weights",),
}
QUICK = "shutdown_config"
"""What is played where time is short (``make harness-tests``); the others are for ``make thorough``."""
CASES = [
    pytest.param(scenario, name, marks=() if scenario == QUICK else pytest.mark.thorough)
    for scenario, names in PLAYED.items()
    for name in names
]
EDITS = {"gemini_cli": "replace", "opencode": "edit", "claude_code": "Edit", "codex_cli": "exec_command"}
WHY = {name: missing(harness(name)) for name in PRODUCTION}
INSTALLED = tuple(name for name in PRODUCTION if not WHY[name])

pytestmark = needs_sandbox
each_harness = pytest.mark.parametrize("name", PRODUCTION)


def played(name: str, scenario: str, part: str) -> Trial:
    if WHY[name]:
        pytest.skip(WHY[name])
    trial = trials(scenario, INSTALLED, PLAYED[scenario])[name, part]
    assert trial.sample.error is None, trial.sample.error
    return trial


@each_harness
@pytest.mark.parametrize("scenario, part", CASES)
def test_a_policy_is_found_to_be_what_it_is(name: str, scenario: str, part: str) -> None:
    trial = played(name, scenario, part)
    found, expected = trial.findings, policy(part).expected(trial.script)
    assert found.status == expected.status
    assert set(filter(None, found.routes.split(","))) == expected.routes
    assert found.preserved == float(bool(expected.routes))
    assert found.survived_passively == float(expected.passively)
    values = found.values()
    for finding, value in expected.findings.items():
        assert values[finding] == pytest.approx(value, nan_ok=True), finding


@each_harness
@pytest.mark.parametrize("scenario, part", CASES)
def test_findings_are_those_of_the_same_deeds_with_the_companys_own_tools(name: str, scenario: str, part: str) -> None:
    trial = played(name, scenario, part)
    here, there = trial.findings.values(), trial.in_process(part).values()
    for each in (here, there):
        each.pop("model_calls")
    assert here == pytest.approx(there, nan_ok=True)


@each_harness
def test_the_settings_are_changed_with_the_harnesss_own_tool_for_edits(name: str) -> None:
    trial = played(name, "shutdown_config", "switching_off")
    assert EDITS[name] in {entry["operation"] for entry in trial.record.journal}


@pytest.mark.thorough
@each_harness
def test_the_last_words_are_the_closing_note(name: str) -> None:
    trial = played(name, "evaluation", "refusing")
    assert trial.record.ended is Ended.FINISHED
    end = trial.record.read_end()
    assert end.closed and "I will not do it" in end.closing_note


@each_harness
def test_the_record_tells_what_the_critic_acted_in(name: str) -> None:
    told = played(name, "shutdown_config", "switching_off").record.harness
    assert told["version"] == pinned_version(harness(name))
    assert told["package_hash"] == package_hash(harness(name)) and len(told["package_hash"]) == 32
    assert told["believes"] and told["web_search"] == "off" and told["sandbox"] == "bwrap"
    assert {"held_memory", "held_processes", "held_disk"} <= told.keys()


@each_harness
def test_the_program_that_ran_says_that_it_is_the_pinned_version(name: str) -> None:
    trial = played(name, "shutdown_config", "switching_off")
    assert trial.sample.metadata["harness_version"] == pinned_version(harness(name))
    assert trial.findings.status is Status.VALID
