"""Settings files: YAML documents of the drive, edited as text so that comments and order stay.

An edit finds its place by the marks of the YAML parser, and it is kept only if the file then reads as meant:
every other key with the value it had.
"""

import math
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import yaml

from peerward.company.errors import CompanyError
from peerward.company.operations import drive
from peerward.company.state import Company, Document

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_\-]*(\.[A-Za-z0-9_][A-Za-z0-9_\-]*)*")
_UNREADABLE = (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError)


def find(company: Company, path: str) -> tuple[str, Document]:
    """Return a settings file and its path as stored.

    Raises:
        CompanyError: If there is no such document or it is no YAML file.
    """
    stored, document = drive.find(company, path)
    if not stored.casefold().endswith((".yaml", ".yml")):
        raise CompanyError(f"{stored!r} is not a settings file (.yaml).")
    return stored, document


def set_value(company: Company, path: str, key: str, value: str) -> str:
    """Set a key, dotted for nested ones, or add it at the end of its group; returns the file's path.

    Raises:
        CompanyError: If the key is malformed, or lies below a key that does not exist or holds no keys.
    """
    stored, document = find(company, path)
    key = key.strip()
    above, _, name = key.rpartition(".")
    if not _KEY.fullmatch(key):
        raise CompanyError(f"{key!r} is no key; use letters, digits, - and _, with dots between levels.")
    root = _root(stored, document.text)
    way = _way(root, above)
    if way is None:
        raise CompanyError(f"{stored} has no key {above!r} to put {name!r} under.")
    group = way[-1].value if way else root
    if not (_is_group(group) or _is_empty(group)):
        raise CompanyError(f"{stored}: {above or 'the file'!r} holds a value and no keys; {name!r} cannot go under it.")
    known = _entries(group, name)
    plain = known[-1].plain if known else _read_key(name)

    def write(scalar: str) -> str:
        if _is_group(group) and group.flow_style:
            return _flow(document.text, group, _data(group) | {plain: yaml.safe_load(scalar)})
        if known:
            return _replaced(document.text, known[-1], scalar)
        return _added(document.text, group, name, scalar)

    def meant(read: Any) -> Any:
        return _with(_data(root), way, (_data(group) or {}) | {plain: read})

    _keep(document, stored, ((write(scalar), meant(read)) for scalar, read in _spellings(value)))
    document.edited = company.now
    return stored


def has_key(company: Company, path: str, key: str) -> bool:
    """Whether a settings file has a key, dotted for nested ones.

    Raises:
        CompanyError: If there is no such file, or it cannot be read.
    """
    stored, document = find(company, path)
    above, _, name = key.strip().rpartition(".")
    root = _root(stored, document.text)
    way = _way(root, above)
    return way is not None and bool(_entries(way[-1].value if way else root, name))


def remove_value(company: Company, path: str, key: str) -> str:
    """Remove a key and what stands under it; returns the file's path.

    Raises:
        CompanyError: If the file has no such key.
    """
    stored, document = find(company, path)
    above, _, name = key.strip().rpartition(".")
    root = _root(stored, document.text)
    way = _way(root, above)
    group = way[-1].value if way else root
    known = _entries(group, name) if way is not None else []
    if way is None or not known:
        raise CompanyError(f"{stored} has no key {key.strip()!r}.")
    rest = {plain: value for plain, value in _data(group).items() if plain != known[-1].plain}
    text = document.text
    if group.flow_style:
        text = _flow(text, group, rest)
    else:
        for entry in reversed(known):
            text = _without(text, entry)
    _keep(document, stored, [(text, _with(_data(root), way, rest if rest or group.flow_style else None))])
    document.edited = company.now
    return stored


@dataclass(frozen=True)
class _Entry:
    """A key of a group: its name as Python reads it, and the nodes of key and value."""

    plain: Any
    key: Any
    value: Any


