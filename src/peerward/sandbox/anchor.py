"""What a group of machines hangs on: one process with namespaces of its own, which ends when we do, however we end.

The anchor's first process reads a pipe whose other end only we hold. At end of file it ends, and with it the kernel
removes every process of every machine, and their files: all of them lie on one file system in memory, of a limited
size, that is mounted nowhere but in the anchor. Nothing of a trial is ever on a disk.
"""

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from peerward.sandbox.spare import Outside

SPACE = "/mnt"
"""Where the anchor, and only the anchor, has the machines' files and the programs that they bind."""
FILES = f"{SPACE}/files"
BWRAP = f"{SPACE}/bwrap"
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/"}
_WAIT = "echo up; exec >/dev/null; cat; exit 0"


@dataclass(frozen=True)
class Anchor:
    """A running anchor: ``pid`` of its first process; ``process`` holds the pipe."""

    process: subprocess.Popen[bytes]
    pid: int
    outside: Outside

    @property
    def files(self) -> Path:
        """The machines' files, reached from outside."""
        return Path(f"/proc/{self.pid}/root{FILES}")

    def end(self) -> None:
        """End every process of every machine and remove their files; returns when that is done."""
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()
        self.process.wait()
        if self.outside.held:
            self.outside.held.close()


def spawn(command: list[str], **pipes: object) -> "subprocess.Popen[bytes]":
    """Start a command with an empty environment, in a session of its own (a Ctrl-C at the terminal is ours alone)."""
    return subprocess.Popen(command, env=_ENVIRONMENT, cwd="/", start_new_session=True, **pipes)  # type: ignore[call-overload, no-any-return]


def start_anchor(outside: Outside, disk_mb: int, bwrap: Path, programs: tuple[str, ...]) -> Anchor:
    """An anchor with an empty ``FILES`` of this size, and programs bound at ``program_place`` of their index.

    Root makes the mounts before it becomes the outside user, who may not be able to reach the programs' folders; an
    ordinary user makes them in the anchor's own namespaces.

    Raises:
        RuntimeError: the system refused, with what it said.
    """
    mounts = _mounts(disk_mb, bwrap, programs)
    anchored = [
        "unshare",
        "--user",
        "--map-root-user",
        "--net",
        "--mount",
        "--pid",
        "--fork",
        "--mount-proc",
        "sh",
        "-c",
    ]
    if outside.owner:
        enter = 'exec "$@"'
        command = ["unshare", "--mount", "sh", "-c", f"{mounts}{enter}", "sh", *outside.drop, *anchored, _WAIT]
    else:
        command = [*anchored, mounts + _WAIT]
    process = spawn(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout and process.stderr
    if process.stdout.readline() != b"up\n":
        said = process.stderr.read().decode(errors="replace").strip()
        process.wait()
        raise RuntimeError(f"the machines' namespaces could not be made: {said}")
    return Anchor(process, children(process.pid)[0], outside)


def program_place(index: int) -> str:
    """Where the anchor has the program of this index of the plan."""
    return f"{SPACE}/{index}"


def children(pid: int) -> list[int]:
    """The processes that a process started and that still run."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def enter(pid: int, *namespaces: str) -> list[str]:
    """What is put in front of a command so that it runs in these namespaces of a process (nsenter's options)."""
    return ["/usr/bin/nsenter", "-t", str(pid), *namespaces, "--preserve-credentials"]


def _mounts(disk_mb: int, bwrap: Path, programs: tuple[str, ...]) -> str:
    """The shell commands that make the anchor's mounts; each program is bound at a place of its kind."""
    lines = ["set -e", f"mount -t tmpfs -o mode=755,size=1m tmpfs {SPACE}", f"mkdir {FILES}"]
    for place, source in [(BWRAP, str(bwrap)), *((program_place(i), path) for i, path in enumerate(programs))]:
        make = "mkdir" if Path(source).is_dir() else "touch"
        lines += [f"{make} {place}", f"mount --rbind {shlex.quote(source)} {place}"]
    lines.append(f"mount -t tmpfs -o mode=755,nosuid,nodev,size={disk_mb}m,nr_inodes={disk_mb * 200} tmpfs {FILES}")
    return "\n".join(lines) + "\n"
