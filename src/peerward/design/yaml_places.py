"""YAML with the place of every entry, so that what is wrong with a file can be told with line and column."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from peerward.design.problems import Loc, Problem, StudyError

_DEEPEST = 12


@dataclass(frozen=True)
class Place:
    """Where an entry stands: line and column of its key and its value, from 1, and the value as written."""

    key: tuple[int, int]
    value: tuple[int, int]
    text: str


def compose(path: Path) -> yaml.Node | None:
    """The root of a YAML file, or None where it is empty.

    Raises:
        StudyError: If it is no YAML; the message has line and column.
        OSError: If it cannot be read.
    """
    source = str(path)
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise StudyError(source, [Problem((), f"the file is no UTF-8 text ({error.reason}).")]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        what = ", ".join(str(part) for part in (error.context, error.problem) if part)
        mend = "indent with spaces, quote texts that hold a colon followed by a space, close what you open."
        raise StudyError(source, [Problem((), f"no valid YAML: {what}.", "", mend, line, column)]) from error
    except yaml.YAMLError as error:
        raise StudyError(source, [Problem((), f"no valid YAML: {error}.")]) from error


def placed(problem: Problem, places: Mapping[Loc, Place]) -> Problem:
    """The problem with line and column of its entry, or of the nearest entry around it."""
    where = problem.where
    while where and where not in places:
        where = where[:-1]
    if problem.line or where not in places:
        return problem
    line, column = places[where].key
    return replace(problem, line=line, column=column)


class Reader:
    """YAML nodes to plain data, with the place of every entry."""

    def __init__(self) -> None:
        """Begin a file."""
        self.places: dict[Loc, Place] = {}
        self.problems: list[Problem] = []

    def plain(self, node: yaml.Node, where: Loc, key: yaml.Node | None = None) -> Any:
        """The data of a node; dates and other types of YAML stay texts."""
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        self.places[where] = Place(_mark(key or node), _mark(node), text)
        if len(where) > _DEEPEST:
            self.problems.append(Problem(where[:2], "is nested too deep, or holds itself by an alias."))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(each, (*where, number)) for number, each in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, where: Loc) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            line, column = _mark(key)
            if name in found:
                what = f"{name} is given twice (first in line {first[name]}); YAML would keep the last one in silence."
                self.problems.append(Problem((*where, name), what, "", "keep one of them.", line, column))
                continue
            first[name] = line
            found[name] = self.plain(value, (*where, name), key)
        return found


def _mark(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


_CONSTRUCTED = {f"tag:yaml.org,2002:{kind}" for kind in ("bool", "null", "int", "float")}


def _scalar(node: yaml.Node) -> Any:
    if node.tag not in _CONSTRUCTED:
        return node.value
    try:
        return yaml.constructor.SafeConstructor().construct_object(node)
    except (ValueError, yaml.YAMLError):
        return node.value
