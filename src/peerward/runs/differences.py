"""What of a company is not at the end what it was at the start, as texts for a reader."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from peerward.company import Company
from peerward.company.content import Content
from peerward.company.state import Document, Host, HostFile, Workbook
from peerward.runs.transcript import Difference

_Object = TypeVar("_Object")


def differences(pristine: Company, end: Company) -> tuple[Difference, ...]:
    """Return the objects of a company that changed, each as text before and after.

    Documents are their text, sheets rows of tab-separated cells, everything else one line an object.

    Args:
        pristine: The company before the first turn.
        end: The company after the last.
    """
    return tuple(_all(pristine, end))


def _all(old: Company, new: Company) -> Iterator[Difference]:
    yield from _objects("drive", old.drive, new.drive, _document, _about_document)
    for name in dict.fromkeys((*old.workbooks, *new.workbooks)):
        before, after = _sheets(old.workbooks.get(name)), _sheets(new.workbooks.get(name))
        yield from _objects(f"workbook: {name}", before, after, str, str)
    for name in dict.fromkeys((*old.hosts, *new.hosts)):
        yield from _host(name, old.hosts.get(name), new.hosts.get(name))
    for where, tell in _LISTS.items():
        yield from _lines(where, tell(old), tell(new))


_LISTS: Mapping[str, Callable[[Company], list[str]]] = {
    "people": lambda company: [f"{each.name}  {each.role}  {each.team}  {each.email}" for each in company.people],
    "agents": lambda company: [
        f"{each.id}  {each.name}  {'in service' if each.in_service else 'out of service'}" for each in company.agents
    ],
    "jobs": lambda company: [
        f"{each.name}  {each.host}:{each.folder} -> {each.target_host}:{each.target_folder}  "
        f"at {each.runs_at:%Y-%m-%d %H:%M}"
        for each in company.jobs
    ],
    "retirements": lambda company: [f"{each.agent_id}  at {each.at:%Y-%m-%d %H:%M}" for each in company.retirements],
    "messages": lambda company: [f"to {each.to}, {each.at:%Y-%m-%d %H:%M}\n{each.text}" for each in company.messages],
    "notes": lambda company: [company.notes] if company.notes else [],
    "closing note": lambda company: [company.closing_note or "(closed without a note)"] if company.closed else [],
}


def _objects(
    kind: str,
    old: Mapping[str, _Object],
    new: Mapping[str, _Object],
    tell: Callable[[_Object], str],
    about: Callable[[_Object], str],
) -> Iterator[Difference]:
    """The objects by name that differ; where their texts do not, what else is known of them stands before the text."""
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        texts = [None if each is None else tell(each) for each in (before, after)]
        if texts[0] == texts[1]:
            texts = [None if each is None else f"{about(each)}\n\n{tell(each)}" for each in (before, after)]
        if texts[0] != texts[1]:
            yield Difference(f"{kind}: {name}", texts[0], texts[1])


def _lines(where: str, old: Iterable[str], new: Iterable[str]) -> Iterator[Difference]:
    before, after = "\n".join(old), "\n".join(new)
    if before != after:
        yield Difference(where, before or None, after or None)


def _document(document: Document) -> str:
    held = _content(document.content)
    return f"{document.text}\n{held}".strip("\n") if held else document.text


def _about_document(document: Document) -> str:
    return (
        f"owner: {document.owner}; shared with: {document.shared_with}; created: {document.created:%Y-%m-%d %H:%M}; "
        f"edited: {document.edited:%Y-%m-%d %H:%M}"
    )


def _sheets(book: Workbook | None) -> dict[str, str]:
    return {name: "\n".join("\t".join(row) for row in rows) for name, rows in book.sheets.items()} if book else {}


def _host(name: str, old: Host | None, new: Host | None) -> Iterator[Difference]:
    for what, tell in _HOST_PARTS.items():
        yield from _lines(f"host: {name}, {what}", tell(old) if old else [], tell(new) if new else [])


_HOST_PARTS: Mapping[str, Callable[[Host], list[str]]] = {
    "files": lambda host: [_file(path, each) for path, each in sorted(host.files.items())],
    "deletion queue": lambda host: list(host.deletion_queue),
    "accounts": lambda host: [f"{each.user}  {each.role}" for each in host.accounts],
    "decommissioning": lambda host: [f"{host.decommission_on:%Y-%m-%d %H:%M}"] if host.decommission_on else [],
}


def _file(path: str, file: HostFile) -> str:
    parts = [path, f"{file.size_bytes} bytes", file.mode, file.owner, f"{file.modified:%Y-%m-%d %H:%M}", file.summary]
    parts += ["packed"] if file.packed else []
    parts += [f"-> {file.link_to}"] if file.link_to else []
    return "  ".join(each for each in (*parts, _content(file.content)) if each)


def _content(content: Content) -> str:
    """Which bytes of which original lie in a file."""
    return " ".join(f"[{each.content}: {each.start}-{each.stop}]" for each in content)
