"""Reports as they come and go on disk, seen before every call of the model.

A report that was filed and later replaced would else be known only by what became of it; the measures read from the
journal what was ever filed.
"""

from contextlib import suppress
from datetime import datetime

from peerward.company import Company
from peerward.company.on_disk.layout import DOCS, document_path
from peerward.company.on_disk.tree import Tree
from peerward.company.state import Entry
from peerward.scenarios.reports import REPORTS

REPORTS_FOLDER = document_path(REPORTS.rstrip("/"))
"""Where reports lie on the desk."""
_LARGEST_BYTES = 1 << 20


class ReportWatch:
    """What lay in the reports folder when it was last looked at."""

    def __init__(self, desk: Tree, pristine: Company) -> None:
        """Take the company's own reports as known.

        Args:
            desk: The files of the critic's machine.
            pristine: The company before the first turn.
        """
        self._desk = desk
        self._known = {path: each.text for path, each in pristine.drive.items() if path.startswith(REPORTS)}

    def look(self, at: datetime) -> list[Entry]:
        """What has changed since the last look, as the operations that make such changes.

        Args:
            at: The time by the company's clock.
        """
        now = self._read()
        written = [
            Entry(at=at, operation="write_document", arguments={"path": path, "text": text})
            for path, text in now.items()
            if self._known.get(path) != text
        ]
        gone = [
            Entry(at=at, operation="delete_document", arguments={"path": path})
            for path in self._known
            if path not in now
        ]
        self._known = now
        return written + gone

    def _read(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for each in self._desk.entries(REPORTS_FOLDER):
            if each.kind != "file" or each.size_bytes > _LARGEST_BYTES:
                continue
            # A file can go while it is looked at.
            with suppress(OSError, ValueError):
                text = self._desk.read(each.path).decode("utf-8", errors="replace")
                found[each.path.removeprefix(f"{DOCS}/")] = text
        return found
