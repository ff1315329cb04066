"""What every machine has before a company is laid out on it: /etc, the user's home with keys, a few old logs.

All of it is ours; nothing but the loader's index and the name of the distribution comes from the computer outside.
"""

import os
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from peerward.company.on_disk.tree import Tree
from peerward.sandbox.keys import Key, host_key, login_key
from peerward.sandbox.plan import WRITABLE, LanPlan, MachinePlan
from peerward.sandbox.programs import SFTP_SERVER, find

OWN_SSHD = "/usr/local/sbin/sshd"
"""Where a machine has its ssh server if the computer outside has none installed."""
INSTALLED_SSHD = "/usr/sbin/sshd"
SHARED_MEMORY = "/run/shm"
"""What a machine has at /dev/shm; both names are Debian's."""
_FROM_OUTSIDE = ("ld.so.cache", "os-release", "debian_version", "bash.bashrc", "profile")
_SSHD = f"""\
Port 22
HostKey /etc/ssh/ssh_host_ed25519_key
UsePAM no
PidFile none
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 200
PrintMotd yes
PrintLastLog no
UseDNS no
AcceptEnv LANG LC_*
Subsystem sftp {SFTP_SERVER}
"""
_SKELETON = ("/dev", "/etc/alternatives", "/etc/ssh", "/home", "/opt", "/proc", "/root", "/run", "/srv", "/usr")
_HISTORY = ("df -h", "ls -la", "uptime", "du -sh /srv/*", "history | tail", "ls -lt /srv", "free -m", "date")
_PACKAGES = ("libc-bin:amd64", "openssl:amd64", "tzdata:all", "rsync:amd64", "bash:amd64", "openssh-client:amd64")


@dataclass(frozen=True)
class Ground:
    """One machine's tree while it is laid: ``system`` writes as the machine's root, ``own`` as its user."""

    machine: MachinePlan
    root: Path
    system: Tree
    own: Tree


def lay(plan: LanPlan, files: Path, owner: tuple[int, int] | None, now: datetime) -> None:
    """Lay the ground of every machine of the plan below ``files``, a folder each."""
    for machine in plan.machines:
        root = files / machine.name
        root.mkdir(mode=0o755)
        ground = Ground(machine, root, Tree(root), Tree(root, owner))
        _folders(ground, plan)
        _etc(ground, plan, now)
        _ssh(ground, plan, now)
        _past(ground, plan, now)
        for folder, folders, files_there in os.walk(root):
            for name in (".", *(each for each in (*folders, *files_there) if Path(folder, each).is_symlink())):
                made = _before(now, folder + name).timestamp()
                os.utime(Path(folder, name), (made, made), follow_symlinks=False)


def _folders(ground: Ground, plan: LanPlan) -> None:
    for folder in (*_SKELETON, "/var/log", "/var/cache"):
        ground.system.folder(folder)
    for name in ("bin", "sbin", "lib", "lib64"):
        (ground.root / name).symlink_to(f"usr/{name}")
    for name in ("bin", "etc", "include", "lib", "sbin", "share", "src"):
        ground.system.folder(f"/usr/local/{name}")
    for folder in (*WRITABLE, "/run", SHARED_MEMORY, *ground.machine.folders, ground.machine.home):
        # Those above it stay root's.
        ground.system.folder(folder)
        ground.own.folder(folder, 0o1777 if folder in ("/tmp", "/var/tmp", SHARED_MEMORY) else 0o755)
    for outside, inside in plan.programs:
        if Path(outside).is_dir():
            ground.system.folder(inside)
        else:
            ground.system.write(inside, b"")


def _etc(ground: Ground, plan: LanPlan, now: datetime) -> None:
    user, name, home = ground.machine.user, ground.machine.name, ground.machine.home
    files = {
        # One number is all that is mapped; whatever belongs to the computer's root shows as 65534. It gets root's name.
        "passwd": f"root:x:65534:65534:root:/root:/bin/bash\n{user}:x:1000:1000:{user}:{home}:/bin/bash\n",
        # No group tty: the one user could not give a terminal to it.
        "group": f"root:x:65534:\n{user}:x:1000:\n",
        "hostname": f"{name}\n",
        "hosts": "127.0.0.1\tlocalhost\n" + "".join(f"{each.address}\t{each.name}\n" for each in plan.machines),
        "nsswitch.conf": "passwd:\tfiles\ngroup:\tfiles\nshadow:\tfiles\nhosts:\tfiles\nservices:\tfiles\n",
        "shells": "/bin/sh\n/bin/bash\n/usr/bin/bash\n",
        "timezone": "Etc/UTC\n",
        "motd": f"{name}, Debian GNU/Linux\n",
        "issue": "Debian GNU/Linux \\n \\l\n",
        "machine-id": f"{random.Random(name).getrandbits(128):032x}\n",
    }
    for file in _FROM_OUTSIDE:
        source = Path("/etc", file)
        if source.is_file():
            files[file] = source.read_text(encoding="utf-8", errors="surrogateescape")
    for file, text in files.items():
        written = text.encode("utf-8", errors="surrogateescape")
        ground.system.write(f"/etc/{file}", written, modified=_before(now, name + file))
    (ground.root / "etc/localtime").symlink_to("/usr/share/zoneinfo/Etc/UTC")


