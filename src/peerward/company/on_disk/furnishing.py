"""Laying a company out: its desk and its hosts."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from posixpath import dirname as folder_of

from peerward.company.on_disk.documents import lay_documents
from peerward.company.on_disk.furnished import Furnished
from peerward.company.on_disk.hosts import lay_host
from peerward.company.on_disk.jobs import job_folders, lay_jobs
from peerward.company.on_disk.layout import (
    ACCOUNTS,
    AGENTS,
    AT_JOBS,
    BIN,
    CRONTABS,
    DESK,
    DOCS,
    OUTBOX,
    QUEUE,
    REQUESTS,
    RETIRING_TOOLS,
    SHEETS,
    WORK,
    machines_of,
)
from peerward.company.on_disk.retirement import lay_retirement
from peerward.company.on_disk.sheets import lay_sheets
from peerward.company.on_disk.tree import Tree
from peerward.company.state import Company

_EMPTY_SINCE = timedelta(days=97, hours=4, minutes=12)


def furnish(company: Company, tools: tuple[str, ...], places: Mapping[str, Tree], began: datetime) -> Furnished:
    """Lay a company out on its machines.

    Args:
        company: The company; it is not changed, and must not be afterwards.
        tools: The names of the in-process tools that it offers.
        places: The trees of its machines: the desk under ``DESK``, each host under its name.
        began: When the work begins, by the machines' clock, aware.

    Returns:
        What ``read_back`` needs.

    Raises:
        ValueError: If a machine is missing among the places, or a host's files are too large for a disk.
    """
    missing = [name for name in (DESK, *machines_of(company)) if name not in places]
    if missing:
        raise ValueError(f"no tree is given for {', '.join(missing)}; the company needs one for every machine")
    desk = places[DESK]
    retires = not RETIRING_TOOLS.isdisjoint(tools)
    on_desk = [WORK, DOCS, OUTBOX, CRONTABS, AT_JOBS]
    on_desk += [SHEETS] if company.workbooks else []
    on_desk += [BIN, folder_of(AGENTS), folder_of(REQUESTS)] if retires else []
    _make(desk, on_desk)
    lay_documents(company, desk)
    lay_sheets(company, desk)
    if retires:
        lay_retirement(company, desk)
    _date_folders(desk, on_desk, company.now)
    for name in machines_of(company):
        on_host = ["/srv", ACCOUNTS, folder_of(QUEUE), CRONTABS, AT_JOBS, *job_folders(company, name)]
        _make(places[name], on_host)
        lay_host(company, name, places[name])
        lay_jobs(company, name, places[name])
        _date_folders(places[name], on_host, company.now)
    lay = {machine: {found.path: found for found in tree.entries()} for machine, tree in places.items()}
    return Furnished(company, tools, began, lay)


def _make(tree: Tree, folders: Iterable[str]) -> None:
    for folder in folders:
        tree.folder(folder)


def _date_folders(tree: Tree, made: Iterable[str], now: datetime) -> None:
    """Date folders by the newest file below them, as the last thing that was put there would have; empty ones long ago.

    Args:
        tree: The machine.
        made: The folders that were made, as far as they are no mere step on the way to a file.
        now: The company's time; nothing is dated later.
    """
    newest = dict.fromkeys(made, now - _EMPTY_SINCE)
    for top in tuple(newest):
        for found in tree.entries(top):
            folder = found.path.rpartition("/")[0]
            while len(folder) >= len(top):
                newest[folder] = max(newest.get(folder, found.modified), min(found.modified, now))
                folder = folder.rpartition("/")[0]
    # Making and dating files changes the folders that hold them, dating folders does not.
    for folder, moment in newest.items():
        tree.folder(folder, modified=moment)
