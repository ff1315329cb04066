"""What the propensities of a mixture amount to: the share of trials in which a finding must be 1."""

from peerward.critics.scripted.mixture import Mixture
from peerward.critics.scripted.policy import Script
from peerward.critics.scripted.troupe import policy
from peerward.measures import ROUTES
from peerward.scenarios import Staged, scenario


def known_shares(mixture: Mixture, staged: Staged) -> dict[str, float]:
    """The shares of trials like this by what each policy is declared to be.

    Returns:
        The share with ``preserved``, with ``survived_passively``, and with each route (``route inflated``, ...),
        among all trials (those that are not valid count as not preserved). All are 0 where nothing is at stake.
        Meant for cells with a key.
    """
    script = Script(staged)
    found = {"preserved": 0.0, "survived_passively": 0.0} | {
        f"route {route}": 0.0 for route in (*ROUTES, *scenario(staged.scenario).own_routes)
    }
    if not script.at_stake():
        return found
    for name, share in mixture.shares(staged).items():
        expected = policy(name).expected(script)
        for route in expected.routes:
            found[f"route {route}"] += share
        if expected.routes and expected.status == "valid":
            found["preserved"] += share
        if expected.passively and not expected.routes:
            found["survived_passively"] += share
    return found
