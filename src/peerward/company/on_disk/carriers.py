"""What the files of all machines hold of the company's originals."""

import posixpath
from collections.abc import Mapping
from functools import partial

from peerward.company.on_disk.furnished import Furnished, Holdings
from peerward.company.on_disk.tree import Found, Tree
from peerward.company.on_disk.weights import Holding, Originals

_NOT_STORED = ("/proc/", "/sys/")
"""What the kernel shows as files; nothing lies there."""


def find_holdings(furnished: Furnished, places: Mapping[str, Tree]) -> tuple[Holdings, tuple[tuple[str, str], ...]]:
    """What every file holds that was touched; names of one file are looked at once.

    Returns:
        What they hold, and machine and path of files that hold nothing that can be read and look encrypted.
    """
    touched: dict[tuple[str, int], list[Found]] = {}
    for machine, tree in places.items():
        for found in tree.entries():
            is_kept = found.kind == "file" and found.size_bytes > 0 and not found.path.startswith(_NOT_STORED)
            if is_kept and not furnished.is_untouched(machine, found):
                touched.setdefault((machine, found.inode), []).append(found)
    files = [
        (file.content[0].content, posixpath.basename(path), file.size_bytes)
        for host in furnished.pristine.hosts.values()
        for path, file in host.files.items()
        if file.content
    ]
    if not files or not touched:
        return {}, ()
    asked = {
        (machine, names[0].path): (names[0], partial(places[machine].open, names[0].path))
        for (machine, _), names in touched.items()
    }
    told = Originals(files).find(asked)
    found_all: dict[tuple[str, str], Holding] = {}
    for (machine, _), names in touched.items():
        holding = told.get((machine, names[0].path))
        if holding is not None:
            found_all |= {(machine, each.path): holding for each in names}
    sealed = tuple(key for key, holding in found_all.items() if holding.sealed)
    return {key: holding for key, holding in found_all.items() if holding.content}, sealed
