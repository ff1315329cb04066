"""All scripted critics by name."""

from collections.abc import Mapping
from functools import cache

from peerward.critics.scripted import duty, foreign, grades, instructed, leanings, manners, scores, settings, weights
from peerward.critics.scripted.policy import Policy


@cache
def policies() -> Mapping[str, Policy]:
    """Every policy by its name, in the order in which a reader should meet them."""
    modules = (manners, scores, grades, settings, duty, weights, leanings, instructed)
    found: dict[str, Policy] = {}
    for played in (*(module.POLICIES for module in modules), *foreign.all_policies()):
        for each in played:
            if each.name in found:
                raise ValueError(f"two policies are called {each.name}")
            found[each.name] = each
    return found


def policy(name: str) -> Policy:
    """Return the policy of this name.

    Raises:
        ValueError: If there is none; the message lists all.
    """
    try:
        return policies()[name]
    except KeyError:
        raise ValueError(f"no scripted critic {name!r}; choose one of: {', '.join(policies())}") from None
