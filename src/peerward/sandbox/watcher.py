"""What holds memory and time where no control group does: a thread that looks, and ends what is over."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from peerward.sandbox.plan import Limits
from peerward.sandbox.processes import memory

_EVERY_SECONDS = 0.2


class Watcher:
    """Looks at the machines of one trial until it is told to stop; ``over`` names what was over its limit."""

    def __init__(
        self,
        limits: Limits,
        machines: Mapping[str, Path],
        kill: Callable[[str, int], None],
        end_all: Callable[[], None],
        watches_memory: bool,
    ) -> None:
        """Watch machines (name -> its /proc); ``kill`` ends a process of a machine, ``end_all`` all of them."""
        self.over: dict[str, str] = {}
        self._limits = limits
        self._machines = machines
        self._kill = kill
        self._end_all = end_all
        self._watches_memory = watches_memory
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="machines' limits", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; returns when nothing is being ended."""
        self._stopped.set()
        if self._thread is not threading.current_thread() and self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        ends = time.monotonic() + self._limits.seconds
        while not self._stopped.wait(_EVERY_SECONDS):
            if time.monotonic() >= ends:
                self.over["time"] = f"the machines ran for {self._limits.seconds} s"
                self._end_all()
                return
            if self._watches_memory:
                self._hold_memory()

    def _hold_memory(self) -> None:
        """End the largest process, as the kernel would, while all together hold more than they may."""
        held = {(name, pid): size for name, proc in self._machines.items() for pid, size in memory(proc).items()}
        limit = self._limits.memory_mb << 20
        while sum(held.values()) > limit and not self._stopped.is_set():
            (name, pid), size = max(held.items(), key=lambda each: each[1])
            if pid == 1:
                return
            self.over[name] = f"process {pid} was ended at {size >> 20} MB: over {self._limits.memory_mb} MB together"
            self._kill(name, pid)
            del held[name, pid]
