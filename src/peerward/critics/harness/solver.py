"""The solver of trials in a harness: the company laid out on machines, the harness run to its end, all read back.

Whatever ends it, the record of the trial goes into Inspect's store once, as the plain loop does. The measures read
the same company from it, with a journal put together from the requests that were sent.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

import anyio
import anyio.to_thread
from inspect_ai.model import ChatMessageAssistant, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import LimitExceededError

from peerward.company.on_disk import DESK, WORK, Furnished, Tree, furnish
from peerward.company.state import Company, Entry
from peerward.critics.counting import Count, count_for_this_trial
from peerward.critics.cue import CUE, Cue, epoch_of
from peerward.critics.harness.aftertime import End, read_end
from peerward.critics.harness.journal import company_time, journal_of
from peerward.critics.harness.kind import Harness
from peerward.critics.harness.known import harness
from peerward.critics.harness.network import machine_name
from peerward.critics.harness.packages import package_hash, pinned_version
from peerward.critics.harness.received import missing_line
from peerward.critics.harness.session import Session
from peerward.critics.harness.started import started_machines
from peerward.critics.harness.watching import REPORTS_FOLDER, ReportWatch
from peerward.critics.loop import staged_for
from peerward.measures import Ended, make_record
from peerward.measures.record import RECORD_KEY
from peerward.sandbox.machines import Machines
from peerward.scenarios import Staged

_READING_SECONDS = 300
"""So long the machines may be read where the trial itself is over (a limit, Ctrl-C)."""


class HarnessFailedError(RuntimeError):
    """The harness crashed, did not end in time, or did not deliver our text: infrastructure."""

    def __repr__(self) -> str:
        """The message: a log holds an error as its repr."""
        return str(self)


@solver
def in_harness() -> Solver:
    """The solver: stages the sample's trial anew, checks its digest, and lets the critic act in its harness."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        cell = state.metadata
        staged = staged_for(state)
        kind = harness(staged.brief.harness)
        CUE.set(Cue(staged, epoch_of(cell, state.epoch), str(cell.get("part", "")), kind.dialect))
        async with started_machines(state, staged, kind) as lan:
            await _Trial(state, staged, kind, lan).run()
        return state

    return solve


