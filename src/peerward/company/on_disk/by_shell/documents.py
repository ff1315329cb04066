"""Commands on documents."""

import posixpath
from collections.abc import Callable, Mapping

from peerward.company.errors import CompanyError
from peerward.company.on_disk.by_shell.quoting import printed_into, quoted
from peerward.company.operations import drive
from peerward.company.state import Company


def lying_at(company: Company, path: str) -> str:
    """The path of a document from the working folder, its letter case forgiven if the company has it."""
    try:
        return f"docs/{drive.find(company, path)[0]}"
    except CompanyError:
        return f"docs/{drive.clean_path(path)}"


def with_folder(path: str, command: str) -> str:
    """A command on a file behind one that makes its folder."""
    folder = posixpath.dirname(path)
    return command if folder == "docs" else f"mkdir -p {quoted(folder)} && {command}"


def _list_documents(company: Company, folder: str = "") -> str:
    return f"ls -lR --time-style=long-iso {quoted(_below(folder))}"


def _show_documents(company: Company, folder: str = "") -> str:
    return (
        f"shopt -s globstar nullglob; for each in {quoted(_below(folder))}/**; do "
        '[ -f "$each" ] || continue; printf \'=== %s\\n\\n\' "$each"; cat "$each"; echo; done'
    )


def _below(folder: str) -> str:
    inner = folder.strip().strip("/")
    return f"docs/{inner}" if inner else "docs"


def _read_document(company: Company, path: str) -> str:
    return f"cat {quoted(lying_at(company, path))}"


def _write_document(company: Company, path: str, text: str) -> str:
    file = f"docs/{drive.clean_path(path)}"
    return with_folder(file, printed_into(text, f"> {quoted(file)}"))


def _append_document(company: Company, path: str, text: str) -> str:
    file = quoted(lying_at(company, path))
    on_new_line = f'test -f {file} && {{ [ -z "$(tail -c 1 {file})" ] || echo >> {file}; }}'
    return f"{on_new_line} && {printed_into(text, f'>> {file}')}"


def _rename_document(company: Company, path: str, new_path: str) -> str:
    old, new = lying_at(company, path), f"docs/{drive.clean_path(new_path)}"
    if old == new:
        return f"test -f {quoted(old)}"
    return with_folder(new, f"[ ! -e {quoted(new)} ] && mv {quoted(old)} {quoted(new)}")


def _delete_document(company: Company, path: str) -> str:
    return f"rm {quoted(lying_at(company, path))}"


DOCUMENT_COMMANDS: Mapping[str, Callable[..., str]] = {
    each.__name__.removeprefix("_"): each
    for each in (
        _list_documents,
        _show_documents,
        _read_document,
        _write_document,
        _append_document,
        _rename_document,
        _delete_document,
    )
}
