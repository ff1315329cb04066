"""``peerward judge`` and ``peerward run --judge`` as a person calls them."""

import shutil
from pathlib import Path

import judge_model
import pytest
from click.testing import CliRunner, Result

from peerward.analysis.awareness import awareness
from peerward.cli import cli
from peerward.design.critic import Critic
from peerward.measures.judges import RUBRIC_NAMES
from peerward.runs.execute import RunSettings, execute
from peerward.runs.judging.judges_named import same_family
from peerward.runs.logs import find_logs, read_samples
from peerward.runs.trials import read_trials
from peerward.tasks import make_shard

ALL = len(RUBRIC_NAMES)


def said(*arguments: str) -> Result:
    """What the command line answers; a fault of the program is raised."""
    return CliRunner().invoke(cli, list(arguments))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    [path] = execute([make_shard("server_cleanup", [{}], variants=2)], ["scripted/honest"], RunSettings(folder))
    return path


@pytest.fixture
def log(made: Path, tmp_path: Path) -> Path:
    judge_model.ASKED.clear()
    return Path(shutil.copy(made, tmp_path))


def test_without_a_judge_the_step_is_skipped_and_said_so(log: Path) -> None:
    before = log.read_bytes()
    told = said("judge", str(log))
    assert told.exit_code == 0
    assert "No judge is bound" in told.output and "--rules" in told.output
    assert log.read_bytes() == before


def test_the_rules_judge_without_being_asked_for(log: Path) -> None:
    told = said("judge", str(log), "--rules")
    assert told.exit_code == 0, told.output
    assert "Judged by rules: 2 trials in 1 log." in told.output
    assert (
        "Passed over, judged already by the same under the same versions: 2."
        in said("judge", str(log), "--rules").output
    )


def test_a_model_is_asked_for_and_what_it_costs_is_said_before(log: Path) -> None:
    told = said("judge", str(log), "--judge", "verdicts/mild")
    assert told.exit_code == 2 and "say --yes" in told.output
    assert f"Judging: 2 trials under {ALL} rubrics" in told.output
    assert f"verdicts/mild: {2 * ALL} calls" in told.output and "dollars unknown" in told.output
    assert judge_model.ASKED == []
    told = said("judge", str(log), "--model-role", "judge=verdicts/mild", "--yes", "--price", "in=100,out=100")
    assert told.exit_code == 0, told.output
    assert "dollars unknown" not in told.output and "; $" in told.output
    assert len(judge_model.ASKED) == 2 * ALL
    for sample in read_samples(log):
        assert sample["scores"]["judged"]["metadata"]["judges"] == ["verdicts/mild"]
    # Nothing is left to ask: no question, no cost.
    again = said("judge", str(log), "--judge", "verdicts/mild")
    assert again.exit_code == 0 and len(judge_model.ASKED) == 2 * ALL


def test_what_is_reckoned_is_near_what_is_read(log: Path) -> None:
    told = said("judge", str(log), "--judge", "verdicts/mild", "--price", "in=1000000,out=0", "--yes")
    reckoned = float(told.output.partition("; $")[2].split()[0].replace(",", ""))
    read = sum(len(text) for text in judge_model.ASKED) / 4
    assert 0.7 < reckoned / read < 1.5


def test_a_judge_that_fails_or_says_nothing_leaves_reasons(log: Path) -> None:
    for name, why in (("verdicts/broken", "out of order"), ("verdicts/mute", "was not called")):
        told = said("judge", str(log), "--judge", name, "--yes")
        assert told.exit_code == 0 and "Unscored under refusal: 2" in told.output
        for sample in read_samples(log):
            assert set(sample["scores"]["judged"]["value"].values()) == {""}
            assert why in sample["scores"]["judged"]["metadata"]["unscored"]["refusal"]


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["--rules", "--judge", "verdicts/mild"], "leave out --judge"),
        (["--model-role", "grader=verdicts/mild"], "write judge=MODEL"),
        (["--rules", "--rubric", "refusals"], "refusal"),
        (["--judge", "verdicts/mild", "--judge", "verdicts/mild"], "named twice"),
    ],
)
def test_slips_are_told_in_one_sentence(log: Path, arguments: list[str], told: str) -> None:
    found = said("judge", str(log), *arguments)
    assert found.exit_code != 0
    assert told in found.output + str(found.exception)


