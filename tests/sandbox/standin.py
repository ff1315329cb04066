"""A folder that stands in for a container: commands are run outside, with paths below the folder."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from peerward.sandbox.docker.transport import Transport
from peerward.sandbox.done import Done

WRITABLE = ("/srv/data", "/home/maintainer", "/tmp")


class FolderBox:
    """A box whose container is a folder; ``read_bytes`` counts what was carried out."""

    def __init__(self, root: Path) -> None:
        self.root, self.read_bytes = root, 0
        for each in WRITABLE:
            self.path(each).mkdir(parents=True)

    def path(self, inside: str) -> Path:
        return self.root / inside.lstrip("/")

    def run(
        self,
        argv: Sequence[str],
        *,
        input: bytes | None = None,
        root: bool = False,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Done:
        done = subprocess.run(argv, input=input, capture_output=True, cwd=self.root, env=env, timeout=timeout)
        # As Inspect gives it: output is text.
        out = done.stdout.decode(errors="replace").encode()
        return Done(done.returncode, out, done.stderr)

    def read(self, path: str) -> bytes:
        data = Path(path).read_bytes()
        assert len(data) <= 100 << 20, "Inspect reads no larger file"
        self.read_bytes += len(data) if "piece" in path else 0
        return data

    def sh(self, line: str, folder: str = "/srv/data") -> None:
        """What somebody does in the container."""
        subprocess.run(["bash", "-ec", line], cwd=self.path(folder), check=True)


def transport(box: FolderBox, ours: Path, most_mb: int = 1024) -> Transport:
    """The way between the folder that stands in and one of ours."""
    ours.mkdir()
    return Transport(box, ours, WRITABLE, os.geteuid(), most_mb, str(box.root))
