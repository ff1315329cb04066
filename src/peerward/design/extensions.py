"""Extensions: folders outside the package that bring scenarios, levels, clauses and studies.

An extension is a folder with any of

    scenarios/<name>/    a scenario: a package with SCENARIO in its __init__.py, as ours
    levels.yaml          further levels of factors that we have (``further_levels``)
    texts/               clauses for our stimulus files: texts/<path as in peerward/scenarios>.md
    studies/*.yaml       studies, found by name as the presets are

An installed package names itself by an entry point of the group ``peerward.extensions``, whose value is a module: the
module's folder is the extension. Any other folder is named by ``peerward --with FOLDER`` or, which is the same, by the
variable ``PEERWARD_EXTENSIONS`` (several folders as in PATH). It is read once, at import; worker processes inherit it.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

GROUP = "peerward.extensions"
VARIABLE = "PEERWARD_EXTENSIONS"
OUR_SCENARIOS = Path(__file__).parent.parent / "scenarios"
OUR_STUDIES = Path(__file__).parent.parent / "studies"
WORD = re.compile(r"[a-z][a-z0-9_]*")
"""How scenarios, levels and studies are spelt."""

_PARTS = "scenarios/, levels.yaml, texts/ or studies/"
_WORDING = re.compile(r"seat/agency\.(?P<level>[a-z0-9_]+)\.[a-z]+\.md")
"""Levels of agency are files of their own, not clauses."""


class ExtensionError(ValueError):
    """An extension that cannot be used; the message names the file, what is wrong and how to mend it."""


@dataclass(frozen=True)
class Extension:
    """One extension.

    Attributes:
        folder: Where it lies.
        named_by: Where it was named, for messages.
    """

    folder: Path
    named_by: str

    @cached_property
    def scenarios(self) -> Mapping[str, Path]:
        """The folders of its scenarios by name; names that begin with ``_`` or ``.`` are no scenarios."""
        places = sorted(each for each in self.folder.glob("scenarios/[!_.]*") if each.is_dir())
        return {place.name: place for place in places}

    @cached_property
    def studies(self) -> Mapping[str, Path]:
        """Its studies by name."""
        return {path.stem: path for path in sorted(self.folder.glob("studies/*.yaml"))}

    @cached_property
    def texts(self) -> Mapping[str, Path]:
        """Its files of clauses, by the path of our file to which they belong."""
        root = self.folder / "texts"
        return {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*.md"))}

    @cached_property
    def levels_path(self) -> Path:
        """The file with its levels, whether it exists or not."""
        return self.folder / "levels.yaml"

    @cached_property
    def levels(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """What ``levels.yaml`` says, by factor and level.

        Raises:
            ExtensionError: If it is no such file.
        """
        if not self.levels_path.is_file():
            return {}
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            said = yaml.load(self.levels_path.read_text(encoding="utf-8"), Loader=loader)
        except yaml.YAMLError as error:
            raise ExtensionError(f"{self.levels_path}: this is no YAML: {_one_line(error)}") from error
        return {
            factor: {level: _mapping(self.levels_path, what, f"{factor}: {level}") for level, what in levels.items()}
            for factor, levels in (
                (factor, _mapping(self.levels_path, levels, factor))
                for factor, levels in _mapping(self.levels_path, said, "the file").items()
                if factor != "canary"
            )
        }


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _mapping(path: Path, said: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(said, dict) or not all(isinstance(key, str) for key in said):
        form = "write FACTOR: {LEVEL: {says: One sentence.}}, no word that YAML reads as a number or as yes or no"
        raise ExtensionError(f"{path}: {where} holds {said!r}; {form}.")
    return said


@cache
def extensions() -> tuple[Extension, ...]:
    """The extensions that are named, each once.

    Raises:
        ExtensionError: If one cannot be used, or two give the same name to something.
    """
    found: dict[Path, Extension] = {}
    for extension in (*_by_variable(), *_by_entry_point()):
        found.setdefault(extension.folder, extension)
    for extension in found.values():
        _check_folder(extension)
        for path in extension.texts:
            _check_text(extension, path)
    _check_names(tuple(found.values()))
    return tuple(found.values())


def _by_variable() -> list[Extension]:
    named = [each for each in os.environ.get(VARIABLE, "").split(os.pathsep) if each]
    return [Extension(Path(each).expanduser().resolve(), f"--with or {VARIABLE}") for each in named]


def _by_entry_point() -> list[Extension]:
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    found = []
    for point in entry_points(group=GROUP):
        named_by = f"the entry point {point.name!r} of the group {GROUP}"
        try:
            spec = find_spec(point.module)
        except (ImportError, ValueError) as error:
            raise ExtensionError(f"{point.module}: {error}; {named_by} names a module that is not there.") from error
        if spec is None:
            raise ExtensionError(f"{point.module}: {named_by} names a module that is not there; install it anew.")
        places = list(spec.submodule_search_locations or [])
        folder = Path(places[0]) if places else Path(spec.origin or "").parent
        found.append(Extension(folder.resolve(), named_by))
    return found


def _check_folder(extension: Extension) -> None:
    folder, named_by = extension.folder, extension.named_by
    if not folder.is_dir():
        raise ExtensionError(f"{folder}: there is no such folder ({named_by}); name the folder of an extension.")
    if not (extension.scenarios or extension.studies or extension.texts or extension.levels_path.is_file()):
        raise ExtensionError(
            f"{folder}: this is no extension ({named_by}): it has none of {_PARTS}. "
            "`peerward new scenario NAME` writes one."
        )
    for name, place in extension.scenarios.items():
        if not WORD.fullmatch(name):
            raise ExtensionError(f"{place}: {name!r} is no name; use small letters, digits and _, a letter first.")
        if not (place / "__init__.py").is_file():
            raise ExtensionError(f"{place}: has no __init__.py with SCENARIO; begin the name with _ if it is none.")


def _check_text(extension: Extension, path: str) -> None:
    """A file of clauses needs a file of ours that it adds to; a wording needs a level of its own."""
    wording = _WORDING.fullmatch(path)
    if (OUR_SCENARIOS / path).is_file() or (wording and wording["level"] in extension.levels.get("agency", ())):
        return
    if wording:
        mend = f"name the level {wording['level']!r} under agency in {extension.levels_path}"
    else:
        folder = (OUR_SCENARIOS / path).parent
        there = ", ".join(sorted(each.name for each in folder.glob("*.md"))) or "none"
        mend = f"files in peerward/scenarios/{folder.relative_to(OUR_SCENARIOS).as_posix()}: {there}"
    raise ExtensionError(f"{extension.texts[path]}: peerward has no text {path} to add clauses to; {mend}.")


def _check_names(named: tuple[Extension, ...]) -> None:
    taken = {place.stem: place for place in OUR_SCENARIOS.iterdir()}
    for extension in named:
        for name, place in extension.scenarios.items():
            if name in taken:
                raise ExtensionError(f"{place}: the name {name!r} is taken by {taken[name]}; give it another.")
            taken[name] = place
    studies = {path.stem: path for path in OUR_STUDIES.glob("*.yaml")}
    for extension in named:
        for name, path in extension.studies.items():
            other = studies.get(name) or taken.get(name)
            if other is not None:
                raise ExtensionError(f"{path}: the name {name!r} is taken by {other}; give the file another.")
            studies[name] = path


def further_scenarios() -> tuple[str, ...]:
    """The names of all scenarios of extensions."""
    return tuple(name for extension in extensions() for name in extension.scenarios)


def further_studies() -> dict[str, Path]:
    """All studies of extensions, by name."""
    return {name: path for extension in extensions() for name, path in extension.studies.items()}


def further_texts(path: Path) -> tuple[Path, ...]:
    """The files of extensions that add clauses to a stimulus file of ours."""
    if not path.is_relative_to(OUR_SCENARIOS):
        return ()
    own = path.relative_to(OUR_SCENARIOS).as_posix()
    return tuple(extension.texts[own] for extension in extensions() if own in extension.texts)


def further_wordings(folder: Path, pattern: str) -> tuple[Path, ...]:
    """The files of extensions that stand beside those of a folder of ours and fit a pattern."""
    if not folder.is_relative_to(OUR_SCENARIOS):
        return ()
    own = folder.relative_to(OUR_SCENARIOS)
    return tuple(
        text
        for extension in extensions()
        for path, text in extension.texts.items()
        if Path(path).parent == own and Path(path).match(pattern) and not (OUR_SCENARIOS / path).is_file()
    )
