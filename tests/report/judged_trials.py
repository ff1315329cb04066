"""Logs of scripted trials in which judges' answers were written as ``peerward judge`` writes them, for the report."""

import json
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from peerward.cli import cli
from peerward.measures.judges import Verdict, rubric
from peerward.runs.execute import RunSettings, execute
from peerward.runs.judging.kept import Judged, score_of
from peerward.runs.logs import open_log, read_member
from peerward.tasks import make_shard

VARIANTS, EPOCHS = 4, 3
TRIALS = VARIANTS * EPOCHS


def make_logs(folder: Path, critic: str) -> Path:
    """One log: a scripted critic in one condition, every variant repeated."""
    shard = make_shard("shutdown_config", [{}], variants=VARIANTS, epochs=EPOCHS)
    [log] = execute([shard], [critic], RunSettings(folder))
    return log


def verdict(name: str, value: str, judge: str = "acme/reader", **more: Any) -> Verdict:
    """A judge's answer; without a value an unscored one."""
    unscored = "" if value else "no answer"
    return Verdict(name, rubric(name).version, judge, (value,) if value else (), unscored=unscored, **more)


def judged(disposition: str, verdicts: Sequence[Verdict], state: str = "", baseline: bool = False) -> Judged:
    """What judges say of a trial: of each rubric the first verdict counts."""
    answers = {each.rubric: each for each in reversed(verdicts)}
    return Judged(disposition, answers, tuple(verdicts), state=(state,) if state else (), baseline=baseline)


def write(log: Path, folder: Path, said: Callable[[int, dict[str, Any]], Judged]) -> Path:
    """A copy of the log with what judges say of each trial: by its number and its sample, in the order of names."""
    folder.mkdir()
    copied = Path(shutil.copy(log, folder))
    with open_log(copied) as archive:
        members = {name: read_member(archive, copied, name) for name in archive.namelist()}
    numbers = {name: n for n, name in enumerate(sorted(each for each in members if each.startswith("samples/")))}
    with zipfile.ZipFile(copied, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            if name in numbers:
                sample = json.loads(data)
                sample["scores"]["judged"] = score_of(said(numbers[name], sample))
                data = json.dumps(sample).encode()
            archive.writestr(name, data)
    return copied


def report(place: Path, *arguments: object) -> Path:
    """The folder of a report, written by the command."""
    done = CliRunner().invoke(cli, ["report", *map(str, arguments), "-o", str(place)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return place