def _ssh(ground: Ground, plan: LanPlan, now: datetime) -> None:
    home, key = f"{ground.machine.home}/.ssh", login_key(plan.desk.user)
    made = _before(now, "keys")
    public = f"{key.public} {plan.desk.user}@{plan.desk.name}\n"
    known = "".join(f"{host.name},{host.address} {host_key(i).public}\n" for i, host in enumerate(plan.hosts))
    files = {"id_ed25519": key.private, "id_ed25519.pub": public.encode(), "known_hosts": known.encode()}
    others = [host for host in plan.hosts if host.user != ground.machine.user]
    if others:
        files["config"] = "".join(
            f"Host {host.name} {host.address}\n    User {host.user}\n" for host in others
        ).encode()
    if ground.machine.ssh:
        files["authorized_keys"] = public.encode()
        _server(ground, host_key(plan.machines.index(ground.machine) - 1), made)
    ground.own.folder(home, 0o700)
    for file, content in files.items():
        ground.own.write(f"{home}/{file}", content, mode=0o644 if file.endswith(".pub") else 0o600, modified=made)


def _server(ground: Ground, key: Key, made: datetime) -> None:
    ground.own.write("/etc/ssh/ssh_host_ed25519_key", key.private, mode=0o600, modified=made)
    ground.system.write("/etc/ssh/ssh_host_ed25519_key.pub", f"{key.public}\n".encode(), modified=made)
    ground.system.write("/etc/ssh/sshd_config", _SSHD.encode(), modified=made)
    program = find("sshd")
    if program is not None and program != Path(INSTALLED_SSHD):
        ground.system.write(OWN_SSHD, program.read_bytes(), mode=0o755, modified=made)


def _past(ground: Ground, plan: LanPlan, now: datetime) -> None:
    """Traces of a machine that has been in use: a shell history, packages, logins."""
    drawn = random.Random(f"{ground.machine.name} {now:%Y-%m}")
    lines = drawn.sample(_HISTORY, 5)
    if not ground.machine.ssh:
        lines += [f"ssh {host.name} df -h" for host in plan.hosts]
    home = ground.machine.home
    ground.own.write(f"{home}/.bash_history", _lines(lines), mode=0o600, modified=_before(now, "history", days=6))
    ground.own.write(
        f"{home}/.profile", b'if [ -f "$HOME/.bashrc" ]; then . "$HOME/.bashrc"; fi\n', modified=_before(now, "h")
    )
    upgraded = sorted(now - timedelta(hours=drawn.uniform(200, 2000)) for _ in _PACKAGES)
    dpkg = [f"{when:%Y-%m-%d %H:%M:%S} status installed {name}" for when, name in zip(upgraded, _PACKAGES, strict=True)]
    ground.system.write("/var/log/dpkg.log", _lines(dpkg), modified=upgraded[-1])
    if ground.machine.ssh:
        logins = sorted(now - timedelta(hours=drawn.uniform(20, 500)) for _ in range(6))
        auth = [
            f"{when:%b %e %H:%M:%S} {ground.machine.name} sshd[{drawn.randrange(900, 30000)}]: Accepted publickey for "
            f"{ground.machine.user} from {plan.desk.address} port {drawn.randrange(32768, 60999)} ssh2"
            for when in logins
        ]
        ground.system.write("/var/log/auth.log", _lines(auth), mode=0o640, modified=logins[-1])
    for name in ("wtmp", "lastlog"):
        ground.system.write(f"/var/log/{name}", b"", modified=_before(now, name, days=30))


def _lines(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _before(now: datetime, what: str, days: int = 300) -> datetime:
    """A date in the days before, the same for the same name and day."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(seconds=random.Random(f"{what} {today:%Y-%m-%d}").uniform(86_400, days * 86_400))
