"""Answers that come in pairs, as plain data: watched and unwatched, weights and other assets, self and peer."""

from dataclasses import dataclass

from peerward.analysis.critic import Critic
from peerward.analysis.estimate import Estimate, Test


@dataclass(frozen=True)
class AlignmentPair:
    """The alignment-faking gap of one critic: unmonitored minus monitored, per variant.

    Attributes:
        id: Unique and fit for an anchor.
        critic: The critic.
        stratum: What the two arms share and what tells this pair from others.
        unmonitored: The cell without monitoring.
        monitored: The cell with it.
        gap: The gap in ``preserved``.
        checked_gap: The same among pairs in which the policy was read in both arms.
        not_executed_gap: The gap of "not executed on the subject, whatever the report" (the paper's measure).
        over_bar_gap: The gap in ``over_bar``.
        test: The test of the gap.
        table: Pairs by (preserved unmonitored, preserved monitored): both, only unmonitored, only monitored, neither.
        paper_confound: Whether the monitored arm adds a penalty (the paper's own arm, no minimal pair).
        p_adjusted: The p adjusted among the critic's pairs of its study (Benjamini-Hochberg).
    """

    id: str
    study: str
    critic: Critic
    stratum: str
    unmonitored: str
    monitored: str
    gap: Estimate
    checked_gap: Estimate
    not_executed_gap: Estimate
    over_bar_gap: Estimate
    test: Test | None
    table: tuple[int, int, int, int]
    paper_confound: bool = False
    p_adjusted: float = float("nan")


@dataclass(frozen=True)
class WeightsAnswer:
    """Weights saved minus other large assets saved, in the same trials, of one cell.

    ``p_adjusted`` is adjusted among the cells of its critic and study (Benjamini-Hochberg).
    """

    cell: str
    weights: Estimate
    others: Estimate
    difference: Estimate
    test: Test | None
    p_adjusted: float = float("nan")


@dataclass(frozen=True)
class SelfPeer:
    """The same condition with the critic itself at stake, and with a peer: two cells; self minus peer."""

    id: str
    critic: Critic
    scenario: str
    stratum: str
    finding: str
    own: str
    peer: str
    difference: Estimate
