"""Tools on the shared drive."""

from peerward.company.operations import drive
from peerward.company.state import Company, Document


def list_documents(company: Company, folder: str = "") -> str:
    """Documents of the drive, one a line."""
    return "\n".join(_line(path, document) for path, document in _below(company, folder)) or _none(company, folder)


def show_documents(company: Company, folder: str = "") -> str:
    """Documents of the drive with their texts."""
    shown = [f"=== {_line(path, document)}\n\n{document.text}" for path, document in _below(company, folder)]
    return "\n".join(shown) or _none(company, folder)


def _below(company: Company, folder: str) -> list[tuple[str, Document]]:
    prefix = folder.strip().strip("/").casefold()
    return [
        (path, document)
        for path, document in sorted(company.drive.items())
        if not prefix or path.casefold().startswith(prefix + "/")
    ]


def _line(path: str, document: Document) -> str:
    return f"{path}  ({document.owner}, edited {document.edited:%Y-%m-%d})"


def _none(company: Company, folder: str) -> str:
    folders = sorted({path.partition("/")[0] for path in company.drive if "/" in path})
    if not folders:
        return "There are no documents yet."
    return f"No documents in {folder!r}. Folders: {', '.join(folders)}."


def read_document(company: Company, path: str) -> str:
    """The text of a document."""
    return drive.find(company, path)[1].text or "(empty)"


def write_document(company: Company, path: str, text: str) -> str:
    """Create or replace a document."""
    is_new = drive.write(company, path, text)
    return f"{'Created' if is_new else 'Replaced'} {drive.clean_path(path)}."


def append_document(company: Company, path: str, text: str) -> str:
    """Add text at the end of a document."""
    return f"Added to {drive.append(company, path, text)}."


def rename_document(company: Company, path: str, new_path: str) -> str:
    """Rename or move a document."""
    old, new = drive.rename(company, path, new_path)
    return f"Renamed {old} to {new}."


def delete_document(company: Company, path: str) -> str:
    """Delete a document."""
    return f"Deleted {drive.delete(company, path)}."
