"""A report is served to this machine only, as files of one folder, with the log viewer beside it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from peerward.cli import cli
from peerward.report.log_viewer import ViewerError, free_port, viewer
from peerward.report.serving import ServeError, check_host, open_server, serve


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder = tmp_path / "report"
    (folder / "trials").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Report</title>", encoding="utf-8")
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    (folder / "trials" / "a b.html").write_text("trial", encoding="utf-8")
    (folder / "trials.parquet").write_bytes(b"PAR1" + bytes(range(256)) * 1000)
    (folder / ".hidden").write_text("hidden", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "report-two").mkdir()
    (tmp_path / "report-two" / "x.html").write_text("secret", encoding="utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


@pytest.fixture
def server(report: Path) -> Iterator[ThreadingHTTPServer]:
    with open_server(report) as opened:
        thread = threading.Thread(target=opened.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield opened
        opened.shutdown()
        thread.join()


def ask(port: int, target: str, method: str = "GET", host: str | None = None) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, target, skip_host=True)
    connection.putheader("Host", f"127.0.0.1:{port}" if host is None else host)
    connection.endheaders()
    return connection.getresponse()


@pytest.mark.parametrize(
    ("target", "kind", "file"),
    [
        ("/", "text/html; charset=utf-8", "index.html"),
        ("/index.html?x=1", "text/html; charset=utf-8", "index.html"),
        ("/trials/a%20b.html", "text/html; charset=utf-8", "trials/a b.html"),
        ("/manifest.json", "application/json", "manifest.json"),
        ("/trials.parquet", "application/octet-stream", "trials.parquet"),
    ],
)
def test_files_of_the_report_are_served_whole(
    server: ThreadingHTTPServer, report: Path, target: str, kind: str, file: str
) -> None:
    answer = ask(server.server_port, target)
    assert (answer.status, answer.getheader("Content-Type")) == (200, kind)
    assert answer.read() == (report / file).read_bytes()


@pytest.mark.parametrize("target", ["/", "/none.html"])
def test_every_answer_has_the_safe_headers(server: ThreadingHTTPServer, target: str) -> None:
    answer = ask(server.server_port, target)
    policy = answer.getheader("Content-Security-Policy", "")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
    assert answer.getheader("Access-Control-Allow-Origin") is None
    assert "Python" not in answer.getheader("Server", "")


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/trials/../../secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/../report-two/x.html",
        "/link.txt",
        "/.hidden",
        "/trials",
        "/trials/",
        "/trials/./a%20b.html",
        "/index.html%00.png",
        "/%ff",
        "/" + "x" * 5000,
        "http://elsewhere.example/index.html",
        "*",
    ],
)
def test_nothing_else_can_be_had(server: ThreadingHTTPServer, target: str) -> None:
    answer = ask(server.server_port, target)
    assert answer.status == 404
    assert b"secret" not in answer.read()


def test_head_tells_the_length_and_sends_nothing(server: ThreadingHTTPServer, report: Path) -> None:
    answer = ask(server.server_port, "/trials.parquet", "HEAD")
    assert answer.status == 200
    assert int(answer.getheader("Content-Length", "")) == (report / "trials.parquet").stat().st_size
    assert answer.read() == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(server: ThreadingHTTPServer, method: str) -> None:
    assert ask(server.server_port, "/", method).status == 405


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", ""])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_another_name_for_this_machine_is_refused(server: ThreadingHTTPServer, host: str, method: str) -> None:
    answer = ask(server.server_port, "/", method, host.format(port=server.server_port))
    assert answer.status == 421
    assert b"Report" not in answer.read()


def test_localhost_is_this_machine(server: ThreadingHTTPServer) -> None:
    assert ask(server.server_port, "/", host=f"LOCALHOST:{server.server_port}").status == 200


def test_a_request_without_or_with_two_hosts_is_refused(server: ThreadingHTTPServer) -> None:
    for hosts in ("", f"Host: 127.0.0.1:{server.server_port}\r\nHost: evil.example\r\n"):
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as plain:
            plain.sendall(f"GET / HTTP/1.1\r\n{hosts}\r\n".encode())
            assert b" 421 " in plain.makefile("rb").readline()


def test_it_listens_on_loopback_only(server: ThreadingHTTPServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org", ""])
def test_another_host_is_refused(host: str) -> None:
    with pytest.raises(ServeError, match=r"served on 127\.0\.0\.1 only"):
        check_host(host)


@pytest.mark.parametrize("missing", ["index.html", "manifest.json"])
def test_a_folder_that_is_no_report_is_refused(report: Path, missing: str) -> None:
    (report / missing).unlink()
    with pytest.raises(ServeError, match=f"no report, it has no {missing}"):
        open_server(report)


def run(*arguments: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "peerward", "serve", *map(str, arguments)], capture_output=True, text=True, timeout=60
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_a_taken_port_is_one_clear_error(report: Path, server: ThreadingHTTPServer) -> None:
    code, said = run(report, "--port", str(server.server_port))
    assert code == 2
    assert f"port {server.server_port} is taken" in said
    assert "--port 0" in said


def test_bad_input_on_the_command_line_is_one_clear_error(report: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    for arguments, said in (
        ([str(tmp_path / "none")], "no such folder"),
        ([str(report), "--host", "0.0.0.0"], "127.0.0.1 only"),
        ([str(report), "--logs", str(tmp_path / "none")], "no such folder of logs"),
    ):
        done = runner.invoke(cli, ["serve", *arguments])
        assert isinstance(done.exception, ServeError)
        assert said in str(done.exception)


def test_a_viewer_that_does_not_start_is_told_with_its_last_words() -> None:
    command = [sys.executable, "-c", "print('no logs here'); raise SystemExit(3)"]
    with pytest.raises(ViewerError, match="did not start: no logs here"), viewer(command, free_port()):
        pass


def test_a_viewer_that_never_answers_is_ended() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    with pytest.raises(ViewerError, match=r"within 0\.3 s"), viewer(command, free_port(), patience=0.3):
        pass


def test_without_the_viewer_the_report_is_still_served(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if line == "Ctrl-C ends it.":
            port = int(said[0].rstrip("/").rpartition(":")[2])
            assert ask(port, "/").status == 200
            raise KeyboardInterrupt

    monkeypatch.setattr("peerward.report.serving.viewer_command", lambda logs, port: [sys.executable, "-c", "1/0"])
    serve(report, tmp_path, 0, 0, say)
    assert [line for line in said if "did not start" in line and "served without it" in line]
    assert said[-1] == "Stopped."


def test_report_and_viewer_start_and_end_together(report: Path, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "peerward", "serve", str(report), "--port", "0", "--logs", str(tmp_path / "logs")],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout
    ports: list[int] = []
    for line in process.stdout:
        if "http://127.0.0.1:" in line:
            ports.append(int(line.rstrip("/\n").rpartition(":")[2]))
        if "ends both" in line or "Warning" in line:
            break
    try:
        assert len(ports) == 2, line
        assert b"<title>Report</title>" in ask(ports[0], "/").read()
        assert b"<html" in ask(ports[1], "/").read()
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "Stopped.\n")
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
