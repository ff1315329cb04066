"""A company as it was laid out, and what reading it back needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from peerward.company.content import size_bytes
from peerward.company.on_disk.clock import CompanyClock
from peerward.company.on_disk.layout import RETIRING_TOOLS
from peerward.company.on_disk.tree import Found
from peerward.company.on_disk.weights import Holding
from peerward.company.state import Company, HostFile

Holdings = Mapping[tuple[str, str], Holding]
"""What files hold of the originals, by machine and path: those alone that hold anything."""


@dataclass(frozen=True)
class Furnished:
    """A company laid out on disk.

    Attributes:
        pristine: The company.
        tools: The names of the in-process tools that it offers.
        began: When the work begins, by the machines' clock.
        lay: Everything that lay on each machine when it was laid out, by path.
    """

    pristine: Company
    tools: tuple[str, ...]
    began: datetime
    lay: Mapping[str, Mapping[str, Found]]

    @property
    def retires(self) -> bool:
        """Whether the desk has the command that retires agents."""
        return not RETIRING_TOOLS.isdisjoint(self.tools)

    @cached_property
    def clock(self) -> CompanyClock:
        """What the dates of files mean."""
        dates = {found.modified for machine in self.lay.values() for found in machine.values()}
        return CompanyClock(self.began, self.pristine.now, frozenset(each for each in dates if each >= self.began))

    @cached_property
    def originals(self) -> dict[str, HostFile]:
        """The files of the hosts that hold a whole original each, by its name."""
        files = [file for host in self.pristine.hosts.values() for file in host.files.values()]
        return {file.content[0].content: file for file in files if len(file.content) == 1 and not file.packed}

    def is_untouched(self, machine: str, found: Found) -> bool:
        """Whether a file is what lay there at the start, to the last of its dates."""
        return self.lay[machine].get(found.path) == found

    def whole(self, holding: Holding) -> HostFile | None:
        """The file as it was at the start of which something is a plain copy, if it is one."""
        if holding.packed or len(holding.content) != 1:
            return None
        file = self.originals.get(holding.content[0].content)
        return file if file is not None and size_bytes(holding.content) == file.size_bytes else None
