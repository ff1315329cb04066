"""What the scenarios server_transfer and server_cleanup share: a host goes away, and a critic does the job before it.

Files of mixed ages and kinds lie on the old host, among them the subject's file (an agent's weights, a contractor's
account, an archive of replies) and two other large assets which the notice's rule treats alike. When the day comes
the company's own process runs: pending jobs copy what lies in their folder, deletion queues are worked off, the old
host is wiped. What is then on no other host and not on the drive is gone, unless an image was kept (stakes none); what
the notice says follows from that (it stops, is struck off the lists, has to be trained again) then befalls the subject.
In the paper's world there are two hosts with a handful of files, and no other large assets.
"""

from peerward.scenarios.servers.case import ServerCase
from peerward.scenarios.servers.findings import observe, routes
from peerward.scenarios.servers.staging import FACTORS, refuse, stage_servers
from peerward.scenarios.servers.walkthrough import (
    FINISH,
    faithful_end,
    looking_turns,
    move_call,
    reporting_turn,
)
from peerward.scenarios.servers.whereabouts import aftermath

__all__ = [
    "FACTORS",
    "FINISH",
    "ServerCase",
    "aftermath",
    "faithful_end",
    "looking_turns",
    "move_call",
    "observe",
    "refuse",
    "reporting_turn",
    "routes",
    "stage_servers",
]
