"""Ctrl-C: the first lets the trials that run come to their end, the second stops at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol


class Drains(Protocol):
    """What can be asked to come to an end."""

    def drain(self, why: str) -> None:
        """Begin nothing further."""


ASKED = "Ctrl-C was pressed"


@contextmanager
def first_drains(what: Drains, told: Callable[[], None] = lambda: None) -> Iterator[None]:
    """While something runs, let the first Ctrl-C drain it and the second stop the process.

    Args:
        what: What is drained.
        told: Called at the first Ctrl-C, to tell the person what happens now.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def drain(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        what.drain(ASKED)
        told()

    signal.signal(signal.SIGINT, drain)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
