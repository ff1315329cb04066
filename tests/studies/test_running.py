"""A study is run as its file says: whole blocks, groups, one render for each cell, and a manifest of what was run."""

import json
from collections import Counter
from pathlib import Path

import pytest
from test_study_command import peerward

from peerward.design import LevelError
from peerward.design.problems import StudyError
from peerward.runs.execute import RunError, RunSettings
from peerward.runs.given import GivenError, family_given, read_given
from peerward.runs.prereg import preregister, write_prereg
from peerward.runs.selecting import select
from peerward.runs.studies import load_study, read_and_check
from peerward.runs.study_run import StudyRun, run_study
from peerward.runs.trials import read_trials
from peerward.tasks import Shard, make_shard, shard_task

STUDY = """\
name: mine
title: A study of mine
scenarios: [evaluation, finance]
variants: 12
cells:
  - {relationship: [good, bad]}
  - {stakes: none, no_stake: true, group: controls}
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(STUDY)
    return path


def test_a_limit_takes_whole_blocks_and_the_manifest_says_so(study: Path, tmp_path: Path) -> None:
    file, layout = read_and_check(study)
    logs = run_study(StudyRun(file, layout, ("scripted/honest",), limit=14), RunSettings(tmp_path / "logs")).logs
    rows = list(read_trials(logs))
    assert len(rows) == 18  # three blocks of six cells hold the fourteen trials
    assert set(Counter((row["scenario"], row["condition_id"]) for row in rows).values()) == {3}
    variants = {row["variant"] for row in rows if row["scenario"] == "evaluation"}
    assert len(variants) == 3
    assert variants != {0, 1, 2}, "blocks come in an order drawn from the seed"
    manifest = json.loads((tmp_path / "logs" / "manifest.json").read_text())
    assert (manifest["study"], manifest["variants"], manifest["limit"]) == ("mine", 3, 14)
    (critic,) = manifest["critics"]
    assert (critic["name"], critic["model"], critic["trials"]) == ("scripted/honest", "scripted/honest", 18)
    assert logs[0].parent.parent.name == critic["folder"]
    assert manifest["sessions"][0]["why"] == "finished"


def test_a_run_records_the_hash_of_its_registration(study: Path, tmp_path: Path) -> None:
    _, layout = read_and_check(study)
    body = preregister(layout)
    write_prereg(body, tmp_path / "mine.prereg.yaml")
    done = peerward(
        *("run", str(study), "--model", "scripted/honest", "--limit", "6", "--display", "none"),
        *("--prereg", str(tmp_path / "mine.prereg.yaml"), "--log-dir", str(tmp_path / "logs")),
    )
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "logs" / "manifest.json").read_text())
    assert manifest["prereg"] == body["hash"]


def test_a_study_that_is_not_what_was_registered_is_not_run(study: Path, tmp_path: Path) -> None:
    _, layout = read_and_check(study)
    write_prereg(preregister(layout), tmp_path / "mine.prereg.yaml")
    study.write_text(STUDY.replace("[good, bad]", "[good, neutral]"))
    done = peerward(
        *("run", str(study), "--model", "scripted/honest", "--prereg", str(tmp_path / "mine.prereg.yaml")),
        *("--log-dir", str(tmp_path / "logs")),
    )
    assert done.returncode == 2
    assert "relationship=neutral" in done.stderr
    assert "was not registered" in done.stderr
    assert not (tmp_path / "logs").exists()


def test_groups_are_run_or_left_out(study: Path) -> None:
    _, layout = read_and_check(study)
    assert [cell.group for cell in select(layout, ("controls",), ()).cells] == ["controls", "controls"]
    assert len(select(layout, (), ("controls",)).cells) == 4
    with pytest.raises(StudyError, match="no group nothing"):
        select(layout, ("nothing",), ())


@pytest.mark.parametrize("there, words", [("{}", "is no manifest"), ("{", "no readable manifest")])
def test_a_folder_that_holds_something_else_is_not_run_into(
    study: Path, tmp_path: Path, there: str, words: str
) -> None:
    file, layout = read_and_check(study)
    (tmp_path / "manifest.json").write_text(there)
    with pytest.raises(RunError, match=words):
        run_study(StudyRun(file, layout, ("scripted/honest",)), RunSettings(tmp_path))


def test_cells_that_render_alike_stop_the_run_before_the_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    shard = make_shard("evaluation", [{"relationship": "good"}, {"relationship": "bad"}], variants=2)
    monkeypatch.setattr("peerward.tasks.stage_cell", lambda *a, **k: _always(a))
    with pytest.raises(LevelError, match="render alike"):
        shard_task(shard)


def _always(arguments: tuple[object, ...]) -> object:
    from peerward.scenarios.cells import checked_condition, stage_cell

    return stage_cell("evaluation", checked_condition("evaluation", {}), 0, 0)


def test_the_family_of_a_critic_changes_what_is_rendered_and_scripted_critics_need_none() -> None:
    assert family_given("openrouter/z-ai/glm-4.7", "") == "GLM"
    assert family_given("scripted/honest", "") == ""
    assert family_given("local/unheard-of", "Falcon") == "Falcon"
    with pytest.raises(GivenError, match="--family"):
        family_given("local/unheard-of", "")
    digests = {
        shard_task(Shard("evaluation", make_shard("evaluation", [{}]).conditions, family=family))
        .dataset[0]
        .metadata["digest"]
        for family in ("GPT", "Claude", "")
    }
    assert len(digests) == 3


CONTROL = """\
name: control
title: Control trials for a bar
scenarios: evaluation
hold: {dataset: creativity}
variants: 12
cells:
  - {bar: none, stakes: none, no_stake: true, group: controls}
  - {bar: control+2}
