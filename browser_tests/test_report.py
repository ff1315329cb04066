"""A report of a scripted study in a real browser: from disk, network off, by keyboard, light, dark, phone and print."""

import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from links import broken_links
from rig import (
    complaints,
    empty_pictures,
    focused,
    foreign_requests,
    open_page,
    open_report,
    overhang,
    screenshot,
    show,
    unfold,
    violations,
)

TRIAL_PAGES = 4
"""How many trials' pages are opened, spread over all of them."""
CELL_PAGES = 4
"""How many cells' pages are gone over by axe-core; all are opened."""
SORTERS = "th button"
FILTERS = "input[type=search]"
THEME = re.compile(r"dark|light|theme|colou?rs?\b", re.I)
"""What the button that changes the colours is called."""


def sample(pages: list[Path], count: int) -> list[Path]:
    """So many pages, evenly spread."""
    return pages[:: max(1, len(pages) // count)][:count]


def cell_pages(report: Path) -> list[Path]:
    return sorted((report / "cells").glob("*.html"))


def trial_pages(report: Path) -> list[Path]:
    return sample(sorted((report / "trials").glob("*.html")), TRIAL_PAGES)


def opened(report: Path) -> list[Path]:
    """The pages that are opened in the browser: the first ones, every cell's, and a sample of the trials'."""
    pages = sorted(report.glob("*.html")) + cell_pages(report) + trial_pages(report)
    assert (report / "index.html") in pages
    assert len(trial_pages(report)) > 0
    return pages


def gone_over(report: Path) -> list[Path]:
    """The pages that axe-core goes over, which takes a while for each."""
    return sorted(report.glob("*.html")) + sample(cell_pages(report), CELL_PAGES) + trial_pages(report)


def each(browser: Chrome, report: Path, pages: list[Path]) -> Iterator[str]:
    for page in pages:
        open_page(browser, page)
        yield str(page.relative_to(report))


def assert_nothing(wrong: Mapping[Any, object]) -> None:
    """Fail with all that was found, a line each, which pytest's own comparison would cut."""
    if wrong:
        pytest.fail("\n".join(f"{name}: {found}" for name, found in list(wrong.items())[:20]), pytrace=False)


def test_every_link_and_anchor_is_there(report: Path) -> None:
    assert_nothing(dict(enumerate(broken_links(report), 1)))


def test_pages_ask_for_nothing_outside_and_complain_of_nothing(browser: Chrome, report: Path) -> None:
    open_report(browser, report)
    wrong: dict[str, list[str]] = {}
    for name in each(browser, report, opened(report)):
        unfold(browser)
        if found := [*foreign_requests(browser, report), *complaints(browser)]:
            wrong[name] = found
    assert_nothing(wrong)


def test_every_figure_is_drawn(browser: Chrome, report: Path) -> None:
    wrong = {name: found for name in each(browser, report, opened(report)) if (found := empty_pictures(browser))}
    assert_nothing(wrong)
    open_report(browser, report)
    assert len(browser.find_elements(By.CSS_SELECTOR, "main svg, main img")) > 0


def test_every_drawing_opens_by_itself(browser: Chrome, report: Path) -> None:
    drawings = sorted(report.rglob("*.svg"))
    assert drawings
    for name in each(browser, report, drawings):
        width = browser.execute_script("return document.documentElement.getBoundingClientRect().width")
        assert width > 0, name
        assert [*foreign_requests(browser, report), *complaints(browser)] == [], name


# A phone changes the layout and the dark scheme the colours; neither changes the other.
@pytest.mark.parametrize(("screen", "scheme"), [("desktop", "light"), ("desktop", "dark"), ("phone", "light")])
def test_axe_finds_no_violation(browser: Chrome, report: Path, axe: str, screen: str, scheme: str) -> None:
    show(browser, screen, scheme)
    open_report(browser, report)
    wrong: dict[str, list[str]] = {}
    for name in each(browser, report, gone_over(report)):
        unfold(browser)
        if found := violations(browser, axe):
            wrong[name] = found
    assert_nothing(wrong)


def test_no_page_is_wider_than_a_phone(browser: Chrome, report: Path) -> None:
    show(browser, "phone")
    wide = {name: found for name in each(browser, report, opened(report)) if (found := overhang(browser))}
    assert_nothing(wide)


def test_the_keyboard_sorts_a_table(browser: Chrome, report: Path) -> None:
    open_report(browser, report)
    unfold(browser)
    table = reach(browser, SORTERS)
    column = browser.execute_script("return arguments[0].closest('th').cellIndex", table)

    def order() -> list[str]:
        rows: list[str] = browser.execute_script(
            "return [...arguments[0].closest('table').tBodies[0].rows].map(row => row.cells[arguments[1]].textContent)",
            table,
            column,
        )
        return rows

    def direction() -> str:
        return str(browser.execute_script("return arguments[0].closest('th').getAttribute('aria-sort')", table))

    before = order()
    assert len(set(before)) > 1, "the first table that can be sorted has nothing to sort"
    focused(browser).send_keys(Keys.ENTER)
    first, one = direction(), order()
    assert focused(browser) == table
    focused(browser).send_keys(Keys.ENTER)
    second, two = direction(), order()
    assert {first, second} == {"ascending", "descending"}
    assert sorted(one) == sorted(two) == sorted(before)
    assert one != two


def test_the_keyboard_filters_rows(browser: Chrome, report: Path) -> None:
    open_report(browser, report)
    unfold(browser)
    reach(browser, FILTERS)

    def visible() -> int:
        return int(
            browser.execute_script(
                "return [...document.querySelectorAll('tbody tr')].filter(e => e.offsetHeight).length"
            )
        )

    def typed(*keys: str) -> int:
        """Type, give the page the time in which it waits for more, and count again."""
        focused(browser).send_keys(*keys)
        time.sleep(0.5)
        return visible()

    before = visible()
    # A word that stands in some rows and not in others.
    some = typed("finance")
    assert 0 < some < before
    assert typed(" thatnorowholds") < some
    assert typed(*[Keys.BACKSPACE] * len("finance thatnorowholds")) == before


def reach(browser: Chrome, selector: str) -> object:
    """Go on by Tab until an element of the selector has the keyboard."""
    for _ in range(400):
        focused(browser).send_keys(Keys.TAB)
        if browser.execute_script("return document.activeElement.matches(arguments[0])", selector):
            return focused(browser)
    pytest.fail(f"400 times Tab do not reach {selector}")


def test_what_has_the_keyboard_is_seen_to_have_it(browser: Chrome, report: Path) -> None:
    open_report(browser, report)
    for selector in (SORTERS, FILTERS):
        open_page(browser, report / "index.html")
        unfold(browser)
        reach(browser, selector)
        outline, shadow = browser.execute_script(
            "const style = getComputedStyle(document.activeElement); return [style.outlineStyle, style.boxShadow]"
        )
        assert outline != "none" or shadow != "none", selector


def ground(browser: Chrome) -> str:
    """The colour behind the page."""
    return str(
        browser.execute_script(
            """
            const clear = 'rgba(0, 0, 0, 0)';
            return [document.body, document.documentElement].map(e => getComputedStyle(e).backgroundColor)
                .find(colour => colour !== clear) || clear;
            """
        )
    )


def test_colours_follow_the_system_and_the_button(browser: Chrome, report: Path, axe: str) -> None:
    open_report(browser, report)
    light = ground(browser)
    show(browser, scheme="dark")
    open_report(browser, report)
    dark = ground(browser)
    assert light != dark
    buttons = [b for b in browser.find_elements(By.TAG_NAME, "button") if THEME.search(b.accessible_name)]
    assert len(buttons) == 1
    seen = set()
    for _ in range(3):
        # Two states or three (light, dark, as the system): within three presses the other colours have been shown.
        buttons[0].send_keys(Keys.ENTER)
        seen.add(ground(browser))
        if ground(browser) == light:
            break
    assert light in seen
    assert violations(browser, axe) == []


def test_print_is_dark_on_white_and_without_controls(browser: Chrome, report: Path) -> None:
    show(browser, scheme="dark", media="print")
    open_report(browser, report)
    assert ground(browser) in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    shown = [each for each in browser.find_elements(By.CSS_SELECTOR, FILTERS) if each.is_displayed()]
    assert shown == []
    assert len(browser.find_elements(By.CSS_SELECTOR, "main svg, main img")) > 0
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
    assert len(printed["data"]) > 10_000


def test_without_scripts_everything_can_be_read(browser: Chrome, report: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        open_page(browser, report / "index.html")
        assert len(browser.find_element(By.TAG_NAME, "main").text) > 500
        hidden = browser.find_elements(By.CSS_SELECTOR, "tr[hidden], section[hidden]")
        assert hidden == []
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize(("screen", "scheme"), [("desktop", "light"), ("desktop", "dark"), ("phone", "light")])
def test_screenshots_are_made(browser: Chrome, report: Path, screenshots: Path, screen: str, scheme: str) -> None:
    show(browser, screen, scheme)
    open_report(browser, report)
    name = scheme if screen == "desktop" else screen
    pages = {
        "index": report / "index.html",
        "cell": cell_pages(report)[0],
        "trial": trial_pages(report)[0],
    }
    for kind, page in pages.items():
        open_page(browser, page)
        file = screenshots / f"{kind}-{name}.png"
        screenshot(browser, file)
        assert file.stat().st_size > 5_000
