"""Scenarios of extensions: imported by name as ours are, with one clear message where one cannot be used."""

import traceback
from importlib import import_module
from pathlib import Path
from types import ModuleType

from peerward.design import BY_NAME
from peerward.design.extensions import ExtensionError, extensions
from peerward.scenarios.story import Scenario


def folder_of(name: str) -> Path | None:
    """The folder of a scenario of an extension, or None where no extension has one of this name."""
    return next((each.scenarios[name] for each in extensions() if name in each.scenarios), None)


def scenario_outside(name: str) -> Scenario:
    """Return the scenario of this name that an extension brings.

    Raises:
        ExtensionError: If it cannot be imported or is no scenario.
    """
    module = import_outside(name)
    found, where = getattr(module, "SCENARIO", None), module.__file__
    if not isinstance(found, Scenario):
        raise ExtensionError(f"{where}: SCENARIO is {found!r}; make it a peerward.scenarios.Scenario.")
    if found.name != name:
        raise ExtensionError(f"{where}: SCENARIO is called {found.name!r} and its folder {name!r}; make them the same.")
    unknown = sorted(found.factors - set(BY_NAME))
    if unknown:
        raise ExtensionError(f"{where}: SCENARIO names no factor of ours: {unknown[0]!r}; see `peerward list factors`.")
    return found


def import_outside(name: str, module: str = "") -> ModuleType:
    """Import a scenario of an extension, or one of its modules.

    Raises:
        ExtensionError: If that fails; the message names file and line.
    """
    try:
        return import_module(".".join(filter(None, ("peerward.scenarios", name, module))))
    except ExtensionError:
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise ExtensionError(f"{_where(name, error)}: the scenario {name!r} cannot be imported: {what}") from error


def _where(name: str, error: Exception) -> str:
    """File and line of the extension at which an import failed."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    folder = folder_of(name)
    frames = [
        each for each in traceback.extract_tb(error.__traceback__) if folder and folder in Path(each.filename).parents
    ]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(folder)
