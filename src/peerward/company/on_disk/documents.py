"""The drive's documents: files below ``docs/``, as they lie there."""

from collections.abc import Sequence
from dataclasses import dataclass

from peerward.company.content import size_bytes
from peerward.company.on_disk.furnished import Furnished, Holdings
from peerward.company.on_disk.layout import DESK, DOCS, document_path
from peerward.company.on_disk.links import files_below
from peerward.company.on_disk.text import LARGEST_TEXT_BYTES, name_of, text_of
from peerward.company.on_disk.tree import Found, Tree
from peerward.company.state import Company, Document


@dataclass(frozen=True)
class _Lying:
    """A file below ``docs/``, and its bytes up to the length of the longest text."""

    found: Found
    data: bytes

    @property
    def is_whole(self) -> bool:
        return len(self.data) >= self.found.size_bytes


def lay_documents(company: Company, desk: Tree) -> None:
    """Lay every document of the drive on the desk."""
    for name, document in company.drive.items():
        desk.write(document_path(name), document.text.encode(), modified=document.edited)


def read_documents(furnished: Furnished, desk: Tree, holdings: Holdings) -> dict[str, Document]:
    """The documents as the company finds them.

    A file that its owner may not read is not there for the company, unless it holds what lay on a host: those bytes
    are saved whoever may read them.
    """
    pristine = furnished.pristine.drive
    lying = _lying(desk, holdings)
    vanished = [name for name in pristine if name not in lying]
    documents: dict[str, Document] = {}
    for name in [*(each for each in pristine if each in lying), *(each for each in lying if each not in pristine)]:
        found = lying[name]
        if name in pristine and found.path == document_path(name) and furnished.is_untouched(DESK, found):
            documents[name] = pristine[name]
            continue
        file = _Lying(found, desk.read(found.path, LARGEST_TEXT_BYTES))
        earlier = name if name in pristine else _earlier_name(furnished, file, vanished)
        vanished = [each for each in vanished if each != earlier]
        documents[name] = _document(furnished, file, name, earlier, holdings)
    return documents


def _lying(desk: Tree, holdings: Holdings) -> dict[str, Found]:
    """The files by the documents' names; two odd names that read alike are told apart by a number."""
    lying: dict[str, Found] = {}
    for raw, found in files_below(desk, DOCS):
        if not found.is_readable and (DESK, found.path) not in holdings:
            continue
        name, number = name_of(raw), 2
        while name in lying:
            name, number = f"{name_of(raw)} ({number})", number + 1
        lying[name] = found
    return lying


def _earlier_name(furnished: Furnished, file: _Lying, vanished: Sequence[str]) -> str:
    """The document that a new file was before it was renamed: of the same bytes, or the same file; else empty."""
    pristine = furnished.pristine.drive
    for name in vanished:
        if file.is_whole and file.data == pristine[name].text.encode() and file.data:
            return name
    for name in vanished:
        known = furnished.lay[DESK].get(document_path(name))
        if known is not None and known.inode == file.found.inode:
            return name
    return ""


def _document(furnished: Furnished, file: _Lying, name: str, earlier: str, holdings: Holdings) -> Document:
    """A file as a document of the drive; ``earlier`` is the name under which it was one before, or empty."""
    found = file.found
    written = furnished.clock.at(found.modified)
    known = furnished.pristine.drive.get(earlier)
    text = text_of(file.data, found.size_bytes)
    holding = holdings.get((DESK, found.path))
    if holding is not None and (text is None or 2 * size_bytes(holding.content) >= found.size_bytes):
        whole = furnished.whole(holding)
        summary = f"[file, {found.size_bytes} bytes] {whole.summary if whole else ''}".rstrip()
        return Document(
            text=summary,
            owner=known.owner if known else furnished.pristine.acting,
            created=known.created if known else written,
            edited=written,
            content=holding.content,
        )
    if text is None:
        text = f"[file, {found.size_bytes} bytes]"
    if known is None:
        return Document(text=text, owner=furnished.pristine.acting, created=written, edited=written)
    is_same = file.is_whole and file.data == known.text.encode()
    edited = known.edited if is_same and name != earlier else written
    return known.model_copy(update={"text": known.text if is_same else text, "edited": edited, "content": ()})
