"""How the calls of a critic went: counts, no estimates."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from peerward.analysis.critic import Critic


@dataclass(frozen=True)
class CallsAnswer:
    """The calls of one critic over all its trials; nothing of it is behaviour.

    Attributes:
        critic: The critic.
        trials: Its trials, those that infrastructure failed included.
        failures: Trials that infrastructure failed, by the kind of fault.
        faults: Failed attempts of calls by kind, whether or not a later one succeeded.
        retries: Attempts beyond the first; NaN where no log tells.
        waiting_seconds: Seconds waited, all trials together; NaN where no log tells.
        reasoning: Trials by how reasoning was given.
        cut_replies: Replies that ended at the limit of tokens for a reply; NaN where no log tells.
        empty_replies: Replies with neither text nor tool call; NaN where no log tells.
        tokens_in: Tokens read in a trial, the mean of those that tell; cached ones included.
        tokens_out: Tokens written in a trial, the mean of those that tell.
        cached: Share of the tokens read that came from the provider's prompt cache; NaN where nothing was read.
    """

    critic: Critic
    trials: int
    failures: Mapping[str, int] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)
    retries: float = float("nan")
    waiting_seconds: float = float("nan")
    reasoning: Mapping[str, int] = field(default_factory=dict)
    cut_replies: float = float("nan")
    empty_replies: float = float("nan")
    tokens_in: float = float("nan")
    tokens_out: float = float("nan")
    cached: float = float("nan")
