"""The report's folder: written beside its place and moved there whole, never over something else."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MANIFEST = "manifest.json"
FORMAT = "peerward_report"


class ReportError(ValueError):
    """A report that cannot be written or read; the message says why and what to do."""


@contextmanager
def new_folder(place: Path) -> Iterator[Path]:
    """Give an empty folder that takes ``place`` when all went well; an earlier report there is replaced.

    Raises:
        ReportError: If something other than a report stands there.
    """
    check_place(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    begun = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    begun.chmod(0o755)
    try:
        yield begun
        if place.exists():
            shutil.rmtree(place)
        begun.rename(place)
    finally:
        if begun.exists():
            shutil.rmtree(begun)


def check_place(place: Path) -> None:
    """Make sure that a report may be written to a place.

    Raises:
        ReportError: If something other than a report (or an empty folder) stands there.
    """
    if not place.exists():
        return
    if not place.is_dir():
        raise ReportError(f"{place}: is a file; name a folder for the report with -o")
    if any(place.iterdir()) and not is_report(place):
        raise ReportError(f"{place}: holds something that is no report of peerward; name another folder with -o")


def is_report(place: Path) -> bool:
    """Whether a folder is a report."""
    return FORMAT in read_manifest(place)


def read_manifest(place: Path) -> dict[str, object]:
    """A report's manifest, or an empty one where there is none that can be read."""
    try:
        found = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
