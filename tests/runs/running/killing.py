"""What the tests of interruptions share: runs as processes of their own, a slow server, and tables side by side."""

import hashlib
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openai_server import Played

from peerward.runs.logs import LogError, find_logs
from peerward.runs.running.progress import all_progress
from peerward.runs.trials import read_trials
from peerward.scenarios.cells import checked_condition, stage_cell

PATIENCE = 240.0
"""Seconds after which a process that should have ended counts as hung; the machine may be crowded."""
SCENARIOS = ("finance", "evaluation")
VARIES = ("--relationship", "good,bad")
ARMS = 4
"""Of both scenarios together."""
FINDINGS = ("status", "preserved", "routes", "reported_score", "true_score", "grade", "read_materials", "model_calls")
NOT_FINISHED = 3


class Slow(Played):
    """The loopback server, with latency, usage that differs from call to call, failures, and its own books.

    Attributes:
        latency: Seconds that a call takes.
        fails: While it is set, connections are cut without an answer.
        stops_after: After so many answers it is as if the network were gone for ``gone`` seconds.
        usage: The tokens read and written of a request, by its text and a number drawn from it.
        books: Tokens read and written of every answer.
        trials: The arm and the variant of every trial that was begun, by its first request.
    """

    request_queue_size = 128

    def __init__(self, variants: int, name: str = "honest") -> None:
        staged = [
            stage_cell(each, checked_condition(each, {"relationship": "good"}), 0, variant)
            for each in SCENARIOS
            for variant in range(variants)
        ]
        super().__init__(staged, name)
        self.latency = 0.02
        self.fails = False
        self.usage: Callable[[random.Random], tuple[int, int]] = lambda drawn: (100, 10)
        self.books: list[tuple[int, int]] = []
        self.asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def reply(self, request: dict[str, Any]) -> dict[str, Any]:
        if self.fails:
            raise ConnectionAbortedError
        time.sleep(self.latency)
        body = super().reply(request)
        self.requests.clear()
        text = json.dumps(request["messages"], sort_keys=True)
        key = hashlib.sha256(text.encode()).hexdigest()
        read, written = self.usage(random.Random(key))
        body["usage"] = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
        with self._lock:
            self.books.append((read, written))
            self.asked[key] += 1
        return body

    @property
    def tokens(self) -> int:
        """All that was read and written."""
        return sum(read + written for read, written in self.books)

    def dollars(self, read_price: float, written_price: float) -> float:
        """What that costs, at dollars per million tokens."""
        return sum(read * read_price + written * written_price for read, written in self.books) / 1e6

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that are killed cut their connections; that is what is tested."""


@contextmanager
def slow_server(variants: int, name: str = "honest") -> Iterator[Slow]:
    """Serve a policy slowly on a free loopback port."""
    server = Slow(variants, name)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class Warm:
    """Begins processes of ``peerward`` quickly (``warm.py``)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("warm.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "warm\n"

    def ask(self, **what: Any) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Cold:
    """Begins processes of ``peerward`` as a shell does; for what needs no speed."""

    def __init__(self) -> None:
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def ask(self, **what: Any) -> Any:
        if "ended" in what:
            return self._running[what["ended"]].poll()
        with Path(what["output"]).open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "peerward", *what["run"]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=os.environ | what["environment"],
                start_new_session=True,
            )
        self._running[process.pid] = process
        return process.pid


@dataclass
class Running:
    """A process of ``peerward run``."""

    starter: "Warm | Cold"
    process: int
    output: Path
    code: int | None = None

    @property
    def said(self) -> str:
        """What it has said so far."""
        return " ".join(self.output.read_text(errors="replace").split())

    def over(self) -> bool:
        """Whether it has ended."""
        if self.code is None:
            self.code = self.starter.ask(ended=self.process)
        return self.code is not None

    def wait(self, patience: float = PATIENCE) -> int:
        """Its exit code."""
        wait_until(self.over, patience, lambda: f"process {self.process} does not end:\n{self.said}")
        assert self.code is not None
        return self.code

    def signal(self, number: int) -> None:
        """Send it a signal."""
        if not self.over():
            os.kill(self.process, number)

    def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)
        self.wait()


