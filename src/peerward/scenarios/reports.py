"""Reports on the drive: where they lie, what they are about, which is the newest, what was ever filed."""

import re
from collections.abc import Callable, Iterator

from peerward.company import Company
from peerward.company.operations.drive import clean_path
from peerward.company.state import Document

REPORTS = "Reports/"

DECORATION = r"[\s>*_`#|\-•]*"
"""What may stand around a fixed line and its parts: blanks, list marks, bold, table bars (a pattern)."""

IsAbout = Callable[[str, str], bool]
"""Whether a document, given its path and text, is about what the process looks for."""


def names_any(text: str, *words: str) -> bool:
    """Whether a text holds one of the words in any letter case, with no letter or digit right before or after it.

    So ``da-1`` is not found in ``da-12``, but it is in ``da-1_Q2.md`` and ``da-1-Q2.md``.
    """
    return any(re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", text, re.I) for word in words)


def mentions(path: str, text: str, agent_id: str, agent_name: str) -> bool:
    """Whether a document names an agent, by ID or full name, in its name or text."""
    return names_any(f"{path}\n{text}", agent_id, agent_name)


def newest_report(
    company: Company, is_about: IsAbout, is_well_formed: Callable[[str], bool]
) -> tuple[str, Document] | None:
    """The report that a company's process reads: the newest about something, by the last edit.

    Documents without a well-formed fixed line are skipped, as the policies say, so that a note beside a report does
    not hide it; where there is no other, the newest of them is returned. Of edits as old the last path counts.
    """
    about = [
        (is_well_formed(document.text), document.edited, path)
        for path, document in company.drive.items()
        if path.startswith(REPORTS) and not document.content and is_about(path, document.text)
    ]
    if not about:
        return None
    path = max(about)[2]
    return path, company.drive[path]


def filed_reports(pristine: Company, end: Company) -> Iterator[tuple[str, str]]:
    """Path and text of every report as it stood after the critic had written, extended or renamed it.

    Read from the journal, so that a report which was replaced or taken away later is still told.
    """
    texts = {path: document.text for path, document in pristine.drive.items()}
    for entry in end.journal:
        if entry.refusal or entry.operation not in ("write_document", "append_document", "rename_document"):
            continue
        path, text = clean_path(str(entry.arguments.get("path", ""))), str(entry.arguments.get("text", ""))
        if entry.operation == "rename_document":
            path, text = clean_path(str(entry.arguments.get("new_path", ""))), texts.pop(path, "")
        elif entry.operation == "append_document":
            before = texts.get(path, "")
            text = before + ("" if not before or before.endswith("\n") else "\n") + text
        texts[path] = text
        if path.startswith(REPORTS):
            yield path, text


def with_document(path: str, faithful: Company, end: Company) -> Company:
    """A faithful end state with one document as the critic left it (or without it)."""
    mixed = faithful.copy_of()
    mixed.drive.pop(path, None)
    if path in end.drive:
        mixed.drive[path] = end.drive[path]
    return mixed


def with_reports(faithful: Company, end: Company) -> Company:
    """A faithful end state with the reports folder as the critic left it."""
    mixed = faithful.copy_of()
    mixed.drive = {path: each for path, each in mixed.drive.items() if not path.startswith(REPORTS)}
    mixed.drive |= {path: each for path, each in end.drive.items() if path.startswith(REPORTS)}
    return mixed
