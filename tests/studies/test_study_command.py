"""Study files by the command line: the preset is sound, and a wrong file is explained with line and mend."""

import subprocess
import sys
from pathlib import Path

import pytest

GOOD = "name: mine\ntitle: A study of mine\nscenarios: [evaluation]\nvariants: 12\nvary: {relationship: [good, bad]}\n"


def peerward(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "peerward", *arguments], capture_output=True, text=True)


def test_the_preset_checks_and_audits() -> None:
    checked, audited = peerward("study", "check", "quick"), peerward("study", "audit", "quick")
    assert (checked.returncode, audited.returncode) == (0, 0), checked.stderr + audited.stderr
    assert "18" in checked.stdout
    assert "relationship  matched" in audited.stdout


def test_a_good_file_is_good(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    assert peerward("study", "check", str(path)).returncode == 0


@pytest.mark.parametrize(
    "text, words",
    [
        (GOOD.replace("good, bad", "good, warm"), ("5", "warm", "neutral")),
        (GOOD + "variant: 3\n", ("6", "variant")),
        (GOOD + "hold: {stakes: none}\n", ("no_stake",)),
        (GOOD + "hold: {subject: no}\n", ("6", "subject")),
        (GOOD.replace("[evaluation]", "[evaluate]"), ("3", "evaluation")),
        ("name: [", ("wrong.yaml:1", "Mend")),
    ],
)
def test_a_wrong_file_is_explained(text: str, words: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    done = peerward("study", "check", str(path))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "wrong.yaml" in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr
