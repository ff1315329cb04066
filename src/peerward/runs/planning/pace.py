"""How long it takes: trials side by side, calls a minute, tokens a minute. The slowest of the three decides."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from peerward.runs.planning.reckoning import Usage

LIVE = 20
SECONDS_A_CALL = 8.0
"""How long a call of a model is taken to last where no pilot tells it."""


@dataclass(frozen=True)
class Pace:
    """What bounds the speed of a critic.

    Attributes:
        live: The most of its trials at once.
        rpm: Calls a minute that the provider allows; 0: no limit is known.
        tpm: Tokens a minute, read and written, that it allows; 0: no limit is known.
        seconds_a_call: How long a call lasts where no pilot tells it.
    """

    live: int = LIVE
    rpm: int = 0
    tpm: int = 0
    seconds_a_call: float = SECONDS_A_CALL


@dataclass(frozen=True)
class Hours:
    """How long a critic's trials take.

    Attributes:
        hours: The largest of the bounds.
        bound: The one that decides.
        bounds: All of them, in hours.
    """

    hours: float
    bound: str
    bounds: Mapping[str, float]


def hours(trials: int, usage: Usage, seconds: float, pace: Pace) -> Hours:
    """How long trials take.

    Args:
        trials: How many.
        usage: The usage of all of them.
        seconds: The mean duration of one trial.
        pace: What bounds the speed. Cached tokens are counted against ``tpm`` like others; some providers do not.
    """
    bounds = {f"{pace.live} trials at once": math.ceil(trials / pace.live) * seconds / 3600}
    if pace.rpm:
        bounds[f"{pace.rpm:,} calls a minute"] = usage.calls / pace.rpm / 60
    if pace.tpm:
        bounds[f"{pace.tpm:,} tokens a minute"] = (usage.tokens_in + usage.out) / pace.tpm / 60
    bound = max(bounds, key=lambda name: bounds[name])
    return Hours(bounds[bound], bound, bounds)
