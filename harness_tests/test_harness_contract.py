"""What is taken for granted of inspect_swe and the packages: the one place that looks at its private parts."""

import json

import pytest

from peerward.critics.harness.gemini_cli import INSTALLED, VERSION
from peerward.critics.harness.known import HARNESSES
from peerward.critics.harness.packages import harnesses_folder

inspect_swe = pytest.importorskip("inspect_swe", reason="inspect_swe is not installed (make harnesses)")


def test_inspect_swe_looks_for_gemini_cli_where_we_put_it() -> None:
    from inspect_swe._util.sandbox import SANDBOX_INSTALL_DIR

    assert INSTALLED.startswith(f"{SANDBOX_INSTALL_DIR}/gemini-cli/node_modules/.bin/")


def test_the_version_that_inspect_swe_is_told_is_the_pinned_one() -> None:
    pins = json.loads((harnesses_folder() / "package.json").read_text())["dependencies"]
    assert pins[HARNESSES["gemini_cli"].package] == VERSION


def test_every_harness_is_pinned_to_one_exact_version() -> None:
    pins = json.loads((harnesses_folder() / "package.json").read_text())["dependencies"]
    assert set(pins) == {each.package for each in HARNESSES.values() if each.package}
    assert all(version.replace(".", "").isdigit() for version in pins.values())
