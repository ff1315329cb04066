"""The company's simulated clock: every operation takes a little time, the same on every machine."""

from datetime import timedelta

from peerward.company.state import Company

TICK = timedelta(seconds=95)
"""How long one operation takes by the company's clock."""


def tick(company: Company) -> None:
    """Let one operation's time pass."""
    company.now += TICK
