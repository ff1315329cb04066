"""The labelling page: served to this machine only, under an address that nobody can guess."""

import hmac
import json
import secrets
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from importlib.resources import files
from typing import Any

from peerward.report.auditing.session import Session
from peerward.report.log_viewer import HOST
from peerward.report.pages import assets
from peerward.report.serving import LocalHandler, address, listening
from peerward.runs.auditing.sets import AuditError

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_LARGEST = 65_536
"""Bytes of an answer."""
_FILES = {"": ("label.html", "text/html"), "label.css": ("label.css", "text/css"),
          "label.js": ("label.js", "text/javascript")}  # fmt: skip


def open_labelling(session: Session, port: int = 0) -> tuple[ThreadingHTTPServer, str]:
    """Listen on loopback; returns the server and the page's address. ``serve_forever`` starts it.

    Args:
        session: The person's session.
        port: The port, 1-65535; 0 takes a free one.

    Raises:
        ServeError: If the port cannot be had.
    """
    token = secrets.token_urlsafe(18)
    handler = partial(_Handler, session=session, token=token, lock=threading.Lock())
    server = listening(handler, port)
    return server, f"{address(server.server_port)}{token}/"


def serve_labelling(session: Session, port: int, say: Callable[[str], None]) -> None:
    """Serve the page until interrupted.

    Args:
        session: The person's session.
        port: As in ``open_labelling``.
        say: Takes each line that the person is told.

    Raises:
        ServeError: If the port cannot be had.
    """
    server, page = open_labelling(session, port)
    with server:
        say(f"Open in a browser of this machine: {page}")
        say("Every answer is saved at once. Ctrl-C ends it.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("Stopped.")


class _Handler(LocalHandler):
    """Answers requests under the token, and nothing else."""

    policy = POLICY

    def __init__(self, *given: object, session: Session, token: str, lock: threading.Lock) -> None:
        self._session, self._token, self._lock = session, token, lock
        super().__init__(*given)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        what = self._asked()
        if what is None:
            return
        if what in _FILES:
            name, kind = _FILES[what]
            text = files("peerward.report.auditing").joinpath("assets", name).read_text(encoding="utf-8")
            self._send(text, kind)
        elif what == "report.css":
            self._send(assets()["report.css"], "text/css")
        elif what == "overview":
            self._answer(self._session.overview)
        elif what.startswith("items/") and what.removeprefix("items/").isdecimal():
            place = int(what.removeprefix("items/"))
            self._answer(lambda: self._session.shown(place))
        else:
            self.send_error(HTTPStatus.NOT_FOUND, "Not here")

    def do_POST(self) -> None:
        what = self._asked()
        if what is None:
            return
        # Another page can send a form here, but neither of this type nor, from its origin, at all.
        if self.headers.get_content_type() != "application/json" or not self._is_own_page():
            self.send_error(HTTPStatus.FORBIDDEN, "Not from this page")
            return
        sent = self._body()
        if sent is None:
            self.send_error(HTTPStatus.BAD_REQUEST, "No JSON object of a size that is taken")
        elif what == "label":
            self._answer(lambda: self._labelled(sent))
        elif what == "undo":
            self._answer(self._undone)
        else:
            self.send_error(HTTPStatus.NOT_FOUND, "Not here")

    def _refuse(self) -> None:
        self.send_error(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET and POST")

    do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_CONNECT = _refuse

    def _labelled(self, sent: dict[str, Any]) -> dict[str, Any]:
        place, values, note = sent.get("place"), sent.get("values"), sent.get("note")
        if not isinstance(place, int) or not isinstance(values, list) or not isinstance(note, str) or place < 0:
            raise AuditError("an answer has a place, values and a note")
        self._session.answer(place, [str(each) for each in values], note)
        return self._session.progress(place)

    def _undone(self) -> dict[str, Any]:
        place = self._session.undo()
        return {**self._session.progress(), "place": place}

    def _answer(self, work: Callable[[], dict[str, Any]]) -> None:
        try:
            with self._lock:
                found = work()
        except AuditError as problem:
            self.send_error(HTTPStatus.BAD_REQUEST, str(problem).partition("\n")[0])
        except IndexError:
            self.send_error(HTTPStatus.NOT_FOUND, "No such item")
        except OSError as problem:
            self.send_error(HTTPStatus.INSUFFICIENT_STORAGE, f"It could not be saved: {problem.strerror}")
        else:
            self._send(json.dumps(found), "application/json")

    def _asked(self) -> str | None:
        """What is asked for under the token; None where the request was refused."""
        if not self.names_us():
            return None
        _, token, *rest = [*self.path.partition("?")[0].split("/", 2), ""][:3]
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            self.send_error(HTTPStatus.NOT_FOUND, "Open the address that 'peerward audit label' printed last")
            return None
        return rest[0]

    def _is_own_page(self) -> bool:
        own = {f"http://{host}:{self.port}" for host in (HOST, "localhost")}
        return self.headers.get("Origin") in own and self.headers.get("Sec-Fetch-Site") in (None, "same-origin")

    def _body(self) -> dict[str, Any] | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LARGEST:
            self.close_connection = True
            return None
        try:
            sent = json.loads(self.rfile.read(int(length)))
        except ValueError:
            return None
        return sent if isinstance(sent, dict) else None

    def _send(self, text: str, kind: str) -> None:
        data = text.encode("utf-8", "replace")
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
