"""The rig finds the faults that it is there to find, each in a page that has that fault only."""

from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from handmade import POLICY, write_pages
from links import broken_links
from rig import complaints, empty_pictures, foreign_requests, open_report, overhang, show, violations

OPEN_POLICY = "default-src * 'unsafe-inline' data:"


def faults(browser: Chrome, folder: Path, axe: str) -> set[str]:
    open_report(browser, folder)
    found = {
        "picture": empty_pictures(browser),
        "wide": overhang(browser),
        "axe": violations(browser, axe),
        "request": foreign_requests(browser, folder),
        "console": complaints(browser),
        "link": broken_links(folder),
    }
    return {name for name, each in found.items() if each}


@pytest.mark.parametrize("screen", ["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_good_pages_have_none(browser: Chrome, axe: str, tmp_path: Path, screen: str, scheme: str) -> None:
    folder = write_pages(tmp_path / "report")
    show(browser, screen, scheme)
    assert faults(browser, folder, axe) == set()


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("picture", '<svg role="img" aria-label="x" width="0" height="0"></svg>'),
        ("axe", '<p style="color: #ccc; background: #fff">Hardly to be read</p>'),
        ("axe", '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" width="9" height="9">'),
        ("wide", '<p style="width: 3000px">Wide</p>'),
        ("link", '<p><a href="trials/none.html">Nowhere</a></p>'),
        ("link", '<p><a href="trials/x.html#turn-9">Nowhere</a></p>'),
        ("link", '<p><a href="../secret.html">Outside</a></p>'),
        ("link", '<p><a href="javascript:alert(1)">Script</a></p>'),
    ],
)
def test_a_fault_in_the_page_is_found(browser: Chrome, axe: str, tmp_path: Path, fault: str, more: str) -> None:
    show(browser, "phone" if fault == "wide" else "desktop")
    found = faults(browser, write_pages(tmp_path / "report", more=more), axe)
    assert found == {fault}


@pytest.mark.parametrize(
    "script",
    [
        "fetch('https://example.org/x').catch(() => {});",
        "new Image().src = 'https://example.org/x.png';",
        "const link = document.createElement('link'); link.rel = 'stylesheet'; link.href = 'https://example.org/x.css';"
        "document.head.append(link);",
        "new WebSocket('wss://example.org/x');",
        "fetch('../elsewhere.json').catch(() => {});",
    ],
)
def test_a_request_is_found_even_with_the_network_off(browser: Chrome, tmp_path: Path, script: str) -> None:
    folder = write_pages(tmp_path / "report", script=script, policy=OPEN_POLICY)
    open_report(browser, folder)
    assert len(foreign_requests(browser, folder)) == 1


@pytest.mark.parametrize(
    "more",
    [
        "<script>document.title = 'ran'</script>",
        '<p onclick="alert(1)">x</p><img src="x" alt="" onerror="document.title = 1">',
    ],
)
def test_what_a_policy_refuses_is_found_in_the_console(browser: Chrome, tmp_path: Path, more: str) -> None:
    open_report(browser, write_pages(tmp_path / "report", more=more, policy=POLICY))
    assert complaints(browser)
    assert browser.title == "Report"


def test_a_script_that_breaks_is_found_in_the_console(browser: Chrome, tmp_path: Path) -> None:
    open_report(browser, write_pages(tmp_path / "report", script="\nnull.x;"))
    assert len(complaints(browser)) == 1
