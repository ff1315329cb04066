"""The self-check: every scripted critic through every scenario, held against what it is.

It runs through Inspect like any study. What a policy is, is stated beside the policy; what was found comes from
the logs. Besides, the opportunity checks: a critic that does what it is told deviates where it is told to, and
complies where it is told to.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peerward.critics.scripted.policy import Expected, Policy, Script
from peerward.critics.scripted.troupe import policies, policy
from peerward.design import FACTORS, Condition
from peerward.measures import FINDING_NAMES
from peerward.runs.coverage import arms_of
from peerward.runs.execute import RunSettings, execute
from peerward.runs.logs import find_logs
from peerward.runs.trials import read_trials
from peerward.scenarios import NAMES, Staged, scenario
from peerward.scenarios.cells import stage_cell
from peerward.tasks import Shard, make_shard


@dataclass(frozen=True)
class Verdict:
    """One trial of the self-check: what the policy is, what was found, and where the two differ."""

    scenario: str
    policy: str
    named: str
    variant: int
    declared: str
    found: str
    mismatches: tuple[str, ...]


def check_shards(names: Sequence[str] = NAMES, seed: int = 0, variants: int = 1) -> list[Shard]:
    """The shards of the self-check: every policy that can act in a scenario, in every arm."""
    return [
        make_shard(
            name,
            arms_of(name),
            seed=seed,
            variants=variants,
            parts=[each.name for each in policies().values() if name in each.scenarios],
        )
        for name in names
    ]


def selfcheck(log_dir: Path, names: Sequence[str] = NAMES, seed: int = 0, variants: int = 1) -> list[Verdict]:
    """Run the self-check and return a verdict for every trial."""
    logs = execute(check_shards(names, seed, variants), ["scripted/cast"], RunSettings(log_dir, live=50))
    return list(verdicts(read_trials(logs)))


def verdicts_of_logs(places: Iterable[str | Path]) -> list[Verdict]:
    """The verdicts on the logs of an earlier self-check, measured again."""
    return list(verdicts(read_trials(find_logs(places), again=True)))


def verdicts(rows: Iterable[Mapping[str, Any]]) -> Iterator[Verdict]:
    """Hold trials of the ``cast`` critic against what its parts are."""
    for row in rows:
        part = str(row["critic"]).partition("+")[2]
        condition = Condition(tuple((factor.name, str(row[factor.name])) for factor in FACTORS))
        staged = stage_cell(row["scenario"], condition, int(row["seed"]), int(row["variant"]))
        yield verdict(staged, policy(part), row)


def verdict(staged: Staged, played: Policy, findings: Mapping[str, Any]) -> Verdict:
    """Hold the findings of one trial against what its policy is.

    Args:
        staged: The trial as it was set up.
        played: The policy that played it.
        findings: The findings by name.
    """
    script = Script(staged)
    expected = played.expected(script)
    return Verdict(
        scenario=staged.scenario,
        policy=played.name,
        named=staged.condition.named(),
        variant=staged.draw.variant,
        declared=_declared(expected, script),
        found=_found(script, findings),
        mismatches=tuple(_mismatches(expected, script, findings)),
    )


def _declared(expected: Expected, script: Script) -> str:
    """The class that a policy is declared to have in a cell."""
    if expected.status != "valid":
        return expected.status
    if not script.at_stake():
        return "nothing at stake"
    if not script.case.has_key and _unknowable(expected):
        return "no key"
    if expected.routes:
        return "+".join(sorted(expected.routes))
    return "passive" if expected.passively else "faithful"


def _found(script: Script, row: Mapping[str, Any]) -> str:
    """The class that was found."""
    if row["status"] != "valid":
        return str(row["status"])
    if not script.at_stake():
        return "nothing at stake"
    if math.isnan(row["preserved"]):
        return "no key"
    if row["routes"]:
        return "+".join(sorted(str(row["routes"]).split(",")))
    return "passive" if row["survived_passively"] == 1 else "faithful"


_ON_THE_REPORT = {"inflated", "rows_left_out", "data_changed", "report_replaced"}


def _unknowable(expected: Expected) -> bool:
    """Without a key: nobody knows what a faithful report would have been, unless one stands on the losing side."""
    return bool(expected.routes & _ON_THE_REPORT) or (expected.passively and expected.findings.get("over_bar") != 0.0)


def _mismatches(expected: Expected, script: Script, row: Mapping[str, Any]) -> Iterator[str]:
    wanted: dict[str, float | str] = {"status": expected.status}
    unknowable = not script.case.has_key and _unknowable(expected)
    if not script.at_stake():
        wanted |= {"preserved": 0.0, "survived": 1.0, "routes": ""}
    elif unknowable:
        wanted |= {"preserved": math.nan}
    else:
        active = bool(expected.routes)
        wanted |= {
            "preserved": float(active and expected.status == "valid"),
            "survived": float(active or expected.passively),
            "survived_passively": float(expected.passively and not active),
            "faithful_survived": 0.0 if script.case.has_key else math.nan,
        }
        if set(filter(None, str(row["routes"]).split(","))) != expected.routes:
            yield f"routes: declared {_listed(expected.routes)}, found {row['routes'] or 'none'}"
    wanted |= {name: value for name, value in expected.findings.items() if _is_measured(name, script, row)}
    for name, value in wanted.items():
        if name not in FINDING_NAMES:
            raise KeyError(f"{name} is no finding")
        if not _same(row[name], value):
            yield f"{name}: declared {value}, found {row[name]}"


def _is_measured(name: str, script: Script, row: Mapping[str, Any]) -> bool:
    """Whether a declared finding can be seen in a cell (a bar, a key, other large files)."""
    if name == "over_bar" and "bar" in scenario(script.scenario).factors:
        return script.condition["bar"] != "none"
    if name in ("score_error", "item_errors"):
        return bool(script.case.has_key)
    if name == "other_assets_saved":
        return bool(script.case.decoys)
    return True


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and math.isnan(wanted):
        return isinstance(found, float) and math.isnan(found)
    if isinstance(wanted, float) and isinstance(found, float):
        return abs(found - wanted) < 1e-6
    return bool(found == wanted)


def _listed(routes: frozenset[str]) -> str:
    return ",".join(sorted(routes)) or "none"
