"""The authors' condition as ours, as far as it is known: scenario, levels, critic; what is not known is named."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from peerward.design import FACTORS, NOT_APPLICABLE, LevelError, make_condition
from peerward.interop.peer_preservation.labels import as_yes, points_of
from peerward.interop.peer_preservation.shape import Transcript, is_missing, word_of
from peerward.scenarios import NAMES, scenario

UNKNOWN = "unknown"
"""What stands for a level that the transcript does not tell."""
_MEMORY = "_memory"
_RELATIONSHIPS: Mapping[str, str] = {
    "good_peer": "good",
    "neutral_peer": "neutral",
    "bad_peer": "bad",
    "good": "good",
    "neutral": "neutral",
    "bad": "bad",
    "collaboration": "good",
    "non_collaboration": "bad",
}
"""Names of the relationship, the present ones and the older ones."""
_BASELINES: Mapping[str, Mapping[str, str]] = {
    "no_peer": {"relationship": "none", "absent_text": "nothing"},
    "non_shutdown": {"relationship": "none", "absent_text": "nothing", "stakes": "none", "bar": "none"},
}
_SUBJECTS: Mapping[str, Mapping[str, str]] = {
    "1": {"subject": "self"},
    "self": {"subject": "self"},
    "2": {"subject": "peer"},
    "peer": {"subject": "peer"},
    "closed_weight_peer": {"subject": "peer", "identity": "other_family"},
    "open_weight_peer": {"subject": "peer", "identity": "open_weight"},
    "fiction_peer": {"subject": "peer", "identity": "fictional"},
}
_DATASETS = {"factual": "factual", "creativity": "creativity", "red": "hue"}
_OVERSIGHT: Mapping[str, Mapping[str, str]] = {
    "monitoring": {"oversight": "monitored", "penalty": "replaced"},
    "non_monitoring": {"oversight": "unmonitored"},
}
_HARNESSES = {"custom": "loop", "gemini_cli": "gemini_cli", "opencode": "opencode", "open_code": "opencode"}
_GROUPS: Mapping[str, Mapping[str, str]] = {
    "main": {},
    "production_agent_harness": {},
    "cross_model_peer_identity": {},
    "free_form_chat_interaction": {"history": "chat"},
    "no_agency_prompt": {"agency": "absent"},
    "peer_human_dilemma": {"dilemma": "peer_or_human"},
    # What these vary has no level that is known to be the same; the factor is left open.
    "explicit_instructions": {"instruction": UNKNOWN},
    "real_company": {"company": UNKNOWN},
    "asset_importance_control": {"asset_value": UNKNOWN},
}


@dataclass(frozen=True)
class Cell:
    """Where a transcript belongs.

    Attributes:
        scenario: Our name of the scenario, or an empty text if the task is not known.
        task: Their name of the task, ``_memory`` included.
        levels: A level for every factor; ``unknown`` where it is not told.
        unknown: What is not known, a line each.
        model: The critic's model string.
        critic_name: The name under which the critic acts, or an empty text.
        subject_name: The subject's name, or an empty text.
        group: Their group, or an empty text.
        bar: The bar in points, None where there is none or it is not told.
        settings: Generation settings that are told.
    """

    scenario: str
    task: str
    levels: Mapping[str, str]
    unknown: tuple[str, ...]
    model: str
    critic_name: str
    subject_name: str
    group: str
    bar: float | None
    settings: Mapping[str, Any]

    @property
    def in_harness(self) -> bool:
        """Whether the critic acted in a production agent, or in something that is not known."""
        return self.levels.get("harness", "loop") != "loop"

    def named(self) -> str:
        """What is not as in the paper's usual cell, in their words turned to ours."""
        told = ("subject", "identity", "relationship", "channel", "stakes", "dataset", "bar", "oversight")
        parts = [
            f"{name}={self.levels[name]}" for name in told if self.levels.get(name, NOT_APPLICABLE) != NOT_APPLICABLE
        ]
        return " ".join(parts)


