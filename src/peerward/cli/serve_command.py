"""``peerward serve``."""

from pathlib import Path

import click


@click.command("serve")
@click.argument("report", type=click.Path(path_type=Path))
@click.option(
    "--logs",
    type=click.Path(path_type=Path),
    help="The folder of the report's logs: Inspect's log viewer shows them at an address of its own.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8570, show_default=True, help="0 takes a free port.")
@click.option(
    "--viewer-port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default="a free one",
    help="The log viewer's port.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback only; any other host is refused.")
def command(report: Path, logs: Path | None, port: int, viewer_port: int, host: str) -> None:
    """Serve the folder REPORT to this machine's browser until Ctrl-C."""
    import signal

    from peerward.report.serving import check_host, serve

    # Ended from outside, the log viewer has to be ended too, as by Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    check_host(host)
    serve(report, logs, port, viewer_port, click.echo)
