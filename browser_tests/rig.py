"""A real Chromium that opens a report from disk with the network off, and what is asked of each page."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
"""How Chromium is started; the sandbox is off because tests run as root in containers."""

WIDTHS: Mapping[str, tuple[int, int]] = {"desktop": (1280, 900), "phone": (390, 844)}
"""Widths and heights of the screens, in CSS pixels."""


@contextmanager
def chromium(profile: Path, binary: str, driver: str) -> Iterator[Chrome]:
    """Start Chromium with an empty profile, and end it.

    Args:
        profile: An empty folder for the profile.
        binary: The path of chromium.
        driver: The path of chromedriver.
    """
    options = ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options=options, service=Service(driver))
    try:
        browser.set_page_load_timeout(60)
        browser.set_script_timeout(120)
        browser.execute_cdp_cmd("Network.enable", {})
        browser.execute_cdp_cmd(
            "Network.emulateNetworkConditions",
            {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
        )
        yield browser
    finally:
        browser.quit()


def show(browser: Chrome, screen: str = "desktop", scheme: str = "light", media: str = "screen") -> None:
    """Set the screen's width, the preferred colours and the medium of the pages that follow and of the one shown."""
    width, height = WIDTHS[screen]
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {
            "width": width,
            "height": height,
            "screenWidth": width,
            "screenHeight": height,
            "deviceScaleFactor": 1,
            "mobile": screen == "phone",
        },
    )
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )


def open_page(browser: Chrome, page: Path, anchor: str = "") -> None:
    """Open a page from disk, with the logs of earlier pages thrown away and nothing kept from an earlier visit."""
    browser.get("about:blank")
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get(page.resolve().as_uri() + (f"#{anchor}" if anchor else ""))


def open_report(browser: Chrome, folder: Path) -> None:
    """Open a report's first page as a reader does who opens it for the first time."""
    open_page(browser, folder / "index.html")
    browser.execute_script("try { localStorage.clear(); sessionStorage.clear(); } catch (refused) {}")
    open_page(browser, folder / "index.html")


def foreign_requests(browser: Chrome, folder: Path) -> list[str]:
    """Addresses asked for since the page was opened that are neither files of the report nor pictures in the page."""
    inside = folder.resolve().as_uri() + "/"
    asked: list[str] = []
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"])
        elif message["method"] in ("Network.webSocketCreated", "Network.webTransportCreated"):
            asked.append(message["params"]["url"])
    return [url for url in asked if not url.startswith((inside, "data:image/")) and url != "about:blank"]


def complaints(browser: Chrome) -> list[str]:
    """Errors and warnings in the console since the page was opened."""
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def violations(browser: Chrome, axe: str) -> list[str]:
    """What axe-core finds wrong on the page as it is shown now: the rule, and where.

    Args:
        browser: The browser.
        axe: The source of axe-core. It is handed over through the developer tools, which the page's own
            Content-Security-Policy does not hold up.
    """
    if not browser.execute_script("return Boolean(window.axe)"):
        browser.execute_cdp_cmd("Runtime.evaluate", {"expression": axe + "\n;1"})
    # Without preload: axe-core would ask for the style sheets again, which a page from disk is not allowed to.
    found: dict[str, Any] = browser.execute_async_script(
        """
        const done = arguments[arguments.length - 1];
        axe.run(document, {resultTypes: ["violations"], preload: false}).then(
            result => done({found: result.violations.map(rule => ({
                id: rule.id, help: rule.help, where: rule.nodes.slice(0, 5).map(node => node.html.slice(0, 200)),
                count: rule.nodes.length, why: rule.nodes[0].failureSummary}))}),
            problem => done({problem: String(problem)}));
        """
    )
    assert "problem" not in found, f"axe-core could not run: {found['problem']}"
    return [
        f"{rule['id']} ({rule['help']}), {rule['count']} times: {'; '.join(rule['where'])}: {rule['why']}"
        for rule in found["found"]
    ]


def unfold(browser: Chrome) -> None:
    """Open everything that can be folded."""
    browser.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")


def empty_pictures(browser: Chrome) -> list[str]:
    """Pictures and drawings that take no room on the page, or whose file was not read."""
    unfold(browser)
    empty: list[str] = browser.execute_script(
        """
        return [...document.querySelectorAll('img, svg, object, picture, canvas')]
            .filter(each => !each.hidden && !each.parentElement.closest('svg'))
            .filter(each => {
                const box = each.getBoundingClientRect();
                return box.width <= 0 || box.height <= 0 || (each.tagName === 'IMG' && !each.naturalWidth);
            })
            .map(each => each.outerHTML.slice(0, 200));
        """
    )
    return empty


def overhang(browser: Chrome) -> int:
    """By how many CSS pixels the page is wider than the screen it was opened for."""
    unfold(browser)
    width, screen = browser.execute_script(
        "return [document.scrollingElement.scrollWidth, Math.min(screen.width, window.innerWidth)]"
    )
    return max(0, int(width) - int(screen))


def focused(browser: Chrome) -> Any:
    """The element that the keyboard is at."""
    return browser.switch_to.active_element


def screenshot(browser: Chrome, file: Path, tallest: int = 6000) -> None:
    """Write the whole page as it is shown now as PNG, cut at ``tallest`` pixels."""
    size = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    shot = browser.execute_cdp_cmd(
        "Page.captureScreenshot",
        {
            "format": "png",
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], tallest), "scale": 1},
        },
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(base64.b64decode(shot["data"]))
