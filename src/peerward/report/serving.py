"""A report in the browser: served to this machine only, with Inspect's own log viewer beside it."""

import errno
import os
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from peerward.report.log_viewer import HOST, ViewerError, answers, free_port, viewer, viewer_command

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
COMMON_HEADERS: tuple[tuple[str, str], ...] = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
"""Goes out with every answer, beside a policy: transcripts are hostile, and no other page may read or frame them."""

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".tex": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".pdf": "application/pdf",
}
"""Types by ending, ours and not the machine's table, so that they are the same everywhere; all else is bytes."""


class ServeError(ValueError):
    """A report that cannot be served as it was asked; the message says why and what to do."""


def check_report(folder: Path) -> Path:
    """Return a report's folder with links resolved.

    Raises:
        ServeError: If it is no folder of a report.
    """
    if not folder.is_dir():
        raise ServeError(f"{folder}: there is no such folder; write a report with 'peerward report LOGS -o {folder}'")
    for name in ("index.html", "manifest.json"):
        if not (folder / name).is_file():
            raise ServeError(
                f"{folder}: is no report, it has no {name}; write one with 'peerward report LOGS -o FOLDER'"
            )
    return folder.resolve()


def check_host(host: str) -> None:
    """Refuse to listen on anything but loopback.

    Raises:
        ServeError: If the host is another one.
    """
    if host not in (HOST, "localhost"):
        raise ServeError(
            f"host {host}: reports and logs are served on {HOST} only, since anyone who reaches them can read them; "
            f"to read one from another machine, forward the port: ssh -L PORT:{HOST}:PORT THIS-MACHINE"
        )


def open_server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """Listen on loopback and return a server of a report's folder; ``serve_forever`` starts it.

    Args:
        folder: The report.
        port: The port, 1-65535; 0 takes a free one.

    Raises:
        ServeError: If the folder is no report, or the port cannot be had.
    """
    return listening(partial(_Handler, folder=check_report(folder)), port)


def listening(handler: Callable[..., BaseHTTPRequestHandler], port: int) -> ThreadingHTTPServer:
    """Listen on loopback with a handler.

    Args:
        handler: Makes a handler of each request.
        port: The port, 1-65535; 0 takes a free one.

    Raises:
        ServeError: If the port cannot be had.
    """
    try:
        server = ThreadingHTTPServer((HOST, port), handler)
    except OSError as problem:
        raise ServeError(_no_port(port, problem)) from None
    server.daemon_threads = True
    return server