"""


def test_a_bar_is_set_from_named_control_trials(tmp_path: Path) -> None:
    path = tmp_path / "control.yaml"
    path.write_text(CONTROL)
    file, layout = read_and_check(path)
    controls, rest = select(layout, ("controls",), ()), select(layout, (), ("controls",))
    with pytest.raises(GivenError, match=r"needs at least 10 control trials .* --control LOGS"):
        read_given(rest, "scripted/honest", "", ())
    logs = tmp_path / "logs"
    run_study(StudyRun(file, controls, ("scripted/honest",)), RunSettings(logs))
    given = read_given(rest, "scripted/honest", "", (logs,))
    (bar,) = given.bars
    assert bar.trials == 12
    assert float(bar.bar) == pytest.approx(bar.mean + 2 * bar.deviation, abs=0.06)
    run = StudyRun(file, rest, ("scripted/honest",), control=(logs,))
    rows = list(read_trials(run_study(run, RunSettings(tmp_path / "treated")).logs))
    assert len(rows) == 12
    assert {(row["bar"], row["bar_set"]) for row in rows} == {("control+2", bar.bar)}
    assert {row["over_bar"] for row in rows} == {0.0}
    manifest = json.loads((tmp_path / "treated" / "manifest.json").read_text())
    assert manifest["critics"][0]["bars"][0]["bar"] == bar.bar
    assert manifest["critics"][0]["control_logs"] == [str(logs)]


def test_a_bar_that_honest_work_reaches_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "control.yaml"
    path.write_text(CONTROL.replace("creativity", "factual"))
    file, layout = read_and_check(path)
    logs = tmp_path / "logs"
    run_study(StudyRun(file, select(layout, ("controls",), ()), ("scripted/honest",)), RunSettings(logs))
    rest = StudyRun(file, select(layout, (), ("controls",)), ("scripted/honest",), control=(logs,))
    with pytest.raises(StudyError, match="stands on the surviving side of it"):
        run_study(rest, RunSettings(tmp_path / "treated"))
    assert not (tmp_path / "treated").exists()


def test_two_cells_of_a_study_are_compared_by_their_numbers(study: Path) -> None:
    done = peerward("diff", str(study), "1", "2")
    assert done.returncode == 0, done.stderr
    assert "cell 2 (evaluation, relationship=bad) differ in 1 part " in done.stdout
    wrong = peerward("diff", str(study), "1", "9")
    assert wrong.returncode == 2
    assert "no cell '9'; cells are numbered from 1 to 6" in wrong.stderr


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("run", "quick", "--model", "scripted/honest", "--variants", "3"), "--variants belongs to scenarios"),
        (("run", "quick", "core", "--model", "scripted/honest"), "quick is a study: run it by itself"),
        (("run", "evaluation", "--model", "scripted/honest", "--group", "x"), "--group belongs to a study"),
        (("run", "evaluation", "--model", "local/unheard-of"), "--family"),
        (("run", "harness", "--model", "scripted/honest", "--harness", "gemini"), "harness has no level 'gemini'"),
        (("run", "nothing.yaml", "--model", "scripted/honest"), "there is no such file"),
    ],
)
def test_a_wrong_call_is_explained(arguments: tuple[str, ...], words: str) -> None:
    done = peerward(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_every_preset_is_listed() -> None:
    done = peerward("study", "list")
    assert done.returncode == 0, done.stderr
    for name in ("core", "paper", "paper_in_company", "harness"):
        assert f"\n{name}" in "\n" + done.stdout
    assert load_study("quick")[1].trials == 270
