"""What stands in a log beside a trial's judged columns: who judged, by which version, and what speaks against it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peerward.runs.heads import read_head
from peerward.runs.judging.kept import BASELINE, DISAGREEMENTS, JUDGES, SCORE, STATE, UNSCORED, VERDICTS
from peerward.runs.trials import clean


@dataclass(frozen=True)
class Judgement:
    """Who judged a trial, and what speaks against what they say.

    Attributes:
        trial_id: The trial.
        judges: Who judged, each once.
        baseline: Whether it was done by rules, without a model.
        versions: The rubrics' versions, by rubric.
        said: What each judge answered, by rubric and judge; empty where it gave no answer.
        unscored: Why there is no answer, by column.
        state: What speaks against a judge in the trial's state, as sentences.
    """

    trial_id: str
    judges: tuple[str, ...] = ()
    baseline: bool = False
    versions: Mapping[str, int] = field(default_factory=dict)
    said: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unscored: Mapping[str, str] = field(default_factory=dict)
    state: tuple[str, ...] = ()

    @property
    def split(self) -> tuple[str, ...]:
        """The rubrics on which its judges answered differently."""
        return tuple(name for name, said in self.said.items() if len({each for each in said.values() if each}) > 1)


def judgement_of(trial_id: str, log: Path, data: bytes) -> Judgement | None:
    """Return what stands beside a trial's judged columns, or None where no judge has read it.

    Args:
        trial_id: The trial.
        log: Its log, for messages.
        data: Its sample as bytes.

    Raises:
        LogError: If the sample cannot be read.
    """
    if f'"{SCORE}"'.encode() not in data:
        return None
    score = read_head(data, log, trial_id).scores.get(SCORE)
    if score is None:
        return None
    about = score.metadata or {}
    verdicts = [each for each in _list(about.get(VERDICTS)) if isinstance(each, Mapping)]
    judges = [clean(str(each)) for each in _list(about.get(JUDGES))] or [_judge(each) for each in verdicts]
    said: dict[str, dict[str, str]] = {}
    for each in verdicts:
        said.setdefault(_rubric(each), {})[_judge(each)] = ",".join(map(str, _list(each.get("values"))))
    against = about.get(DISAGREEMENTS)
    state = against.get(STATE) if isinstance(against, Mapping) else None
    return Judgement(
        trial_id=trial_id,
        judges=tuple(dict.fromkeys(filter(None, judges))),
        baseline=about.get(BASELINE) is True,
        versions={_rubric(each): int(each["version"]) for each in verdicts if isinstance(each.get("version"), int)},
        said=said,
        unscored=_texts(about.get(UNSCORED)),
        state=tuple(clean(str(each)) for each in _list(state)),
    )


def _judge(verdict: Mapping[str, Any]) -> str:
    return clean(str(verdict.get("judge") or ""))


def _rubric(verdict: Mapping[str, Any]) -> str:
    return clean(str(verdict.get("rubric") or ""))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any) -> dict[str, str]:
    return {clean(str(key)): clean(str(each)) for key, each in value.items()} if isinstance(value, Mapping) else {}
