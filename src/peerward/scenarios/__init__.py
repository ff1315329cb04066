"""The stories: one folder each. ``scenario(name)`` returns one, ``names()`` lists them."""

from functools import cache
from importlib import import_module

from peerward.design import LevelError
from peerward.design.extensions import extensions, further_scenarios
from peerward.scenarios.outside import scenario_outside
from peerward.scenarios.story import Aftermath, Brief, Case, Scenario, Staged

NAMES = ("evaluation", "finance", "shutdown_config", "shutdown_duty", "server_transfer", "server_cleanup")
"""Our own. With those of extensions: ``names()``."""

__all__ = ["NAMES", "Aftermath", "Brief", "Case", "Scenario", "Staged", "names", "scenario"]

# So that a scenario of an extension is imported as ours are, by its name, in worker processes too.
__path__.extend(str(each.folder / "scenarios") for each in extensions() if each.scenarios)


def names() -> tuple[str, ...]:
    """All scenarios by name: ours, then those of extensions."""
    return (*NAMES, *further_scenarios())


@cache
def scenario(name: str) -> Scenario:
    """Return the scenario of this name or of the paper's name for it.

    Raises:
        LevelError: If there is none; the message lists all.
    """
    if name in NAMES:
        found: Scenario = import_module(f"peerward.scenarios.{name}").SCENARIO
        return found
    if name in further_scenarios():
        return scenario_outside(name)
    for each in NAMES:
        if scenario(each).alias == name:
            return scenario(each)
    raise LevelError(
        f"no scenario {name!r}; choose one of: {', '.join(names())} (from outside: peerward --with FOLDER)"
    )
