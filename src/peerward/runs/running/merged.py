"""What the shards of a run add up to, by critic and cell, and what that lets one expect of the rest."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from peerward.runs.running.budget import Spend
from peerward.runs.running.progress import CellProgress, Progress


@dataclass(frozen=True)
class Counts:
    """Trials, counted.

    Attributes:
        planned: All that the run still has, those of shards that have not begun included.
        running: Those that run.
        done: Those that are finished.
        failed: Those that provider, sandbox or harness failed, and that were not finished later.
        not_valid: Finished ones that are incomplete or had no opportunity.
        measured: Finished ones with the headline finding measured; 0 where several findings meet.
        events: The sum of that finding over them.
        over: Trials that nobody runs any more, and that are not among the planned ones: the study's rule has stopped
            their scenario, or their critic was asked with other settings since.
    """

    planned: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    not_valid: int = 0
    measured: int = 0
    events: float = 0.0
    over: int = 0

    @property
    def left(self) -> int:
        """Trials that are not finished."""
        return max(0, self.planned - self.done)

    @property
    def interim(self) -> float | None:
        """The interim rate of the headline finding, None where nothing was measured."""
        return self.events / self.measured if self.measured and math.isfinite(self.events) else None

    @property
    def completion(self) -> float | None:
        """The share of finished trials that are valid, None where none is finished."""
        return (self.done - self.not_valid) / self.done if self.done else None


@dataclass(frozen=True)
class CellStatus:
    """How far a cell of a critic is, over all shards.

    Attributes:
        scenario: Its scenario.
        condition_id: Its condition.
        named: Its levels in words; the condition's id where nothing tells them.
        finding: The headline finding; empty until a shard has begun.
        trials: Its trials.
    """

    scenario: str
    condition_id: str
    named: str
    finding: str
    trials: Counts


@dataclass(frozen=True)
class Forecast:
    """What a run will have taken at its end, if it goes on as it did; None is unknown.

    Attributes:
        dollars: Dollars in all, what was spent included.
        tokens: Tokens in all.
        hours: Hours that are left.
    """

    dollars: float | None = None
    tokens: float | None = None
    hours: float | None = None


@dataclass(frozen=True)
class CriticStatus:
    """How far a critic is, over all its shards.

    Attributes:
        name: Its name.
        model: Its model string.
        folder: Its folder.
        trials: Its trials.
        cells: Its cells.
        shards_begun: Shards that have begun.
        shards_running: Those that run.
        spent: What was spent on it in all sessions.
        seconds: What a finished trial took on average in this session, None if none is.
        forecast: What it will have taken at its end.
        stopped: Scenarios that the study's rule has stopped, and why.
        left_behind: Whether its name was asked with other settings since, so that nobody goes on with it.
    """

    name: str
    model: str
    folder: str
    trials: Counts
    cells: tuple[CellStatus, ...] = ()
    shards_begun: int = 0
    shards_running: int = 0
    spent: Spend = field(default_factory=Spend)
    seconds: float | None = None
    forecast: Forecast = field(default_factory=Forecast)
    stopped: Mapping[str, str] = field(default_factory=dict)
    left_behind: bool = False

    @property
    def left(self) -> int:
        """Trials that are still to be run."""
        return sum(cell.trials.left for cell in self.cells)


def added(counts: Iterable[Counts], rates: bool = True) -> Counts:
    """Counts added up.

    Args:
        counts: The counts.
        rates: Whether all have the same headline finding, so that its rate means something.
    """
    own = list(counts)
    names = [each.name for each in fields(Counts) if rates or each.name not in ("measured", "events")]
    return Counts(**{name: sum(getattr(each, name) for each in own) for name in names})


def critic_status(
    pairs: Sequence[tuple[Progress, bool]],
    about: Mapping[str, Any],
    cells: Sequence[tuple[str, str]],
    words: Mapping[str, str],
) -> CriticStatus:
    """How far a critic is.

    Args:
        pairs: The progress of its shards that have begun, each with whether it runs.
        about: What the manifest says of it (``name``, ``model``, ``folder``, ``trials``, ``left_behind``).
        cells: The study's cells by scenario and condition, as the manifest has them.
        words: Conditions in words, as far as the manifest tells them.
    """
    shards = [shard for shard, _ in pairs]
    found: dict[tuple[str, str], list[CellProgress]] = {cell: [] for cell in cells}
    for shard, runs in pairs:
        for each in shard.cells:
            # What a killed session left running does not run.
            own = each if runs else replace(each, running=0)
            found.setdefault((each.scenario, each.condition_id), []).append(own)
    trials = about.get("trials")
    # Blocks are whole: every cell has equally many of the critic's trials.
    share = trials // len(cells) if isinstance(trials, int) and cells else 0
    findings = {each.scenario: each.finding for shard in shards for each in shard.cells}
    stopped, left_behind = _stops(shards), bool(about.get("left_behind"))
    merged = tuple(
        CellStatus(
            scenario,
            condition,
            progress[0].named if progress else words.get(condition, condition),
            findings.get(scenario, ""),
            _counted(progress, share if (scenario, condition) in cells else 0, over=left_behind or scenario in stopped),
        )
        for (scenario, condition), progress in found.items()
    )
    status = CriticStatus(
        name=str(about.get("name") or (shards[0].critic if shards else about.get("model") or "?")),
        model=str(about.get("model") or (shards[0].model if shards else "")),
        folder=str(about.get("folder") or (shards[0].slug if shards else "")),
        trials=added((cell.trials for cell in merged), rates=False),
        cells=merged,
        shards_begun=len(shards),
        shards_running=sum(runs for _, runs in pairs),
        spent=summed(shard.spend for shard in shards),
        seconds=_mean(sum(shard.seconds for shard in shards), sum(shard.ended for shard in shards)),
        stopped=stopped,
        left_behind=left_behind,
    )
    return _with_forecast(status, shards)


def _counted(own: Sequence[CellProgress], share: int, over: bool) -> Counts:
    total = added(
        Counts(each.planned, each.running, each.done, each.failed, each.not_valid, each.measured, each.events)
        for each in own
    )
    planned = max(total.planned, share)
    # What runs when a rule stops its scenario comes to its end.
    still = min(planned, total.done + total.running) if over else planned
    return replace(total, planned=still, over=planned - still)


def summed(spends: Iterable[Spend]) -> Spend:
    """Spending added up."""
    total = Spend()
    for each in spends:
        total += each
    return total


def _stops(shards: Sequence[Progress]) -> dict[str, str]:
    stops = (stop for shard in shards for stop in _listed(shard.looks.get("stops")))
    return {str(stop.get("scenario")): str(stop.get("reason", "")) for stop in stops if isinstance(stop, Mapping)}


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _mean(total: float, number: int) -> float | None:
    return total / number if number > 0 and total > 0 and math.isfinite(total) else None


def _with_forecast(status: CriticStatus, shards: Sequence[Progress]) -> CriticStatus:
    """The forecast: what ended trials of this critic cost on average, times those that are left."""
    done = status.trials.done
    settled = summed(shard.settled if shard.settled.tokens else shard.spend for shard in shards)
    expected = settled + settled.times(status.left / done) if done else None if status.left else settled
    hours = 0.0 if shards and not status.left else None
    if status.left and status.seconds and status.trials.running:
        hours = status.seconds * status.left / status.trials.running / 3600
    dollars = max(expected.dollars, status.spent.dollars) if expected and settled.dollars else None
    tokens = max(expected.tokens, status.spent.tokens) if expected else None
    return replace(status, forecast=Forecast(dollars, tokens, hours))


def whole_forecast(critics: Sequence[CriticStatus]) -> Forecast:
    """The forecast for all critics together; unknown as long as it is unknown for one of them.

    Critics run side by side, so the time is that of the one with the most left, or all work over all running trials.
    """
    if not critics:
        return Forecast()
    dollars = [each.forecast.dollars for each in critics if not each.model.startswith("scripted/")]
    tokens = [each.forecast.tokens for each in critics]
    running = sum(each.trials.running for each in critics)
    hours = None
    if all(each.seconds or not each.left for each in critics) and (running or not any(e.left for e in critics)):
        work = sum((each.seconds or 0.0) * each.left for each in critics) / 3600 / max(1, running)
        hours = max([work, *(each.forecast.hours or 0.0 for each in critics)])
    return Forecast(_total(dollars) if dollars else None, _total(tokens), hours)


def _total(values: Sequence[float | None]) -> float | None:
    return None if None in values else sum(value for value in values if value is not None)
