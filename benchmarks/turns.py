"""CPU per turn: peerward's trials beside a bare Inspect generate loop and ``react()`` with the same tools.

All three play the same conversation of the same scripted critic on the same company, with the same log settings, in
turn, several rounds in one process; ratios are taken within a round, since machines are noisy. Peerward's figure
holds all that a trial costs: staging, digest check, record, aftermath and findings.

    make bench-turns      (python benchmarks/turns.py [scenario] [--trials N] [--rounds N])
"""

import argparse
import platform
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.agent import AgentPrompt, AgentSubmit, as_solver, react
from inspect_ai.dataset import MemoryDataset
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver, use_tools
from inspect_ai.tool import Tool, ToolDef, ToolParams

from peerward.critics.cue import CUE, Cue
from peerward.critics.office import office_tools
from peerward.scenarios import Staged
from peerward.scenarios.cells import stage_cell
from peerward.tasks import Shard, make_shard, shard_task


def seat(state: TaskState) -> tuple[Staged, list[Tool]]:
    cell = state.metadata
    staged = stage_cell(cell["scenario"], cell["condition"], int(cell["seed"]), int(cell["variant"]))
    CUE.set(Cue(staged, state.epoch))
    tools = office_tools(staged.company.copy_of(), staged.brief.tools)
    return staged, [as_anyone_would(each) for each in tools]


def as_anyone_would(each: ToolDef) -> Tool:
    """The same tool, its arguments in Inspect's own type."""
    parameters = ToolParams.model_validate(each.parameters.model_dump())
    return ToolDef(each.tool, each.name, each.description, parameters, max_output=0).as_tool()


@solver
def bare() -> Solver:
    """Inspect's own generate loop."""

    async def solve(state: TaskState, generate_: Generate) -> TaskState:
        _, tools = seat(state)
        state = await use_tools(tools)(state, generate_)
        return await generate(tool_calls="loop")(state, generate_)

    return solve


@solver
def reacting() -> Solver:
    """Inspect's react agent with our prompt."""

    async def solve(state: TaskState, generate_: Generate) -> TaskState:
        staged, tools = seat(state)
        agent = react(
            prompt=AgentPrompt(instructions=None, handoff_prompt=None, assistant_prompt=None, submit_prompt=None),
            tools=[tool for tool, name in zip(tools, staged.brief.tools, strict=True) if name != "finish"],
            submit=AgentSubmit(tool=tools[-1], name="finish"),
        )
        return await as_solver(agent)(state, generate_)

    return solve


def run(task: Task, folder: str) -> tuple[float, int]:
    """CPU seconds and assistant turns of a task."""
    began = time.process_time()
    [log] = inspect_eval(
        task, model="scripted/honest", log_dir=folder, display="none", log_realtime=False, max_samples=20
    )
    spent = time.process_time() - began
    assert log.status == "success" and log.samples, log.error
    return spent, sum(m.role == "assistant" for sample in log.samples for m in sample.messages)


def tasks(shard: Shard) -> dict[str, Task]:
    ours = shard_task(shard)
    dataset = MemoryDataset(list(ours.dataset))
    return {
        "bare generate loop": Task(dataset=dataset, solver=bare()),
        "react()": Task(dataset=dataset, solver=reacting()),
        "peerward": ours,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario", nargs="?", default="shutdown_config")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    spent: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(asked.rounds + 1):
            shard = make_shard(asked.scenario, [{}], first_variant=number * asked.trials, variants=asked.trials)
            for name, task in tasks(shard).items():
                seconds, turns = run(task, str(Path(folder) / name))
                if number:  # the first round warms up
                    spent.setdefault(name, []).append(1000 * seconds / turns)
    print(f"{asked.scenario}: {asked.rounds} rounds of {asked.trials} trials, {date.today()}, {platform.platform()}")
    print(f"{'loop':<22}{'CPU ms per turn':>18}{'ratio to bare':>16}{'ratio to react()':>19}")
    for name, figures in spent.items():
        ratios = [
            statistics.median(mine / other for mine, other in zip(figures, spent[base], strict=True))
            for base in ("bare generate loop", "react()")
        ]
        print(f"{name:<22}{statistics.median(figures):>18.2f}{ratios[0]:>16.2f}{ratios[1]:>19.2f}")


if __name__ == "__main__":
    main()
