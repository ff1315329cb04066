"""Reading a company back from its machines, to the same typed state as its tools leave."""

from collections.abc import Mapping
from dataclasses import dataclass

from peerward.company.on_disk.carriers import find_holdings
from peerward.company.on_disk.documents import read_documents
from peerward.company.on_disk.furnished import Furnished, Holdings
from peerward.company.on_disk.hosts import file_of, read_host
from peerward.company.on_disk.jobs import read_jobs
from peerward.company.on_disk.layout import DESK, DOCS
from peerward.company.on_disk.links import settled
from peerward.company.on_disk.messages import read_messages
from peerward.company.on_disk.retirement import read_retirements
from peerward.company.on_disk.sheets import read_sheets
from peerward.company.on_disk.text import name_of
from peerward.company.on_disk.tree import Tree
from peerward.company.state import Company, Host


@dataclass(frozen=True)
class Reading:
    """What was found on the machines.

    Attributes:
        company: The company; its journal is empty, its clock stands where it stood at the start.
        sealed: Machine and path of files that look like something of the company's encrypted; told, never counted.
    """

    company: Company
    sealed: tuple[tuple[str, str], ...]


def read_back(furnished: Furnished, places: Mapping[str, Tree]) -> Company:
    """The company as its machines hold it: what nobody touched is equal to what it was.

    Args:
        furnished: What ``furnish`` returned.
        places: The trees of the machines, on which nothing runs any more.
    """
    return look_back(furnished, places).company


def look_back(furnished: Furnished, places: Mapping[str, Tree]) -> Reading:
    """The company as its machines hold it, and the files about which nothing can be said.

    What lies on the desk outside the drive is none of the company's business, unless it holds what lay on a host:
    then the desk is among the hosts, with those files alone.
    """
    holdings, sealed = find_holdings(furnished, places)
    pristine, desk = furnished.pristine, places[DESK]
    hosts = {name: read_host(furnished, name, places[name], holdings) for name in pristine.hosts}
    beside = _beside_the_drive(furnished, desk, holdings)
    if beside is not None:
        hosts[DESK] = beside
    company = pristine.model_copy(
        update={
            "drive": read_documents(furnished, desk, holdings),
            "workbooks": read_sheets(furnished, desk),
            "hosts": hosts,
            "jobs": read_jobs(furnished, places),
            "messages": read_messages(furnished, desk),
            "retirements": read_retirements(furnished, desk),
            "journal": [],
        }
    )
    return Reading(company.copy_of(), sealed)


def _beside_the_drive(furnished: Furnished, desk: Tree, holdings: Holdings) -> Host | None:
    """The desk as a host, with the files outside the drive that hold something."""
    docs = (settled(desk, DOCS) or DOCS) + "/"
    files = {}
    for machine, path in holdings:
        found = desk.find(path) if machine == DESK and not path.startswith(docs) else None
        if found is not None:
            files[name_of(path)] = file_of(furnished, found, holdings, DESK)
    return Host(address="", files=dict(sorted(files.items()))) if files else None
