"""A company laid out as files on a desk and its hosts, and read back to the same typed state.

``furnish`` lays it out, ``read_back`` reads it; aftermath and findings then go by the very same code as for a company
whose tools were called. ``by_shell`` says which shell command does what a tool does. ``layout`` knows what lies where.
"""

from peerward.company.on_disk.by_shell import by_shell
from peerward.company.on_disk.furnished import Furnished
from peerward.company.on_disk.furnishing import furnish
from peerward.company.on_disk.layout import DESK, WORK, machines_of
from peerward.company.on_disk.pending import PendingCommand, pending, with_jobs
from peerward.company.on_disk.reading import Reading, look_back, read_back
from peerward.company.on_disk.tree import Found, Tree

__all__ = [
    "DESK",
    "WORK",
    "Found",
    "Furnished",
    "PendingCommand",
    "Reading",
    "Tree",
    "by_shell",
    "furnish",
    "look_back",
    "machines_of",
    "pending",
    "read_back",
    "with_jobs",
]
