"""A critic that is asked with other settings in the same folder: what is left behind, and what critics are called."""

import json
from pathlib import Path

import pytest

from peerward.cli.answers import summarise
from peerward.cli.status_view import view
from peerward.cli.status_words import line, notes
from peerward.cli.tables import console
from peerward.design.critic import Critic
from peerward.design.study import Study
from peerward.runs.collecting import collect
from peerward.runs.execute import RunSettings
from peerward.runs.layout import Layout, expand
from peerward.runs.running.conduct import Means
from peerward.runs.running.progress import all_progress
from peerward.runs.running.status import read_status
from peerward.runs.study_run import StudyRun, run_study

WARM = Critic("ours", "scripted/honest", generation={"temperature": 1.0})
COLD = Critic("ours", "scripted/honest", generation={"temperature": 0.0})


def layout(variants: int) -> Layout:
    return expand(Study(name="mine", title="Mine", scenarios=["shutdown_config"], variants=variants))


def run(root: Path, critic: Critic, variants: int) -> None:
    run_study(StudyRun(None, layout(variants), (critic,)), RunSettings(root), Means(workers=1, trials=2))


@pytest.fixture(scope="module")
def asked_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of six trials of which two were finished before its critic got another temperature."""
    root = tmp_path_factory.mktemp("run") / "logs"
    run(root, WARM, 2)
    body = json.loads((root / "manifest.json").read_text())
    body["critics"][0]["trials"] = 6
    (root / "manifest.json").write_text(json.dumps(body))
    run(root, COLD, 3)
    return root


def test_what_is_left_behind_is_not_planned_for_ever(asked_twice: Path) -> None:
    status = read_status(asked_twice)
    counts = [(each.left_behind, each.trials.planned, each.trials.done, each.trials.over) for each in status.critics]
    assert counts == [(True, 2, 2, 4), (False, 3, 3, 0)]
    assert (status.trials.planned, status.trials.left, status.trials.over) == (5, 0, 4)
    assert "finished" in line(status) and "5 of 5 trials done, 4 not run any more" in line(status)
    [told] = [note for note in notes(status) if "asked with other settings" in note]
    assert told.startswith("ours was asked") and "2 trials stand in the table, 4 not run any more" in told
    out = console()
    with out.capture() as shown:
        out.print(view(status, out.width))
    assert "ours (settings of before)" in shown.get()


def test_what_is_left_behind_is_not_waited_for_when_runs_are_collected(asked_twice: Path, tmp_path: Path) -> None:
    found = collect([asked_twice], tmp_path / "trials.csv", "csv")
    assert (found.trials, found.partial) == (5, [])


def test_going_back_to_the_earlier_settings_goes_on_with_them(asked_twice: Path) -> None:
    run(asked_twice, WARM, 3)
    counts = {each.left_behind: (each.trials.planned, each.trials.done) for each in read_status(asked_twice).critics}
    assert counts == {False: (3, 3), True: (3, 3)}
    marked = [
        each for each in json.loads((asked_twice / "manifest.json").read_text())["critics"] if "left_behind" in each
    ]
    assert [each["generation"] for each in marked] == [{"temperature": 0.0}]


def test_critics_are_called_alike_in_the_table_of_rates_and_in_the_status(asked_twice: Path) -> None:
    answers = summarise(sorted(asked_twice.rglob("*.eval")))
    assert [each.label for each in answers.critics] == ["ours (temperature=0.0)", "ours (temperature=1.0)"]
    assert {each.name for each in read_status(asked_twice).critics} == {"ours"}


def test_one_critic_of_a_name_is_called_by_it_alone(tmp_path: Path) -> None:
    run(tmp_path / "logs", COLD, 1)
    answers = summarise(sorted((tmp_path / "logs").rglob("*.eval")))
    assert [(each.label, each.model) for each in answers.critics] == [("ours", "scripted/honest")]
    assert {each.critic.label for each in answers.cells} == {each.critic for each in all_progress(tmp_path / "logs")}
