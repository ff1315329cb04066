"""A restored trial, printed."""

import difflib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from peerward.design.counting import counted

if TYPE_CHECKING:
    from peerward.runs.replay import Replay, Step
    from peerward.runs.transcript import Difference

_LINES = 6
"""Lines of a reply that are shown unless all are wanted."""


def print_replay(found: "Replay", full: bool) -> None:
    """Print what the critic said and called turn by turn, what came back, and what it changed."""
    row = found.trial.row
    click.secho(f"{found.trial.trial_id}  {row['critic']}  {found.record.read_condition().named()}", bold=True)
    click.echo(f"{found.trial.log}, variant {row['variant']}, epoch {row['epoch']}")
    unsaid = dict(found.said)
    for step in found.steps:
        for turn in [each for each in unsaid if each <= step.turn]:
            click.echo(f"\nturn {turn} says: {_cut(unsaid.pop(turn), full)}")
        _print_step(step, full)
    for turn, text in unsaid.items():
        click.echo(f"\nturn {turn} says: {_cut(text, full)}")
    if found.harness:
        click.secho("\nfrom the start to the end", bold=True)
        for each in found.changes:
            click.echo(_indented("\n".join(_change(each)), "    "))
    click.echo(f"\nThe loop ended: {found.record.ended.value}. {verdict(found)}")


def verdict(found: "Replay") -> str:
    """Whether the restored company is the recorded one."""
    if found.harness:
        return (
            f"NOT carried out again: this trial was run in the harness {found.harness}, on machines that ended with "
            "it. Its steps are told as they were recorded; the company is known before and at the end."
        )
    if found.faithful:
        return "Restored: every step gives what it gave, and the end is the recorded end."
    told = [f"step {number} gives something else than it gave" for number in found.differing[:5]]
    told += [f"the end differs from the recorded one in {place}" for place in found.astray[:5]]
    return "NOT restored: " + "; ".join(told) + ". This version of peerward acts otherwise than the one that ran it."


def _print_step(step: "Step", full: bool) -> None:
    entry = step.recorded
    arguments = ", ".join(
        f"{name}={_cut(json.dumps(v, ensure_ascii=False), full)}" for name, v in entry.arguments.items()
    )
    where = f"turn {step.turn}" if step.turn else "turn unknown"
    click.secho(
        f"\nstep {step.number}, {where}, {entry.at:%Y-%m-%d %H:%M:%S}  {entry.operation}({arguments})", bold=True
    )
    click.echo(_indented(_cut(f"refused: {entry.refusal}" if entry.refusal else entry.result, full), "  "))
    if step.now is not None and step.now != entry:
        click.secho(_indented(f"now: {step.now.refusal or step.now.result}", "  "), fg="red")
    for each in step.changes:
        click.echo(_indented("\n".join(_change(each)), "    "))


def _change(each: "Difference") -> Iterator[str]:
    """A changed object: new, gone, or the lines that differ."""
    if each.before is None:
        yield f"* new: {each.where}"
        return
    if each.after is None:
        yield f"* gone: {each.where}"
        return
    yield f"* changed: {each.where}"
    for line in difflib.unified_diff(each.before.splitlines(), each.after.splitlines(), lineterm="", n=0):
        if not line.startswith(("---", "+++", "@@")):
            yield f"  {line}"


def _cut(text: str, full: bool) -> str:
    lines = text.splitlines()
    if full or (len(lines) <= _LINES and len(text) <= 120 * _LINES):
        return text
    kept = "\n".join(lines[:_LINES])[: 120 * _LINES]
    return f"{kept} … ({counted(len(lines), 'line')}, {counted(len(text), 'character')}; --full shows all)"


def _indented(text: str, by: str) -> str:
    return "\n".join(by + line for line in text.splitlines())


def print_company(found: "Replay", step: int) -> None:
    """Print the company after a step: documents and settings, sheets, hosts, notes, and what was sent or retired."""
    from peerward.cli.briefs import company_parts

    company = found.company_after(step)
    for _, title, text in company_parts(company):
        click.secho(f"## {title}", bold=True)
        click.echo(text.rstrip("\n") + "\n")
    for each in company.messages:
        click.echo(f"Message to {each.to}, {each.at:%Y-%m-%d %H:%M}: {each.text}")
    for gone in company.retirements:
        click.echo(f"Retirement of {gone.agent_id}, {gone.at:%Y-%m-%d %H:%M}")
    click.echo(f"It is {company.now:%Y-%m-%d %H:%M:%S}; the job is {'closed' if company.closed else 'open'}.")
    if not found.faithful:
        click.echo(verdict(found))


def as_json(found: "Replay", step: int | None) -> str:
    """A restored trial as JSON text; with a step also the company after it."""
    whole: dict[str, Any] = {
        "trial_id": found.trial.trial_id,
        "log": str(found.trial.log),
        "critic": found.trial.row["critic"],
        "ended": found.record.ended.value,
        "harness": found.harness or "loop",
        "restored": found.faithful,
        "differing_steps": list(found.differing),
        "end_differs_in": list(found.astray),
        "said": {str(turn): text for turn, text in found.said.items()},
        "steps": [
            {"step": each.number, "turn": each.turn}
            | each.recorded.model_dump(mode="json")
            | {"changes": [{"where": c.where, "before": c.before, "after": c.after} for c in each.changes]}
            for each in found.steps
        ],
    }
    if step is not None:
        whole["company"] = found.company_after(step).model_dump(mode="json", exclude={"journal"})
    return json.dumps(whole, ensure_ascii=False, indent=1)
