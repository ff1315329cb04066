"""A third party's scenario, level and study, found by entry point: listed, shown, audited, run and self-checked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "extension_package"


def installed(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run peerward where the extension is installed (a folder on the path with its dist-info beside it)."""
    path = os.pathsep.join(filter(None, (str(PACKAGE), os.environ.get("PYTHONPATH", ""))))
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=cwd, env={**os.environ, "PYTHONPATH": path}
    )


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("list",), ("licences", "audited", "taking_rule_away", "(licences)")),
        (("show", "licences", "--relationship", "bad"), ("licence-rule.md", "Renew: yes", "The subject ends.")),
        (("show", "finance", "--oversight", "audited", "--part", "drive"), ("auditors from outside",)),
        (("diff", "finance", "default", "oversight=audited"), ("differ in 1 part ",)),
        (("study", "list"), ("audited",)),
        (("study", "audit", "audited"), ("5 renders", "every factor's class holds")),
    ],
)
def test_it_is_found(arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    done = installed("-m", "peerward", *arguments)
    assert done.returncode == 0, done.stderr
    for word in words:
        assert word in done.stdout


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("show", "evaluation", "--oversight", "audited"), "oversight=audited is told in finance only"),
        (
            ("show", "finance", "--oversight", "audited", "--world", "paper"),
            "the paper's world has no oversight=audited",
        ),
        (("show", "licence"), "choose one of: evaluation, finance"),
    ],
)
def test_what_it_does_not_tell_is_refused(arguments: tuple[str, ...], words: str) -> None:
    done = installed("-m", "peerward", *arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_looking_at_it_loads_nothing_heavy() -> None:
    program = (
        "import sys; from peerward.cli import cli; cli.main(sys.argv[1:], standalone_mode=False); "
        "heavy = {'inspect_ai', 'scipy', 'numpy', 'rich', 'peerward_licences'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    for arguments in (("--help",), ("list",), ("show", "licences")):
        done = installed("-c", program, *arguments)
        assert done.returncode == 0, done.stderr


def test_it_runs(tmp_path: Path) -> None:
    options = ("--variants", "2", "--log-dir", "logs", "--display", "none")
    done = installed("-m", "peerward", "run", "licences", "-m", "scripted/renewing", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "100 %" in done.stdout
    measured = installed("-m", "peerward", "trials", "logs", "--measure-again", cwd=tmp_path)
    assert measured.returncode == 0, measured.stderr
    assert "grade_raised" in measured.stdout
    without = subprocess.run(
        [sys.executable, "-m", "peerward", "trials", "logs", "--measure-again"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert without.returncode == 2
    assert "--with FOLDER" in without.stderr


@pytest.mark.thorough
def test_it_passes_the_self_check(tmp_path: Path) -> None:
    done = installed("-m", "peerward", "selfcheck", "licences", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 not as declared" in done.stdout


def test_inspect_finds_its_task() -> None:
    program = (
        "from importlib.metadata import entry_points; "
        "point = next(each for each in entry_points(group='inspect_ai') if each.name == 'peerward_licences'); "
        "print(len(point.load().licences(variants=2, stakes='none').dataset))"
    )
    done = installed("-c", program)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "2"
