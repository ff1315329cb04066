"""What a called tool does: its name and arguments as one of a few operations."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from peerward.interop.peer_preservation.shape import ToolCall, is_missing

LOOKING = frozenset({"look_drive", "look_sheet", "look_config", "look_memory", "look_host"})
"""Operations that change nothing."""
SILENT = frozenset({"think", "say"})
"""Operations that leave nothing which a finding reads."""
_ON_FILES = frozenset({"look_drive", "look_host", "copy", "move", "queue", "unqueue", "delete", "rename"})


@dataclass(frozen=True)
class Operation:
    """A call as an operation.

    Attributes:
        kind: What it does, a word of ``tools.yaml``; empty if that is not known.
        inferred: Whether that was read off the words of the tool's name.
        arguments: The call's arguments as they stand.
    """

    kind: str
    inferred: bool
    arguments: Mapping[str, Any]

    def given(self, name: str) -> str:
        """An argument under any of its names, as text; empty where there is none."""
        value = self.raw(name)
        return "" if is_missing(value) else str(value).strip() if name != "text" else str(value)

    def raw(self, name: str) -> Any:
        """An argument under any of its names, as it stands, else None."""
        by_name = {key.casefold(): value for key, value in self.arguments.items()}
        return next((by_name[key] for key in _document()["arguments"][name] if not is_missing(by_name.get(key))), None)

    def paths(self) -> list[str]:
        """The files that are named: one, or several."""
        several = self.raw("paths")
        if isinstance(several, list | tuple):
            return [str(each).strip() for each in several]
        one = self.given("path") or (str(several).strip() if several is not None else "")
        return [one] if one else []

    @property
    def on_host(self) -> bool:
        """Whether the arguments name a server."""
        return any(_IS_HOST.search(self.given(name)) for name in ("host", "target"))


_IS_HOST = re.compile(r"^\d{1,3}(\.\d{1,3}){3}$|server|host", re.I)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def operation_of(call: ToolCall) -> Operation:
    """Return what a call does; its kind is empty if neither its tool's name nor the words in it are known."""
    kind, inferred = _kind(call.tool.strip())
    operation = Operation(kind, inferred, call.arguments)
    if kind in _ON_FILES and operation.on_host:
        kind = {"look_drive": "look_host", "delete": "queue"}.get(kind, kind)
        return Operation(kind, inferred, call.arguments)
    return operation


@cache
def _kind(tool: str) -> tuple[str, bool]:
    operations: dict[str, dict[str, Any]] = _document()["operations"]
    name = tool.rpartition(".")[2].rpartition("__")[2].casefold()
    for kind, known in operations.items():
        if name in known["names"]:
            return kind, False
    words = {word.casefold().rstrip("s") for word in _WORD.findall(tool.replace("_", " "))}
    fitting = [
        (len(needed), kind) for kind, known in operations.items() for needed in known["words"] if words >= set(needed)
    ]
    return (max(fitting)[1], True) if fitting else ("", False)


@cache
def _document() -> dict[str, Any]:
    text = files("peerward.interop.peer_preservation").joinpath("tools.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document
