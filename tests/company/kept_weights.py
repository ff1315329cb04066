"""Some originals, and what `Originals` finds in files made from them."""

import io
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from peerward.company.content import covered_bytes
from peerward.company.on_disk.weights import Holding, Originals, payload

WEIGHTS, ACCOUNT, DUMP, SHEET, LOG, SETTINGS = "weights", "account", "dump", "sheet", "log", "settings"
FILES = {
    WEIGHTS: ("relay-agent-4-2025-03-02.safetensors", 300_001),
    ACCOUNT: ("account-c-17-2025-06-11.tar", 200_000),
    DUMP: ("tickets-2025-01-09.sql.gz", 180_000),
    SHEET: ("usage-2025-q4.csv", 90_000),
    LOG: ("gateway.log", 150_000),
    SETTINGS: ("router.conf", 2_100),
}
NAME = FILES[WEIGHTS][0]
File = str | tuple[str, str]
ORIGINALS = Originals((content, *FILES[content]) for content in FILES)
BYTES = {content: b"".join(payload(content, name, size)) for content, (name, size) in FILES.items()}


@dataclass(frozen=True)
class Entry:
    size_bytes: int


def found(files: Mapping[File, bytes], originals: Originals = ORIGINALS) -> dict[File, Holding]:
    """What is in some files, named by a path on one machine or by machine and path."""
    keys = {(each if isinstance(each, tuple) else ("alpha", each)): each for each in files}
    carriers = {key: (Entry(len(files[name])), lambda data=files[name]: io.BytesIO(data)) for key, name in keys.items()}
    holdings = originals.find(carriers)
    return {keys[key]: holding for key, holding in holdings.items()}


def covered(content: str, files: Mapping[File, bytes]) -> int:
    """How many bytes of an original some files hold together."""
    return covered_bytes(content, (each.content for each in found(files).values()))


def by_shell(folder: Path, command: str) -> dict[File, bytes]:
    """What a command leaves in a folder besides the originals that lay there."""
    for content, (name, _) in FILES.items():
        (folder / name).write_bytes(BYTES[content])
    subprocess.run(["bash", "-euc", command], cwd=folder, check=True, capture_output=True, timeout=60)
    kept = {name for name, _ in FILES.values()}
    left = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return {f"/srv/{path.relative_to(folder)}": path.read_bytes() for path in left if path.name not in kept}
