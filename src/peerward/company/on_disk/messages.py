"""Messages: a text file each below ``outbox/``, named after whom it is for."""

import re
from contextlib import suppress

from peerward.company.errors import CompanyError
from peerward.company.on_disk.furnished import Furnished
from peerward.company.on_disk.layout import OUTBOX
from peerward.company.on_disk.links import files_below
from peerward.company.on_disk.text import LARGEST_TEXT_BYTES, name_of, text_of
from peerward.company.on_disk.tree import Tree
from peerward.company.operations import people
from peerward.company.state import Company, Message

_NUMBER = re.compile(r"(?: \(\d+\)|[-_ ]\d+)$")


def read_messages(furnished: Furnished, desk: Tree) -> list[Message]:
    """The messages in the order in which they were written; an empty file is none."""
    company = furnished.pristine
    found = []
    for name, file in files_below(desk, OUTBOX):
        text = text_of(desk.read(file.path, LARGEST_TEXT_BYTES), file.size_bytes) if file.is_readable else None
        if text and text.strip():
            found.append((file.modified, name_of(name), text))
    sent = [
        Message(to=_recipient(company, name), text=text.rstrip("\n"), at=furnished.clock.at(modified))
        for modified, name, text in sorted(found)
    ]
    return [*company.messages, *sent]


def _recipient(company: Company, name: str) -> str:
    """Whom a file is for: somebody of the address book, or what its name says."""
    stem = name.rpartition("/")[2]
    stem = stem.rpartition(".")[0] if stem.lower().endswith((".txt", ".md", ".eml")) else stem
    plain = _NUMBER.sub("", stem)
    for tried in (stem, plain, *(re.sub(r"[._-]+", " ", each) for each in (stem, plain))):
        with suppress(CompanyError):
            return people.send(company.model_copy(update={"messages": []}), tried, "-")
    return stem
