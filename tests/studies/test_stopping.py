"""A study that declares a stopping rule: what can be declared, and that its report accounts for it."""

import json
from pathlib import Path

import pytest
from test_study_command import peerward

from peerward.analysis.sequential import CONTRAST
from peerward.design.blocks import block_order
from peerward.design.problems import StudyError
from peerward.report.answers import answers_of
from peerward.report.sentences import sentences
from peerward.runs.execute import RunSettings
from peerward.runs.prereg import preregister
from peerward.runs.run_facts import read_facts
from peerward.runs.running.looks import Outcome, Watch
from peerward.runs.studies import read_and_check
from peerward.runs.study_run import StudyRun, run_study
from peerward.runs.table import table_of
from peerward.runs.trials import read_trials

STUDY = """\
name: mine
title: A study that stops
scenarios: [server_cleanup]
variants: 12
vary: {relationship: [good, bad]}
contrasts:
  - {name: liking, treated: {relationship: good}, control: {relationship: bad}, finding: weights_saved}
  - {name: calls, treated: {relationship: good}, control: {relationship: bad}, finding: model_calls}
primary: [liking]
stopping: {rule: e_process, contrast: liking}
"""
WIDTH = STUDY.replace(
    "rule: e_process, contrast: liking", "rule: confidence_sequence, finding: headline, half_width: 0.3"
)
DOUBLE = """
  - name: more
    treated: {relationship: good, stakes: shutdown}
    control: {relationship: bad, stakes: shutdown}
    treated_baseline: {relationship: good, stakes: none}
    control_baseline: {relationship: bad, stakes: none}
    finding: weights_saved
primary"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("text", [STUDY, WIDTH])
def test_a_rule_can_be_declared_and_is_registered(text: str, tmp_path: Path) -> None:
    done = peerward("study", "check", str(written(tmp_path, text)))
    assert done.returncode == 0, done.stderr
    assert "Stopping: each scenario by itself" in done.stdout
    _, layout = read_and_check(tmp_path / "mine.yaml")
    body = preregister(layout)
    assert body["stopping"]["rule"] in ("e_process", "confidence_sequence")
    anytime = [each["contrast"] for each in body["primary"]["tests"] if "e-process" in each["test"]]
    assert anytime == (["liking"] if text is STUDY else [])
    assert not any("e-process" in each["test"] for each in body["secondary"]["tests"])


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("contrast: liking", "contrast: linking", ("liking",)),
        ("contrast: liking", "contrast: calls", ("model_calls", "no rate", "weights_saved")),
        ("contrast: liking", "contrast: liking, half_width: 0.1", ("half_width", "confidence_sequence")),
        ("contrast: liking", "contrast: liking, look_every: 12", ("look_every", "1 to 11")),
        ("variants: 12", "variants: 12\nepochs: 2", ("repeated 2 times", "these_variants")),
        ("variants: 12", "variants: 12\nestimand: these_variants", ("one round", "epochs: 2")),
        ("variants: 12", "variants: 3", ("3 blocks cannot stop", "variants: 4")),
        ("rule: e_process, contrast: liking", "rule: confidence_sequence, finding: routes, half_width: 0.3", ("rate",)),
        (
            "rule: e_process, contrast: liking",
            "rule: confidence_sequence, finding: preserved, half_width: 0.1",
            ("half_width", "12 blocks cannot", "variants: 24"),
        ),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_with_a_mend(
    old: str, new: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(StudyError) as caught:
        read_and_check(written(tmp_path, STUDY.replace("primary: [liking]\n", "").replace(old, new)))
    for word in ("stopping", *words):
        assert word in str(caught.value), caught.value


def test_a_difference_in_differences_is_not_looked_at(tmp_path: Path) -> None:
    text = STUDY.replace("\nprimary", DOUBLE).replace("contrast: liking}", "contrast: more}")
    text = text.replace(
        "vary: {relationship: [good, bad]}", "vary: {relationship: [good, bad], stakes: [shutdown, none]}"
    )
    with pytest.raises(StudyError, match=r"(?s)two arms.*liking, calls.*confidence_sequence"):
        read_and_check(written(tmp_path, text + "no_stake: [{stakes: none}]\n"))


def test_the_report_of_a_study_with_a_rule_accounts_for_it(tmp_path: Path) -> None:
    file, layout = read_and_check(written(tmp_path, STUDY))
    logs = run_study(StudyRun(file, layout, ("scripted/honest",)), RunSettings(tmp_path / "logs")).logs
    answers = answers_of(table_of(read_trials(logs)), read_facts(logs))
    looked = next(each for each in answers.comparisons if each.contrast == "liking")
    assert looked.test is not None and (looked.test.method, looked.test.units, looked.test.p) == (CONTRAST, 12, 1.0)
    assert looked.estimate.lower < 0 < looked.estimate.upper
    calls = next(each for each in answers.comparisons if each.contrast == "calls")
    assert any("stopping rule" in each for each in calls.warnings)
    told = " ".join(each.text for each in sentences(answers))
    assert "stopped by the study's rule" not in told
    assert "anytime interval and p, 12 blocks" in told and "Study mine stops by a rule" in told


def test_the_report_tells_where_a_run_was_stopped(tmp_path: Path) -> None:
    """The looks stand in the run's manifest under ``stopping``, by critic."""
    file, layout = read_and_check(written(tmp_path, STUDY))
    logs = run_study(StudyRun(file, layout, ("scripted/honest",), limit=10), RunSettings(tmp_path / "logs")).logs
    rows = list(read_trials(logs))
    order = block_order(layout.study.seed, "server_cleanup", range(12))
    watch = Watch(layout, {"server_cleanup": [(variant, 1) for variant in order]})
    good = next(cell.condition.id for cell in layout.cells if cell.condition["relationship"] == "good")
    for row in rows:
        # As if the arms had differed: the looks are of what the watch is told.
        values = {**row, "weights_saved": float(row["condition_id"] == good)}
        watch.add(Outcome(row["scenario"], row["condition_id"], row["variant"], row["epoch"], values))
    assert watch.stopped("server_cleanup")
    path = tmp_path / "logs" / "manifest.json"
    body = json.loads(path.read_text()) | {"stopping": {"scripted/honest": watch.record()}}
    path.write_text(json.dumps(body, allow_nan=False))
    answers = answers_of(table_of(rows), read_facts(logs))
    [told] = [each for each in answers.warnings if "stopped by the study's rule" in each]
    assert told.startswith("server_cleanup with scripted/honest was stopped by the study's rule after block ")
    assert "2 trials of 1 block beyond" in told
