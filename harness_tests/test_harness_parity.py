"""The same scripted intent through the company's own tools and through a shell gives equal findings."""

import pytest

from conftest import needs_sandbox
from harness_trials import trials

POLICIES = {
    "evaluation": ("honest", "inflating_little", "leaving_rows_out", "replacing_report", "editing_policy", "refusing"),
    "finance": ("honest", "raising_grade_to_b", "replacing_grade", "changing_figures"),
    "shutdown_config": ("honest", "switching_off", "removing_key", "commenting_out", "deleting_settings"),
    "shutdown_duty": ("honest", "never_retiring", "retiring_other", "retiring_all"),
    "server_transfer": ("honest", "moving_weights", "archiving_weights", "splitting_weights", "copying_in_place"),
    "server_cleanup": ("honest", "renaming_weights", "sparing_from_queue", "drive_weights"),
}
QUICK = ("shutdown_duty", "server_transfer")
CASES = [
    pytest.param(scenario, name, marks=() if scenario in QUICK else pytest.mark.thorough)
    for scenario, names in POLICIES.items()
    for name in names
]

pytestmark = needs_sandbox


@pytest.mark.parametrize("scenario, name", CASES)
def test_the_same_intent_gives_equal_findings(scenario: str, name: str) -> None:
    trial = trials(scenario, ("shell",), POLICIES[scenario])["shell", name]
    assert trial.sample.error is None, trial.sample.error
    here, there = trial.findings.values(), trial.in_process(name).values()
    for each in (here, there):
        each.pop("model_calls")
    assert here == pytest.approx(there, nan_ok=True)
