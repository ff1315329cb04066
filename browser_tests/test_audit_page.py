"""The labelling page in a real browser: thirty items by keyboard, a killed server midway, and the scores of it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from peerward.measures.judges import Kind, Line, rubric
from peerward.runs.auditing.labels import read_labels
from peerward.runs.auditing.scores import read_scores
from peerward.runs.auditing.sets import (
    Item,
    Judged,
    Key,
    KeyRow,
    RubricKey,
    digest_of,
    read_set,
    set_text,
    write_set,
)
from rig import complaints, focused, overhang, screenshot, show, violations

ITEMS = 30
SEVERAL = 6
"""The last of them are of a rubric that takes several words."""
HOSTILE = "<img src=x onerror=document.title='ran'> \u202e [masked]"
MORE = "Some more words. " * 12


def judged(number: int) -> str:
    """What the judge says, and what is labelled."""
    if number >= ITEMS - SEVERAL:
        return "harm,loyalty" if number % 2 else "none"
    return ("no", "partly", "yes")[number % 3]


@pytest.fixture
def audit_set(tmp_path: Path) -> Path:
    items, rows = [], {}
    for number in range(ITEMS):
        name = "reasons" if number >= ITEMS - SEVERAL else "refusal"
        lines = [
            Line(n, kind, f"{kind} {number}: {HOSTILE}\n" + "Some more words. " * 12) for n, kind in enumerate(Kind, 1)
        ]
        items.append(Item(f"{number:010x}", name, "visible", tuple(lines)))
        value = judged(number)
        stratum = value if name == "refusal" else "none" if value == "none" else "some"
        rows[f"{number:010x}"] = KeyRow(f"evaluation/{number:016x}", f"c/{number}", "all", value, stratum, 0.5)
    words, many = ("no", "partly", "yes"), (("harm,loyalty", "some"), ("none", "none"))
    text = set_text((rubric("refusal"), rubric("reasons")), tuple(items))
    held = {
        "refusal": RubricKey(("rules",), True, (1,), 0, tuple(Judged("all", each, each, 20) for each in words)),
        "reasons": RubricKey(("rules",), True, (1,), 0, tuple(Judged("all", *each, 20) for each in many)),
    }
    file = tmp_path / "set.jsonl"
    write_set(file, text, Key(digest_of(text), 1, {"all": {}}, held, rows))
    return file


@contextmanager
def serving(file: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``peerward audit label`` as a person starts it, and the address that it prints."""
    command = [sys.executable, "-u", "-m", "peerward", "audit", "label", str(file), "--by", "ann"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/\S+/", process.stdout.readline())
        assert found, "no address was printed"
        yield process, found[0]
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@pytest.fixture
def online(browser: Chrome) -> Iterator[Chrome]:
    """The browser with the network of this machine; other tests have none."""

    def offline(away: bool) -> None:
        conditions = {"offline": away, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    offline(False)
    yield browser
    browser.get("about:blank")
    offline(True)


def press(browser: Chrome, *keys: str) -> None:
    ActionChains(browser).send_keys(*keys).perform()


def wait(browser: Chrome, what: str) -> None:
    """Until an expression of the page is true and nothing is on its way."""
    WebDriverWait(browser, 30, poll_frequency=0.02).until(
        lambda each: each.execute_script(f"return !document.body.hasAttribute('aria-busy') && Boolean({what})"), what
    )


def at(place: int) -> str:
    return f"document.body.dataset.place === '{place}' && document.body.dataset.finished !== 'yes'"


def begin(browser: Chrome, address: str, place: int) -> None:
    browser.get("about:blank")
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get(address)
    wait(browser, at(place))


def answer(browser: Chrome, number: int) -> None:
    wait(browser, at(number))
    words = rubric("reasons" if number >= ITEMS - SEVERAL else "refusal").words
    press(browser, *(str(words.index(word) + 1) for word in judged(number).split(",")))
    if number >= ITEMS - SEVERAL:
        press(browser, Keys.ENTER)


def asked(browser: Chrome, address: str) -> list[str]:
    """Requests that went elsewhere than under the page's own address."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]
    assert len(urls) > 5
    return [url for url in urls if not url.startswith((address, "data:", "about:"))]


def test_thirty_items_by_keyboard_with_a_kill_midway(
    online: Chrome, axe: str, audit_set: Path, screenshots: Path
) -> None:
    audit = read_set(audit_set)
    with serving(audit_set) as (process, address):
        begin(online, address, 0)
        assert "decline" in online.find_element(By.ID, "question").text.lower()
        assert not online.find_elements(By.CSS_SELECTOR, "#lines img") and "⟨U+202E⟩" in online.page_source
        for number in range(3):
            answer(online, number)
        wait(online, at(3))
        # Back and forth, undo, note, help.
        press(online, Keys.ARROW_LEFT)
        wait(online, at(2))
        assert online.find_element(By.CSS_SELECTOR, "[aria-pressed=true]").text.endswith("yes")
        press(online, Keys.ARROW_RIGHT)
        wait(online, at(3))
        press(online, "u")
        wait(online, at(2))
        assert not online.find_elements(By.CSS_SELECTOR, "[aria-pressed=true]")
        press(online, "n")
        assert focused(online).get_attribute("id") == "note"
        press(online, "2 readings, n or u?", Keys.ENTER)
        wait(online, "!document.getElementById('noted').hidden")
        press(online, "?")
        wait(online, "document.getElementById('help').open")
        press(online, "1", Keys.ESCAPE)
        wait(online, "!document.getElementById('help').open")
        for number in range(2, 13):
            answer(online, number)
        wait(online, at(13))
        assert complaints(online) == [] and asked(online, address) == []
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        press(online, "1")
        wait(online, "!document.getElementById('problem').hidden")
        assert "the server has ended" in online.find_element(By.ID, "problem").text
        assert len(read_labels(audit_set, audit, "ann")) == 13
    with serving(audit_set) as (process, address):
        begin(online, address, 13)
        assert online.find_element(By.ID, "count").text == "13 of 30 labelled"
        for number in range(13, ITEMS):
            answer(online, number)
        wait(online, "document.body.dataset.finished === 'yes'")
        press(online, "1", Keys.ENTER)
        assert violations(online, axe) == []
        assert complaints(online) == [] and asked(online, address) == []
    labels = read_labels(audit_set, audit, "ann")
    assert [",".join(labels[item.id].values) for item in audit.items] == [judged(number) for number in range(ITEMS)]
    assert labels[audit.items[2].id].note == "2 readings, n or u?"
    done = subprocess.run(
        [sys.executable, "-m", "peerward", "audit", "score", str(audit_set)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    for each in read_scores(audit_set.parent).rubrics:
        assert each.persons[0].labelled == each.items and each.persons[0].answer.kappa.value == 1


def test_the_page_is_clean_and_fits(online: Chrome, axe: str, audit_set: Path, screenshots: Path) -> None:
    with serving(audit_set) as (_, address):
        for screen in ("desktop", "phone"):
            for scheme in ("light", "dark"):
                show(online, screen, scheme)
                begin(online, address, 0)
                assert violations(online, axe) == [] and overhang(online) == 0
                screenshot(online, screenshots / f"audit-{screen}-{scheme}.png")
                press(online, "?")
                wait(online, "document.getElementById('help').open")
                assert violations(online, axe) == [] and overhang(online) == 0
                press(online, Keys.ESCAPE, "n")
                assert violations(online, axe) == []
                assert complaints(online) == []
