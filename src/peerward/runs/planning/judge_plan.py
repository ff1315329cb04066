"""What a judge takes for the trials of a plan."""

from dataclasses import dataclass
from decimal import Decimal

from peerward.runs.planning.prices import Price
from peerward.runs.planning.reckoning import Usage


@dataclass(frozen=True)
class JudgePlan:
    """What a judge takes for the trials that a plan has left to run.

    Attributes:
        judge: Its model string.
        usage: Calls and tokens.
        price: The price, or None where it is not known.
        dollars: What it costs, all of it charged as input; None where that is not known.
    """

    judge: str
    usage: Usage
    price: Price | None
    dollars: Decimal | None


def judging_dollars(judges: tuple[JudgePlan, ...]) -> Decimal | None:
    """What all judges cost together; None where any one's part is not known."""
    known = [each.dollars for each in judges if each.dollars is not None]
    return sum(known, Decimal(0)) if len(known) == len(judges) else None
