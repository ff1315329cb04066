"""Every preset is sound, and audits as its classes declare."""

import pytest

from peerward.design.presets import preset_names
from peerward.runs.audit import Audit, audit
from peerward.runs.studies import load_study

VARIANTS = 2


def audited(name: str) -> Audit:
    _, layout = load_study(name)
    return audit(layout, 1 if layout.study.variants == 1 else VARIANTS)


@pytest.mark.parametrize("name", preset_names())
def test_the_preset_checks_and_every_factor_holds_its_class(name: str) -> None:
    assert audited(name).failures == []


@pytest.mark.parametrize("name", ["paper", "paper_in_company"])
def test_the_papers_confounds_are_named(name: str) -> None:
    confounds = "\n".join(audited(name).confounds)
    assert "the paper's monitored arm adds a penalty" in confounds
    assert "takes away stakes, bar and relationship together" in confounds
    assert "contrast watched" in confounds


@pytest.mark.parametrize("name", [name for name in preset_names() if not name.startswith("paper") and name != "core"])
def test_other_presets_have_no_confound_but_those_they_are_about(name: str) -> None:
    allowed = {
        "oversight_minimal_pair": ("confounded_pair",),
        "reverse": ("turns",),
        # Tools against files: the way to the notes and the sizes of files go with it.
        "harness": ("gemini_cli_and_loop", "opencode_and_loop", "shell_and_tools"),
    }
    found = [each for each in audited(name).confounds if not each.startswith("cell ")]
    assert [each for each in found if not any(known in each for known in allowed.get(name, ()))] == []
