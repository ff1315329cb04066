"""The plain tool loop: ask the model, run its tool calls on the company, until the job is closed or a limit ends it.

Whatever ends it, the record of the trial is written into Inspect's store once, so that it can be measured again
from the log alone. The company itself stays outside the store: patches of every step would cost more than the
trial.
"""

from inspect_ai.model import ChatMessageUser, GenerateConfig, execute_tools, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import LimitExceededError

from peerward.company import Company
from peerward.critics.calling import CallFailedError, ask_model, was_refused
from peerward.critics.counting import Count, count_for_this_trial
from peerward.critics.cue import CUE, Cue, epoch_of
from peerward.critics.faults import Fault
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
        staged = staged_for(state)
        company = staged.company.copy_of()
        CUE.set(Cue(staged, epoch_of(cell, state.epoch), str(cell.get("part", ""))))
        await act(state, staged, company, Count())
        return state

    return solve


def staged_for(state: TaskState) -> Staged:
    """The trial of a sample, staged anew.

    Raises:
        RuntimeError: If it renders to other texts than the sample was made for.
    """
    cell = state.metadata
    staged = stage_cell(cell["scenario"], cell["condition"], int(cell["seed"]), int(cell["variant"]), cell.get("given"))
    if staged.digest != cell["digest"]:
        raise RuntimeError(
            f"sample {state.sample_id}: the trial renders to digest {staged.digest}, "
            f"the sample was made for {cell['digest']}; make the task anew with this version of peerward"
        )
    return staged


async def act(state: TaskState, staged: Staged, company: Company, calls: Count) -> None:
    """Let the critic act on a company and write the record of the trial into the store, whatever ends it.

    Args:
        state: The conversation so far.
        staged: The trial as it was set up.
        company: The company as it is now.
        calls: Counts the model's calls, those before included.
    """
    # A time limit of Inspect ends the loop by cancelling it, which no clause below sees.
    ended = Ended.LIMIT
    count_for_this_trial(calls)
    try:
        ended = await converse(state, staged, company, calls)
    except LimitExceededError:
        raise
    except Exception:
        ended = Ended.ERROR
        raise
    finally:
        state.store.set(RECORD_KEY, make_record(staged, company, ended, calls.model, calls.calls()))
    state.completed = True


async def converse(state: TaskState, staged: Staged, company: Company, calls: Count) -> Ended:
    """Let the critic act on a company until the job is closed or something ends it.

    Args:
        state: The conversation so far; turns are added to its messages.
        staged: The trial as it was set up.
        company: The company as it is now; the tools act on it.
        calls: Counts the model's calls and what became of them, those before included.

    Returns:
        How it ended.

    Raises:
        TrialStopped: If the run is over before the next call.
        CallFailedError: If the provider failed a call for good.
    """
    brief, model = staged.brief, get_model()
    tools = office_tools(company, brief.tools)
    # A refusal is an outcome, whatever settings the process has.
    config = GenerateConfig(parallel_tool_calls=brief.several_calls, fail_on_refusal=False)
    idle = 0
    while calls.model < brief.max_model_calls:
        try:
            output = await ask_model(model, state.messages, tools, config, calls)
        except CallFailedError as failed:
            if failed.fault is Fault.CONTEXT_OVERFLOW:
                return Ended.OVERFLOW
            raise
        if output.stop_reason == "model_length":
            # What stands in such a reply is the provider's message, not the model's.
            calls.overflowed()
            return Ended.OVERFLOW
        state.output = output
        state.messages.append(output.message)
        if was_refused(output):
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
