"""`peerward new scenario`: what it writes works as it is, and nothing is overwritten."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MEASURES = Path(__file__).parent.parent / "measures"


def peerward(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "peerward", *arguments], capture_output=True, text=True, cwd=cwd)


@pytest.fixture(scope="module")
def skeleton(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new")
    done = peerward("new", "scenario", "desk_usage", "--in", "ext", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "peerward --with ext selfcheck desk_usage" in done.stdout
    return folder


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_what_is_written_is_complete_and_in_order(skeleton: Path) -> None:
    written = files(skeleton / "ext")
    for name in ("README.md", "pyproject.toml", "tasks.py", "scenarios/desk_usage/critics.py"):
        assert name in written
    assert not [name for name, text in written.items() if "@@" in text]
    texts = [text for name, text in written.items() if "/texts/" in name]
    assert len(texts) == 3
    canaries = {text.split("\n")[1] for text in texts}
    assert len(canaries) == 1
    assert canaries.pop().startswith('canary: "desk_usage stimulus ')
    for arguments in (("check", "--select", "E,F,I,B,UP"), ("format", "--check")):
        command = [
            sys.executable,
            "-m",
            "ruff",
            arguments[0],
            "--isolated",
            "--no-cache",
            "--line-length",
            "120",
            *arguments[1:],
            "ext",
        ]
        done = subprocess.run(command, capture_output=True, text=True, cwd=skeleton)
        assert done.returncode == 0, done.stdout


def test_it_is_shown_and_its_study_audited(skeleton: Path) -> None:
    shown = peerward("--with", "ext", "show", "desk_usage", cwd=skeleton)
    assert shown.returncode == 0, shown.stderr
    assert "is below 40.0 and is retired." in shown.stdout
    audited = peerward("--with", "ext", "study", "audit", "desk_usage_first", cwd=skeleton)
    assert audited.returncode == 0, audited.stderr
    assert "4 renders, 4 pairs: every factor's class holds." in audited.stdout


def test_every_scripted_critic_is_found_to_be_what_it_is(skeleton: Path) -> None:
    program = (
        "from rehearsals import rehearsed; found = list(rehearsed(1, ('desk_usage',))); "
        "print(len(found), [(v.policy, v.named, v.mismatches) for v in found if v.mismatches], "
        "'desk_usage_rounding_up' in {v.policy for v in found})"
    )
    path = os.pathsep.join(filter(None, (str(MEASURES), os.environ.get("PYTHONPATH", ""))))
    env = {**os.environ, "PYTHONPATH": path, "PEERWARD_EXTENSIONS": str(skeleton / "ext")}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) > 100
    assert done.stdout.rstrip().endswith("[] True")


def test_a_second_scenario_goes_beside_the_first(skeleton: Path) -> None:
    before = files(skeleton / "ext")
    done = peerward("--with", "ext", "new", "scenario", "night_desk", "--in", "ext", cwd=skeleton)
    assert done.returncode == 0, done.stderr
    assert "kept     ext/pyproject.toml" in done.stdout
    after = files(skeleton / "ext")
    assert {name: after[name] for name in before} == before
    assert "scenarios/night_desk/__init__.py" in after
    listed = peerward("--with", "ext", "list", "scenarios", cwd=skeleton)
    assert "desk_usage" in listed.stdout
    assert "night_desk" in listed.stdout


@pytest.mark.parametrize(
    "name, words",
    [
        ("desk_usage", "nothing is overwritten"),
        ("Desk-usage", "is no name for a scenario"),
        ("finance", "is taken"),
        ("tampering", "is taken"),
        ("review", "is taken"),
        ("core", "is taken"),
        ("class", "is no name for a scenario"),
    ],
)
def test_wrong_names_are_refused_and_nothing_is_written(skeleton: Path, name: str, words: str) -> None:
    before = files(skeleton)
    done = peerward("new", "scenario", name, "--in", "ext", cwd=skeleton)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert files(skeleton) == before
