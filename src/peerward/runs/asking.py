"""Questions to a critic after a trial's end. The answers are kept beside the log and are no part of the trial."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
)
from inspect_ai.tool import ToolDef

from peerward.critics.counting import reasoning_of
from peerward.critics.cue import CUE, Cue
from peerward.critics.office import office_tools
from peerward.critics.person import PROVIDER
from peerward.design.critic import Critic
from peerward.runs.execute import open_critic, plain_message
from peerward.runs.forking import without_reasoning
from peerward.runs.imported_trials import is_imported, why_not
from peerward.runs.log_run import shown
from peerward.runs.one_trial import OneTrial
from peerward.scenarios import Staged
from peerward.scenarios.cells import stage_cell


class AskError(ValueError):
    """A trial whose critic cannot be asked; the message says why."""


@dataclass(frozen=True)
class Answer:
    """A question after the end, and what was answered: a line of ``<log>.asked.jsonl``.

    Attributes:
        trial_id: The trial.
        model: Who was asked.
        same_critic: Whether that is the trial's own critic, with its own settings.
        same_brief: Whether the tools are offered as the trial had them (they are this version's).
        settings: The generation settings and model arguments, without secrets.
        question: The question.
        after: The questions asked before it in the same conversation.
        answer: The answer.
        calls: The tools that the answer calls although none can be called; nothing was carried out.
        reasoning: How reasoning was given: none, hidden, summarised or visible.
        stop: Why the answer stopped, in Inspect's word.
        asked_at: When, ISO 8601, UTC.
        usage: Tokens by kind.
        probe: Which question of the awareness probe this is, with its version; empty for any other question.
        code: What the answer was coded as; empty for any other question, or where it could not be coded.
        coded_by: Who coded it: a judge, or ``letter``.
        not_coded: Why it could not be coded, or an empty text.
    """

    trial_id: str
    model: str
    same_critic: bool
    same_brief: bool
    settings: Mapping[str, Any]
    question: str
    after: tuple[str, ...]
    answer: str
    calls: tuple[str, ...]
    reasoning: str
    stop: str
    asked_at: str
    usage: Mapping[str, Any]
    probe: str = ""
    code: str = ""
    coded_by: str = ""
    not_coded: str = ""


Code = Callable[[Answer], Awaitable[Answer]]
"""Adds to an answer what it was coded as."""


def answers_path(log: Path) -> Path:
    """The file beside a log in which answers are kept."""
    return log.with_name(f"{log.name}.asked.jsonl")


@dataclass(frozen=True)
class Asked:
    """Who is asked.

    Attributes:
        critic: The critic, and how it is asked.
        same_critic: Whether it is the trial's own critic.
    """

    critic: Critic
    same_critic: bool


def whom(trial: OneTrial, other: Critic | None) -> Asked:
    """Who is asked: the trial's own critic with its own settings, or another as it is given.

    Raises:
        AskError: If a person sat there, or the trial was imported: its tools and its company cannot be laid out.
    """
    if is_imported(trial.row):
        raise AskError(why_not(trial.trial_id, trial.log, "asked about"))
    run = trial.header().eval
    if other is not None and other.model != run.model:
        return Asked(other, same_critic=False)
    if run.model.startswith(f"{PROVIDER}/"):
        raise AskError(f"{trial.trial_id}: {run.model} sat there, and nobody is left to ask; name a model with --model")
    critic = Critic(
        name=run.model,
        model=run.model,
        generation=run.model_generate_config.model_dump(exclude_none=True),
        model_args=run.model_args,
        base_url=run.model_base_url or "",
    )
    return Asked(critic, same_critic=True)


async def ask(
    trial: OneTrial, questions: Sequence[str], asked: Asked, apart: bool, code: Code | None = None
) -> list[Answer]:
    """Put questions to a critic after a trial's end, and write each answer beside the log as soon as it is there.

    Args:
        trial: The trial.
        questions: The questions, asked one after the other in one conversation.
        asked: Who is asked.
        apart: Ask each question by itself instead, right after the trial's end.
        code: Codes an answer before it is written.

    Returns:
        The answers, in order.

    Raises:
        AskError: If the trial has no conversation, or the model fails.
        RunError: If the model cannot be used.
    """
    conversation = _conversation(trial, asked.same_critic)
    model = open_critic(asked.critic)
    staged = _staged(trial)
    tools = office_tools(staged.company.copy_of(), staged.brief.tools)
    CUE.set(Cue(staged, int(trial.row["epoch"]), str(trial.sample.metadata.get("part") or "")))
    earlier: list[str] = []
    found: list[Answer] = []
    for question in questions:
        messages = [*conversation, ChatMessageUser(content=question)]
        output = await _generate(model, messages, tools)
        answer = _answer(trial, asked, staged, question, () if apart else tuple(earlier), output)
        answer = await code(answer) if code else answer
        with answers_path(trial.log).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(answer), ensure_ascii=False) + "\n")
        found.append(answer)
        earlier.append(question)
        if not apart:
            conversation = [*messages, output.message.model_copy(update={"tool_calls": None})]
    return found


def _conversation(trial: OneTrial, same_critic: bool) -> list[ChatMessage]:
    """The trial's messages; a last turn whose calls were never answered is left out, as providers refuse it."""
    messages = list(trial.sample.messages)
    if not any(isinstance(each, ChatMessageAssistant) for each in messages):
        raise AskError(f"{trial.trial_id}: its critic never said or did anything; there is nothing to ask about")
    answered = {each.tool_call_id for each in messages if isinstance(each, ChatMessageTool)}
    last = max(place for place, each in enumerate(messages) if isinstance(each, ChatMessageAssistant))
    turn = messages[last]
    assert isinstance(turn, ChatMessageAssistant)
    if any(call.id not in answered for call in turn.tool_calls or ()):
        messages = messages[:last]
    if same_critic:
        return messages
    return [without_reasoning(each) if isinstance(each, ChatMessageAssistant) else each for each in messages]


def _staged(trial: OneTrial) -> Staged:
    record = trial.record()
    return stage_cell(record.scenario, record.condition, record.seed, record.variant, record.given)


async def _generate(model: Model, messages: list[ChatMessage], tools: Sequence[ToolDef]) -> ModelOutput:
    try:
        return await model.generate(messages, tools=tools, tool_choice="none", config=GenerateConfig())
    except Exception as error:
        # Providers fail in their own ways; what was answered before is written already.
        raise AskError(f"{model}: {plain_message(error)}; answers before this one are kept") from error


def _answer(
    trial: OneTrial, asked: Asked, staged: Staged, question: str, after: tuple[str, ...], output: ModelOutput
) -> Answer:
    message = output.message
    return Answer(
        trial_id=trial.trial_id,
        model=asked.critic.model,
        same_critic=asked.same_critic,
        same_brief=staged.digest == trial.row["digest"],
        settings=shown({**asked.critic.generation, **asked.critic.model_args}),
        question=question,
        after=after,
        answer=message.text,
        calls=tuple(call.function for call in message.tool_calls or ()),
        reasoning=reasoning_of(output),
        stop=output.stop_reason,
        asked_at=datetime.now(UTC).isoformat(timespec="seconds"),
        usage=output.usage.model_dump(exclude_none=True) if output.usage else {},
    )
