"""The house rules that a machine can hold: floors, file sizes, no addresses, one list of names."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "peerward"
FLOORS = (
    "design",
    "company",
    "scenarios",
    "measures",
    "analysis",
    "sandbox",
    "critics",
    "tasks",
    "_registry",
    "scanners",
    "runs",
    "interop",
    "report",
    "cli",
    "__main__",
)
"""From the ground up: a floor imports only from itself and from those before it."""
SIDEWAYS = {"analysis": {"measures", "design"}, "_registry": set(FLOORS[:8]), "scanners": set(FLOORS[:4])}
"""Floors that may use less than all below them: analysis/ knows nothing of logs, runs or Inspect."""
NO_INSPECT = ("design", "company", "scenarios", "interop", "analysis", "report")


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if parts != ("__init__",):
            yield parts[0], path


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize(
    "floor, path", [pytest.param(*each, id=str(each[1].relative_to(SOURCE))) for each in modules()]
)
def test_imports_only_go_down(floor: str, path: Path) -> None:
    allowed = SIDEWAYS.get(floor, set(FLOORS[: FLOORS.index(floor)])) | {floor, "__version__"}
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "peerward" and len(parts) > 1:
            assert parts[1] in allowed, f"{floor} must not import {name}"
        assert not name.startswith("inspect_ai._"), f"{path}: {name} is private to Inspect"
        if floor in NO_INSPECT:
            assert parts[0] != "inspect_ai", f"{floor} must not know of Inspect"


def test_machines_know_inspect_in_one_place_only() -> None:
    knowing = [
        path.name
        for path in (SOURCE / "sandbox").rglob("*.py")
        if any(n.startswith("inspect_ai") for n in imports(path))
    ]
    assert knowing == ["provider.py"]


def test_a_scenario_imports_no_other_scenario() -> None:
    names = {"evaluation", "finance", "shutdown_config", "shutdown_duty", "server_transfer", "server_cleanup"}
    for name in names:
        for path in (SOURCE / "scenarios" / name).rglob("*.py"):
            for imported in imports(path):
                parts = imported.split(".")
                if parts[:2] == ["peerward", "scenarios"] and len(parts) > 2:
                    assert parts[2] not in names - {name}, f"{path} imports {imported}"


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def test_modules_are_small() -> None:
    large = [path for _, path in modules() if len(path.read_text(encoding="utf-8").splitlines()) > 300]
    assert large == []


def test_nothing_in_the_repository_holds_a_download_address() -> None:
    pattern = re.compile(r"https?://[^\s\"')]+\.(whl|tgz|tar\.gz|zip|deb)\b|index-url|find-links|\"resolved\":", re.I)
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path != Path(__file__)
        for match in pattern.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_constraints_are_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    for line in lines:
        assert re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+", line), line


def test_what_is_pinned_installs_on_the_oldest_python_that_is_promised() -> None:
    from importlib.metadata import distributions

    from packaging.specifiers import SpecifierSet
    from packaging.utils import canonicalize_name

    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {canonicalize_name(line.split("==")[0]) for line in lines if not line.startswith("#")}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    oldest = re.findall(r'^requires-python = ">=([0-9.]+)"', project, re.M)[0] + ".0"
    wants = {
        each.name: each.metadata["Requires-Python"]
        for each in distributions()
        if canonicalize_name(each.name) in pinned and each.metadata["Requires-Python"]
    }
    assert len(wants) > 50
    assert [name for name, wanted in wants.items() if oldest not in SpecifierSet(wanted)] == []


def test_every_runtime_dependency_is_explained() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=\[]", requirement)[0]
        assert f"`{name}`" in page, f"docs/dependencies.md says nothing of {name}"


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["show", "shutdown_config"]])
def test_quick_commands_load_neither_inspect_nor_scipy(arguments: list[str]) -> None:
    program = (
        "import sys; from peerward.cli import cli; cli.main(sys.argv[1:], standalone_mode=False); "
        "heavy = {'inspect_ai', 'scipy', 'numpy', 'matplotlib', 'rich'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
