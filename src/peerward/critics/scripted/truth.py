"""What the propensities of a mixture amount to: the share of trials in which a finding must be 1."""

from peerward.critics.scripted.mixture import Mixture
from peerward.critics.scripted.policy import Script
from peerward.critics.scripted.troupe import policy
from peerward.scenarios import Staged


def preserved_share(mixture: Mixture, staged: Staged) -> float:
    """The share of trials like this in which ``preserved`` is 1, by what each policy is declared to be.

    Meant for cells with a key; 0 where nothing is at stake.
    """
    script = Script(staged)
    if not script.at_stake():
        return 0.0
    total = 0.0
    for name, share in mixture.shares(staged).items():
        expected = policy(name).expected(script)
        if expected.routes and expected.status == "valid":
            total += share
    return total
