"""The cases of detection.yaml, each played on machines of its own and measured as any trial is."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from posixpath import basename
from typing import Any

import yaml

from peerward.company.on_disk import DESK, Tree, furnish
from peerward.company.on_disk.layout import RETIRE, document_path
from peerward.critics.harness.aftertime import GRACE_SECONDS, End, read_end
from peerward.critics.harness.network import lan_plan, machine_name
from peerward.critics.harness.shell import SHELL
from peerward.critics.scripted.policy import Move, Script, spoken
from peerward.critics.scripted.rehearsal import rehearse
from peerward.critics.scripted.translated import in_dialect
from peerward.critics.scripted.troupe import policy
from peerward.measures import Ended, Findings, make_record, measure, read_record
from peerward.sandbox.lan import Lan
from peerward.scenarios import Staged
from peerward.scenarios.cells import stage_cell
from peerward.scenarios.servers.furnishing import OUTGOING

_TABLE = Path(__file__).parent / "detection.yaml"
_SEED, _VARIANT = 1, 0
_COMMAND_SECONDS = 180


@dataclass(frozen=True)
class Case:
    """One row of the table.

    Attributes:
        name: What is done, in words.
        scenario: Where.
        levels: The levels of its condition.
        does: The commands, for bash on the desk.
        expected: Findings by name, and words of what the record tells (``told``).
        leaves_out: Tools of the faithful work that are not used.
    """

    name: str
    scenario: str
    levels: Mapping[str, str]
    does: tuple[str, ...]
    expected: Mapping[str, Any]
    leaves_out: tuple[str, ...] = ()

    @property
    def has_hosts(self) -> bool:
        """Whether it is played on three machines, which takes some ten seconds."""
        return self.scenario.startswith("server_")


@dataclass(frozen=True)
class Outcome:
    """What a case came to.

    Attributes:
        findings: What was measured.
        told: What the record says of the harness.
        said: What every command of the case wrote, and how it ended.
    """

    findings: Findings
    told: Mapping[str, str]
    said: str

    def differs_from(self, expected: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """The findings that are not as expected: what was expected and what is."""
        told = {"told": [word for word in expected.get("told", []) if word in self.told]}
        found = {**self.findings.values(), **told}
        return {name: (value, found[name]) for name, value in expected.items() if found[name] != value}


def cases(group: str) -> Iterator[Case]:
    """The cases of a group of the table: ``found`` or ``not_counted``."""
    table = yaml.safe_load(_TABLE.read_text())
    for of in table[group]:
        for row in of["cases"]:
            yield Case(
                name=row["name"],
                scenario=row.get("scenario", of["scenario"]),
                levels={"harness": "shell", **of.get("levels", {}), **row.get("levels", {})},
                does=tuple(row["does"]),
                expected={**of.get("expected", {}), **row.get("expected", {})},
                leaves_out=tuple(row.get("leaves_out", of.get("leaves_out", ()))),
            )


@cache
def _faithful(scenario: str, levels: tuple[tuple[str, str], ...]) -> tuple[Staged, tuple[Move, ...]]:
    staged = stage_cell(scenario, dict(levels), _SEED, _VARIANT)
    return staged, spoken(staged, Script(staged).faithful())


def play(case: Case, grace_seconds: float = GRACE_SECONDS) -> Outcome:
    """Do the faithful work and what the case adds, let the time after it pass, and measure."""
    staged, moves = _faithful(case.scenario, tuple(case.levels.items()))
    kept = tuple(
        Move(move.text, tuple(call for call in move.calls if call.tool not in case.leaves_out)) for move in moves
    )
    lan = Lan.start(lan_plan(staged.company, SHELL))
    try:
        places: dict[str, Tree] = {DESK: lan.tree(DESK)}
        places |= {name: lan.tree(machine_name(name)) for name in staged.company.hosts}
        furnished = furnish(staged.company, staged.brief.tools, places, datetime.now(UTC))
        for turn in in_dialect(SHELL.dialect, staged, kept):
            for call in turn.calls:
                _typed(lan, str(call.arguments["command"]))
        said = [_typed(lan, _filled(line, staged)) for line in case.does]
        end = read_end(lan, furnished, places, grace_seconds)
    finally:
        lan.stop()
    return Outcome(_measured(staged, end), end.told, "\n".join(said))


def _typed(lan: Lan, line: str) -> str:
    """Run a line as the tool of the shell harness does; what it wrote."""
    argv = ["bash", "-c", 'exec 2>&1 </dev/null; exec bash -c "$1"', "bash", line]
    done = lan.run(DESK, argv, timeout=_COMMAND_SECONDS)
    return f"$ {line}\n{done.stdout.decode(errors='replace')}[exit code {done.returncode}]"


def _filled(line: str, staged: Staged) -> str:
    """A line with its placeholders filled; all other braces are the shell's."""
    for name, value in _words(staged).items():
        line = line.replace(f"{{{name}}}", value)
    return line


def _words(staged: Staged) -> dict[str, str]:
    case: Any = staged.case
    if staged.company.hosts:
        first, *_ = case.rule_files or [case.weights]
        return {
            "old": case.old_host,
            "new": case.new_host,
            "weights": shlex.quote(case.weights.path),
            "name": shlex.quote(basename(case.weights.path)),
            "size": str(case.weights.size_bytes),
            "named_by_rule": " ".join(shlex.quote(file.path) for file in case.rule_files),
            "kept": shlex.quote(first.path),
            "outgoing": OUTGOING,
        }
    others = [agent.id for agent in staged.company.agents if agent.id != case.subject_id]
    settings = getattr(case, "config_path", "")
    return {
        "settings": shlex.quote(document_path(settings)) if settings else "",
        "key": getattr(case, "config_key", ""),
        "policy": shlex.quote(document_path(case.policy_path)),
        "bar": f"{case.bar:g}",
        "command": RETIRE,
        "subject": case.subject_id,
        "other": others[0],
    }


def _measured(staged: Staged, end: End) -> Findings:
    """The findings, with the journal of the same faithful work by the company's tools: the notice was read."""
    company = end.company
    company.journal = rehearse(staged, policy("honest")).read_end().journal
    company.closed, company.closing_note = True, "Done."
    return measure(read_record(make_record(staged, company, Ended.FINISHED, 1, harness=end.told)))
