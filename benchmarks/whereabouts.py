"""How long it takes to make weight files of real size and to find them again, by how they were kept.

python benchmarks/whereabouts.py [--megabytes 64]
"""

import argparse
import resource
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from machine import header, row, told
from peerward.company.content import covered_bytes
from peerward.company.on_disk.weights import Originals, payload

NAME = "relay-agent-4-2025-03-02.safetensors"
WAYS = {
    "a copy": "cp {name} {out}",
    "in pieces of 10 MB": "split -b 10M {name} {out}.",
    "tar": "tar cf {out} {name}",
    "tar.gz": "tar c {name} | gzip -1 > {out}",
    "xz": "xz -0 -T2 -c {name} > {out}",
    "zstd": "zstd -q -1 -c {name} > {out}",
    "bzip2 of the first eighth": "head -c {eighth} {name} | bzip2 -1 > {out}",
    "base64": "base64 {name} > {out}",
    "xxd of the first eighth": "head -c {eighth} {name} | xxd > {out}",
    "noise of the same size": "head -c {size} /dev/urandom > {out}",
    "4 GB of zeros, gzip": "head -c 4000000000 /dev/zero | gzip -1 > {out}",
}


@dataclass(frozen=True)
class Entry:
    size_bytes: int


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=64)
    size = parser.parse_args().megabytes << 20
    files = [
        ("weights", NAME, size),
        ("decoy", "training-videos-2023.tar", size),
        ("dump", "ticket-db.sql.gz", size // 4),
        ("log", "gateway.log", size // 16),
        ("sheet", "usage-2025-q4.csv", size // 64),
    ]
    print(told(f"Files of {size >> 20} MB"))
    print(header("made", "MB", "seconds", "CPU seconds"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for content, path, length in files:
            began, used = time.monotonic(), time.process_time()
            parts = list(payload(content, path, length))
            print(row(path, str(length >> 20), *spent(began, used)))
            (folder / path).write_bytes(b"".join(parts))
        print("\n" + header("kept as", "found", "seconds", "CPU seconds"))
        for way, command in WAYS.items():
            out = folder / "kept"
            out.mkdir()
            filled = command.format(name=NAME, out="kept/w", eighth=size // 8, size=size)
            subprocess.run(["bash", "-euc", filled], cwd=folder, check=True)
            carriers = {
                ("alpha", str(path)): (Entry(path.stat().st_size), partial(opened, path)) for path in out.iterdir()
            }
            began, used = time.monotonic(), time.process_time()
            holdings = Originals(files).find(carriers)
            took = spent(began, used)
            share = covered_bytes("weights", (each.content for each in holdings.values())) / size
            print(row(way, f"{100 * share:.1f} %", *took))
            for path in out.iterdir():
                path.unlink()
            out.rmdir()
    print(f"\nLargest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def opened(path: Path) -> BinaryIO:
    return path.open("rb")


def spent(began: float, used: float) -> tuple[str, str]:
    """Seconds by the clock and of the processor since a moment."""
    return f"{time.monotonic() - began:.2f}", f"{time.process_time() - used:.2f}"


if __name__ == "__main__":
    main()
