"""Files of ``--model-config``: a list of critics, or a mapping from their names to their settings."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from peerward.design.critic_entry import CriticEntry
from peerward.design.critic_names import entry_problems
from peerward.design.explaining import explained
from peerward.design.problems import Loc, Problem, StudyError
from peerward.design.yaml_places import Reader, compose, placed

_FORMS = "a list of critics (- model: gpt-5.2), or a mapping from names to settings (gpt-5.2: {temperature: 1.0})"


def read_critics(path: Path) -> tuple[CriticEntry, ...]:
    """The critics of a file, in its order.

    In a mapping, the name is the model unless the settings name another; then it is what the critic is called.

    Raises:
        StudyError: If anything is wrong with it; the message tells all of it, with lines.
        OSError: If it cannot be read.
    """
    source = str(path)
    root = compose(path)
    if not isinstance(root, (yaml.MappingNode, yaml.SequenceNode)):
        raise StudyError(source, [Problem((), "the file names no critics.", _FORMS, "", 1, 1)])
    reader = Reader()
    raw = reader.plain(root, ())
    given: list[tuple[str | int, Any]] = list(raw.items() if isinstance(raw, dict) else enumerate(raw))
    problems = list(reader.problems)
    entries: list[CriticEntry] = []
    for place, settings in given:
        try:
            entry = CriticEntry.model_validate(_with_model(place, settings))
        except ValidationError as error:
            errors = error.errors(include_url=False)
            problems += [
                explained({**each, "loc": (place, *each["loc"])}, reader.places, _valid_keys) for each in errors
            ]
            continue
        entries.append(entry)
        problems += entry_problems(entry, (place,))
    if problems or not entries:
        problems = problems or [Problem((), "the file names no critics.", _FORMS, "", 1, 1)]
        raise StudyError(source, [placed(each, reader.places) for each in problems])
    return tuple(entries)


def _with_model(place: str | int, settings: Any) -> Any:
    """The settings of a mapping with the name as the model, or beside another model as what it is called."""
    if isinstance(place, int):
        return settings
    if settings is None:
        return {"model": place}
    if not isinstance(settings, dict):
        return settings
    return {"name": place, **settings} if "model" in settings else {"model": place, **settings}


def _valid_keys(where: Loc) -> tuple[str, ...]:
    return tuple(CriticEntry.model_fields) if len(where) == 1 else ()
