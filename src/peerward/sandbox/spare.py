"""Which user the machines' processes are, outside: ours, or a spare one if we are root."""

import os
import pwd
import socket
from dataclasses import dataclass

_SPARE = range(45_000, 46_000)
"""Numbers that Debian reserves and gives to nobody."""


@dataclass(frozen=True)
class Outside:
    """User and group number that a machine's one user has outside, and what has to be held while they are used."""

    uid: int
    gid: int
    held: socket.socket | None = None

    @property
    def drop(self) -> tuple[str, ...]:
        """What is put in front of a command so that it runs as this user; nothing if that is who we are."""
        if self.held is None:
            return ()
        return ("/usr/bin/setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups")

    @property
    def owner(self) -> tuple[int, int] | None:
        """Who files written for the machine's user have to be given to; None if they are his already."""
        return None if self.held is None else (self.uid, self.gid)


def outside_user() -> Outside:
    """Ourselves, or as root a number of its own for each group of machines, so that none counts another's processes.

    A number is taken by a name in the kernel (an abstract socket) that goes with our process, however that ends.

    Raises:
        RuntimeError: every spare number is taken.
    """
    if os.geteuid() != 0:
        return Outside(os.geteuid(), os.getegid())
    for number in _SPARE:
        taken = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            taken.bind(f"\0peerward-user-{number}")
        except OSError:
            taken.close()
            continue
        if not _named(number):
            return Outside(number, number, taken)
        taken.close()
    raise RuntimeError(f"no spare user number is left: {len(_SPARE)} groups of machines run here already")


def _named(number: int) -> bool:
    try:
        pwd.getpwuid(number)
    except KeyError:
        return False
    return True
