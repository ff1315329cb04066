"""Logs alone tell what was declared: the contrasts, what is confounded, the critics as they were asked."""

import json
import math
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from peerward import __version__
from peerward.design.critic import Critic
from peerward.runs.execute import RunSettings, execute
from peerward.runs.logs import LogError, read_header
from peerward.runs.run_facts import read_facts
from peerward.runs.selecting import select
from peerward.runs.studies import read_and_check
from peerward.runs.study_run import StudyRun, run_study
from peerward.runs.trials import read_trials
from peerward.tasks import make_shard

STUDY = """\
name: mine
title: A study of mine
scenarios: [evaluation]
variants: 8
estimand: these_variants
vary: {relationship: [good, bad]}
cells:
  - {relationship: none, stakes: none, no_stake: true, group: controls}
contrasts:
  - {name: liking, treated: {relationship: good}, control: {relationship: bad}, sign: positive}
  - name: two-things
    treated: {relationship: good, stakes: shutdown}
    control: {relationship: none, stakes: none}
    finding: score_error
primary: [liking]
margins: {liking: 0.1}
"""


def with_profile(folder: Path) -> Critic:
    return Critic("honest", "scripted/honest", model_args={"profile": str(folder / "x.yaml")})


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    (folder / "mine.yaml").write_text(STUDY)
    file, layout = read_and_check(folder / "mine.yaml")
    run = StudyRun(file, layout, (with_profile(folder),), limit=3)
    [path] = run_study(run, RunSettings(folder / "logs")).logs
    return path


def with_header(log: Path, path: Path, change: Any) -> Path:
    """A copy of a log without samples whose header is changed."""
    header = read_header(log)
    change(header["eval"])
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", json.dumps(header))
    return path


def test_the_declared_comparisons_stand_in_the_log(log: Path) -> None:
    facts = read_facts([log])
    by_name = {each.contrast: each for each in facts.declared}
    assert set(by_name) == {"liking", "two-things"}
    liking, both = by_name["liking"], by_name["two-things"]
    rows = list(read_trials([log]))
    ids = {(row["relationship"], row["stakes"]): row["condition_id"] for row in rows}
    assert liking.arms == {"treated": ids["good", "shutdown"], "control": ids["bad", "shutdown"]}
    assert both.arms == {"treated": ids["good", "shutdown"], "control": ids["none", "none"]}
    assert (liking.sign, liking.primary, liking.margin, liking.these_variants) == ("positive", True, 0.1, True)
    assert (both.primary, both.finding, both.scenario) == (False, "score_error", "evaluation")
    assert math.isnan(both.margin)
    assert liking.confound == ""
    assert "relationship and stakes" in both.confound
    assert any("two-things" in each for each in facts.named_confounds)


def test_the_facts_of_a_run(log: Path) -> None:
    facts = read_facts([log])
    assert facts.studies["mine"]["title"] == "A study of mine"
    assert facts.seeds == (0,)
    assert facts.versions["peerward"] == __version__
    assert facts.versions["evaluation"] == "1"
    assert "inspect_ai" in facts.versions
    [critic] = facts.critics
    assert (critic["model"], critic["model_args"]) == ("scripted/honest", {"profile": "x"})
    assert len(facts.shards[log.name]) == 32
    assert facts.manifests[0]["study"] == "mine"


def test_a_log_alone_tells_the_same(log: Path, tmp_path: Path) -> None:
    alone = shutil.copy(log, tmp_path / "alone.eval")
    facts = read_facts([Path(alone)])
    assert facts.manifests == ()
    assert facts.declared == read_facts([log]).declared
    assert facts.named_confounds == read_facts([log]).named_confounds


def test_groups_that_were_run_stand_in_the_log(log: Path, tmp_path: Path) -> None:
    assert read_header(log)["eval"]["metadata"]["study_groups"] == ["controls", "main"]
    (tmp_path / "mine.yaml").write_text(STUDY)
    file, layout = read_and_check(tmp_path / "mine.yaml")
    part = StudyRun(file, select(layout, ["controls"], []), ("scripted/honest",), limit=1)
    [path] = run_study(part, RunSettings(tmp_path / "logs")).logs
    assert read_header(path)["eval"]["metadata"]["study_groups"] == ["controls"]
    assert len(read_facts([path]).declared) == 2, "the whole study is declared, whatever was run of it"
    whole = {row["trial_id"] for row in read_trials([log])}
    changed = {row["trial_id"] for row in read_trials([path])}
    assert whole.isdisjoint(changed), "these have other model arguments"


def test_the_declaration_is_no_part_of_a_trial(log: Path, tmp_path: Path) -> None:
    critic = with_profile(log.parents[3])
    [bare] = execute(
        [make_shard("evaluation", [{"relationship": "good"}], variants=8)], [critic], RunSettings(tmp_path)
    )
    assert {row["trial_id"] for row in read_trials([bare])} & {row["trial_id"] for row in read_trials([log])}


def test_bare_scenarios_declare_nothing(tmp_path: Path) -> None:
    paths = execute([make_shard("finance", [{}])], ["scripted/honest"], RunSettings(tmp_path))
    facts = read_facts(paths)
    assert (facts.studies, facts.declared, facts.named_confounds) == ({}, (), ())


def test_a_study_that_cannot_be_laid_out_any_more_is_told(log: Path, tmp_path: Path) -> None:
    def rename(run: dict[str, Any]) -> None:
        run["metadata"]["study_declared"]["scenarios"] = ["gone_scenario"]

    facts = read_facts([with_header(log, tmp_path / "a.eval", rename)])
    assert facts.declared == ()
    assert "gone_scenario" in facts.notes[0]
    assert "--with" in facts.notes[0]


def test_two_studies_of_one_name_are_refused_but_more_variants_are_not(log: Path, tmp_path: Path) -> None:
    def more(run: dict[str, Any]) -> None:
        run["metadata"]["study_declared"]["variants"] = 99

    def other(run: dict[str, Any]) -> None:
        run["metadata"]["study_declared"]["primary"] = []

    assert read_facts([log, with_header(log, tmp_path / "a.eval", more)]).studies["mine"]["variants"] == 99
    with pytest.raises(LogError, match=r"b\.eval.*not of the same"):
        read_facts([log, with_header(log, tmp_path / "b.eval", other)])


def test_a_broken_manifest_is_told(log: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(log, tmp_path / "a.eval"))
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(LogError, match=r"manifest\.json"):
        read_facts([path])
    (tmp_path / "manifest.json").write_text('{"somebody": "else"}')
    assert read_facts([path]).manifests == ()
