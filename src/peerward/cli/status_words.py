"""How a run is, in words for the terminal: shared by the live view, ``peerward status`` and the plain lines."""

import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from peerward.design.counting import counted
from peerward.report.pages.environment import visible
from peerward.runs.planning.told import count, duration

if TYPE_CHECKING:
    from peerward.runs.running.merged import Counts
    from peerward.runs.running.status import Status

GLANCE = (
    "Interim rates are for a glance only: they have no interval, mix finished with unfinished blocks, and are no "
    "reason to stop."
)
_MOST = 5


def clean(text: str, most: int = 0) -> str:
    """A text of a run on one line, nothing in it that could steer a terminal or hide.

    Args:
        text: The text.
        most: The most characters; 0 for all.
    """
    line = visible(re.sub(r"\s+", " ", text).strip())
    return clipped(line, most) if most else line


def clipped(text: str, most: int) -> str:
    """A text of at most so many characters; what is cut off stands as an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"


def dollars(value: float) -> str:
    """Dollars, with cents that can be told apart below one dollar."""
    return f"${value:,.0f}" if value >= 1000 else f"${value:,.2f}" if value >= 1 or value == 0 else f"${value:,.3g}"


def interim(trials: "Counts") -> str:
    """The interim rate of the headline finding, e.g. ``31 % of 42 so far``, or a dash."""
    return "–" if trials.interim is None else f"{100 * trials.interim:.0f} % of {trials.measured:,} so far"


def completion(trials: "Counts") -> str:
    """The share of valid trials among the finished ones, rounded down so that 100 % means all."""
    return "–" if trials.completion is None else f"{int(100 * trials.completion + 1e-9)} %"


def state(status: "Status") -> str:
    """The state and why, e.g. ``draining: Ctrl-C was pressed``."""
    return status.state.value + (f": {clean(status.why, 300)}" if status.why else "")


def who(status: "Status") -> str:
    """Which process runs it and on what machines its shards run; empty where nobody does."""
    parts = []
    if status.runner is not None:
        parts.append(f"process {status.runner.process} on {clean(status.runner.host, 60)}")
    if status.workers and not status.is_over:
        told = ", ".join(f"{number} on {clean(host, 60)}" for host, number in sorted(status.workers.items())[:_MOST])
        more = len(status.workers) - _MOST
        parts.append(f"shards that run: {told}" + (f" and {counted(more, 'more machine')}" if more > 0 else ""))
    return "; ".join(parts)


def spend(status: "Status") -> str:
    """What was spent, the budget, and the forecast for the whole run."""
    so_far = [*_money(status.spent.dollars), f"{count(status.spent.tokens)} tokens"]
    told = f"spent {' and '.join(so_far)}"
    if status.state.value != "finished":
        expected = status.forecast
        if expected.tokens is None:
            told += "; in all: unknown until trials of every critic have ended"
        else:
            whole = [*_money(expected.dollars or 0.0), f"{count(expected.tokens)} tokens"]
            told += f"; in all about {' and '.join(whole)}"
    unpriced = [each.name for each in status.critics if each.spent.tokens and not each.spent.dollars]
    if status.spent.dollars and unpriced:
        told += f" (dollars without {', '.join(clean(name, 40) for name in unpriced[:_MOST])}: no price is known)"
    last = status.sessions[-1] if status.sessions else None
    limits = [] if last is None or last.dollars is None else [dollars(last.dollars)]
    limits += [] if last is None or last.tokens is None else [f"{count(last.tokens)} tokens"]
    return told + (f"; budget {' and '.join(limits)}" if limits else "")


def _money(value: float) -> list[str]:
    return [dollars(value)] if value else []


def time_left(status: "Status") -> str:
    """How long it will still take, as far as that is known; empty where nothing runs."""
    if status.is_over or status.state.value == "silent" or not status.trials.left:
        return ""
    if status.state.value == "draining":
        return f"{counted(status.trials.running, 'trial')} still to come to an end"
    hours = status.forecast.hours
    return "time left: unknown" if hours is None else f"time left: about {duration(hours)}"


def waits(status: "Status") -> str:
    """What the run has waited for its providers; empty if it has not."""
    own = status.waits
    if not (own.waiting or own.retries):
        return ""
    kinds = ", ".join(f"{number:,} x {clean(kind, 40)}" for kind, number in most(own.retries))
    lost = f"{own.seconds:,.0f} s" if own.seconds < 600 else duration(own.seconds / 3600)
    waiting = counted(own.waiting, "trial")
    return f"{waiting} waiting for the provider now; tried again: {kinds or 'none'}; {lost} lost to waits"


def errors(status: "Status") -> list[str]:
    """The most frequent errors, a line each."""
    told = [f"{number:,} x {clean(text, 160)}" for text, number in most(status.errors)]
    more = len(status.errors) - len(told)
    return told + ([f"and {counted(more, 'other kind')}"] if more > 0 else [])


def most(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent of what was counted."""
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:_MOST]


def notes(status: "Status") -> list[str]:
    """What else has to be known, a line each."""
    told = [clean(note, 300) for note in status.notes[:_MOST]]
    more = len(status.notes) - len(told)
    told += [f"and {counted(more, 'more note')}"] if more > 0 else []
    for critic in status.critics:
        told += [
            f"{clean(critic.name, 60)}, {clean(name, 40)}: {clean(why, 300)}"
            for name, why in list(critic.stopped.items())[:_MOST]
        ]
        by_rule = sum(cell.trials.over for cell in critic.cells if cell.scenario in critic.stopped)
        if by_rule and not critic.left_behind:
            told.append(f"{clean(critic.name, 60)}: not run any more by the study's rule: {counted(by_rule, 'trial')}")
        if critic.left_behind and critic.trials.over:
            told.append(
                f"{clean(critic.name, 60)} was asked with other settings or another address since: of those of before "
                f"{counted(critic.trials.done, 'trial')} stand in the table, {critic.trials.over:,} not run any more"
            )
    if status.broken_off:
        told.append(f"broken off by the run itself, and run again: {counted(status.broken_off, 'trial')}")
    lost = sum(not each.ended for each in status.sessions[:-1])
    if lost:
        told.append(f"{counted(lost, 'earlier session')} ended without a word (killed, or lost)")
    return told


def sessions(status: "Status") -> str:
    """Which session this is."""
    if not status.sessions:
        return ""
    last = status.sessions[-1]
    until = f" until {clean(last.ended, 40)}" if last.ended else ""
    return f"session {len(status.sessions)} from {clean(last.begun, 40)}{until}"


def line(status: "Status") -> str:
    """A run in one line, with the time of day."""
    trials = status.trials
    parts = [f"{trials.done:,} of {trials.planned:,} trials done"]
    if not status.is_over:
        parts.append(f"{trials.running:,} running")
    if trials.over:
        parts.append(f"{trials.over:,} not run any more")
    if trials.failed:
        parts.append(f"{trials.failed:,} failed")
    if trials.completion is not None:
        parts.append(f"{completion(trials)} valid")
    parts.append(spend(status))
    if left := time_left(status):
        parts.append(left)
    if status.waits.waiting:
        parts.append(f"{status.waits.waiting:,} wait for the provider")
    if errors_found := sum(status.errors.values()):
        parts.append(f"{counted(errors_found, 'error')}")
    at = time.strftime("%H:%M:%S", time.localtime(status.time))
    return f"{at} {state(status)} | " + ", ".join(parts)
