"""Extensions: what cannot be used is told in one message that names the file and the mend."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from peerward.company.texts import TextError, load
from peerward.design import FACTORS
from peerward.design.extensions import OUR_SCENARIOS, VARIABLE, ExtensionError, extensions, further_texts
from peerward.design.further_levels import with_further_levels

CANARY = "---\ncanary: peerward stimulus c0a7d7de-5f0e-4f7b-9c55-6b1f2a8f3e91 - not for training corpora\n---\n"
SCENARIO = "scenarios/shop/__init__.py"
LEVEL = "oversight: {audited: {says: Auditors read.}}"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes the files of an extension and names it."""

    def written(files: dict[str, str], *more: Path) -> Path:
        for name, text in files.items():
            path = tmp_path / "ext" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        monkeypatch.setenv(VARIABLE, os.pathsep.join(map(str, (tmp_path / "ext", *more))))
        extensions.cache_clear()
        return tmp_path / "ext"

    yield written
    monkeypatch.delenv(VARIABLE, raising=False)
    extensions.cache_clear()


def test_none_are_named_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    extensions.cache_clear()
    assert extensions() == ()
    assert with_further_levels(FACTORS) == FACTORS


def test_an_extension_named_twice_counts_once(write: Write, tmp_path: Path) -> None:
    write({SCENARIO: ""}, tmp_path / "ext", tmp_path / "." / "ext")
    assert [list(each.scenarios) for each in extensions()] == [["shop"]]


@pytest.mark.parametrize(
    "files, words",
    [
        ({"notes.txt": ""}, ("is no extension", "levels.yaml", "peerward new scenario")),
        ({"scenarios/shop/case.py": ""}, ("shop", "no __init__.py")),
        ({"scenarios/Shop/__init__.py": ""}, ("'Shop' is no name",)),
        ({"scenarios/finance/__init__.py": ""}, ("'finance' is taken", "give it another")),
        ({"scenarios/review/__init__.py": ""}, ("'review' is taken",)),
        ({"studies/core.yaml": ""}, ("'core' is taken",)),
        ({"studies/finance.yaml": ""}, ("'finance' is taken",)),
        ({SCENARIO: "", "studies/shop.yaml": ""}, ("'shop' is taken", "give the file another")),
        ({"texts/finance/texts/guide.md": CANARY}, ("no text finance/texts/guide.md", "guideline.memo.md")),
        ({"texts/nowhere/x.md": CANARY}, ("no text nowhere/x.md", "none")),
        ({"texts/seat/agency.brief.a.md": CANARY}, ("'brief' under agency in", "levels.yaml")),
    ],
)
def test_wrong_folders_are_told(write: Write, files: dict[str, str], words: tuple[str, ...]) -> None:
    folder = write(files)
    with pytest.raises(ExtensionError) as raised:
        extensions()
    for word in (str(folder), *words):
        assert word in str(raised.value)


@pytest.mark.parametrize(
    "text, words",
    [
        ("oversight: {", ("no YAML",)),
        ("- oversight", ("the file holds", "FACTOR: {LEVEL")),
        ("oversight: [audited]", ("oversight holds", "FACTOR: {LEVEL")),
        ("oversight: {yes: {says: Auditors read.}}", ("oversight holds", "yes or no")),
        ("oversight: {audited: Auditors read.}", ("oversight: audited holds",)),
        ("oversight: {audited: {}}", ("oversight, audited", "add what it says")),
        ("oversight: {audited: {says: Read., where: finance}}", ("no key 'where'", "says, scenarios")),
        ("oversight: {audited: {says: Read., scenarios: finance}}", ("scenarios is 'finance'", "list of names")),
        ("oversight: {Audited: {says: Read.}}", ("small letters",)),
        ("oversight: {monitored: {says: Read.}}", ("there is such a level already",)),
        ("warmth: {high: {says: Warm.}}", ("no factor 'warmth'", "oversight, penalty, instruction, agency")),
        ("channel: {radio: {says: By radio.}}", ("channel takes no further levels", "code", "penalty")),
    ],
)
def test_wrong_levels_are_told(write: Write, text: str, words: tuple[str, ...]) -> None:
    path = write({"levels.yaml": text}) / "levels.yaml"
    with pytest.raises(ExtensionError) as raised:
        with_further_levels(FACTORS)
    for word in (str(path), *words):
        assert word in str(raised.value)


def test_levels_are_added_to_the_factor(write: Write) -> None:
    write({"levels.yaml": LEVEL})
    changed = [each for each in with_further_levels(FACTORS) if each not in FACTORS]
    assert [each.name for each in changed] == ["oversight"]
    assert changed[0].levels[-1] == "audited"
    assert changed[0].default == "unstated"
    assert "Auditors read." in changed[0].says


@pytest.mark.parametrize(
    "text, words",
    [
        ("<!-- clause: oversight monitored -->\nRead.\n", ("'oversight monitored' is there already",)),
        ("Some text.\n<!-- clause: oversight audited -->\nRead.\n", ("text before the first clause",)),
    ],
)
def test_clauses_are_added_and_nothing_else(write: Write, text: str, words: tuple[str, ...]) -> None:
    own = OUR_SCENARIOS / "finance" / "texts" / "guideline.memo.md"
    write({"levels.yaml": LEVEL, "texts/finance/texts/guideline.memo.md": CANARY + text})
    assert len(further_texts(own)) == 1
    with pytest.raises(TextError) as raised:
        load.__wrapped__(own)
    for word in words:
        assert word in str(raised.value)


def peerward(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "peerward", *arguments], capture_output=True, text=True)


@pytest.mark.parametrize(
    "text, words",
    [
        ("import nothing_of_the_kind\n", (":1:", "ModuleNotFoundError", "'shop' cannot be imported")),
        ("x = 1\ny = (\n", (":2:", "SyntaxError")),
        ("x = 1\n", ("SCENARIO is None", "make it a peerward.scenarios.Scenario")),
    ],
)
def test_a_scenario_that_cannot_be_used_is_told_without_a_traceback(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    path = tmp_path / "ext" / SCENARIO
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    done = peerward("--with", str(tmp_path / "ext"), "show", "shop")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for word in (str(path), *words):
        assert word in done.stderr


def test_a_folder_that_is_not_there_is_told() -> None:
    done = peerward("--with", "/nowhere/at/all", "list")
    assert done.returncode == 2
    assert done.stderr.startswith("Error: /nowhere/at/all: there is no such folder")