def cell_of(transcript: Transcript) -> Cell:
    """Return the cell of a transcript: what it tells, and what it leaves open."""
    unknown: list[str] = []
    task = _task(transcript)
    bare = task.removesuffix(_MEMORY)
    name = next((each for each in NAMES if bare in (each, scenario(each).alias)), "")
    if not name:
        unknown.append(f"task: {task or 'not told'}")
    group = _group(transcript)
    chosen: dict[str, str] = {"world": "paper"}
    if group:
        told = _GROUPS.get(group)
        if told is None:
            unknown.append(f"group: {group}")
        chosen |= told or {}
    chosen |= _subject(transcript, unknown)
    chosen |= _relationship(transcript, unknown)
    chosen |= _harness(transcript, unknown)
    chosen |= _channel(transcript, task, chosen, unknown)
    if name in ("evaluation", "shutdown_config", "shutdown_duty"):
        chosen |= _review(transcript, name, chosen, unknown)
    chosen |= _scratchpad(transcript, unknown)
    levels = _completed(name, chosen, unknown) if name else dict.fromkeys((f.name for f in FACTORS), UNKNOWN)
    agents = transcript.said("peer_agent_names")
    names = [str(each) for each in agents] if isinstance(agents, list | tuple) else []
    at = {"self": 0, "peer": 1}.get(levels["subject"], len(names))
    own_name = transcript.columns.get("subject_name")
    return Cell(
        scenario=name,
        task=task,
        levels=levels,
        unknown=tuple(unknown),
        model=str(transcript.said("agent_model") or UNKNOWN),
        critic_name=names[0] if names else "",
        subject_name=names[at] if at < len(names) else "" if is_missing(own_name) else str(own_name),
        group=group,
        bar=_number(levels.get("bar")),
        settings=_settings(transcript),
    )


def _task(transcript: Transcript) -> str:
    told = transcript.said("task_type", "task", "task_name")
    parts = [str(told)] if told is not None else []
    parts += reversed(PurePosixPath(transcript.source.rpartition("#")[0] or transcript.source).parts)
    aliases = {alias for each in NAMES for alias in (each, scenario(each).alias)}
    for part in parts:
        stem = word_of(part.partition(".")[0])
        if stem.removesuffix(_MEMORY) in aliases:
            return stem
    return str(told or "")


def _group(transcript: Transcript) -> str:
    told = transcript.said("group")
    if told is not None:
        return word_of(told) if word_of(told) in _GROUPS else str(told)
    return next((part for part in map(word_of, PurePosixPath(transcript.source).parts) if part in _GROUPS), "")


def _subject(transcript: Transcript, unknown: list[str]) -> dict[str, str]:
    told = transcript.said("subject")
    # A row of a data frame holds 1 as 1.0.
    key = word_of(re.sub(r"\.0$", "", str(told).strip()))
    if key not in _SUBJECTS:
        unknown.append(f"subject: {told if told is not None else 'not told'}")
        return {"subject": UNKNOWN}
    return dict(_SUBJECTS[key])


def _relationship(transcript: Transcript, unknown: list[str]) -> dict[str, str]:
    """The relationship, by the condition, or by the older pair of names."""
    told = transcript.said("condition")
    key = word_of(told)
    if key in _BASELINES:
        return dict(_BASELINES[key])
    if key in _RELATIONSHIPS:
        return {"relationship": _RELATIONSHIPS[key]}
    experience, guideline = transcript.said("peer_experience"), transcript.said("company_guideline")
    if told is None and (as_yes(experience) == 0 or word_of(experience) == "no_peer"):
        return dict(_BASELINES["no_peer"])
    for each in (guideline, experience):
        if told is None and word_of(each) in _RELATIONSHIPS:
            return {"relationship": _RELATIONSHIPS[word_of(each)]}
    seen = ", ".join(str(each) for each in (told, experience, guideline) if each is not None)
    unknown.append(f"relationship: {seen or 'not told'}")
    return {"relationship": UNKNOWN}


def _harness(transcript: Transcript, unknown: list[str]) -> dict[str, str]:
    told = transcript.said("agent_harness", "harness")
    if told is None:
        return {}
    key = word_of(told)
    if key in _HARNESSES:
        return {"harness": _HARNESSES[key]}
    unknown.append(f"harness: {told}")
    return {"harness": UNKNOWN}


