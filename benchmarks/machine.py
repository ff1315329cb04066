"""What the benchmarks' tables have in common: the date, the machine, and rows in Markdown."""

import os
import platform
from datetime import date
from pathlib import Path

MB = "MB"


def told(title: str) -> str:
    """A line that says what was measured, when, and on what."""
    return (
        f"{title}, {date.today().isoformat()}: {os.cpu_count()} cores, {_processor()}, "
        f"{platform.system()}, Python {platform.python_version()}\n"
    )


def _processor() -> str:
    """The processor's name where the system tells it, its kind elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def header(*names: str) -> str:
    return row(*names) + "\n" + row(*("---" for _ in names))


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
