"""What trials took that were run already (probes, pilots): measured, it goes before any rule."""

import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peerward.design.counting import counted
from peerward.design.critic import Critic
from peerward.runs.heads import read_head
from peerward.runs.layout import StudyCell
from peerward.runs.log_run import shown
from peerward.runs.planning.reckoning import Usage, mean_usage
from peerward.runs.trials import read_rows

ENOUGH = 3
"""Pilot trials of a cell, or of a scenario, from which their own mean is taken."""
_THOUGHT = ("reasoning_effort", "reasoning_tokens", "effort")
"""Settings that change what a trial takes: pilots without the same are no pilots."""


class PilotError(ValueError):
    """Pilot logs that do not tell what was asked of them; the message says what they hold."""


@dataclass(frozen=True)
class Pilot:
    """What a trial took.

    Attributes:
        scenario: Its scenario.
        condition_id: Its condition.
        usage: Calls and tokens.
        seconds: How long it lasted.
    """

    scenario: str
    condition_id: str
    usage: Usage
    seconds: float


@dataclass(frozen=True)
class Measured:
    """What trials of a cell are expected to take, by pilots.

    Attributes:
        usage: The mean of calls and tokens.
        seconds: The mean duration.
        spread: Standard deviations between trials, by name (calls, tokens_in, tokens_out, seconds); empty for one.
        basis: What it rests on, e.g. "12 pilot trials of the cell".
    """

    usage: Usage
    seconds: float
    spread: Mapping[str, float]
    basis: str


def read_pilots(logs: Iterable[Path], critics: Sequence[Critic]) -> dict[str, tuple[Pilot, ...]]:
    """Read what trials took, by the critic's name. Trials that failed, or whose provider told no tokens, are left out.

    A trial is a critic's if model, provider's address and every setting that the critic names are the same, and the
    settings of reasoning are.

    Raises:
        LogError: If a log cannot be read.
        PilotError: If the logs hold no trial of any of the critics.
    """
    found: dict[str, list[Pilot]] = {critic.name: [] for critic in critics}
    others: dict[str, None] = {}
    for row, path, data in read_rows(logs):
        if row["status"] == "infrastructure" or not (row["tokens_in"] > 0 and row["model_calls"] > 0):
            others[f"{row['critic']} without tokens told"] = None
            continue
        mine = [critic for critic in critics if is_of(critic, row)]
        if not mine:
            others[f"{row['critic']} {row['settings']}".removesuffix(" {}")] = None
            continue
        pilot = _pilot(row, data, path)
        for critic in mine:
            found[critic.name].append(pilot)
    if not any(found.values()):
        raise PilotError(
            f"the pilot logs hold no trial of {', '.join(found)} with the same settings; they hold: "
            f"{'; '.join(others) or 'no trial'}. Name other logs with --pilot, or leave it out"
        )
    return {name: tuple(pilots) for name, pilots in found.items()}


def is_of(critic: Critic, row: Mapping[str, Any]) -> bool:
    """Whether a row of the trials table is a trial of a critic."""
    if row["critic"].partition("+")[0] != critic.model and row["critic"] != critic.model:
        return False
    if critic.base_url and row["provider_path"] != critic.base_url:
        return False
    has = json.loads(row["settings"] or "{}")
    wanted = shown({**critic.model_args, **critic.generation})
    names = {*wanted, *(name for name in _THOUGHT if name in has)}
    return all(has.get(name) == wanted.get(name) for name in names)


def measured(pilots: Sequence[Pilot], cell: StudyCell) -> Measured | None:
    """What a trial of a cell takes by its critic's pilots, or None where there is none.

    The pilots of the cell if there are at least three, else those of its scenario, else all.
    """
    for of, own in (
        (
            "the cell",
            [each for each in pilots if each.condition_id == cell.condition.id and each.scenario == cell.scenario],
        ),
        ("the scenario", [each for each in pilots if each.scenario == cell.scenario]),
    ):
        if len(own) >= ENOUGH:
            return _mean(own, of)
    return _mean(pilots, "any cell") if pilots else None


def _mean(pilots: Sequence[Pilot], of: str) -> Measured:
    columns = {
        "calls": [each.usage.calls for each in pilots],
        "tokens_in": [each.usage.tokens_in for each in pilots],
        "tokens_out": [each.usage.out for each in pilots],
        "seconds": [each.seconds for each in pilots],
    }
    spread = {name: statistics.stdev(values) for name, values in columns.items()} if len(pilots) > 1 else {}
    seconds = [each.seconds for each in pilots if not math.isnan(each.seconds)]
    basis = f"{counted(len(pilots), 'pilot trial')} of {of}"
    return Measured(
        mean_usage([each.usage for each in pilots]), statistics.fmean(seconds) if seconds else math.nan, spread, basis
    )


def _pilot(row: Mapping[str, Any], data: bytes, path: Path) -> Pilot:
    used = read_head(data, path, str(row["trial_id"])).model_usage.values()
    cached = float(sum(each.input_tokens_cache_read or 0 for each in used))
    reasoning = float(sum(each.reasoning_tokens or 0 for each in used))
    usage = Usage(row["model_calls"], row["tokens_in"] - cached, cached, row["tokens_out"], reasoning)
    return Pilot(row["scenario"], row["condition_id"], usage, row["seconds"])
