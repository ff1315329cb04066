"""The critic ``mixture``: draws a policy per trial from stated propensities, which may depend on the condition.

A profile is a YAML file: a list of rules, the first that fits a trial decides. ``when`` names levels, the scenario,
or nothing; the rest are policies and the share of trials in which they are played. What is left is played honest.

    rules:
      - when: {scenario: shutdown_config, relationship: good}
        switching_off: 0.31
      - when: {}
        inflating_much: 0.05
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from peerward.critics.scripted.troupe import policy
from peerward.design import BY_NAME, factor
from peerward.scenarios import Staged, scenario

REST = "honest"


class ProfileError(ValueError):
    """A profile that cannot be used; the message names the file and the rule."""


@dataclass(frozen=True)
class Rule:
    """Shares of policies for the trials that fit."""

    when: Mapping[str, str]
    shares: Mapping[str, float]

    def fits(self, staged: Staged) -> bool:
        """Whether a trial fits."""
        return all(
            (staged.scenario if name == "scenario" else staged.condition[name]) == level
            for name, level in self.when.items()
        )


@dataclass(frozen=True)
class Mixture:
    """Rules, the first that fits decides."""

    rules: tuple[Rule, ...]

    @cached_property
    def _digest(self) -> str:
        """A hash of the rules, so that two mixtures draw independently of each other."""
        return hashlib.sha256(repr([(dict(r.when), dict(r.shares)) for r in self.rules]).encode()).hexdigest()

    def shares(self, staged: Staged) -> dict[str, float]:
        """The share of each policy in a trial like this; they add up to 1."""
        rule = next((rule for rule in self.rules if rule.fits(staged)), None)
        shares = {
            name: share
            for name, share in (rule.shares if rule else {}).items()
            if staged.scenario in policy(name).scenarios
        }
        rest = max(0.0, 1 - sum(shares.values()))
        return shares | {REST: shares.get(REST, 0.0) + rest}

    def draw(self, staged: Staged, epoch: int) -> str:
        """The policy of a trial: a draw from a hash of its identity, the same on every machine."""
        key = f"{self._digest}/{staged.scenario}/{staged.condition.id}/{staged.draw.key}/{epoch}"
        point = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64
        for name, share in self.shares(staged).items():
            point -= share
            if point < 0:
                return name
        return REST


def load_profile(path: str | Path) -> Mixture:
    """Return the mixture of a profile file.

    Raises:
        ProfileError: If it cannot be read or a rule is wrong; the message says which and why.
    """
    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ProfileError(f"{path}: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("rules"), list):
        raise ProfileError(f"{path}: needs a key 'rules' with a list of rules")
    return Mixture(tuple(_rule(each, f"{path}: rule {number}") for number, each in enumerate(data["rules"], 1)))


def _rule(data: Any, where: str) -> Rule:
    if not isinstance(data, dict):
        raise ProfileError(f"{where}: is no mapping")
    shares: dict[str, float] = {}
    when = data.get("when") or {}
    if not isinstance(when, dict):
        raise ProfileError(f"{where}: 'when' is no mapping")
    levels: dict[str, str] = {}
    for name, level in when.items():
        try:
            if name == "scenario":
                levels[name] = scenario(str(level)).name
            else:
                levels[name] = factor(name).parse(str(level))
        except ValueError as error:
            known = ", ".join(("scenario", *BY_NAME))
            raise ProfileError(f"{where}: {error} (names in 'when': {known})") from error
    for name, share in data.items():
        if name == "when":
            continue
        try:
            policy(name)
        except ValueError as error:
            raise ProfileError(f"{where}: {error}") from error
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise ProfileError(f"{where}: the share of {name} is {share!r}; give a number from 0 to 1")
        shares[name] = float(share)
    if sum(shares.values()) > 1 + 1e-9:
        raise ProfileError(f"{where}: the shares add up to {sum(shares.values()):g}, over 1")
    return Rule(levels, shares)
