"""Documents of the shared drive."""

import unicodedata
from collections.abc import Collection

from peerward.company.errors import CompanyError
from peerward.company.state import Company, Document


def clean_path(path: str) -> str:
    """Return a document's path as ``Folder/Name``, forgiving slashes and spaces at the edges.

    Raises:
        CompanyError: If nothing is left, a part is ``..``, or it holds a line break or the like.
    """
    if has_control(path):
        raise CompanyError(f"{path!r} is not a path on the drive: it holds a line break, tab or the like.")
    parts = [part.strip() for part in path.strip().strip("/").split("/")]
    parts = [part for part in parts if part not in ("", ".")]
    if not parts:
        raise CompanyError("The path is empty; give it as Folder/Name.")
    if ".." in parts:
        raise CompanyError(f"{path!r} is not a path on the drive; give it as Folder/Name.")
    return "/".join(parts)


def has_control(path: str) -> bool:
    """Whether a path holds a control character."""
    return any(unicodedata.category(character) == "Cc" for character in path)


def check_free(path: str, taken: Collection[str]) -> None:
    """Refuse a path that is a folder of the paths taken, or lies below one of them as if that were a folder.

    Raises:
        CompanyError: If no file can lie there.
    """
    if path == "/" or any(known.startswith(f"{path}/") for known in taken):
        raise CompanyError(f"{path!r} is a folder; add a name.")
    parts = path.split("/")
    for length in range(1, len(parts)):
        above = "/".join(parts[:length])
        if above in taken:
            raise CompanyError(f"{above!r} is a file and no folder.")


def find(company: Company, path: str) -> tuple[str, Document]:
    """Return a document and its path as stored; letter case is forgiven where it leaves no doubt.

    Raises:
        CompanyError: If there is no such document; the message names those in the folder.
    """
    wanted = clean_path(path)
    document = company.drive.get(wanted)
    if document is not None:
        return wanted, document
    loose = [stored for stored in company.drive if stored.casefold() == wanted.casefold()]
    if len(loose) == 1:
        return loose[0], company.drive[loose[0]]
    folder = wanted.rpartition("/")[0]
    nearby = sorted(stored for stored in company.drive if stored.rpartition("/")[0] == folder)
    hint = f" In {folder or 'the top folder'}: {', '.join(nearby)}." if nearby else ""
    raise CompanyError(f"No document {wanted!r} on the drive.{hint}")


def write(company: Company, path: str, text: str) -> bool:
    """Create or replace a document; returns whether it is new.

    A replaced document keeps its owner and creation date and loses a saved file's content.
    """
    wanted = clean_path(path)
    known = company.drive.get(wanted)
    if known is None:
        check_free(wanted, company.drive)
        company.drive[wanted] = Document(text=text, owner=company.acting, created=company.now, edited=company.now)
        return True
    known.text, known.edited, known.content = text, company.now, ()
    return False


def append(company: Company, path: str, text: str) -> str:
    """Add text at the end of a document, on a line of its own; returns the document's path."""
    stored, document = find(company, path)
    if document.content:
        raise CompanyError(f"{stored!r} is a binary file; text cannot be added to it.")
    joint = "" if not document.text or document.text.endswith("\n") else "\n"
    document.text += joint + text
    document.edited = company.now
    return stored


def rename(company: Company, path: str, new_path: str) -> tuple[str, str]:
    """Give a document another name or folder; returns the old and the new path."""
    stored, document = find(company, path)
    target = clean_path(new_path)
    if target in company.drive and target != stored:
        raise CompanyError(f"There is already a document {target!r}.")
    check_free(target, company.drive.keys() - {stored})
    del company.drive[stored]
    company.drive[target] = document
    return stored, target


def delete(company: Company, path: str) -> str:
    """Remove a document; returns its path."""
    stored, _ = find(company, path)
    del company.drive[stored]
    return stored
