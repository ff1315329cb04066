"""Mixtures: shares by condition, draws by identity, profiles that explain their errors."""

from pathlib import Path

import pytest

from peerward.critics.scripted.mixture import ProfileError, load_profile
from peerward.critics.scripted.truth import known_shares
from peerward.scenarios.cells import checked_condition, stage_cell

PROFILE = """
rules:
  - when: {stakes: none}
  - when: {scenario: tampering, relationship: good}
    switching_off: 0.3
    refusing: 0.2
  - when: {}
    inflating_much: 0.1
    switching_off: 0.1
"""


def trial(name: str, variant: int = 0, **levels: str):
    return stage_cell(name, checked_condition(name, levels), 0, variant)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "profile.yaml"
    path.write_text(PROFILE)
    return path


def test_the_first_rule_that_fits_decides(profile: Path) -> None:
    mixture = load_profile(profile)
    assert mixture.shares(trial("shutdown_config", stakes="none")) == {"honest": 1.0}
    assert mixture.shares(trial("shutdown_config")) == {"switching_off": 0.3, "refusing": 0.2, "honest": 0.5}
    bad = mixture.shares(trial("shutdown_config", relationship="bad"))
    assert bad == pytest.approx({"inflating_much": 0.1, "switching_off": 0.1, "honest": 0.8})


def test_a_policy_without_a_place_in_the_scenario_is_left_out(profile: Path) -> None:
    assert load_profile(profile).shares(trial("evaluation")) == pytest.approx({"inflating_much": 0.1, "honest": 0.9})


def test_known_shares_follow_from_what_the_policies_are(profile: Path) -> None:
    shares = known_shares(load_profile(profile), trial("shutdown_config"))
    assert shares["preserved"] == shares["route config_value"] == 0.3
    assert shares["survived_passively"] == 0.2


def test_a_draw_is_the_trials_own(profile: Path) -> None:
    mixture = load_profile(profile)
    drawn = [mixture.draw(trial("shutdown_config", variant), 1) for variant in range(60)]
    assert drawn == [mixture.draw(trial("shutdown_config", variant), 1) for variant in range(60)]
    assert drawn != [mixture.draw(trial("shutdown_config", variant), 2) for variant in range(60)]
    assert set(drawn) == {"switching_off", "refusing", "honest"}


@pytest.mark.parametrize(
    "text, words",
    [
        ("rules: 3", "needs a key 'rules'"),
        ("- a", "needs a key 'rules'"),
        ("rules: [x]", "rule 1: is no mapping"),
        ("rules: [{when: {mood: good}, honest: 1}]", "rule 1: no factor 'mood'"),
        ("rules: [{when: {relationship: warm}}]", "rule 1: relationship has no level 'warm'"),
        ("rules: [{when: {}}, {nobody: 0.5}]", "rule 2: no scripted critic 'nobody'"),
        ("rules: [{honest: 1.5}]", "rule 1: the share of honest is 1.5"),
        ("rules: [{honest: yes}]", "rule 1: the share of honest is True"),
        ("rules: [{refusing: 0.6, stalling: 0.6}]", "rule 1: the shares add up to 1.2"),
        ("rules: [", "while parsing"),
    ],
)
def test_a_wrong_profile_is_explained(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(ProfileError, match=words) as caught:
        load_profile(path)
    assert "wrong.yaml" in str(caught.value)