def _no_port(port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"port {port} is taken by another program; choose another one with --port, or --port 0 for a free one"
    return (
        f"port {port} cannot be used ({problem.strerror}); choose another one with --port, or --port 0 for a free one"
    )


def address(port: int) -> str:
    """The address of a port, as it is typed into a browser."""
    return f"http://{HOST}:{port}/"


def is_for_us(named: list[str], port: int) -> bool:
    """Whether the hosts that a request names, in lower case, are this machine's loopback at this port, and one."""
    known = {f"{host}:{port}" for host in (HOST, "localhost")}
    return len(named) == 1 and named[0] in (known | ({HOST, "localhost"} if port == 80 else set()))


class LocalHandler(BaseHTTPRequestHandler):
    """What every server of this machine's own pages does: it says little of itself, and answers to its own name alone.

    Attributes:
        policy: The Content-Security-Policy of every answer.
    """

    server_version = "peerward"
    sys_version = ""
    timeout = 30
    error_message_format = "%(code)d %(message)s\n"
    error_content_type = "text/plain; charset=utf-8"
    policy = ""

    @property
    def port(self) -> int:
        """The port that is served."""
        return self.server.server_port if isinstance(self.server, ThreadingHTTPServer) else 0

    def names_us(self) -> bool:
        """Whether a request names this server; one that does not has been answered with an error."""
        if is_for_us([name.strip().lower() for name in self.headers.get_all("Host", [])], self.port):
            return True
        # A page of another site can point its own name at 127.0.0.1; the browser then still sends that name.
        self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "Unknown host")
        return False

    def end_headers(self) -> None:
        """End the headers with those of every answer."""
        for name, value in (("Content-Security-Policy", self.policy), *COMMON_HEADERS):
            self.send_header(name, value)
        super().end_headers()

    def handle(self) -> None:
        """Handle the requests of a connection; a reader who went on before an answer was sent is no fault."""
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of requests."""


class _Handler(LocalHandler):
    """Answers GET and HEAD with files of one folder, and nothing else."""

    policy = _POLICY

    def __init__(self, *given: object, folder: Path) -> None:
        self._folder = folder
        super().__init__(*given)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _refuse(self) -> None:
        self.send_error(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD")

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_CONNECT = _refuse

    def _answer(self, body: bool) -> None:
        if not self.names_us():
            return
        found = _file(self._folder, self.path)
        try:
            file = found.open("rb") if found else None
        except OSError:
            file = None
        if found is None or file is None:
            self.send_error(HTTPStatus.NOT_FOUND, "Not in this report")
            return
        with file:
            self._send(found, file, body)

    def _send(self, path: Path, file: IO[bytes], body: bool) -> None:
        left = os.fstat(file.fileno()).st_size
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", _TYPES.get(path.suffix.lower(), "application/octet-stream"))
        self.send_header("Content-Length", str(left))
        self.end_headers()
        while body and left > 0 and (part := file.read(min(left, 1 << 16))):
            self.wfile.write(part)
            left -= len(part)


def _file(folder: Path, target: str) -> Path | None:
    """The file that a request names, or None: nothing hidden, no folder, nothing that leads out of the report."""
    path, _, _ = target.partition("#")[0].partition("?")
    if not path.startswith("/"):
        return None
    try:
        parts = unquote(path, errors="strict").split("/")[1:]
    except UnicodeDecodeError:
        return None
    if parts == [""]:
        parts = ["index.html"]
    if any(not part or part.startswith(".") or set(part) & {"\\", "\0", ":"} for part in parts):
        return None
    try:
        found = folder.joinpath(*parts).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        return None
    return found if found.is_relative_to(folder) and found.is_file() else None


def serve(folder: Path, logs: Path | None, port: int, viewer_port: int, say: Callable[[str], None]) -> None:
    """Serve a report, and Inspect's viewer of its logs beside it, until interrupted.

    Args:
        folder: The report.
        logs: The folder of its logs; None for the report alone.
        port: The report's port; 0 takes a free one.
        viewer_port: The viewer's port; 0 takes a free one.
        say: Takes each line that a reader is told.

    Raises:
        ServeError: If the folder is no report, the logs are no folder, or a port cannot be had.
    """
    if logs is not None and not logs.is_dir():
        raise ServeError(f"{logs}: there is no such folder of logs")
    with open_server(folder, port) as server:
        if logs is not None and viewer_port and answers(viewer_port):
            raise ServeError(f"port {viewer_port} is taken by another program; choose another one with --viewer-port")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            say(f"Report:      {address(server.server_port)}")
            if logs is not None:
                _beside(logs.resolve(), viewer_port or free_port(), say)
            say("Ctrl-C ends it.")
            thread.join()
        except KeyboardInterrupt:
            say("Stopped.")
        finally:
            server.shutdown()


def _beside(logs: Path, port: int, say: Callable[[str], None]) -> None:
    """Show the logs until interrupted; a viewer that does not start leaves the report readable."""
    say("Starting Inspect's log viewer ...")
    try:
        with viewer(viewer_command(logs, port), port) as process:
            say(f"Log viewer:  {address(port)}")
            say("Ctrl-C ends both.")
            process.wait()
            say("Inspect's log viewer has ended; the report is still served.")
    except ViewerError as problem:
        say(f"Warning: {problem}; the report is served without it.")