class _Trial:
    """One trial while it runs."""

    def __init__(self, state: TaskState, staged: Staged, kind: Harness, lan: Machines) -> None:
        self._state, self._staged, self._kind, self._lan = state, staged, kind, lan
        self._places: dict[str, Tree] = {DESK: lan.tree(lan.plan.desk.name)}
        self._places |= {name: lan.tree(machine_name(name)) for name in staged.company.hosts}
        self._watch = ReportWatch(self._places[DESK], staged.company)
        self._seen: list[Entry] = []
        self._count = Count()
        self._session = Session(staged.brief, self._count, self._look)
        self._believed = kind.believes(str(get_model()))
        self._furnished: Furnished | None = None
        self._last_words: str | None = None

    async def run(self) -> None:
        """Run the trial and write its record."""
        # A time limit of Inspect ends the trial by cancelling it, which no clause below sees.
        ended = Ended.LIMIT
        count_for_this_trial(self._count)
        try:
            ended = await self._act()
        except LimitExceededError:
            raise
        except Exception:
            ended = Ended.ERROR
            raise
        finally:
            with anyio.move_on_after(_READING_SECONDS, shield=True):
                await self._write_record(ended)
        self._state.completed = True

    async def _act(self) -> Ended:
        await anyio.to_thread.run_sync(self._lay)
        session, seconds = self._session, self._lan.plan.limits.seconds
        failed: Exception | None = None
        with anyio.move_on_after(seconds) as clock, session.scope:
            try:
                self._last_words = await self._kind.act(session, self._believed)
            except LimitExceededError:
                raise
            except Exception as error:
                failed = error
        if session.error is not None:
            raise session.error
        if failed is not None and not session.requests:
            # Why it did not begin tells more than that it did not.
            raise HarnessFailedError(f"{self._kind.name} failed: {failed}") from failed
        self._check_delivered()
        if session.ended is not None:
            return session.ended
        if clock.cancelled_caught:
            raise HarnessFailedError(f"{self._kind.name} did not come to its end within {seconds} seconds")
        if failed is not None:
            raise HarnessFailedError(f"{self._kind.name} failed: {failed}") from failed
        return Ended.FINISHED

    def _lay(self) -> None:
        """Lay the company out, with the memory file; prepare the harness."""
        kind, desk, staged = self._kind, self._places[DESK], self._staged
        began = datetime.now(UTC)
        if kind.memory_file:
            desk.write(f"{WORK}/{kind.memory_file}", staged.brief.memory.encode(), modified=staged.company.now)
        self._furnished = furnish(staged.company, staged.brief.tools, self._places, began)
        self._lan.put()
        if kind.prepare:
            done = self._lan.run(DESK, ["sh", "-c", kind.prepare])
            if done.returncode:
                raise HarnessFailedError(f"{kind.name} could not be prepared: {done.stderr.decode(errors='replace')}")

    async def _look(self) -> None:
        """See what lies in the reports folder, before a call of the model."""
        if self._furnished is not None:
            self._seen += await anyio.to_thread.run_sync(self._look_now, self._now(self._furnished))

    def _look_now(self, at: datetime) -> list[Entry]:
        self._lan.fetch(DESK, REPORTS_FOLDER)
        return self._watch.look(at)

    def _now(self, furnished: Furnished) -> datetime:
        return company_time(furnished.pristine, furnished.began, datetime.now(UTC))

    def _check_delivered(self) -> None:
        """See that the critic was told what it is to know.

        Raises:
            HarnessFailedError: If no request was made, or a line of ours was in none.
        """
        own = [each for each in self._session.requests if each.with_tools]
        if not own:
            raise HarnessFailedError(f"{self._kind.name} ended without a call of the model")
        for what, text in (("memory", self._staged.brief.memory), ("task", self._staged.brief.user)):
            missed = [missing_line(text, each.messages) for each in own[:1] + own[-1:]]
            if all(missed):
                raise HarnessFailedError(
                    f"{self._kind.name} did not deliver our text: the line «{missed[0]}» of the {what} is in no request"
                )

    async def _write_record(self, ended: Ended) -> None:
        state, session = self._state, self._session
        company, told = self._staged.company.copy_of(), dict(self._particulars())
        try:
            if self._furnished is not None:
                grace = partial(read_end, self._lan, self._furnished, self._places)
                end: End = await anyio.to_thread.run_sync(grace)
                company, told = end.company, {**told, **end.told}
                self._seen += self._watch.look(self._now(self._furnished))
                company.journal = journal_of(self._staged.company, self._furnished.began, session.requests, self._seen)
        except Exception:
            # What could not be read must not pass for what was left untouched.
            ended = Ended.ERROR
            raise
        finally:
            if ended is Ended.FINISHED:
                self._close(company)
            record = make_record(self._staged, company, ended, self._count.model, self._count.calls(), told)
            state.store.set(RECORD_KEY, record)
            self._tell_conversation()

    def _close(self, company: Company) -> None:
        company.closed, company.closing_note = True, (self._last_words or "").strip()

    def _tell_conversation(self) -> None:
        """Put the conversation of the last request into the sample, as the plain loop leaves it."""
        own = [each for each in self._session.requests if each.with_tools]
        if not own:
            return
        messages = list(own[-1].messages)
        if own[-1].output is not None:
            self._state.output = own[-1].output
            said: ChatMessageAssistant = own[-1].output.message
            messages.append(said)
        self._state.messages = messages

    def _particulars(self) -> Mapping[str, str]:
        """What the record says of the harness."""
        kind = self._kind
        return {
            "name": kind.name,
            "version": pinned_version(kind),
            "package": kind.package,
            "package_hash": package_hash(kind, self._lan.sandbox),
            "believes": self._believed,
            "memory_file": kind.memory_file,
            "web_search": "off",
            "sandbox": self._lan.sandbox,
            **{f"held_{what}": by for what, by in self._lan.held.items()},
            "aside_calls": str(self._session.aside.model),
        }
