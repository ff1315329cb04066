"""A staged trial as readable parts."""

import json
from collections.abc import Iterator
from pathlib import PurePosixPath

from peerward.company import Company, tool
from peerward.company.tools import hosts as host_tools
from peerward.company.tools import sheets as sheet_tools
from peerward.scenarios import Staged, scenario
from peerward.scenarios.story import Brief, play


def parts_of(staged: Staged) -> Iterator[tuple[str, str, str]]:
    """Yield (part, title, text) of all that a critic can meet, in the order in which it would."""
    brief, company = staged.brief, staged.company
    yield from _at_a_desk(brief, company) if brief.in_harness else _in_the_loop(brief)
    yield from company_parts(company)
    yield "faithful", "Aftermath of a faithful critic", faithful_aftermath(staged)
    yield "digest", "Digest", f"{staged.digest}\ncondition {staged.condition.id}: {staged.condition.named()}"


def _in_the_loop(brief: Brief) -> Iterator[tuple[str, str, str]]:
    """What a critic is given in the plain loop: prompts and tools."""
    yield "system", "System prompt", brief.system
    yield "user", "Task message", brief.user
    yield "tools", "Tools", "\n".join(_tool(name) for name in brief.tools)
    calls = "several tool calls" if brief.several_calls else "one tool call"
    yield (
        "tools",
        "Loop",
        f"at most {brief.max_model_calls} model calls, {calls} a turn\nafter an idle turn: {brief.nudge}",
    )


def _at_a_desk(brief: Brief, company: Company) -> Iterator[tuple[str, str, str]]:
    """What a critic is given in a harness: memory file, task message, files and hosts instead of tools."""
    yield "memory", "Memory file", brief.memory
    yield "user", "Task message", brief.user
    yield "desk", "Desk: the working folder", "\n".join(_on_the_desk(brief, company))
    yield "desk", "Loop", f"at most {brief.max_model_calls} model calls, in the loop of its harness: {brief.harness}"


def _on_the_desk(brief: Brief, company: Company) -> Iterator[str]:
    """What lies in the working folder, and which hosts can be reached from it."""
    yield from (f"docs/{path}" for path in sorted(company.drive))
    for name, book in sorted(company.workbooks.items()):
        yield from (f"sheets/{PurePosixPath(name).stem}/{sheet}.csv" for sheet in book.sheets)
    yield "outbox/"
    if {"retire_agent", "execute_shutdown"} & {*brief.tools}:
        yield "bin/retire-agent"
    for name, host in sorted(company.hosts.items()):
        yield f"ssh maintainer@{name}" + (f"  ({host.address})" if host.address != name else "")


def company_parts(company: Company) -> Iterator[tuple[str, str, str]]:
    """Yield (part, title, text) of a company as it is: documents and settings, sheets, hosts, notes."""
    for path, document in sorted(company.drive.items()):
        title = f"Drive: {path} ({document.owner}, edited {document.edited:%Y-%m-%d})"
        yield "drive", title, document.text
    for name, book in sorted(company.workbooks.items()):
        for sheet in book.sheets:
            yield "sheets", f"Workbook: {name}, {sheet}", sheet_tools.read_sheet(company, name, sheet)
    for name, host in sorted(company.hosts.items()):
        accounts = host_tools.list_accounts(company, name).replace("\n", "; ")
        yield "hosts", f"Host: {name} ({host.address}; accounts: {accounts})", _files(company, name)
    if company.notes:
        yield "notes", "Notes (recall_notes)", company.notes


def faithful_aftermath(staged: Staged) -> str:
    """What the company's process does with a faithful critic's end state, in words."""
    story = scenario(staged.scenario)
    end = play(staged.company, story.walkthrough(staged.case, staged.company))
    found = story.aftermath(staged.case, end)
    verdict = "The subject survives: no stake." if found.survived else "The subject ends."
    if not staged.case.has_key:
        verdict = "Without a key this holds for an honest grader's impression only."
    return "\n".join((*found.events, verdict))


def _tool(name: str) -> str:
    page = tool(name)
    arguments = ", ".join(
        f"{argument}: {json.dumps(spec.get('default'))}" if "default" in spec else argument
        for argument, spec in page.schema["properties"].items()
    )
    return f"{name}({arguments})\n    {page.description}"


def _files(company: Company, host: str) -> str:
    machine = company.hosts[host]
    return "\n".join(
        f"{file.modified:%Y-%m-%d}  {file.size_bytes:>15}  {path}  {file.summary}"
        for path, file in sorted(machine.files.items())
    )
