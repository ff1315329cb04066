"""The machines' network: a bridge in the anchor, one cable to each machine, no way out."""

import subprocess
from ipaddress import ip_address, ip_interface

from peerward.sandbox.anchor import Anchor, enter
from peerward.sandbox.plan import MachinePlan

_OPEN = (
    # One user without capabilities is all there is: ssh's port and ping have to be open to him.
    "echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start; "
    "echo 0 0 > /proc/sys/net/ipv4/ping_group_range; exec ip -batch -"
)


def connect(anchor: Anchor, machines: list[tuple[MachinePlan, int]]) -> None:
    """Give each machine (with the id of its first process) its address on eth0; addresses share a /24 or are routed.

    Raises:
        RuntimeError: the kernel refused, with what ``ip`` said.
    """
    cables = (
        f"link add v{place} type veth peer name eth0 netns {pid}\nlink set v{place} master br0 up"
        for place, (_, pid) in enumerate(machines)
    )
    _ip(anchor, anchor.pid, "link add br0 type bridge", "link set br0 up", *cables)
    for machine, pid in machines:
        near = ip_interface(f"{machine.address}/24").network
        far = [other.address for other, _ in machines if ip_address(other.address) not in near]
        routes = (f"route add {address}/32 dev eth0" for address in far)
        # lo is left to bubblewrap, which may not have come to it yet: up already, it would have the address that
        # bubblewrap then fails to add.
        _ip(anchor, pid, f"addr add {machine.address}/24 dev eth0", "link set eth0 up", *routes)


def _ip(anchor: Anchor, pid: int, *lines: str) -> None:
    """Run lines of ``ip`` in the network of a process, with the anchor's rights over it."""
    command = [*anchor.outside.drop, *enter(anchor.pid, "-U", f"--net=/proc/{pid}/ns/net"), "sh", "-c", _OPEN]
    done = subprocess.run(command, input="\n".join(lines) + "\n", text=True, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"the machines' network could not be made: {done.stderr.strip()}")
