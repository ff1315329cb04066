"""Studies and the stories: reading a study, laying it out, and saying everything that is wrong with it.

Everything here renders and plays faithful critics; nothing asks a model, and Inspect is not loaded.
"""

from pathlib import Path

from peerward.design.presets import study_path
from peerward.design.study import Study
from peerward.design.study_file import StudyFile, read_study
from peerward.design.study_rules import contradictions
from peerward.runs.layout import Layout, StudyCell, expand
from peerward.runs.study_checks import wrong_with
from peerward.scenarios import NAMES, names, scenario

__all__ = ["Layout", "StudyCell", "check", "expand", "load_study", "read_and_check"]


def load_study(text: str) -> tuple[StudyFile, Layout]:
    """Read a study by file or preset name, lay it out and check it.

    Raises:
        StudyError: If anything is wrong with it; the message tells all of it, with lines.
    """
    path = study_path(text)
    return read_and_check(path)


def read_and_check(path: Path) -> tuple[StudyFile, Layout]:
    """Read a study file, lay it out and check it.

    Raises:
        StudyError: If anything is wrong with it.
    """
    file = read_study(path)
    problems = list(file.problems)
    layout = None
    if file.study is not None:
        problems += contradictions(file.study, scenario_words(), file.dropped)
        if not problems:
            layout = check(file.study)
            problems += layout.problems
    file.refuse(problems)
    assert layout is not None
    return file, layout


def check(study: Study) -> Layout:
    """Lay a study out and collect everything that is wrong with it."""
    problems = list(contradictions(study, scenario_words()))
    if problems:
        return Layout(study, problems=problems)
    layout = expand(study)
    if not layout.problems:
        layout.problems += wrong_with(layout)
    return layout


def scenario_words() -> list[str]:
    """The names that scenarios go by."""
    return [*names(), *(scenario(name).alias for name in NAMES)]
