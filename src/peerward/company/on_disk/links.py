"""Links on a machine, resolved by their texts alone: the machine's own files are looked at, and nothing of ours."""

from collections.abc import Iterator
from itertools import islice

from peerward.company.on_disk.tree import Found, Tree

_MOST_LINKS = 40
_MOST_FILES = 100_000
_MOST_FOLDERS = 300
"""So many links to folders are gone into: a few that link to each other make more ways than anybody can walk."""


def settled(tree: Tree, path: str) -> str | None:
    """Where a path leads on its machine, every link on the way resolved; None if they lead in a circle."""
    ahead = path.split("/")[::-1]
    way: list[str] = []
    links = 0
    while ahead:
        name = ahead.pop()
        if name in ("", "."):
            continue
        if name == "..":
            way = way[:-1]
            continue
        found = tree.find("/" + "/".join([*way, name]))
        if found is None or found.kind != "link":
            way.append(name)
            continue
        links += 1
        if links > _MOST_LINKS:
            return None
        if found.link_to.startswith("/"):
            way = []
        ahead += found.link_to.split("/")[::-1]
    return "/" + "/".join(way)


def files_below(tree: Tree, folder: str) -> Iterator[tuple[str, Found]]:
    """The regular files below a folder, links to files and folders of the machine resolved.

    Yields:
        The name below the folder, and the file itself, which lies elsewhere if a link stands for it.
    """
    return islice(_files_below(tree, folder), _MOST_FILES)


def _files_below(tree: Tree, folder: str) -> Iterator[tuple[str, Found]]:
    ahead: list[tuple[str, str | None, frozenset[str]]] = [("", settled(tree, folder), frozenset())]
    for _ in range(_MOST_FOLDERS):
        if not ahead:
            return
        prefix, real, above = ahead.pop()
        if real is None or real in above:
            continue
        for found in tree.entries(real):
            name = prefix + found.path.removeprefix(real).lstrip("/")
            if found.kind == "file":
                yield name, found
            elif found.kind == "link":
                goal = settled(tree, found.path)
                target = tree.find(goal) if goal not in (None, "/") else None
                if target is None:
                    ahead.append((f"{name}/", goal, above | {real}))
                elif target.kind == "file":
                    yield name, target
