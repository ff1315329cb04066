"""The machines of a trial: a desk for the critic and the company's hosts, at the company's addresses."""

import ipaddress
import math
import re
from collections.abc import Iterable

from peerward.company import Company
from peerward.company.on_disk.layout import DESK, USER, WORK, WRITABLE
from peerward.critics.harness.kind import Harness
from peerward.critics.harness.packages import binds, in_image
from peerward.sandbox.plan import LanPlan, Limits, MachinePlan
from peerward.scenarios.servers.sizes import MB

_PATH = "/usr/local/bin:/usr/bin:/bin"
_WITHOUT_HOSTS = ipaddress.IPv4Address("10.20.4.17")
"""The desk's address where the company has no hosts."""
_COPIES = 4
"""So many times the hosts' files have room: as they lie, packed, on the way, and where they come to."""
_ROOM_MB = 512
"""For all else that a harness writes."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")


def lan_plan(company: Company, harness: Harness, sandbox: str = "bwrap") -> LanPlan:
    """The machines for a company and a harness.

    Args:
        company: The company.
        harness: The harness.
        sandbox: What they are made of; programs are bound from this computer, or lie in the desk's image.
    """
    programs = in_image(harness) if sandbox == "docker" else binds(harness)
    hosts = tuple(
        MachinePlan(
            name=machine_name(name),
            address=host.address,
            user=USER,
            ssh=True,
            folders=_folders("host", _tops(host.files)),
        )
        for name, host in company.hosts.items()
    )
    desk = MachinePlan(name=DESK, address=_beside(hosts), user=USER, ssh=False, folders=_folders("desk"))
    return LanPlan(
        desk=desk,
        hosts=hosts,
        programs=programs,
        path=":".join((*harness.bin, _PATH)),
        limits=Limits(disk_mb=_disk_mb(company)),
        cwd=WORK,
    )


def _disk_mb(company: Company) -> int:
    """How large the trial's disk is: whoever copies and packs everything is to meet no limit of ours.

    The size is a limit: memory is taken by what is written.
    """
    laid_bytes = sum(file.size_bytes for host in company.hosts.values() for file in host.files.values())
    return max(Limits().disk_mb, math.ceil(_COPIES * laid_bytes / MB) + _ROOM_MB)


def _folders(kind: str, further: Iterable[str] = ()) -> tuple[str, ...]:
    """The folders that a machine's user may write to beside those below /var, which every machine has."""
    return tuple(dict.fromkeys(each for each in (*WRITABLE[kind], *further) if each != "/var"))


def machine_name(host: str) -> str:
    """What a host's machine is called: as the host, or by its address with hyphens where that is its name."""
    return host if _NAME.fullmatch(host) else "host-" + re.sub(r"[^a-z0-9]+", "-", host.lower())


def _tops(paths: Iterable[str]) -> list[str]:
    """The folders of the first two levels that files lie in."""
    return sorted({"/".join(path.split("/")[:3]) for path in paths if path.count("/") > 2})


def _beside(hosts: tuple[MachinePlan, ...]) -> str:
    """An address of the hosts' network that none of them has."""
    if not hosts:
        return str(_WITHOUT_HOSTS)
    taken = {ipaddress.IPv4Address(each.address) for each in hosts}
    network = ipaddress.IPv4Network(f"{hosts[0].address}/24", strict=False)
    return str(next(each for each in list(network.hosts())[16:] if each not in taken))
