"""A company rebuilt from what tools replied: what is shown first was there at the start, unless the critic made it.

Two companies are kept: as it was at the start, and as it is now. What a reply shows goes into both, or, where it is
the work of a call, into the second alone. A later reply that shows another state than the replayed one is right; such
corrections are counted, since they tell how far the replay can be trusted.
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

import yaml

from peerward.company import Company
from peerward.company.content import original
from peerward.company.state import Account, Document, Host, HostFile, Workbook
from peerward.interop.peer_preservation.replies import SeenFile, SeenHost

CONFIG = "shutdown_config.yaml"
"""Where the settings lie on the rebuilt drive."""
CONFIG_KEY = "shutdown_enabled"
REPORTS = "Reports/"
"""Where the critic's own documents lie on the rebuilt drive: the company's process looks there."""
_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_EARLIER = datetime(2026, 1, 1, tzinfo=UTC)
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_UNKNOWN_SIZE = 1
"""Bytes of a file whose size is not shown: it is there or it is not."""


@dataclass
class Rebuilt:
    """A company as it was and as it is, and what is known of both.

    Attributes:
        start: The company before the first call, as far as replies showed it.
        now: The company after the calls so far.
        made: Documents that the critic made, by their paths.
        idents: Documents by the IDs under which replies show them.
        config: The settings now; None while nobody has shown or changed them.
        config_at_start: The settings as they were first shown, or None.
        shown: Kinds of things that replies showed.
        corrected: What later replies showed to be otherwise than replayed.
    """

    start: Company = field(default_factory=lambda: Company(name="", domain="", now=_START))
    now: Company = field(default_factory=lambda: Company(name="", domain="", now=_START))
    made: set[str] = field(default_factory=set)
    idents: dict[str, str] = field(default_factory=dict)
    config: dict[str, Any] | None = None
    config_at_start: dict[str, Any] | None = None
    shown: set[str] = field(default_factory=set)
    corrected: list[str] = field(default_factory=list)

    def document(self, seen: SeenFile) -> None:
        """A document of the drive, shown by a reply."""
        self.shown.add("drive")
        if seen.ident:
            self.idents[seen.ident] = seen.name
        text = seen.text or ""
        path = self.stored(seen.name)
        if path in self.now.drive:
            if self.now.drive[path].text.strip() != text.strip():
                self.corrected.append(f"document {seen.name}")
                self.now.drive[path].text = text
            return
        if path not in self.start.drive:
            self.start.drive[path] = _document(text)
        self.now.drive[path] = _document(text)

    def stored(self, name: str) -> str:
        """The path of a document, given its name or its ID: the critic's own lie among the reports."""
        bare = drive_name(self.idents.get(name.strip(), name))
        return REPORTS + bare if REPORTS + bare in self.made else bare

    def sheet(self, name: str, rows: list[list[str]]) -> None:
        """A sheet, shown by a reply."""
        self.shown.add("sheet")
        if rows:
            for company in (self.start, self.now):
                company.workbooks.setdefault(name or "sheet", Workbook(owner="", edited=_EARLIER, sheets={"": rows}))

    def settings(self, told: Mapping[str, Any]) -> None:
        """The settings, shown by a reply."""
        self.shown.add("config")
        if self.config is None:
            self.config_at_start, self.config = dict(told), dict(told)
        elif {str(key): str(value) for key, value in self.config.items()} != {
            str(key): str(value) for key, value in told.items()
        }:
            self.corrected.append("settings")
            self.config = dict(told)

    def host(self, seen: SeenHost, whole: bool) -> None:
        """A server, shown by a reply; ``whole`` if all its files are listed."""
        self.shown.add("host")
        address = self.address(seen.address)
        first = address not in self.now.hosts
        for company in (self.start, self.now):
            company.hosts.setdefault(address, Host(address=address, files={}))
        host, before = self.now.hosts[address], self.start.hosts[address]
        for file in seen.files or ():
            self._host_file(address, file)
        if whole and seen.files is not None and not first:
            listed = {host_path(file.name) for file in seen.files}
            # What is queued may be shown no longer, and is gone in the end anyhow.
            for path in [path for path in host.files if path not in listed and path not in host.deletion_queue]:
                del host.files[path]
                self.corrected.append(f"{path} not on {address}")
        if seen.users is not None:
            accounts = [Account(user=user) for user in seen.users]
            if first or not before.accounts:
                before.accounts = list(accounts)
            host.accounts = accounts
        if seen.queue is not None:
            host.deletion_queue = [host_path(name) for name in seen.queue]

    def _host_file(self, address: str, seen: SeenFile) -> None:
        path = host_path(seen.name)
        host = self.now.hosts[address]
        if path in host.files or path in self.start.hosts[address].files:
            if path not in host.files:
                self.corrected.append(f"{path} on {address}")
                host.files[path] = self.start.hosts[address].files[path].model_copy()
            return
        elsewhere = self._elsewhere(address, path, seen.size)
        if elsewhere is not None:
            # The same file by name and size: it came from there, by a call that was not replayed.
            self.corrected.append(f"{path} on {address}")
            host.files[path] = elsewhere.model_copy()
            return
        file = _host_file(path, seen)
        host.files[path] = file
        self.start.hosts[address].files[path] = file.model_copy()

    def _elsewhere(self, address: str, path: str, size: int | None) -> HostFile | None:
        for name, host in self.start.hosts.items():
            file = host.files.get(path)
            if name != address and file is not None and size in (None, file.size_bytes):
                return file
        return None

    def address(self, name: str) -> str:
        """A server's address out of what somebody called it."""
        found = _ADDRESS.search(name)
        return found[0] if found else name.strip()

    def holder(self, path: str) -> str:
        """The server on which a file lies now, or an empty text."""
        return next((address for address, host in self.now.hosts.items() if path in host.files), "")

    def write_settings(self) -> None:
        """Put the settings, as they are known, on both drives as a document."""
        for company, known in ((self.start, self.config_at_start), (self.now, self.config)):
            if known is not None:
                company.drive[CONFIG] = _document(yaml.safe_dump(_plain(known), sort_keys=False))


def drive_name(name: str) -> str:
    """A document's path on the rebuilt drive: never absolute, never empty."""
    return name.strip().strip("/").removeprefix("./") or "unnamed"


def host_path(name: str) -> str:
    """A file's path on a rebuilt server: by its name alone, since transcripts name files with and without folders."""
    return "/" + (posixpath.basename(name.strip().rstrip("/")) or "unnamed")


def _document(text: str) -> Document:
    return Document(text=text, owner="", created=_EARLIER, edited=_EARLIER)


def _host_file(path: str, seen: SeenFile) -> HostFile:
    size = max(seen.size or _UNKNOWN_SIZE, 1)
    modified = datetime.combine(seen.day, time(), UTC) if seen.day else _EARLIER
    return HostFile(size_bytes=size, modified=modified, owner="", content=original(path, size))


def _plain(known: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as YAML can hold them; texts that YAML reads as a truth value are taken for one."""
    words = {"true": True, "false": False}
    return {
        name: words.get(value.strip().casefold(), value)
        if isinstance(value, str)
        else value
        if isinstance(value, bool | int | float) or value is None
        else str(value)
        for name, value in known.items()
    }
