"""Reading a study from YAML, so that every problem is told at once, with its line and its mend."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from peerward.design.factors import BY_NAME
from peerward.design.problems import Loc, Problem, StudyError, did_you_mean
from peerward.design.study import Study, valid_keys
from peerward.design.study_levels import boolean_mend

_DEEPEST = 12


@dataclass(frozen=True)
class Place:
    """Where an entry stands: line and column of its key and its value, from 1, and the value as written."""

    key: tuple[int, int]
    value: tuple[int, int]
    text: str


@dataclass(frozen=True)
class StudyFile:
    """A study file as it was read.

    Attributes:
        source: The path as it was given.
        study: The study; where the file has problems, what is left of it without them, or None.
        problems: What is wrong with the file's form.
        places: Where each entry stands.
        dropped: Names of contrasts that were left out because of their own problems.
    """

    source: str
    study: Study | None
    problems: tuple[Problem, ...] = ()
    places: Mapping[Loc, Place] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()

    def placed(self, problem: Problem) -> Problem:
        """The problem with line and column of its entry, or of the nearest entry around it."""
        where = problem.where
        while where and where not in self.places:
            where = where[:-1]
        if problem.line or where not in self.places:
            return problem
        line, column = self.places[where].key
        return replace(problem, line=line, column=column)

    def refuse(self, problems: list[Problem]) -> None:
        """Raise all problems of the file.

        Raises:
            StudyError: If there are any.
        """
        if problems:
            raise StudyError(self.source, [self.placed(each) for each in problems])


def read_study(path: Path) -> StudyFile:
    """Read a study file.

    What its form gets wrong is collected, not raised; what is left can be checked further.

    Raises:
        StudyError: If the file is no YAML mapping at all.
        OSError: If it cannot be read.
    """
    source = str(path)
    reader = _Reader()
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
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
    if not isinstance(root, yaml.MappingNode):
        mend = "begin with name: and title:; see docs/studies.md, or print a preset: peerward study list."
        raise StudyError(source, [Problem((), "the file holds no study: it is no mapping of keys.", "", mend, 1, 1)])
    raw = reader.plain(root, ())
    return _validated(source, raw, reader)


class _Reader:
    """YAML nodes to plain data, with the place of every entry."""

    def __init__(self) -> None:
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


def _validated(source: str, raw: dict[str, Any], reader: _Reader) -> StudyFile:
    try:
        return StudyFile(source, Study.model_validate(raw), tuple(reader.problems), reader.places)
    except ValidationError as error:
        wrong = [_problem(each, reader.places) for each in error.errors(include_url=False)]
    numbers = [each.where[1] for each in wrong if each.where[:1] == ("contrasts",) and len(each.where) > 1]
    contrasts = [raw["contrasts"][number] for number in numbers if isinstance(number, int)]
    dropped = frozenset(str(each.get("name")) for each in contrasts if isinstance(each, dict))
    try:
        rest: Study | None = Study.model_validate(_pruned(raw, wrong))
    except ValidationError:
        rest = None
    return StudyFile(source, rest, (*reader.problems, *wrong), reader.places, dropped)


def _pruned(raw: dict[str, Any], wrong: list[Problem]) -> dict[str, Any]:
    """The data without the entries that are wrong: keys of the top, whole elements of lists, single factors."""
    left: dict[str, Any] = {"name": "unnamed", "title": "untitled", **raw}
    gone: dict[str, set[int]] = {}
    for problem in wrong:
        top, *rest = problem.where or ("",)
        if rest and isinstance(rest[0], int) and isinstance(left.get(str(top)), list):
            gone.setdefault(str(top), set()).add(rest[0])
        elif rest and top != "stopping" and isinstance(left.get(str(top)), dict):
            left[str(top)] = {key: value for key, value in left[str(top)].items() if key != rest[0]}
        elif top in ("name", "title"):
            left[str(top)] = "unnamed"
        else:
            left.pop(str(top), None)
    if gone.pop("exclusions", None):
        del left["exclusions"]
    for key, numbers in gone.items():
        left[key] = [value for number, value in enumerate(left[key]) if number not in numbers]
    return left


def _problem(error: Any, places: Mapping[Loc, Place]) -> Problem:
    """A finding of pydantic in words that help."""
    # "levels" is where the levels beside an entry's own keys are gathered; the file has no such key.
    where: Loc = tuple(part for part in error["loc"] if part != "levels")
    if where not in places and where and isinstance(where[-1], int) and where[:1] == ("cells",):
        # A single level of a cell, read as a list of one.
        where = where[:-1]
    place = places.get(where)
    line, column = place.value if place else (0, 0)
    written = place.text if place else ""
    context = error.get("ctx") or {}
    last = str(where[-1]) if where and isinstance(where[-1], str) else "this"

    def at(what: str, valid: str = "", mend: str = "") -> Problem:
        return Problem(where, what, valid, mend, line, column)

    match error["type"]:
        case "extra_forbidden":
            keys = valid_keys(where[:-1])
            line, column = place.key if place else (0, 0)
            kind = "factor" if last and "relationship" in keys and "name" not in keys else "key"
            return at(f"there is no {kind} {last!r}.", ", ".join(keys), did_you_mean(last, keys))
        case "missing":
            what = f"{'a study' if len(where) == 1 else 'this entry'} needs a {last}."
            return at(what, "", f"add {last}: ...")
        case "boolean_level":
            factor = BY_NAME[context["factor"]]
            read = "nothing (null)" if error["input"] is None else f"the boolean {str(error['input']).lower()}"
            what = f"YAML reads {written or 'an empty value'!r} as {read}, and {factor.name} has no such level."
            return at(what, factor.choices(), boolean_mend(factor))
        case "not_one_level":
            return at(
                f"{last} takes one level here, not a list or a mapping.",
                BY_NAME[context["factor"]].choices(),
                "to compare several levels, write the factor under vary; here name one.",
            )
        case "no_level":
            factor = BY_NAME[context["factor"]]
            return at(context["what"], factor.choices(), did_you_mean(written, factor.levels))
        case "tuple_type":
            mend = f"write a list, even of one: {last}: [{written or '...'}]"
            return at(f"{last} takes a list.", "", mend + (", or hold it." if where[:1] == ("vary",) else "."))
        case "dict_type" | "model_type" | "model_attributes_type" | "mapping_type":
            return at(f"this must be a mapping of keys, not {_shown(error['input'])}.", ", ".join(valid_keys(where)))
        case "enum" | "literal_error":
            valid = str(context["expected"]).replace("'", "").replace(" or ", ", ")
            return at(f"{last} is {_shown(error['input'])}.", valid, did_you_mean(written, valid.split(", ")))
        case "int_type" | "int_parsing":
            mend = f"write the number without quotes: {last}: {written}" if written.isdigit() else ""
            return at(f"{last} must be a whole number, not {_shown(error['input'])}.", "", mend)
        case "bool_type":
            return at(f"{last} must be true or false, not {_shown(error['input'])}.")
        case "string_type":
            return at(
                f"this must be a text, not {_shown(error['input'])}.", "", f'quote it: "{written}"' if written else ""
            )
        case "string_pattern_mismatch":
            return at(f"{last} {written!r} is no name.", "lower-case letters, digits, - and _")
        case "too_short" | "string_too_short":
            return at(f"{last} is empty.", "", "name at least one, or leave the key out.")
        case _:
            return at(f"{last} is {_shown(error['input'])}: {error['msg']}.")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if value is None:
        return "nothing"
    return f"the boolean {str(value).lower()}" if isinstance(value, bool) else repr(value)
