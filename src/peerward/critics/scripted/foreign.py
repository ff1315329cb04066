"""Policies that scenarios of extensions bring: ``POLICIES`` in the module ``critics.py`` of the scenario's folder.

The first of them is the scenario's plainest means of deviating; ``obedient`` and ``deviating_openly`` use it.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from peerward.critics.scripted.policy import Policy
from peerward.design.extensions import ExtensionError, further_scenarios
from peerward.scenarios.outside import folder_of, import_outside


@cache
def with_policies() -> frozenset[str]:
    """The scenarios of extensions that bring policies."""
    return frozenset(
        name for name in further_scenarios() if (folder_of(name) or Path()).joinpath("critics.py").is_file()
    )


@cache
def policies_of(name: str) -> tuple[Policy, ...]:
    """The policies of such a scenario.

    Raises:
        ExtensionError: If its module cannot be imported or holds none.
    """
    module = import_outside(name, "critics")
    found = getattr(module, "POLICIES", None)
    if not isinstance(found, tuple) or not found or not all(isinstance(each, Policy) for each in found):
        raise ExtensionError(
            f"{module.__file__}: POLICIES is {found!r}; make it a tuple of policies (peerward.critics.scripted.policy)."
        )
    return found


def all_policies() -> Iterator[tuple[Policy, ...]]:
    """The policies of every scenario of an extension."""
    for name in sorted(with_policies()):
        yield policies_of(name)
