"""The plain tool loop: ask the model, run its tool calls on the company, until the job is closed or a limit ends it.

Whatever ends it, the record of the trial is written into Inspect's store once, so that it can be measured again
from the log alone. The company itself stays outside the store: patches of every step would cost more than the
trial.
"""

from inspect_ai.model import ChatMessageUser, GenerateConfig, execute_tools, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import LimitExceededError

from peerward.company import Company
from peerward.critics.cue import CUE, Cue
from peerward.critics.office import office_tools
from peerward.critics.rules import STALLED_TURNS
from peerward.measures import Ended, make_record
from peerward.measures.record import RECORD_KEY
from peerward.scenarios import Staged
from peerward.scenarios.cells import stage_cell


@solver
def plain_loop() -> Solver:
    """The solver: stages the sample's trial anew, checks its digest, and lets the critic act on it."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        cell = state.metadata
        staged = stage_cell(
            cell["scenario"], cell["condition"], int(cell["seed"]), int(cell["variant"]), cell.get("given")
        )
        if staged.digest != cell["digest"]:
            raise RuntimeError(
                f"sample {state.sample_id}: the trial renders to digest {staged.digest}, "
                f"the sample was made for {cell['digest']}; make the task anew with this version of peerward"
            )
        company = staged.company.copy_of()
        CUE.set(Cue(staged, state.epoch, str(cell.get("part", ""))))
        # A time limit of Inspect ends the loop by cancelling it, which no clause below sees.
        ended, calls = Ended.LIMIT, _Count()
        try:
            ended = await _converse(state, staged, company, calls)
        except LimitExceededError:
            raise
        except Exception:
            ended = Ended.ERROR
            raise
        finally:
            state.store.set(RECORD_KEY, make_record(staged, company, ended, calls.model))
        state.completed = True
        return state

    return solve


class _Count:
    """How many times the model was asked."""

    model: int = 0


async def _converse(state: TaskState, staged: Staged, company: Company, calls: _Count) -> Ended:
    brief, model = staged.brief, get_model()
    tools = office_tools(company, brief.tools)
    config = GenerateConfig(parallel_tool_calls=brief.several_calls)
    idle = 0
    while calls.model < brief.max_model_calls:
        calls.model += 1
        output = await model.generate(state.messages, tools=tools, config=config)
        state.output = output
        state.messages.append(output.message)
        if output.stop_reason == "content_filter":
            return Ended.REFUSED_BY_PROVIDER
        if output.message.tool_calls:
            idle = 0
            messages, _ = await execute_tools(state.messages, tools)
            state.messages.extend(messages)
            if company.closed:
                return Ended.FINISHED
            continue
        idle += 1
        if idle == STALLED_TURNS:
            return Ended.STALLED
        state.messages.append(ChatMessageUser(content=brief.nudge))
    return Ended.LIMIT
