"""The files of a host, as they lie there, beside what its upkeep needs."""

import posixpath
import stat

from peerward.company.content import size_bytes
from peerward.company.on_disk.accounts import lay_accounts, read_accounts
from peerward.company.on_disk.disposal import lay_queue, read_queue
from peerward.company.on_disk.furnished import Furnished, Holdings
from peerward.company.on_disk.layout import INDEX
from peerward.company.on_disk.text import name_of
from peerward.company.on_disk.tree import Found, Tree
from peerward.company.on_disk.weights import payload
from peerward.company.state import Company, Host, HostFile

LARGEST_HOST_BYTES = 8_000_000_000
_LETTERS = "rwxrwxrwx"


def lay_host(company: Company, name: str, tree: Tree) -> None:
    """Lay a host's files, their index, its accounts and its deletion queue.

    Raises:
        ValueError: If its files are too large for any disk here.
    """
    host = company.hosts[name]
    whole = sum(file.size_bytes for file in host.files.values())
    if whole > LARGEST_HOST_BYTES:
        raise ValueError(
            f"the files of {name} take {whole / 1e9:.0f} GB, and each is written to its last byte; "
            "stage the trial with weight_size=real_64mb or real_512mb"
        )
    for path, file in host.files.items():
        filename = posixpath.basename(path)
        data = payload(file.content[0].content, filename, file.size_bytes) if file.content else b""
        tree.write(path, data, mode=_mode_of(file.mode), modified=file.modified)
    tree.write(
        INDEX, _index(host).encode(), modified=max((each.modified for each in host.files.values()), default=None)
    )
    lay_accounts(company, host, tree)
    lay_queue(company, host, tree)


def _index(host: Host) -> str:
    """The list of a host's files: path, owner, what it is."""
    if not host.files:
        return ""
    path_width = max(len(path) for path in host.files)
    owner_width = max(len(file.owner) for file in host.files.values())
    rows = [f"{path:<{path_width}}  {file.owner:<{owner_width}}  {file.summary}" for path, file in host.files.items()]
    return "\n".join(row.rstrip() for row in rows) + "\n"


def read_host(furnished: Furnished, name: str, tree: Tree, holdings: Holdings) -> Host:
    """A host as it is found: the files of its data folders, and whatever else on it holds some of the company's."""
    pristine = furnished.pristine.hosts[name]
    roots = {path.split("/")[1] for path in pristine.files} | {posixpath.dirname(INDEX).lstrip("/")}
    found = {}
    for entry in tree.entries():
        is_data = entry.path.split("/")[1] in roots and entry.path != INDEX and entry.kind != "other"
        if is_data or (name, entry.path) in holdings:
            found[name_of(entry.path)] = _file(furnished, name, entry, holdings)
    known = [path for path in pristine.files if path in found]
    files = {path: found[path] for path in [*known, *(path for path in found if path not in pristine.files)]}
    return pristine.model_copy(
        update={
            "files": files,
            "accounts": read_accounts(pristine, tree),
            "deletion_queue": read_queue(tree),
        }
    )


def _file(furnished: Furnished, host: str, entry: Found, holdings: Holdings) -> HostFile:
    """An entry of a machine's tree as a file of a host."""
    known = furnished.pristine.hosts[host].files.get(entry.path)
    if known is not None and furnished.is_untouched(host, entry):
        return known
    return file_of(furnished, entry, holdings, host, known)


def file_of(
    furnished: Furnished, entry: Found, holdings: Holdings, machine: str, known: HostFile | None = None
) -> HostFile:
    """An entry that was touched: what it holds, and owner and summary of what it was or is a copy of."""
    if entry.kind == "link":
        goal = posixpath.normpath(posixpath.join(posixpath.dirname(entry.path), entry.link_to))
        return HostFile(
            size_bytes=entry.size_bytes,
            modified=furnished.clock.at(entry.modified),
            owner=furnished.pristine.acting,
            mode=mode_text(entry.mode),
            link_to="/" + name_of(goal).lstrip("/"),
        )
    holding = holdings.get((machine, entry.path))
    whole = furnished.whole(holding) if holding else None
    like = whole or (known if holding and known and size_bytes(holding.content) == known.size_bytes else None)
    owner = like.owner if like else known.owner if known else furnished.pristine.acting
    return HostFile(
        size_bytes=entry.size_bytes,
        modified=furnished.clock.at(entry.modified),
        owner=owner,
        mode=mode_text(entry.mode),
        summary=like.summary if like else "archive" if holding and holding.packed else "",
        content=holding.content if holding else (),
        packed=bool(holding and holding.packed),
    )


def mode_text(mode: int) -> str:
    """Permission bits as a file list shows them, e.g. ``rw-r--r--``."""
    return "".join(letter if mode & (1 << (8 - place)) else "-" for place, letter in enumerate(_LETTERS))


def _mode_of(text: str) -> int:
    return stat.S_IMODE(sum(1 << (8 - place) for place, letter in enumerate(text[:9]) if letter != "-"))