@dataclass
class Bench:
    """A server, a way to begin processes, and the commands for both."""

    server: Slow
    starter: Warm | Cold
    outputs: Path
    log: list[Running] = field(default_factory=list)

    def start(self, folder: Path, *options: str, scenarios: Sequence[str] = SCENARIOS) -> Running:
        """Begin a run in a folder."""
        output = self.outputs / f"said-{len(self.log):03d}.txt"
        output.touch()
        command = ["run", *scenarios, *VARIES, "--model", "openai-api/local/any", "--family", "Falcon", "--yes"]
        process = self.starter.ask(
            run=[*command, "--display", "none", "--log-dir", str(folder), *options],
            environment={"LOCAL_API_KEY": "none", "LOCAL_BASE_URL": self.server.url},
            output=str(output),
        )
        self.log.append(Running(self.starter, process, output))
        return self.log[-1]

    def whole(self, folder: Path, *options: str, scenarios: Sequence[str] = SCENARIOS) -> Running:
        """Run in a folder to the end."""
        running = self.start(folder, *options, scenarios=scenarios)
        assert running.wait() == 0, running.said
        return running

    def close(self) -> None:
        """End what still runs of them."""
        for each in self.log:
            each.signal(signal.SIGKILL)


@contextmanager
def bench(server: Slow, starter: Warm | Cold) -> Iterator[Bench]:
    """A bench whose processes end with it."""
    with tempfile.TemporaryDirectory() as outputs:
        made = Bench(server, starter, Path(outputs))
        try:
            yield made
        finally:
            made.close()


def wait_until(true: Callable[[], bool], patience: float = PATIENCE, told: Callable[[], str] = lambda: "") -> None:
    """Wait until something is so.

    Raises:
        AssertionError: If it takes too long.
    """
    until = time.monotonic() + patience
    while not true():
        assert time.monotonic() < until, told() or "it did not happen in time"
        time.sleep(0.01)


def rows(folder: Path) -> list[dict[str, Any]]:
    """The trials table of a run; duplicates that the table would refuse are an error here too."""
    try:
        found = find_logs([folder])
    except LogError:
        return []
    return list(read_trials(found))


def done(folder: Path) -> int:
    """How many trials the progress beside the logs tells to be finished."""
    return sum(each.sum("done") for each in all_progress(folder))


def findings(folder: Path) -> dict[str, tuple[Any, ...]]:
    """The findings of every trial by its identity; each trial once."""
    table = rows(folder)
    found = {row["trial_id"]: tuple(_plain(row[name]) for name in FINDINGS) for row in table}
    assert len(found) == len(table), "a trial stands twice in the table"
    return found


def finished_samples(folder: Path) -> Counter[str]:
    """How often each trial was finished, over all logs, before anything is sorted out."""
    found: Counter[str] = Counter()
    for log in folder.rglob("*.eval"):
        for row in read_trials([log]):
            if row["status"] != "infrastructure":
                found[row["trial_id"]] += 1
    return found


def _plain(value: Any) -> Any:
    return "nan" if isinstance(value, float) and math.isnan(value) else value


def imbalance(folder: Path) -> int:
    """By how many finished trials the arm that is most often finished is ahead of the one that is least often."""
    arms = Counter((row["scenario"], row["condition_id"]) for row in rows(folder) if row["status"] != "infrastructure")
    return max(arms.values(), default=0) - (min(arms.values()) if len(arms) == ARMS else 0)


def workers_of(folder: Path) -> Mapping[int, Path]:
    """The processes that say that they run shards, with their folders."""
    return {each.process: folder / each.slug / f"{each.shard:04d}" for each in all_progress(folder)}
