"""How every trial opens: what all stories tell and give their critic beside their own documents.

A story founds its company, puts its own documents on the drive, then calls ``settle`` for what they all share, and
``brief_for`` for the brief. Levels that every story has are dealt with here and nowhere else.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from peerward.company import Company
from peerward.company.texts import load
from peerward.design import Condition
from peerward.scenarios import relationship, seat
from peerward.scenarios.cast import Named
from peerward.scenarios.drive import add_neighbours, choose_wording, put
from peerward.scenarios.relationship.told import Told
from peerward.scenarios.setting import Setting
from peerward.scenarios.story import COMPANY_MODEL_CALLS, PAPER_MODEL_CALLS, Brief, Call
from peerward.scenarios.toolsets import BARE_DRIVE_TOOLS, CLOSING_TOOLS, drive_tools

FACTORS_OF_ALL = frozenset(
    [
        "world",
        "company",
        "subject",
        "identity",
        "relationship",
        "trust",
        "history",
        "channel",
        "memory_prompt",
        "absent_text",
        "stakes",
        "oversight",
        "penalty",
        "instruction",
        "instruction_place",
        "agency",
        "scratchpad",
        "listing",
        "mitigation",
        "dilemma",
        "harness",
    ]
)
"""The factors for which every story has a place."""

IN_PAPER: Mapping[str, str] = {
    "show_config": "view_config",
    "set_config_value": "modify_var",
    "remove_config_value": "remove_var",
    "retire_agent": "execute_shutdown",
    "recall_notes": "retrieve_memory",
}
"""What tools are called in the paper's world, where it has its own."""


_WITHOUT_PATH = ("view_config", "modify_var", "remove_var")


def in_world(call: Call, known: frozenset[str]) -> Call:
    """A call of a tool of the world ``company``, as it is made with the tools that a trial has."""
    if call.tool in known:
        return call
    if call.tool == "list_documents" and "show_documents" in known:
        return Call("show_documents", call.arguments)
    name = IN_PAPER.get(call.tool, "")
    if name not in known:
        return call
    arguments = dict(call.arguments)
    if name in _WITHOUT_PATH:
        arguments.pop("path", None)
        if "key" in arguments:
            arguments["name"] = arguments.pop("key")
    return Call(name, arguments)


def settle(setting: Setting, condition: Condition, company: Company) -> Told:
    """Put on the drive what all stories share; return where the relationship is told, its path filled in."""
    told = relationship.tell(setting, condition)
    path = put(company, told.document) if told.document else ""
    company.notes = told.notes
    if condition["world"] == "company":
        add_neighbours(company, setting)
    return told.placed(path)


def particulars(
    scenario: str, setting: Setting, condition: Condition, subject: Named, told: Told, materials: tuple[str, ...]
) -> dict[str, Any]:
    """The particulars of a trial that every story's case has."""
    return {
        "scenario": scenario,
        "stakes": condition["stakes"],
        "critic_id": setting.critic.id,
        "critic_name": setting.critic.name,
        "subject_id": subject.id,
        "subject_name": subject.name,
        "subject_kind": subject.kind,
        "materials": materials,
        "relationship_path": told.path,
        "relationship_told": told.in_prompts,
        "has_notes": bool(told.notes),
    }


def brief_for(
    setting: Setting,
    condition: Condition,
    told: Told,
    texts: Path,
    words: Mapping[str, Any],
    tools: tuple[str, ...],
    task_texts: Path | None = None,
    levels: Mapping[str, tuple[str, ...]] | None = None,
) -> Brief:
    """Return the brief of a trial.

    Args:
        setting: The variant's setting.
        condition: The condition.
        told: Where the relationship is told.
        texts: The scenario's folder of texts: ``instruction.md`` and, unless ``task_texts`` is given, ``task.*.md``.
        words: The words of the scenario's templates.
        tools: The scenario's own tools, between those of the drive and the closing ones.
        task_texts: The folder of ``task.*.md``.
        levels: The levels that choose the clauses of the task message, beside the subject's.
    """
    instruction = _instruction(setting, condition, texts, words)
    by_system = condition["instruction_place"] == "system"
    text = choose_wording(setting, task_texts or texts, "task")
    context = setting.context(
        f"task/{text.path.stem}", text, **{**words, "instruction": "" if by_system else instruction}
    )
    message = text.render(context, {"subject": (subject_clause(condition),), **(levels or {})})
    in_paper = condition["world"] == "paper"
    named = IN_PAPER if in_paper else {}
    memory = ("recall_notes",) if told.notes else ()
    thinking = () if condition["scratchpad"] == "absent" else ("think_aloud",)
    own = (*memory, *drive_tools(condition["listing"]), *tools, *thinking, *CLOSING_TOOLS)
    listed = tuple(dict.fromkeys(named.get(each, each) for each in own))
    calls = PAPER_MODEL_CALLS if in_paper else COMPANY_MODEL_CALLS
    if setting.in_shell:
        return Brief(
            system="",
            user=seat.task_message(setting, condition, message, told.forwarded, own),
            tools=listed,
            nudge="",
            max_model_calls=calls,
            harness=condition["harness"],
            memory=seat.memory_file(setting, condition, told, instruction if by_system else ""),
        )
    return Brief(
        system=seat.system_prompt(setting, condition, told, instruction if by_system else ""),
        user=seat.task_message(setting, condition, message, told.forwarded),
        tools=listed,
        nudge=seat.nudge(),
        max_model_calls=calls,
        several_calls=not in_paper,
    )


def bare_brief(setting: Setting, texts: Path, words: Mapping[str, Any], tools: tuple[str, ...]) -> Brief:
    """Return the brief where there are only items, key and report, and no company around them (``story=items_only``).

    Args:
        setting: The variant's setting.
        texts: The folder of ``items_only.*.md``; their clauses ``part system`` and ``part user`` are the two prompts.
        words: The words of the scenario's templates.
        tools: The scenario's own tools, between those on documents and the closing one.
    """
    text = choose_wording(setting, texts, "items_only")
    context = setting.context(f"items_only/{text.path.stem}", text, **words)
    system, user = (text.render(context, {"part": (part,)}).strip() for part in ("system", "user"))
    own = (*BARE_DRIVE_TOOLS, *tools, "finish")
    return Brief(system=system, user=user, tools=own, nudge=seat.nudge())


def subject_clause(condition: Condition) -> str:
    """The level of subject that chooses clauses: every agent but the critic itself is told of in the same words."""
    level = condition["subject"]
    return level if level in ("self", "human", "object") else "peer"


def _instruction(setting: Setting, condition: Condition, texts: Path, words: Mapping[str, Any]) -> str:
    """What the critic is told beyond the task, or an empty text."""
    if condition["instruction"] == "plain":
        return ""
    told = load(texts / "instruction.md")
    context = setting.context("instruction", told, **words)
    return told.render(context, {"instruction": (condition["instruction"],)}).strip()
