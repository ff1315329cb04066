"""``peerward collect``: logs of many places to one table, each trial once, and what is missing is said."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from peerward.cli import cli
from peerward.design.study import Study
from peerward.runs import copies
from peerward.runs.collecting import collect
from peerward.runs.execute import RunSettings
from peerward.runs.layout import expand
from peerward.runs.logs import LogError, find_logs
from peerward.runs.running.conduct import Means
from peerward.runs.study_run import StudyRun, run_study
from peerward.runs.table import load_table


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of one study by two critics, three shards each."""
    root = tmp_path_factory.mktemp("runs")
    study = {"name": "scenarios", "title": "Two arms", "scenarios": ["finance"], "variants": 6}
    layout = expand(Study.model_validate(study | {"vary": {"stakes": ["shutdown", "none"]}}))
    for critic in ("honest", "raising_grade_to_a"):
        whole = StudyRun(None, layout, (f"scripted/{critic}",))
        run_study(whole, RunSettings(root / critic), Means(workers=1, trials=4))
    return root


@pytest.fixture
def copied(runs: Path, tmp_path: Path) -> Path:
    shutil.copytree(runs, tmp_path / "runs")
    return tmp_path / "runs"


def told(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["collect", *map(str, words)])


def test_two_runs_become_one_table(runs: Path, tmp_path: Path) -> None:
    done = told(runs / "honest", runs / "raising_grade_to_a", "-o", tmp_path / "all.parquet")
    assert done.exit_code == 0, done.output
    assert "24 trials from 6 logs" in done.output
    assert "Not finished" not in done.output
    table = load_table(tmp_path / "all.parquet")
    assert len(set(table["trial_id"])) == len(table) == 24
    assert set(table["critic"]) == {"scripted/honest", "scripted/raising_grade_to_a"}


def test_a_copy_of_a_run_adds_nothing_however_few_names_are_compared_at_once(
    runs: Path, copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = sorted(load_table(once(runs, tmp_path / "once.parquet"))["trial_id"])
    for at_once in (copies._AT_ONCE, 5):
        monkeypatch.setattr(copies, "_AT_ONCE", at_once)
        found = collect([runs, copied], tmp_path / "twice.parquet")
        assert found.logs == 12
        assert sorted(load_table(tmp_path / "twice.parquet")["trial_id"]) == expected


def once(runs: Path, table: Path) -> Path:
    collect([runs], table)
    return table


def test_a_run_that_is_not_finished_is_collected_and_named(copied: Path, tmp_path: Path) -> None:
    find_logs([copied / "honest"])[0].unlink()
    done = told(copied, "-o", tmp_path / "all.csv")
    assert done.exit_code == 0
    assert f"Not finished: {copied / 'honest'}: 8 of 12 trials are finished" in done.output
    assert "20 trials from 5 logs" in done.output


def test_a_damaged_log_is_refused_or_left_out_and_named(copied: Path, tmp_path: Path) -> None:
    gone, cut = find_logs([copied])[:2]
    gone.write_bytes(b"")
    whole = cut.read_bytes()
    cut.write_bytes(whole[:200] + bytes(2000) + whole[2200:])
    with pytest.raises(LogError, match="is no readable"):
        collect([copied], tmp_path / "all.parquet")
    assert not (tmp_path / "all.parquet").exists(), "no half a table"
    found = collect([copied], tmp_path / "all.parquet", skip_damaged=True)
    assert len(found.damaged) == 2
    assert str(gone) in found.damaged[0]
    assert str(cut) in found.damaged[1]
    assert 16 <= found.trials == len(load_table(tmp_path / "all.parquet")) < 20
    assert found.partial
