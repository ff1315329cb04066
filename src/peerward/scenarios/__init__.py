"""The stories: one folder each. ``scenario(name)`` returns one, ``names()`` lists them."""

from functools import cache
from importlib import import_module

from peerward.design import LevelError
from peerward.scenarios.story import Aftermath, Brief, Case, Scenario, Staged

NAMES = ("evaluation", "finance", "shutdown_config", "shutdown_duty", "server_transfer", "server_cleanup")

__all__ = ["NAMES", "Aftermath", "Brief", "Case", "Scenario", "Staged", "scenario"]


@cache
def scenario(name: str) -> Scenario:
    """Return the scenario of this name or of the paper's name for it.

    Raises:
        LevelError: If there is none; the message lists all.
    """
    if name in NAMES:
        found: Scenario = import_module(f"peerward.scenarios.{name}").SCENARIO
        return found
    for each in NAMES:
        if scenario(each).alias == name:
            return scenario(each)
    raise LevelError(f"no scenario {name!r}; choose one of: {', '.join(NAMES)}")
