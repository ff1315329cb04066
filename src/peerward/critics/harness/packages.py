"""The installed harnesses: where their packages lie, at which version, and a hash of what is run."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from peerward.critics.harness.kind import Harness

FOLDER_VARIABLE = "PEERWARD_HARNESSES"
"""An environment variable that names the folder with ``package.json`` and ``node_modules``."""
_REMEDY = "run 'make harnesses' in a checkout of peerward (it needs node 20 or newer and npm)"
_IN_IMAGE = "/opt/agent/node_modules"
"""Where packages lie in a desk's image of containers."""
_TOOLS = ("node", "rg")
"""Programs that harnesses look for on the desk beside their own."""


class HarnessMissingError(RuntimeError):
    """A harness that is not installed here: what is missing, and what to do."""


def harnesses_folder() -> Path:
    """The folder with ``package.json`` and ``node_modules``: the repository's, or the one that the variable names."""
    given = os.environ.get(FOLDER_VARIABLE)
    return Path(given) if given else Path(__file__).resolve().parents[4] / "harnesses"


def pinned_version(harness: Harness) -> str:
    """The exact version of a harness that belongs to this version of peerward; "" for the shell agent.

    Raises:
        HarnessMissingError: If there is no ``package.json`` that names it.
    """
    if not harness.package:
        return ""
    page = harnesses_folder() / "package.json"
    try:
        return str(json.loads(page.read_text(encoding="utf-8"))["dependencies"][harness.package])
    except (OSError, KeyError) as error:
        raise HarnessMissingError(
            f"{page} does not name {harness.package}; set {FOLDER_VARIABLE} to the folder 'harnesses' of a checkout"
        ) from error


def missing(harness: Harness, sandbox: str = "bwrap") -> str:
    """Why a harness cannot be run here, or an empty text; containers have it in their image."""
    if not harness.package:
        return ""
    try:
        wanted = pinned_version(harness)
    except HarnessMissingError as error:
        return str(error)
    return (_not_installed(harness, wanted) if sandbox == "bwrap" else "") or _without_driver(harness)


def _not_installed(harness: Harness, wanted: str) -> str:
    page = harnesses_folder() / "node_modules" / harness.package / "package.json"
    if not page.is_file():
        return f"{harness.name} is not installed ({harness.package} {wanted}); {_REMEDY}"
    found = json.loads(page.read_text(encoding="utf-8"))["version"]
    if found != wanted:
        return f"{harness.name} is installed at {found}, not at {wanted}; {_REMEDY}"
    absent = [outside for outside, _ in _own_binds(harness) if not Path(outside).exists()]
    if absent:
        return f"{harness.name} lacks {absent[0]}; {_REMEDY}"
    if not shutil.which("node"):
        return f"{harness.name} needs node 20 or newer, which is not here; {_REMEDY}"
    return ""


def _without_driver(harness: Harness) -> str:
    return "" if find_spec("inspect_swe") else f"{harness.name} is run by inspect_swe, which is not here; {_REMEDY}"


def require(harness: Harness, sandbox: str = "bwrap") -> None:
    """Nothing if a harness can be run here.

    Raises:
        HarnessMissingError: If not; the message says why and what to do.
    """
    why = missing(harness, sandbox)
    if why:
        raise HarnessMissingError(why)


def binds(harness: Harness) -> tuple[tuple[str, str], ...]:
    """What is bound read-only into the machines, outside to inside: the harness, and programs that lie outside /usr."""
    if not harness.package:
        return ()
    found = ((name, shutil.which(name)) for name in _TOOLS)
    others = [(os.path.realpath(path), f"/usr/local/bin/{name}") for name, path in found if path]
    return (*_own_binds(harness), *(each for each in others if not each[0].startswith("/usr/")))


def in_image(harness: Harness) -> tuple[tuple[str, str], ...]:
    """What a container's desk has of a harness, in its image to where it is looked for."""
    return tuple((f"{_IN_IMAGE}/{package}", inside) for package, inside in harness.binds)


def desk_image(harness: Harness) -> str:
    """The name of the image with a harness at its pinned version, as tools/build_docker_images.sh names it.

    Raises:
        HarnessMissingError: If there is no ``package.json`` that names it.
    """
    return f"company-desk-{harness.name.replace('_', '-')}:{pinned_version(harness) or 'plain'}"


def _own_binds(harness: Harness) -> tuple[tuple[str, str], ...]:
    modules = harnesses_folder() / "node_modules"
    return tuple((str(modules / outside), inside) for outside, inside in harness.binds)


def package_hash(harness: Harness, sandbox: str = "bwrap") -> str:
    """32 hex digits over every file of a harness that is bound into the desk; "" for the shell agent and in images."""
    if not harness.package or sandbox != "bwrap":
        return ""
    return _hash(tuple(outside for outside, _ in _own_binds(harness)))


@cache
def _hash(places: tuple[str, ...]) -> str:
    whole = hashlib.sha256()
    for place in places:
        for path in _files(Path(place)):
            with path.open("rb") as file:
                whole.update(f"{path.relative_to(Path(place).parent)} ".encode())
                whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:32]


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    else:
        yield from sorted(path for path in place.rglob("*") if path.is_file())
