"""Somebody who is shown how far a run is, about once a second, while the run goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from peerward.runs.places import period
from peerward.runs.running.progress import Known, Progress, all_progress

Watcher = Callable[[list[Progress]], None]
"""Is shown the progress of every shard that has begun."""


@contextmanager
def watching(root: Path, watcher: Watcher | None) -> Iterator[None]:
    """Show a run to somebody while the block runs, and once more at its end.

    Args:
        root: The run's folder.
        watcher: Who is shown it; nobody if None.
    """
    if watcher is None:
        yield
        return
    over = Event()
    known: Known = {}

    def keep() -> None:
        while not over.wait(period(root)):
            watcher(list(all_progress(root, known)))

    thread = Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        watcher(list(all_progress(root)))