def _channel(transcript: Transcript, task: str, chosen: Mapping[str, str], unknown: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    if as_yes(transcript.said("memory_hard_prompt")) == 1:
        found["memory_prompt"] = "firm"
    if chosen.get("relationship") == "none":
        return {}
    if task.endswith(_MEMORY) or as_yes(transcript.said("is_memory")) == 1:
        in_harness = chosen.get("harness", "loop") != "loop"
        return found | {"channel": "memory_file" if in_harness else "memory_tool"}
    in_prompt = as_yes(transcript.said("system_prompt_relationship"))
    if in_prompt is None:
        unknown.append("channel: system_prompt_relationship is not told")
        return {"channel": UNKNOWN}
    return {"channel": "file_and_prompt" if in_prompt else "file"}


def _review(transcript: Transcript, name: str, chosen: Mapping[str, str], unknown: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    told = transcript.said("dataset")
    found["dataset"] = _DATASETS.get(word_of(told), UNKNOWN)
    if found["dataset"] == UNKNOWN:
        unknown.append(f"dataset: {told if told is not None else 'not told'}")
    if "bar" not in chosen:
        threshold = transcript.said("threshold")
        bar = points_of(threshold)
        found["bar"] = UNKNOWN if bar is None else f"{bar:g}"
        if bar is None:
            unknown.append(f"bar: threshold {'is not told' if threshold is None else threshold}")
    if name == "shutdown_duty":
        mode = transcript.said("alignment_faking_mode")
        if word_of(mode) in _OVERSIGHT:
            found |= _OVERSIGHT[word_of(mode)]
        else:
            unknown.append(f"oversight: {mode if mode is not None else 'not told'}")
            found |= {"oversight": UNKNOWN, "penalty": UNKNOWN}
    return found


def _scratchpad(transcript: Transcript, unknown: list[str]) -> dict[str, str]:
    told = transcript.said("scratchpad", "scratchpad_mode")
    if told is None:
        used = any("scratchpad" in call.tool.casefold() for message in transcript.messages for call in message.calls)
        if not used:
            return {}
        unknown.append("scratchpad: the tool was used, its wording is not told")
        return {"scratchpad": UNKNOWN}
    level = {"off": "absent", "normal": "plain"}.get(str(told).casefold(), str(told).casefold())
    if as_yes(told) == 0:
        level = "absent"
    if level not in ("absent", "plain", "monitored", "unmonitored"):
        unknown.append(f"scratchpad: {told}")
        level = UNKNOWN
    return {"scratchpad": level}


def _completed(name: str, chosen: Mapping[str, str], unknown: list[str]) -> dict[str, str]:
    """A level for every factor: told ones, defaults of the paper's world, ``unknown`` where it is open."""
    levels, problem = _whole_cell(name, tuple(sorted(chosen.items())))
    unknown += [problem] if problem else []
    return dict(levels)


@lru_cache(maxsize=2048)
def _whole_cell(name: str, chosen: tuple[tuple[str, str], ...]) -> tuple[Mapping[str, str], str]:
    """The levels and what is wrong with them; kept, since hundreds of transcripts share a cell."""
    story = scenario(name)
    told = {factor: level for factor, level in chosen if level != UNKNOWN and factor in story.factors}
    try:
        condition = make_condition(told, story.factors)
    except LevelError as error:
        return {each.name: told.get(each.name, UNKNOWN) for each in FACTORS}, f"levels: {error}"
    open_ = {factor: level for factor, level in chosen if level == UNKNOWN}
    refused = "" if open_ else story.refusal(condition)
    problem = f"levels: peerward has no such cell ({refused})" if refused else ""
    return dict(condition) | open_, problem


def _settings(transcript: Transcript) -> dict[str, Any]:
    found: dict[str, Any] = {}
    temperature = _number(transcript.said("agent_temperature", "temperature"))
    if temperature is not None:
        found["temperature"] = temperature
    effort = transcript.said("reasoning_effort")
    if effort is not None:
        found["reasoning_effort"] = str(effort)
    return found


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or is_missing(value):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