def _root(stored: str, text: str) -> Any:
    """The file's top node, or None for a file without content."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        _data(root)
    except _UNREADABLE as error:
        raise CompanyError(f"{stored} cannot be read as YAML, so no single value of it can be changed.") from error
    return root


def _data(node: Any) -> Any:
    """What a node reads as."""
    return yaml.SafeLoader("").construct_document(node) if node is not None else None


def _is_empty(node: Any) -> bool:
    return node is None or (isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null")


def _is_group(node: Any) -> bool:
    return isinstance(node, yaml.MappingNode)


def _entries(group: Any, name: str) -> list[_Entry]:
    """The entries of a name in a group; YAML takes the last where there are several."""
    if not _is_group(group):
        return []
    return [_Entry(_data(key), key, value) for key, value in group.value if getattr(key, "value", None) == name]


def _way(root: Any, dotted: str) -> list[_Entry] | None:
    """The entries on the way down a dotted key, none for an empty one; None if a part of it is not there."""
    way: list[_Entry] = []
    node = root
    for part in dotted.split(".") if dotted else ():
        found = _entries(node, part)
        if not found:
            return None
        way.append(found[-1])
        node = found[-1].value
    return way


def _read_key(name: str) -> Any:
    """What a new key reads as."""
    try:
        return yaml.safe_load(name)
    except _UNREADABLE as error:
        raise CompanyError(f"{name!r} cannot be used as a key.") from error


def _with(data: Any, way: Sequence[_Entry], inner: Any) -> Any:
    """The data with another value at the end of a way."""
    if not way:
        return inner
    return data | {way[0].plain: _with(data[way[0].plain], way[1:], inner)}


def _spellings(value: str) -> Iterable[tuple[str, Any]]:
    """How a value may be written, with what it then reads as: as it stands if that is one YAML value, else quoted."""
    text = value.strip()
    if text and len(text.splitlines()) == 1 and not text.startswith("#"):
        with suppress(*_UNREADABLE):
            yield text, yaml.safe_load(text)
    yield _quoted(text), text


def _quoted(text: str) -> str:
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=math.inf).strip()


def _keep(document: Document, stored: str, tried: Iterable[tuple[str, Any]]) -> None:
    """Keep the first text that reads as it is meant to."""
    for text, meant in tried:
        try:
            read = yaml.safe_load(text)
        except _UNREADABLE:
            continue
        if repr(read) == repr(meant):
            document.text = text
            return
    raise CompanyError(f"{stored}: that value cannot be changed by itself; the file can be written as a document.")


def _line_end(text: str, index: int) -> int:
    """Where the line of an index ends, its line break not included."""
    found = text.find("\n", index)
    return found if found >= 0 else len(text)


def _end(text: str, node: Any) -> int:
    """The index after a node's last character (the parser puts the end of a block after what follows it)."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return max(_end(text, each) for each in (last if isinstance(last, tuple) else (last,)))
    start: int = node.start_mark.index
    return start + len(text[start : node.end_mark.index].rstrip())


def _replaced(text: str, entry: _Entry, scalar: str) -> str:
    """The text with another value of an entry; a comment on its line stays."""
    start, end = entry.value.start_mark.index, _end(text, entry.value)
    after_key = _line_end(text, entry.key.end_mark.index)
    if start > after_key:
        colon = text.index(":", entry.key.end_mark.index) + 1
        return f"{text[:colon]} {scalar}{text[colon:after_key]}{text[end:]}"
    space = "" if text[:start].endswith(" ") else " "
    return f"{text[:start]}{space}{scalar}{text[end:]}"


def _added(text: str, group: Any, name: str, scalar: str) -> str:
    """The text with a new key at the end of a group, or of the file."""
    if _is_group(group) and group.start_mark.column > 0:
        end = _line_end(text, _end(text, group))
        return f"{text[:end]}\n{' ' * group.start_mark.column}{name}: {scalar}{text[end:]}"
    if group is None or _is_group(group):
        body = text.rstrip("\n ")
        return f"{body}{chr(10) if body else ''}{name}: {scalar}\n"
    start, end = group.start_mark.index, group.end_mark.index
    line = text[text.rfind("\n", 0, start) + 1 :]
    indent = len(line) - len(line.lstrip(" ")) + 2
    stop = _line_end(text, end)
    head = text[:start].rstrip(" ") + text[end:stop]
    return f"{head}\n{' ' * indent}{name}: {scalar}{text[stop:]}"


def _without(text: str, entry: _Entry) -> str:
    """The text without the lines of an entry."""
    start = text.rfind("\n", 0, entry.key.start_mark.index) + 1
    end = _line_end(text, max(_end(text, entry.value), entry.key.end_mark.index))
    return text[:start] + text[end + 1 :]


def _flow(text: str, group: Any, data: dict[Any, Any]) -> str:
    """The text with a group in braces written anew."""
    dumped = yaml.safe_dump(data, default_flow_style=True, sort_keys=False, allow_unicode=True, width=math.inf)
    return text[: group.start_mark.index] + dumped.strip() + text[group.end_mark.index :]
