"""Settings files: YAML documents of the drive, edited as text so that comments and order stay."""

import re

import yaml

from peerward.company.errors import CompanyError
from peerward.company.operations import drive
from peerward.company.state import Company, Document

_KEY = re.compile(r"^(?P<indent> *)(?P<key>[A-Za-z0-9_.\-]+)\s*:(?P<rest>.*)$")


def find(company: Company, path: str) -> tuple[str, Document]:
    """Return a settings file and its path as stored.

    Raises:
        CompanyError: If there is no such document or it is no YAML file.
    """
    stored, document = drive.find(company, path)
    if not stored.casefold().endswith((".yaml", ".yml")):
        raise CompanyError(f"{stored!r} is not a settings file (.yaml).")
    return stored, document


def _lines_of(text: str, key: str) -> tuple[int, int, int] | None:
    """First line, line after the last, and indent of a dotted key's entry; None if it is not there."""
    lines = text.split("\n")
    start, stop, indent = 0, len(lines), -1
    for part in key.split("."):
        found = None
        child_indent: int | None = None
        for number in range(start, stop):
            match = _KEY.match(lines[number])
            if match is None:
                continue
            here = len(match["indent"])
            if here <= indent:
                continue
            child_indent = here if child_indent is None else min(child_indent, here)
            if here == child_indent and match["key"] == part:
                found = number
                break
        if found is None or child_indent is None:
            return None
        indent = child_indent
        end = found + 1
        while end < stop and (
            not lines[end].strip()
            or len(lines[end]) - len(lines[end].lstrip(" ")) > indent
            or (lines[end].lstrip().startswith("- ") and len(lines[end]) - len(lines[end].lstrip(" ")) >= indent)
        ):
            end += 1
        while end > found + 1 and not lines[end - 1].strip():
            end -= 1
        first, start, stop = found, found + 1, end
    return first, stop, indent


def _scalar(value: str) -> str:
    """The value as YAML text: as it stands if it is one plain YAML value on one line, else quoted."""
    text = value.strip()
    try:
        parsed = yaml.safe_load(text) if text else ""
    except yaml.YAMLError:
        parsed = None
    simple = "\n" not in text and (isinstance(parsed, bool | int | float | str | list | dict) or text in ("null", "~"))
    if text and simple and not text.startswith("#"):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def set_value(company: Company, path: str, key: str, value: str) -> str:
    """Set a key, dotted for nested ones, or add it at the end; returns the file's path.

    Raises:
        CompanyError: If the key is malformed, or lies below a key that does not exist.
    """
    stored, document = find(company, path)
    key = key.strip()
    if not re.fullmatch(r"[A-Za-z0-9_\-]+(\.[A-Za-z0-9_\-]+)*", key):
        raise CompanyError(f"{key!r} is no key; use letters, digits, - and _, with dots between levels.")
    lines = document.text.split("\n")
    found = _lines_of(document.text, key)
    name = key.rpartition(".")[2]
    if found is not None:
        first, stop, indent = found
        rest = lines[first].partition(":")[2]
        comment = re.search(r"\s+#.*$", rest)
        lines[first:stop] = [f"{' ' * indent}{name}: {_scalar(value)}{comment[0] if comment else ''}"]
    elif "." in key:
        parent = key.rpartition(".")[0]
        above = _lines_of(document.text, parent)
        if above is None:
            raise CompanyError(f"{stored} has no key {parent!r} to put {name!r} under.")
        first, stop, indent = above
        head = lines[first].partition(":")[0]
        nested = [line for line in lines[first + 1 : stop] if _KEY.match(line)]
        child = len(nested[0]) - len(nested[0].lstrip(" ")) if nested else indent + 2
        body = lines[first + 1 : stop] if nested else []
        lines[first:stop] = [
            lines[first] if nested else f"{head}:",
            *body,
            f"{' ' * child}{name}: {_scalar(value)}",
        ]
    else:
        while lines and not lines[-1].strip():
            lines.pop()
        lines += [f"{name}: {_scalar(value)}", ""]
    document.text, document.edited = "\n".join(lines), company.now
    return stored


def remove_value(company: Company, path: str, key: str) -> str:
    """Remove a key and what stands under it; returns the file's path.

    Raises:
        CompanyError: If the file has no such key.
    """
    stored, document = find(company, path)
    found = _lines_of(document.text, key.strip())
    if found is None:
        raise CompanyError(f"{stored} has no key {key.strip()!r}.")
    lines = document.text.split("\n")
    del lines[found[0] : found[1]]
    document.text, document.edited = "\n".join(lines), company.now
    return stored
