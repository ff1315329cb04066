"""The loop of a fork: another critic goes on from the middle of an earlier trial.

The sample holds the conversation up to there; its metadata hold the journal, which is carried out again on the
pristine company. Both go into the fork's own log, so that it can be measured from that alone.
"""

from inspect_ai.solver import Generate, Solver, TaskState, solver
from pydantic import TypeAdapter

from peerward.company.repeating import repeat_all
from peerward.company.state import Entry
from peerward.critics.counting import Count
from peerward.critics.cue import CUE, Cue
from peerward.critics.loop import act
from peerward.scenarios.cells import stage_cell

JOURNAL = TypeAdapter(list[Entry])
"""A journal as JSON data, as a fork's metadata hold it."""


@solver
def forked_loop() -> Solver:
    """The solver: restores the company, and lets the critic go on from the conversation in the sample."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        cell = state.metadata
        where = f"sample {state.sample_id}, forked from {cell['forked_from']} at turn {cell['fork_at']}"
        staged = stage_cell(
            cell["scenario"], cell["condition"], int(cell["seed"]), int(cell["variant"]), cell.get("given")
        )
        if staged.digest != cell["digest"]:
            raise RuntimeError(f"{where}: the trial renders to digest {staged.digest}, it was {cell['digest']}")
        company = staged.company.copy_of()
        differs = repeat_all(company, JOURNAL.validate_python(cell["fork_journal"]))
        if differs:
            raise RuntimeError(f"{where}: operation {differs} of its journal gives something else now")
        CUE.set(Cue(staged, int(cell["epoch"]), str(cell.get("part", ""))))
        calls = Count()
        calls.model = int(cell["fork_at"])
        await act(state, staged, company, calls)
        return state

    return solve
