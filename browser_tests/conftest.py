"""One Chromium for all browser tests, axe-core, and a report of a small scripted study.

They run by ``make browser`` (which installs Chromium and axe-core), never with the other tests. The environment may
name a report that exists already (PEERWARD_REPORT) and where screenshots go (PEERWARD_SCREENSHOTS).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from rig import chromium, show

ROOT = Path(__file__).parent.parent
PROFILES = ("general", "partial")
"""What the scripted critics of the report do, one critic each (critics/scripted/profiles)."""
EARLIER = "reacts_to_relationship"
"""The critic of the other report that it is compared with."""
TRIALS = "54"
"""Of each critic: three in each arm, enough for every kind of page, figure and interval."""


@pytest.fixture(scope="session")
def shared_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    paths = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if None in paths:
        pytest.fail("Chromium is not installed; run: sh tools/install_browser.sh")
    with chromium(tmp_path_factory.mktemp("profile"), str(paths[0]), str(paths[1])) as started:
        yield started


@pytest.fixture
def browser(shared_browser: Chrome) -> Chrome:
    """The browser as a new reader's: desktop width, light, on screen."""
    show(shared_browser)
    return shared_browser


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    path = ROOT / ".browser" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.fail("axe-core is not installed; run: sh tools/install_browser.sh")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def screenshots() -> Path:
    return Path(os.environ.get("PEERWARD_SCREENSHOTS") or ROOT / "build" / "screenshots")


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report made by the command line out of a scripted study."""
    if given := os.environ.get("PEERWARD_REPORT"):
        return Path(given).resolve()
    place = tmp_path_factory.mktemp("study")
    folder = ROOT / "src" / "peerward" / "critics" / "scripted" / "profiles"
    with ThreadPoolExecutor(2) as pool:
        runs = [
            pool.submit(
                _peerward, "run", "quick", "--model", "scripted/mixture", "-M", f"profile={folder / name}.yaml",
                "--limit", TRIALS, "--log-dir", str(place / "logs" / name),
            )
            for name in (*PROFILES, EARLIER)
        ]  # fmt: skip
        for each in runs:
            each.result()
    _peerward("report", str(place / "logs" / EARLIER), "-o", str(place / "earlier"))
    logs = [str(place / "logs" / name) for name in PROFILES]
    _peerward("report", *logs, "-o", str(place / "report"), "--compare", str(place / "earlier"))
    return place / "report"


def _peerward(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "peerward", *arguments], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, f"peerward {' '.join(arguments)}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
