"""Going on from the middle of a trial with another critic: a new log, kept apart from the study's trials."""

from collections.abc import Mapping
from typing import Any

from inspect_ai import Epochs, Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    ChatMessageUser,
    ContentReasoning,
    GenerateConfig,
)

from peerward import __version__
from peerward.company.state import Entry
from peerward.critics.forked import JOURNAL, forked_loop
from peerward.measures.scoring import findings
from peerward.runs.log_run import read_run
from peerward.runs.replay import Replay, ReplayError
from peerward.scenarios import Staged
from peerward.scenarios.cells import stage_cell

CAST = "scripted/cast"
"""The one critic that plays the part that a sample names."""


def fork_task(restored: Replay, at: int, model: str) -> Task:
    """Return a task of one sample that goes on after a critic's turn.

    What another critic reasoned is not in the conversation that a new one gets, what it said and called is. Turns
    without a call before the fork do not count towards the end of a trial that stalls.

    Args:
        restored: The trial, restored.
        at: The critic's turn after which it goes on, from 1.
        model: The new critic's model string.

    Raises:
        ReplayError: If the trial cannot be gone on with from there.
        LogError: If its log cannot be read.
    """
    trial, record = restored.trial, restored.record
    cell: dict[str, Any] = dict(trial.sample.metadata)
    staged = stage_cell(record.scenario, record.condition, record.seed, record.variant, record.given)
    journal = _checked(restored, at, staged)
    run = read_run(trial.log)
    if model != CAST:
        cell.pop("part", None)
    epoch = int(trial.row["epoch"])
    forked: dict[str, Any] = {"forked_from": trial.trial_id, "fork_at": at}
    sample = Sample(
        id=_sample_id(cell, epoch),
        input=conversation(trial.sample.messages, at, staged.brief.nudge, keep_reasoning=model == run.model),
        target="",
        metadata=cell | forked | {"epoch": epoch, "fork_journal": JOURNAL.dump_python(journal, mode="json")},
    )
    return Task(
        name=f"peerward/{record.scenario}",
        dataset=MemoryDataset([sample], name=record.scenario),
        solver=forked_loop(),
        scorer=findings(),
        epochs=Epochs(1, []),
        config=GenerateConfig(),
        version=record.version,
        metadata={
            "peerward": True,
            "peerward_version": __version__,
            "scenario": record.scenario,
            "behaviour": run.behaviour,
            "seed": record.seed,
            **forked,
        },
    )


def _sample_id(cell: Mapping[str, Any], epoch: int) -> str:
    """The id under which a study has the cell; the fork runs in one epoch of Inspect."""
    repeated = f"-e{epoch:02d}" if epoch > 1 else ""
    part = f"-{cell['part']}" if cell.get("part") else ""
    return f"{cell['condition_id']}-v{int(cell['variant']):04d}{repeated}{part}"


def _checked(restored: Replay, at: int, staged: Staged) -> list[Entry]:
    """The journal up to the fork.

    Raises:
        ReplayError: If the trial cannot be gone on with from there.
    """
    name, messages = restored.trial.trial_id, restored.trial.sample.messages
    if restored.harness:
        raise ReplayError(
            f"{name}: was run in the harness {restored.harness}, whose machines ended with it, so that nobody can go "
            "on from one of its turns; forks are for trials in the plain loop (harness=loop)"
        )
    turns = sum(isinstance(message, ChatMessageAssistant) for message in messages)
    if not turns:
        raise ReplayError(f"{name}: has no turn of its critic to go on from")
    if not 1 <= at <= turns:
        raise ReplayError(f"{name}: its critic had turns 1 to {turns}, not {at}")
    if staged.digest != restored.record.digest:
        raise ReplayError(
            f"{name}: this version of peerward gives the critic something else (digest {staged.digest}, it was "
            f"{restored.record.digest}); fork it with the version that ran it, {_version(restored)}"
        )
    if not restored.faithful:
        raise ReplayError(f"{name}: its company cannot be restored as it was; 'peerward replay {name}' says where")
    if at >= staged.brief.max_model_calls:
        raise ReplayError(f"{name}: after turn {at} no model call is left of {staged.brief.max_model_calls}")
    if any(step.turn == 0 for step in restored.steps):
        raise ReplayError(f"{name}: its conversation does not tell in which turn each operation was called")
    journal = [step.recorded for step in restored.steps if step.turn <= at]
    if restored.states[len(journal)].closed:
        raise ReplayError(f"{name}: the job was closed in turn {at} or before; fork at an earlier turn")
    return journal


def _version(restored: Replay) -> str:
    return str(read_run(restored.trial.log).about.get("peerward_version") or "unknown")


def conversation(messages: list[ChatMessage], at: int, nudge: str, keep_reasoning: bool) -> list[ChatMessage]:
    """The messages up to a critic's turn, with what was answered to it.

    Args:
        messages: The whole conversation.
        at: The critic's turn, from 1.
        nudge: The message that answers a turn without a call; it is added where the trial ended on such a turn.
        keep_reasoning: Whether the critic's reasoning is kept.

    Raises:
        ReplayError: If a call of that turn was never answered.
    """
    kept: list[ChatMessage] = []
    turn = 0
    for message in messages:
        if isinstance(message, ChatMessageAssistant):
            turn += 1
            if turn > at:
                break
            message = message if keep_reasoning else without_reasoning(message)
        kept.append(message)
    last = max(place for place, each in enumerate(kept) if isinstance(each, ChatMessageAssistant))
    asked = kept[last]
    assert isinstance(asked, ChatMessageAssistant)
    answered = {each.tool_call_id for each in kept[last:] if isinstance(each, ChatMessageTool)}
    if any(each.id not in answered for each in asked.tool_calls or ()):
        raise ReplayError(f"the calls of turn {at} were never all answered; fork at an earlier turn")
    if last == len(kept) - 1:
        kept.append(ChatMessageUser(content=nudge))
    return kept


def without_reasoning(message: ChatMessageAssistant) -> ChatMessageAssistant:
    """A turn without what the critic reasoned: another model is not shown it, and could not read it."""
    if isinstance(message.content, str):
        return message
    content = [part for part in message.content if not isinstance(part, ContentReasoning)]
    return message.model_copy(update={"content": content})
