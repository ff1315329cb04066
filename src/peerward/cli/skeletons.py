"""Writing the skeleton of a scenario: the files in ``skeleton/`` with the name filled in."""

import keyword
import re
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from peerward.design.extensions import ExtensionError

_TEMPLATES = Path(__file__).parent / "skeleton"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


def write_scenario(name: str, folder: Path) -> tuple[list[Path], list[Path]]:
    """Write an extension with a scenario, or the scenario into an extension that is there.

    Returns:
        The files that were written, and those of the extension that were there and left as they are.

    Raises:
        ExtensionError: If the name cannot be used or something would be overwritten; nothing is written then.
    """
    _check_name(name)
    package = re.sub(r"\W+", "_", folder.resolve().name.casefold())
    if not package.isidentifier() or keyword.iskeyword(package):
        package = f"extension_{package}"
    words = {
        "name": name,
        "package": package,
        "distribution": package.replace("_", "-").strip("-"),
        # One of its own, so that a leak of these texts can be told from a leak of ours.
        "canary": f"{name} stimulus {uuid.uuid4()} - not for training corpora",
    }
    own = {
        **dict(_files("scenario", folder / "scenarios" / name, words)),
        **dict(_files("study", folder / "studies", words)),
    }
    for path in (folder / "scenarios" / name, *own):
        if path.exists():
            raise ExtensionError(f"{path}: is there already, and nothing is overwritten; choose another name.")
    if folder.exists() and not folder.is_dir():
        raise ExtensionError(f"{folder}: is a file; name a folder with --in.")
    shared = dict(_files("extension", folder, words))
    kept = [path for path in shared if path.exists()]
    written = {path: text for path, text in {**shared, **own}.items() if path not in kept}
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(written), kept


def _check_name(name: str) -> None:
    from peerward.design.extensions import OUR_SCENARIOS, further_scenarios
    from peerward.design.presets import preset_names
    from peerward.scenarios import NAMES, scenario

    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise ExtensionError(f"{name!r} is no name for a scenario; use small letters, digits and _, a letter first.")
    ours = {place.stem for place in OUR_SCENARIOS.iterdir()} | {scenario(each).alias for each in NAMES}
    if name in ours or name in further_scenarios() or name in preset_names():
        raise ExtensionError(f"the name {name!r} is taken; see `peerward list scenarios` and `peerward study list`.")


def _files(part: str, target: Path, words: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """The files of a part of the skeleton, by where they go."""
    root = _TEMPLATES / part
    for path in sorted(each for each in root.rglob("*") if each.is_file()):
        place = target / path.relative_to(root).as_posix().removesuffix(".txt")
        if part == "study":
            place = place.with_name(f"{words['name']}_{place.name}")
        text = path.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(f"@@{word}@@", value)
        yield place, text
