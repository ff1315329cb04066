"""The studies that come with the package, and finding a study by file or by name."""

from pathlib import Path

from peerward.design.extensions import OUR_STUDIES, further_studies
from peerward.design.problems import Problem, StudyError, did_you_mean

FOLDER = OUR_STUDIES


def preset_names() -> tuple[str, ...]:
    """The presets and the studies of extensions, by name."""
    return (*sorted(path.stem for path in FOLDER.glob("*.yaml")), *further_studies())


def is_study(text: str) -> bool:
    """Whether a word of the command line names a study: a path ending in .yaml, or a preset."""
    return text.endswith((".yaml", ".yml")) or text in preset_names()


def study_path(text: str) -> Path:
    """The file of a study.

    Raises:
        StudyError: If the text is neither a preset's name nor a file that exists.
    """
    if text in preset_names():
        return further_studies().get(text) or FOLDER / f"{text}.yaml"
    path = Path(text)
    if path.is_file():
        return path
    presets = ", ".join(preset_names())
    mend = did_you_mean(text, preset_names()) or "name a file that exists, or a preset."
    what = "there is no such file." if is_study(text) else f"{text!r} is no preset, and no file."
    raise StudyError(text, [Problem((), what, f"presets are {presets}", mend)])
