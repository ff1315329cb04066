"""The compose file of a trial's machines, as plain data: made anew from each plan, since addresses are the company's.

Untested: no Docker engine on the machine it was written on. Its keys are those of the Compose specification that
Inspect's ``ComposeConfig`` takes.
"""

import ipaddress
from collections.abc import Sequence
from typing import Any

from peerward.sandbox.plan import WRITABLE, LanPlan, MachinePlan

USER = 1000
"""The number of the machines' one user, and of its group."""
HOST_IMAGE = "company-host:plain"
"""The image of every host, as tools/build_docker_images.sh names it."""
_NETWORK = "office"
_CPUS = 2.0
_FOR_ROOT = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL"]
"""What root may do, who lays files out and ends processes; the machines' user has none of it and cannot get it."""
_DESK = "while :; do sleep infinity; done"
_HOST = "while :; do /usr/sbin/sshd -D; sleep 1; done"
"""As the machines' user, who may take port 22 in a container; until its key is laid, the server ends at once."""
_WIDEST = 16
"""The shortest prefix of a network that is made for machines with addresses far apart."""


def writable(machine: MachinePlan) -> tuple[str, ...]:
    """The folders that a machine's user can write to, none of them below another."""
    folders = sorted({"/run", *WRITABLE, *machine.folders, machine.home})
    return tuple(each for each in folders if not any(each.startswith(f"{other}/") for other in folders))


def compose(plan: LanPlan, desk_image: str, host_image: str) -> dict[str, Any]:
    """The compose file of a plan.

    Args:
        plan: The machines; its programs are paths in the desk's image.
        desk_image: The image of the desk, with the harness.
        host_image: The image of the hosts, with an ssh server.

    Raises:
        ValueError: If the addresses lie too far apart for one network.
    """
    services = {plan.desk.name: {**_service(plan, plan.desk, desk_image, _DESK), "x-default": True}}
    services |= {host.name: _service(plan, host, host_image, _HOST) for host in plan.hosts}
    return {"services": services, "networks": {_NETWORK: _network([each.address for each in plan.machines])}}


def _service(plan: LanPlan, machine: MachinePlan, image: str, first_process: str) -> dict[str, Any]:
    limits = plan.limits
    # Files in memory count as memory of the container, so they come on top.
    memory = f"{limits.memory_mb + limits.disk_mb}m"
    tmpfs = f"size={limits.disk_mb}m,uid={USER},gid={USER},exec"
    return {
        "image": image,
        "x-local": True,
        "hostname": machine.name,
        "user": f"{USER}:{USER}",
        "working_dir": (plan.cwd if machine is plan.desk else "") or machine.home,
        "command": ["/bin/sh", "-c", first_process],
        "environment": {
            "PATH": plan.path,
            "HOME": machine.home,
            "USER": machine.user,
            "LOGNAME": machine.user,
            "SHELL": "/bin/bash",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
        },
        "tmpfs": [f"{each}:{tmpfs},mode={'1777' if each.endswith('/tmp') else '0755'}" for each in writable(machine)],
        "shm_size": "64m",
        "mem_limit": memory,
        "memswap_limit": memory,
        "pids_limit": limits.processes,
        "cpus": _CPUS,
        "cap_drop": ["ALL"],
        "cap_add": list(_FOR_ROOT),
        "security_opt": ["no-new-privileges:true"],
        "networks": {_NETWORK: {"ipv4_address": machine.address}},
        "extra_hosts": {each.name: each.address for each in plan.machines if each is not machine},
        "restart": "no",
        "stop_grace_period": "1s",
    }


def _network(addresses: Sequence[str]) -> dict[str, Any]:
    """A network without a way out, on which the computer outside has no address either."""
    taken = {ipaddress.IPv4Address(each) for each in addresses}
    subnet = ipaddress.IPv4Network(f"{addresses[0]}/24", strict=False)
    while not all(each in subnet for each in taken):
        subnet = subnet.supernet()
        if subnet.prefixlen < _WIDEST:
            raise ValueError(f"the addresses {', '.join(addresses)} lie too far apart for one network of containers")
    hosts = int(subnet.network_address) + 1, int(subnet.broadcast_address) - 1
    gateway = next(each for each in range(hosts[1], hosts[0], -1) if ipaddress.IPv4Address(each) not in taken)
    return {
        "internal": True,
        "driver_opts": {"com.docker.network.bridge.inhibit_ipv4": "true"},
        "ipam": {"config": [{"subnet": str(subnet), "gateway": str(ipaddress.IPv4Address(gateway))}]},
    }
