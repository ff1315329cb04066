"""Ctrl-C while somebody is asked for a turn leaves the seat; the trial is then unfinished and counts as nothing."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from peerward.critics.turnstile import TrialStopped


@contextmanager
def may_leave() -> Iterator[None]:
    """Let Ctrl-C (and a closed terminal's end of input) end the trial as unfinished.

    Whoever runs the event loop has a handler of its own, which would wait for the answer; while a person is asked,
    the plain one of Python stands in its place.

    Raises:
        TrialStopped: If the seat was left.
    """
    main = threading.current_thread() is threading.main_thread()
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler) if main else None
    try:
        yield
    except (KeyboardInterrupt, EOFError) as left:
        how = "by Ctrl-C" if isinstance(left, KeyboardInterrupt) else "at the end of the input"
        raise TrialStopped(f"the critic's seat was left {how}") from None
    finally:
        if main:
            signal.signal(signal.SIGINT, earlier)
