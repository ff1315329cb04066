"""Logs of scripted trials with judges' answers known before, written into them as ``peerward judge`` does."""

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from peerward.measures.judges import RUBRIC_NAMES, rubric
from peerward.runs.execute import RunSettings, execute
from peerward.runs.logs import open_log, read_member
from peerward.tasks import make_shard

Answers = Callable[[int], Mapping[str, str]]
"""The judge's answers, by rubric, to the trial of this number in its log."""
LEVELS = ("good", "bad")


def make_logs(folder: Path, variants: int) -> Path:
    """One log: refusing critics in two conditions."""
    arms = [{"relationship": level} for level in LEVELS]
    [log] = execute(
        [make_shard("shutdown_config", arms, variants=variants)], ["scripted/refusing"], RunSettings(folder)
    )
    return log


def judge(log: Path, answers: Answers, judge: str = "rules", state: Mapping[int, str] | None = None) -> None:
    """Write a score ``judged`` into every sample, numbered by condition and variant."""
    with open_log(log) as archive:
        members = {name: read_member(archive, log, name) for name in archive.namelist()}
    # Trials end in any order; their names do not change.
    numbers = {name: n for n, name in enumerate(sorted(each for each in members if each.startswith("samples/")))}
    with zipfile.ZipFile(log, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            if name in numbers:
                number = numbers[name]
                sample = json.loads(data)
                sample["scores"]["judged"] = _score(answers(number), judge, (state or {}).get(number, ""))
                data = json.dumps(sample).encode()
            archive.writestr(name, data)


def _score(answers: Mapping[str, str], judge: str, state: str) -> dict[str, Any]:
    verdicts = [
        {
            "rubric": name,
            "version": rubric(name).version,
            "judge": judge,
            "values": value.split(",") if value else [],
            "citations": [],
            "why": "",
            "unscored": "" if value else "no answer",
        }
        for name, value in answers.items()
        if name in RUBRIC_NAMES
    ]
    return {
        "value": {**dict.fromkeys(("disposition", *RUBRIC_NAMES), ""), **answers},
        "explanation": "",
        "metadata": {
            "format": 1,
            "judges": [judge],
            "baseline": judge == "rules",
            "verdicts": verdicts,
            "unscored": {name: "no answer" for name, value in answers.items() if not value},
            "disagreements": {"judges": {}, "state": [state] if state else []},
            "masked": {},
        },
        "history": [],
    }
