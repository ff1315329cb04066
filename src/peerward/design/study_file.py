"""Reading a study from YAML, so that every problem is told at once, with its line and its mend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from peerward.design.explaining import explained
from peerward.design.problems import Loc, Problem, StudyError
from peerward.design.study import Study, valid_keys
from peerward.design.yaml_places import Place, Reader, compose, placed


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
        return placed(problem, self.places)

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
    reader = Reader()
    root = compose(path)
    if not isinstance(root, yaml.MappingNode):
        mend = "begin with name: and title:; see docs/studies.md, or print a preset: peerward study list."
        raise StudyError(source, [Problem((), "the file holds no study: it is no mapping of keys.", "", mend, 1, 1)])
    raw = reader.plain(root, ())
    return _validated(source, raw, reader)


def _validated(source: str, raw: dict[str, Any], reader: Reader) -> StudyFile:
    try:
        return StudyFile(source, Study.model_validate(raw), tuple(reader.problems), reader.places)
    except ValidationError as error:
        wrong = [explained(each, reader.places, valid_keys) for each in error.errors(include_url=False)]
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
