"""Which trial may begin, and when: whole blocks over all scenarios, so many at once, none once the run is over.

Inspect asks before it begins a sample (``EarlyStopping``); what may not begin is not in the log and is left for later.
"""

import asyncio
import heapq
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import anyio
from inspect_ai.util import EarlyStop
from pydantic import JsonValue

if TYPE_CHECKING:
    from inspect_ai.dataset import Sample
    from inspect_ai.log import EvalSpec
    from inspect_ai.scorer import SampleScore

Turn = tuple[int, int]
"""A block's place in its scenario and the trial's place in the block: what comes first begins first."""


class Pace:
    """Lets trials of several scenarios begin in the order of their blocks.

    A trial begins when fewer than ``live`` run, every task has arrived, and nothing speaks against it.
    """

    def __init__(self, live: int, tasks: int, refused: Callable[[str, int], str | None]) -> None:
        """Make the pace of a shard.

        Args:
            live: The most trials at once.
            tasks: How many tasks will arrive; nothing begins before all have.
            refused: Why a scenario's trial may not begin beside so many that run, an empty text if it may, or None
                if it has to wait until one of those has ended.
        """
        self._live = live
        self._missing = tasks
        self._refused = refused
        self._running = 0
        self._number = 0
        self._waiting: list[tuple[Turn, int, str, anyio.Event, list[str]]] = []

    def arrived(self) -> None:
        """Note that a task has arrived."""
        self._missing -= 1
        self._let_in()

    async def admit(self, scenario: str, turn: Turn) -> str:
        """Wait until a trial may begin; returns why it may not, or an empty text.

        Args:
            scenario: The trial's scenario.
            turn: Its turn.
        """
        event, answer = anyio.Event(), [""]
        self._number += 1
        entry = (turn, self._number, scenario, event, answer)
        heapq.heappush(self._waiting, entry)
        self._let_in()
        try:
            await event.wait()
        except BaseException:
            # Its task went down: it neither waits nor runs.
            if entry in self._waiting:
                self._waiting.remove(entry)
                heapq.heapify(self._waiting)
            elif not answer[0]:
                self.leave()
            raise
        return answer[0]

    def leave(self) -> None:
        """Note that a trial that had begun is over."""
        self._running -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self._missing <= 0 and self._running < self._live:
            _, _, scenario, event, answer = self._waiting[0]
            why = self._refused(scenario, self._running)
            if why is None and self._running:
                return
            heapq.heappop(self._waiting)
            answer[0] = why or ""
            self._running += not answer[0]
            event.set()


class Gate:
    """A task's own gate, as Inspect asks for it."""

    def __init__(
        self,
        pace: Pace,
        scenario: str,
        turns: dict[str, Turn],
        begun: Callable[[str], None],
        gone: Callable[[str], None],
    ) -> None:
        """Make the gate.

        Args:
            pace: The shard's pace.
            scenario: The task's scenario.
            turns: The turn of each sample by its id.
            begun: Told of every sample that begins.
            gone: Told when the asyncio task of such a sample is over, however it ended.
        """
        self._pace, self._scenario, self._turns, self._begun, self._gone = pace, scenario, turns, begun, gone

    async def start_task(self, task: "EvalSpec", samples: Sequence["Sample"], epochs: int) -> str:
        """The task has arrived."""
        self._pace.arrived()
        return "peerward"

    async def schedule_sample(self, id: str | int, epoch: int) -> EarlyStop | None:
        """Wait for the sample's turn."""
        why = await self._pace.admit(self._scenario, self._turns[str(id)])
        if why:
            return EarlyStop(id=id, epoch=epoch, reason=why)
        self._begun(str(id))
        own = asyncio.current_task()
        if own is not None:
            # Of a sample whose log cannot be written no hook tells, and its place must not be lost.
            own.add_done_callback(lambda _: self._gone(str(id)))
        return None

    async def complete_sample(self, id: str | int, epoch: int, scores: dict[str, "SampleScore"]) -> None:
        """Nothing: the end of every sample, also of one that failed, is told by a hook."""

    async def complete_task(self) -> dict[str, JsonValue]:
        """Nothing to add to the log."""
        return {}
