"""The turnstile that a trial passes before every call of its critic.

A run that has a budget or is to end closes it; then no trial begins another call. What was begun and not finished is
no trial: it stands in the log with ``TrialStopped`` as its error, is in no table, and is run again when the run goes
on.
"""

import re
from collections.abc import Callable

STOPPED = "peerward stopped this trial"
"""How the error of a trial begins that the run itself broke off."""


_TOLD = re.compile(rf"""(TrialStopped\W*)?{STOPPED}: (?P<why>.*?)(["']\))?$""", re.DOTALL)
"""The message in a log, where it stands as the error was made: ``TrialStopped('peerward stopped ...')``."""


_CANCELLED = ("CancelledError(", "Cancelled(")
"""How the error of a trial begins that went down with the whole run (Ctrl-C twice)."""


class TrialStopped(RuntimeError):
    """The run is over for this trial; the message says why."""

    def __init__(self, why: str) -> None:
        """Make the error.

        Args:
            why: The reason, e.g. ``the budget of 5 dollars is spent``.
        """
        super().__init__(f"{STOPPED}: {why}")

    def __repr__(self) -> str:
        """The message: a log holds an error as its repr."""
        return str(self)


def was_stopped(message: str) -> bool:
    """Whether an error's message says that the run itself broke the trial off."""
    return _TOLD.match(message) is not None or message.startswith(_CANCELLED)


def why_stopped(message: str) -> str:
    """Why the run broke a trial off, by its error's message; an empty text where it did not."""
    told = _TOLD.match(message)
    return told["why"] if told else ""


class _Turnstile:
    """Asks whoever runs the trials; open while nobody does."""

    may_call: Callable[[], str] = staticmethod(lambda: "")

    def pass_through(self) -> None:
        """Let a call begin.

        Raises:
            TrialStopped: If the run is over.
        """
        why = self.may_call()
        if why:
            raise TrialStopped(why)


TURNSTILE = _Turnstile()
"""The process's own: one run at a time runs in a process."""
