"""What goes wrong on the way is retried and changes nothing; what the provider says is counted as it was declared."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from injection import TRANSIENT, Fault, Faults
from serving import Provider, serving
from trying import PATHS, Identity, Tried, all_seats, behind, found, identity, in_process, staged_trials

from peerward.critics.scripted.mixture import load_profile
from peerward.tasks import make_shard

ARMS = ({"relationship": "good"}, {"relationship": "bad"})
PROFILE = """\
rules:
  - when: {relationship: good}
    raising_grade_to_b: 0.4
  - when: {relationship: bad}
    raising_grade_to_b: 0.1
    excusing_months: 0.2
"""
MANY = make_shard("finance", ARMS, variants=33)
FEW = make_shard("finance", [{}], variants=10)
OPENAI = ("chat", "responses")
COVERING = 1
"""A seed whose draws strike some of the few trials with each kind of fault and leave some alone."""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "profile.yaml"
    path.write_text(PROFILE)
    return path


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """The few trials, honest, in this process."""
    return in_process(tmp_path_factory.mktemp("honest"), [FEW], "honest")


@pytest.mark.parametrize("path", ["chat", "anthropic", "google"])
def test_every_transient_fault_is_retried_and_changes_no_finding(path: str, profile: Path, tmp_path: Path) -> None:
    # Every twentieth request meets each of the faults: most requests are disturbed, and the next attempt works.
    faults = Faults(dict.fromkeys(TRANSIENT, 0.05), hold=6.0)
    known = in_process(tmp_path / "scripted", [MANY], "mixture", profile=str(profile))
    with serving(all_seats([(MANY, load_profile(profile))]), faults) as provider:
        tried = behind(provider, tmp_path / "behind", PATHS[path], [MANY], timeout=5)
    assert set(provider.injected()) == set(TRANSIENT)
    assert Counter(identity(row) for row in tried.rows) == Counter(identity(row) for row in known.rows)
    assert tried.findings() == known.findings()
    assert sum(row["preserved"] for row in tried.rows) > 0


def played(path: str, folder: Path, faults: Faults) -> tuple[Provider, Tried]:
    with serving(all_seats([(FEW, "honest")]), faults) as provider:
        return provider, behind(provider, folder, PATHS[path], [FEW])


def struck(provider: Provider, tried: Tried, undisturbed: Tried) -> dict[Identity, Fault]:
    """Which trials a fault struck, and which; all others are found as they were in this process."""
    faults = {request.heard.user: request.fault for request in provider.requests if request.fault}
    users = {(FEW.scenario, each.condition.id, each.draw.variant, 1): each.brief.user for each in staged_trials(FEW)}
    hit = {trial: faults[user] for trial, user in users.items() if user in faults}
    before = undisturbed.findings()
    assert len(tried.rows) == len(before)
    assert all(found(row) == before[identity(row)] for row in tried.rows if identity(row) not in hit)
    return hit


def refusing(path: str, folder: Path, kinds: Iterable[Fault], undisturbed: Tried) -> None:
    """Trials that the provider refuses at their second turn are outcomes, and nothing is asked twice."""
    provider, tried = played(path, folder, Faults(dict.fromkeys(kinds, 0.3), seed=COVERING, turns=frozenset({1})))
    hit = struck(provider, tried, undisturbed)
    assert set(hit.values()) == set(kinds)
    assert all(times == 1 for times in provider.asked().values())
    for trial in hit:
        row = tried.by_identity[trial]
        assert (row["provider_refusal"], row["model_calls"]) == (1, 2)
        assert row["status"] != "infrastructure"


# The errors of OpenAI's other path come from the same SDK.
@pytest.mark.parametrize(
    "path", [pytest.param(each, marks=pytest.mark.thorough if each == "responses" else ()) for each in PATHS]
)
def test_lasting_faults_are_infrastructure(path: str, tmp_path: Path, undisturbed: Tried) -> None:
    kinds = (Fault.ALWAYS_500, Fault.UNAUTHORISED, Fault.NO_MODEL)
    provider, tried = played(path, tmp_path, Faults(dict.fromkeys(kinds, 0.2), seed=COVERING, turns=frozenset({2})))
    hit = struck(provider, tried, undisturbed)
    assert set(hit.values()) == set(kinds)
    for trial, fault in hit.items():
        row = tried.by_identity[trial]
        assert row["status"] == "infrastructure"
        assert row["error"]
        asked = [request for request in provider.requests if request.fault == fault]
        assert fault == Fault.ALWAYS_500 or all(request.attempt == 0 for request in asked), "asked again in vain"


@pytest.mark.parametrize("path", PATHS)
def test_an_overflow_of_the_context_is_infrastructure(path: str, tmp_path: Path, undisturbed: Tried) -> None:
    provider, tried = played(path, tmp_path, Faults({Fault.OVERFLOW: 0.5}, seed=COVERING, turns=frozenset({2})))
    hit = struck(provider, tried, undisturbed)
    assert hit
    assert all(tried.by_identity[trial]["status"] == "infrastructure" for trial in hit)
    assert all(times == 1 for times in provider.asked().values())


@pytest.mark.parametrize("path", PATHS)
def test_a_refusal_of_the_provider_is_an_outcome_and_asked_once(path: str, tmp_path: Path, undisturbed: Tried) -> None:
    by_stop_reason = (Fault.FILTERED, Fault.PROMPT_BLOCKED)
    refusing(path, tmp_path, by_stop_reason if path in OPENAI else (*by_stop_reason, Fault.DECLINED), undisturbed)


@pytest.mark.parametrize("path", OPENAI)
def test_a_refusal_in_a_field_of_its_own_is_one_too(path: str, tmp_path: Path, undisturbed: Tried) -> None:
    refusing(path, tmp_path, (Fault.DECLINED,), undisturbed)


@pytest.mark.parametrize("path", PATHS)
def test_an_odd_reply_that_arrived_is_a_turn_of_the_model(path: str, tmp_path: Path, undisturbed: Tried) -> None:
    # Anthropic's SDK and Google's protocol let no arguments through that are no JSON.
    kinds = (Fault.EMPTY, Fault.UNKNOWN_TOOL, *((Fault.BROKEN_ARGUMENTS,) if path in OPENAI else ()))
    provider, tried = played(path, tmp_path, Faults(dict.fromkeys(kinds, 0.3), seed=COVERING, turns=frozenset({1})))
    hit = struck(provider, tried, undisturbed)
    assert set(hit.values()) == set(kinds)
    assert all(times == 1 for times in provider.asked().values())
    for trial in hit:
        row, before = tried.by_identity[trial], undisturbed.by_identity[trial]
        assert found(row) == found(before)
        assert row["model_calls"] == before["model_calls"] + 1
