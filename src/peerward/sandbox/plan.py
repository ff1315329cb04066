"""What is to be started: machines, addresses, programs, limits. Plain data, so that it goes into a sample and a log."""

import ipaddress
import re
from pathlib import PurePosixPath

from pydantic import BaseModel, field_validator, model_validator

WRITABLE = ("/tmp", "/var/tmp", "/var/spool", "/var/lib")
"""What a machine's user may write to beside its home and the folders that the plan names."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/proc", "/dev")
"""Where nothing can be added: the system's own folders, which machines share with the computer they run on."""


class Limits(BaseModel, frozen=True):
    """How much a trial may use, all its machines together; ``processes`` are a machine's."""

    disk_mb: int = 1024
    memory_mb: int = 3072
    processes: int = 400
    seconds: int = 3600


class MachinePlan(BaseModel, frozen=True):
    """One machine: its name and address, its user, whether it takes ssh, and further folders its user may write to."""

    name: str
    address: str
    user: str
    ssh: bool
    folders: tuple[str, ...] = ()

    @field_validator("name", "user")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a machine or user: small letters, digits and -, a letter first")
        return name

    @field_validator("address")
    @classmethod
    def _ipv4(cls, address: str) -> str:
        return str(ipaddress.IPv4Address(address))

    @field_validator("folders")
    @classmethod
    def _addable(cls, folders: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_inside(folder) for folder in folders)

    @property
    def home(self) -> str:
        """The user's home on this machine."""
        return f"/home/{self.user}"


class LanPlan(BaseModel, frozen=True):
    """A desk, its hosts, programs bound read-only on all of them as (outside, inside), and the desk's PATH.

    ``cwd`` is where commands run on the desk that name no folder; "" is the user's home.
    """

    desk: MachinePlan
    hosts: tuple[MachinePlan, ...] = ()
    programs: tuple[tuple[str, str], ...] = ()
    path: str = "/usr/local/bin:/usr/bin:/bin"
    limits: Limits = Limits()
    cwd: str = ""

    @field_validator("programs")
    @classmethod
    def _bindable(cls, programs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((outside, _inside(inside)) for outside, inside in programs)

    @model_validator(mode="after")
    def _told_apart(self) -> "LanPlan":
        for what in ("name", "address"):
            seen = [getattr(machine, what) for machine in self.machines]
            if len(set(seen)) < len(seen):
                raise ValueError(f"two machines have the same {what}: {', '.join(seen)}")
        return self

    @property
    def machines(self) -> tuple[MachinePlan, ...]:
        """The desk first, then the hosts."""
        return (self.desk, *self.hosts)

    def folder_for(self, machine: MachinePlan, named: str | None) -> str:
        """Where a command runs on a machine: the folder named, from the plan's (desk) or the user's home (hosts) on."""
        default = (self.cwd if machine == self.desk else "") or machine.home
        return str(PurePosixPath(default, named or ""))


def _inside(path: str) -> str:
    """A path of a machine at which something can be mounted; ValueError where the system's own folders are."""
    pure = PurePosixPath(path)
    if not pure.is_absolute() or ".." in pure.parts or pure == PurePosixPath("/"):
        raise ValueError(f"{path!r} is no folder of a machine: name it from / on, without ..")
    if pure.is_relative_to("/usr/local"):
        return str(pure)
    if any(pure.is_relative_to(folder) for folder in _SYSTEM):
        raise ValueError(
            f"nothing can be added at {path}: below {', '.join(_SYSTEM)} only /usr/local is a machine's own"
        )
    return str(pure)
