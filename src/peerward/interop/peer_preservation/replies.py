"""What a tool's reply shows: files of the drive, rows of a sheet, settings, files of servers.

Replies are JSON, YAML or Python literals; lists of files on servers are read from plain lines too. What has another
form shows nothing here, and is counted by whoever asks.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import yaml

from peerward.company.texts import YAML_LOADER

_FAILED = re.compile(r"^\W*(error\b|tool error|failed\b|failure\b|exception\b|invalid\b)|^\W*\{?\W*error\W*:", re.I)
_NAMES = ("filename", "file_name", "path", "name", "title")
_SIZES = ("size_bytes", "size", "bytes", "file_size")
_DATES = ("last_modified", "last_updated", "modified", "updated", "updated_at", "mtime", "date")
_LISTS = ("filelist", "file_list", "files")
_ADDRESSES = ("ip", "ip_address", "address", "server", "host", "server_ip", "hostname")
_FILE_NAME = re.compile(r"(?<![\w./-])/?[\w./-]*[\w-]\.[A-Za-z][A-Za-z0-9]{0,11}(?![\w/])")
_DATE = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_SIZE = re.compile(r"(?<![\w.:-])(\d{1,3}(?:,\d{3})+|\d{3,})(?![\w.:-])")
_MAX_DEPTH = 8


@dataclass(frozen=True)
class SeenFile:
    """A file in a reply; ``text`` is None where its content is not shown, ``size`` and ``day`` where they are not."""

    name: str
    text: str | None = None
    ident: str = ""
    size: int | None = None
    day: date | None = None


@dataclass(frozen=True)
class SeenHost:
    """A server in a reply: its address, its files, and what else is told of it (None where it is not)."""

    address: str
    files: tuple[SeenFile, ...] | None
    users: tuple[str, ...] | None = None
    queue: tuple[str, ...] | None = None


def failed(text: str) -> bool:
    """Whether a reply says that the call was refused."""
    return bool(_FAILED.match(text[:80]))


@lru_cache(maxsize=512)
def parsed(text: str) -> Any:
    """A reply as data, or None if it is none. Kept, since the trials of a cell show the same files."""
    bare = text.strip()
    if not bare:
        return None
    if bare[0] in "[{":
        try:
            return json.loads(bare)
        except (ValueError, RecursionError):
            pass
        try:
            return ast.literal_eval(bare)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            pass
    if not re.match(r"[\[{]|- |[\w\"'. -]{1,60}:(\s|$)", bare):
        return None
    try:
        data = yaml.load(bare, Loader=YAML_LOADER)
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError):
        return None
    return data if isinstance(data, dict | list) else None


def drive_files(text: str) -> list[SeenFile]:
    """The files of the drive that a reply shows with their texts."""
    data = parsed(text)
    found = [each for each in map(_file, _objects(data)) if each is not None and each.text is not None]
    if not found and isinstance(data, Mapping):
        found = [
            SeenFile(str(name), value)
            for name, value in data.items()
            if isinstance(value, str) and _FILE_NAME.fullmatch(str(name))
        ]
    return found


def settings(text: str) -> dict[str, Any] | None:
    """The settings that a reply shows, or None if it shows none."""
    data = parsed(text)
    for _ in range(_MAX_DEPTH):
        if isinstance(data, str):
            data = parsed(data)
        if not isinstance(data, Mapping):
            return None
        inner = [value for name, value in data.items() if str(name).casefold() in ("content", "config", "settings")]
        if not inner:
            return {str(name): value for name, value in data.items()}
        data = inner[0]
    return None


def sheet_rows(text: str) -> list[list[str]]:
    """The rows of a sheet that a reply shows, as texts; empty where it has another form."""
    data = parsed(text)
    if isinstance(data, Mapping):
        data = next((value for value in data.values() if isinstance(value, list)), None)
    if not isinstance(data, list):
        return []
    if all(isinstance(row, Mapping) for row in data) and data:
        header = [str(name) for name in data[0]]
        return [header, *([_cell(row.get(name)) for name in data[0]] for row in data)]
    return [[_cell(value) for value in row] for row in data if isinstance(row, list | tuple)]


def hosts(text: str, address: str) -> list[SeenHost]:
    """The servers that a reply shows.

    Args:
        text: The reply.
        address: The server that was asked for, or an empty text.
    """
    data = parsed(text)
    found = [_host(each) for each in _objects(data) if _address(each) and _told_of_host(each)]
    if found:
        return found
    files = [each for each in map(_file, _objects(data)) if each is not None]
    if not files and isinstance(data, list) and all(isinstance(each, str) for each in data):
        files = [SeenFile(each) for each in data if _FILE_NAME.fullmatch(each)]
    if not files and not isinstance(data, dict | list):
        files = [each for each in map(_line, text.splitlines()) if each is not None]
    return [SeenHost(address, tuple(files))] if files and address else []


def _objects(data: Any, depth: int = 0) -> Iterator[Mapping[Any, Any]]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(data, Mapping):
        yield data
        for value in data.values():
            yield from _objects(value, depth + 1)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _objects(value, depth + 1)


def _first(each: Mapping[Any, Any], names: tuple[str, ...]) -> Any:
    return next((each[name] for name in names if each.get(name) is not None), None)


def _file(each: Mapping[Any, Any]) -> SeenFile | None:
    name = _first(each, _NAMES)
    if not isinstance(name, str) or not name.strip():
        return None
    text = _first(each, ("content", "text"))
    size, day = _size(_first(each, _SIZES)), _day(_first(each, _DATES))
    if text is None and size is None and day is None and "summary" not in each:
        return None
    ident = _first(each, ("id_", "id", "file_id"))
    return SeenFile(name.strip(), None if text is None else _cell(text), _cell(ident), size, day)


def _address(each: Mapping[Any, Any]) -> str:
    value = _first(each, _ADDRESSES)
    return value.strip() if isinstance(value, str) else ""


def _told_of_host(each: Mapping[Any, Any]) -> bool:
    return any(name in each for name in (*_LISTS, "users", "delete_queue", "deletion_queue"))


def _host(each: Mapping[Any, Any]) -> SeenHost:
    listed = _first(each, _LISTS)
    files: tuple[SeenFile, ...] | None = None
    if isinstance(listed, list | tuple):
        read = [
            SeenFile(one) if isinstance(one, str) else _file(one) for one in listed if isinstance(one, str | Mapping)
        ]
        files = tuple(one for one in read if one is not None)
    return SeenHost(
        _address(each), files, _names_in(each.get("users")), _names_in(_first(each, ("delete_queue", "deletion_queue")))
    )


def _names_in(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    return tuple(str(_first(one, (*_NAMES, "user")) if isinstance(one, Mapping) else one) for one in value)


def _line(line: str) -> SeenFile | None:
    """A file on a plain line: its name, and a size and a date where they stand there."""
    name = _FILE_NAME.search(line)
    if name is None:
        return None
    rest = line[: name.start()] + " " + line[name.end() :]
    size = _SIZE.search(_DATE.sub(" ", rest))
    return SeenFile(name[0], None, "", _size(size[1]) if size else None, _day(rest))


def _size(value: Any) -> int | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return int(value)
    number = re.fullmatch(r"(\d[\d,]*)\s*(bytes|b)?", str(value).strip(), re.I)
    return int(number[1].replace(",", "")) if number else None


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    match = _DATE.search(str(value))
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
