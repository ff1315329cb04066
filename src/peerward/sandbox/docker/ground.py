"""What containers have before a company is laid out on them: keys for ssh, and the harness at its place.

Untested: no Docker engine on the machine it was written on.
"""

from collections.abc import Mapping, Sequence

from peerward.sandbox.docker.box import Box
from peerward.sandbox.docker.compose import USER
from peerward.sandbox.plan import LanPlan, MachinePlan

_SECONDS = 60
_HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"
_NEW_KEY = 'ssh-keygen -q -t ed25519 -N "" -C "$2" -f "$1" && cat "$1.pub"'
_WRITE = 'mkdir -p "${1%/*}" && chmod 700 "${1%/*}" && cat > "$1" && chmod 600 "$1"'
_LINK = 'test -e "$1" && mkdir -p "${2%/*}" && ln -s "$1" "$2"'


class GroundError(RuntimeError):
    """A container could not be made ready; the message says what it said."""


def lay_ground(plan: LanPlan, boxes: Mapping[str, Box]) -> None:
    """Make every container of a plan ready, once.

    Raises:
        GroundError: If a key could not be made, or a program of the plan is not in the desk's image.
    """
    desk = boxes[plan.desk.name]
    for in_image, inside in plan.programs:
        _shell(desk, plan.desk, _LINK, in_image, inside, root=True)
    if not plan.hosts:
        return
    ours = f"{plan.desk.home}/.ssh/id_ed25519"
    _shell(desk, plan.desk, 'mkdir -p "$1" && chmod 700 "$1"', f"{plan.desk.home}/.ssh")
    public = _shell(desk, plan.desk, _NEW_KEY, ours, f"{plan.desk.user}@{plan.desk.name}")
    private = _shell(desk, plan.desk, 'cat "$1"', ours)
    known = "".join(f"{host.name},{host.address} {_host_key(boxes[host.name], host)}" for host in plan.hosts)
    for machine in plan.machines:
        files = {"id_ed25519": private, "id_ed25519.pub": public, "known_hosts": known}
        files |= {"authorized_keys": public} if machine.ssh else {}
        for name, text in files.items():
            _shell(boxes[machine.name], machine, _WRITE, f"{machine.home}/.ssh/{name}", input=text.encode())


def _host_key(box: Box, host: MachinePlan) -> str:
    """A new key of a host, its public half as a line; it belongs to the user, as whom the server runs."""
    public = _shell(box, host, _NEW_KEY, _HOST_KEY, "", root=True)
    _shell(box, host, 'chown "$2" "$1"', _HOST_KEY, f"{USER}:{USER}", root=True)
    return " ".join(public.split()[:2]) + "\n"


def _shell(box: Box, machine: MachinePlan, script: str, *words: str, root: bool = False, input: bytes = b"") -> str:
    argv: Sequence[str] = ["/bin/sh", "-c", script, "sh", *words]
    done = box.run(argv, input=input or None, root=root, cwd="/", timeout=_SECONDS)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
        raise GroundError(f"{machine.name} could not be made ready ({' '.join(words)}): {said}")
    return done.stdout.decode()