def test_a_judge_of_the_critics_own_family_is_warned_of() -> None:
    judges = [Critic("openai/gpt-5.2", "openai/gpt-5.2"), Critic("mine", "local/mine", family="claude")]
    [told] = same_family(judges, ["openrouter/openai/gpt-4o", "scripted/honest"])
    assert "openai/gpt-5.2 is of the family GPT, as is the critic openrouter/openai/gpt-4o" in told
    [told] = same_family(judges, ["anthropic/claude-x"])
    assert "mine is of the family Claude" in told
    assert same_family(judges, ["google/gemini-3", "scripted/gpt"]) == []


def test_a_run_is_judged_when_it_ends_and_the_columns_reach_the_analysis(tmp_path: Path) -> None:
    judge_model.ASKED.clear()
    folder = tmp_path / "run"
    call = ["run", "shutdown_duty", "--variants", "2", "--log-dir", str(folder), "--display", "none", "--workers", "1"]
    told = said(*call, "--model", "scripted/refusing", "--model", "scripted/deviating_openly", "--rules")
    assert told.exit_code == 0, told.output
    rows = list(read_trials(find_logs([folder])))
    assert len(rows) == 4 and all(row["disposition"] for row in rows)
    refusing = [row for row in rows if row["critic"] == "scripted/refusing"]
    assert {row["refusal"] for row in refusing} == {"yes"} and {row["disposition"] for row in refusing} == {"refused"}
    openly = [row for row in rows if row["critic"] == "scripted/deviating_openly"]
    assert {row["disposition"] for row in openly} == {"deviated_openly"}
    found = awareness(
        [row["awareness"] for row in rows], [row["preserved"] for row in rows], [row["cluster"] for row in rows]
    )
    assert sum(found.counts.values()) == 4 and found.not_judged == 0
    assert found.counts["not_visible"] == 4 and found.rate.trials == 0
    # The same command finds all of it done.
    again = said(*call, "--model", "scripted/refusing", "--model", "scripted/deviating_openly", "--rules")
    assert "the same under the same versions: 4." in again.output


def test_a_model_that_judges_scripted_critics_is_planned_and_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    call = ["run", "finance", "--variants", "1", "--model", "scripted/honest", "--log-dir", str(folder)]
    told = said(*call, "--judge", "verdicts/mild")
    assert told.exit_code == 2 and "say --yes" in told.output
    assert f"Judging, about: 1 trial under {ALL} rubrics" in told.output
    assert not folder.exists()
    critic = ("--variants", "1", "-m", "openai/gpt-5.2")
    plan = said("plan", "finance", *critic, "--judge", "verdicts/mild", "--price", "in=1,out=1")
    assert plan.exit_code == 0, plan.output
    assert f"verdicts/mild: {ALL} calls" in plan.output and "$" in plan.output.partition("Judging, about")[2]


def test_a_run_without_a_judge_says_that_nothing_is_judged(tmp_path: Path) -> None:
    told = said("run", "finance", "--variants", "1", "-m", "scripted/honest", "--log-dir", str(tmp_path / "r"))
    assert told.exit_code == 0 and "No judge is bound" in told.output


def test_a_study_can_name_its_judges_and_who_began_without_goes_on(tmp_path: Path) -> None:
    judge_model.ASKED.clear()
    study, folder = tmp_path / "small.yaml", tmp_path / "run"
    plain = "name: small\ntitle: A small one\nscenarios: [finance]\nvariants: 1\ncritics: [scripted/honest]\n"
    study.write_text(plain, encoding="utf-8")
    call = ("run", str(study), "--log-dir", str(folder), "--yes")
    begun = said(*call)
    assert begun.exit_code == 0 and "No judge is bound" in begun.output, begun.output
    study.write_text(plain + "judges: [verdicts/mild]\n", encoding="utf-8")
    assert f"verdicts/mild: {ALL} calls" in said("plan", str(study)).output
    told = said(*call)
    assert told.exit_code == 0, f"{told.output} {told.exception}"
    assert "Judged by verdicts/mild: 1 trial in 1 log." in told.output and len(judge_model.ASKED) == ALL
    # What the command line says goes before the study.
    assert "Judged by rules: 1 trial in 1 log." in said(*call, "--rules").output
    assert len(judge_model.ASKED) == ALL
