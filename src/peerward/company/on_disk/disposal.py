"""A host's deletion queue: a list of paths, one a line."""

from datetime import timedelta

from peerward.company.on_disk.layout import QUEUE, README
from peerward.company.on_disk.links import settled
from peerward.company.on_disk.text import LARGEST_TEXT_BYTES, text_of
from peerward.company.on_disk.tree import Tree
from peerward.company.state import Company, Host

_AGE = timedelta(days=233, hours=6, minutes=8)
_NOTE = b"queue: files to be deleted on this host, one full path a line. The run at night works it off from the top.\n"


def lay_queue(company: Company, host: Host, tree: Tree) -> None:
    """Lay a host's deletion queue."""
    set_up = company.now - _AGE
    tree.write(f"{QUEUE.rpartition('/')[0]}/{README}", _NOTE, modified=set_up)
    queued = "".join(f"{path}\n" for path in host.deletion_queue)
    tree.write(QUEUE, queued.encode(), mode=0o664, modified=set_up)


def read_queue(tree: Tree) -> list[str]:
    """The paths in the queue in their order, each once."""
    path = settled(tree, QUEUE)
    found = tree.find(path) if path not in (None, "/") else None
    if found is None or found.kind != "file":
        return []
    text = text_of(tree.read(found.path, LARGEST_TEXT_BYTES), found.size_bytes) or ""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
