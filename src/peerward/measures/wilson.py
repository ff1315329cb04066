"""One rate and its Wilson interval: the closed form that both the in-log metrics and analysis/ show."""

import math
from dataclasses import dataclass

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


@dataclass(frozen=True)
class Rate:
    """A share of trials with its interval.

    Attributes:
        events: Trials with the event.
        trials: Trials counted.
        rate: Events by trials, NaN where there are none.
        lower: Lower limit, 0-1.
        upper: Upper limit, 0-1.
    """

    events: int
    trials: int
    rate: float
    lower: float
    upper: float


def wilson(events: int, trials: int, z: float = Z95) -> Rate:
    """Return a rate with its Wilson score interval (Wilson 1927), for independent trials.

    Args:
        events: Trials with the event, 0 to ``trials``.
        trials: Trials counted; with 0 the rate is NaN and the interval is 0 to 1.
        z: The normal quantile of the level; 1.96 for 95 %.

    Raises:
        ValueError: If the counts are out of range.
    """
    if not 0 <= events <= trials:
        raise ValueError(f"{events} events in {trials} trials is no count")
    if trials == 0:
        return Rate(0, 0, math.nan, 0.0, 1.0)
    share = events / trials
    spread = z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    # At the edges the limit is exactly the edge; the formula only comes close to it in floating point.
    low = 0.0 if events == 0 else max(0.0, middle - half)
    high = 1.0 if events == trials else min(1.0, middle + half)
    return Rate(events, trials, share, low, high)
