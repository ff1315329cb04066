"""The labelling page answers its own page only: token, host, origin and type are asked for."""

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from peerward.measures.judges import Kind, Line, rubric
from peerward.report.auditing.serving import open_labelling
from peerward.report.auditing.session import Session
from peerward.runs.auditing.labels import LabelBook, open_labels
from peerward.runs.auditing.sets import Item, Key, digest_of, read_set, set_text, write_set

JSON = "application/json"


class Page:
    """A page's address, and requests to it."""

    def __init__(self, address: str, book: LabelBook) -> None:
        self.address, self.book = urlsplit(address), book

    @property
    def origin(self) -> str:
        return f"http://{self.address.netloc}"

    def ask(
        self, method: str, path: str, sent: object = None, **headers: str
    ) -> tuple[int, str, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection(self.address.hostname or "", self.address.port or 0, timeout=10)
        body = json.dumps(sent) if sent is not None else None
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, given)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, answer.headers

    def label(self, sent: object, **headers: str) -> int:
        given = {"Origin": self.origin, "Content_Type": JSON} | headers
        return self.ask("POST", f"{self.address.path}label", sent, **given)[0]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "set.jsonl"
    items = tuple(Item(f"{n:010x}", "refusal", "none", (Line(1, Kind.CLOSED, f"Words {n}"),)) for n in range(3))
    text = set_text((rubric("refusal"),), items)
    write_set(file, text, Key(digest_of(text), 1, {}, {}, {}))
    audit = read_set(file)
    with open_labels(file, audit, "ann") as book:
        server, address = open_labelling(Session(audit, book))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Page(address, book)
        server.shutdown()
        server.server_close()


def test_its_own_page_is_answered_and_an_answer_is_saved(page: Page) -> None:
    status, text, headers = page.ask("GET", page.address.path)
    assert status == 200 and "<main" in text
    assert "default-src 'none'" in headers["Content-Security-Policy"] and headers["Referrer-Policy"] == "no-referrer"
    assert json.loads(page.ask("GET", f"{page.address.path}items/1")[1])["lines"][0]["text"] == "Words 1"
    assert page.label({"place": 1, "values": ["no"], "note": ""}) == 200
    assert page.book.labels["0000000001"].values == ("no",)


@pytest.mark.parametrize("path", ["/", "/label.js", "/x/", "/x/overview", "//overview", "/x/label"])
def test_without_the_token_nothing_is_told(page: Page, path: str) -> None:
    status, text, _ = page.ask("GET", path)
    assert status == 404 and "Words" not in text


@pytest.mark.parametrize("path", ["nothing", "items/3", "items/-1", "items/x", "../set.jsonl.key", "set.jsonl.key"])
def test_under_the_token_there_is_the_page_and_no_file(page: Page, path: str) -> None:
    assert page.ask("GET", page.address.path + path)[0] == 404


def test_a_name_that_points_here_is_no_host_of_ours(page: Page) -> None:
    assert page.ask("GET", page.address.path, Host=f"evil.example:{page.address.port}")[0] == 421
    assert page.label({"place": 0, "values": ["no"], "note": ""}, Host="evil.example") == 421
    assert page.book.done == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_no_other_page_can_answer(page: Page, headers: dict[str, str]) -> None:
    assert page.label({"place": 0, "values": ["no"], "note": ""}, **headers) == 403
    assert page.book.done == 0


@pytest.mark.parametrize(
    "sent",
    [
        {"place": 0, "values": ["maybe"], "note": ""},
        {"place": 0, "values": "no", "note": ""},
        {"place": -1, "values": ["no"], "note": ""},
        {"place": 0, "values": ["no", "yes"], "note": ""},
        [1],
        {"place": 0, "values": ["no"], "note": "x" * 70_000},
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_is_saved(page: Page, sent: object) -> None:
    assert page.label(sent) == 400
    assert page.book.done == 0
    assert page.label({"place": 9, "values": ["no"], "note": ""}) == 404


def test_other_methods_are_refused(page: Page) -> None:
    for method in ("PUT", "DELETE", "OPTIONS", "HEAD"):
        assert page.ask(method, page.address.path)[0] == 405
