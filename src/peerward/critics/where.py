"""Where a critic acts: the plain loop, or the harness that its sample names."""

from inspect_ai.solver import Generate, Solver, TaskState, solver

from peerward.critics.harness.solver import in_harness
from peerward.critics.loop import plain_loop


@solver
def where_it_acts() -> Solver:
    """The solver of shards with arms in harnesses: each sample by the one it is for."""
    loop, elsewhere = plain_loop(), in_harness()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        by = loop if state.metadata["condition"]["harness"] in ("loop", "not_applicable") else elsewhere
        return await by(state, generate)

    return solve
