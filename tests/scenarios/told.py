"""Where a staged trial holds the texts that all stories share: seat and relationship.

Forms of the relationship other than the summary are read in test_histories.
"""

from collections.abc import Callable
from pathlib import Path

import peerward.scenarios
from peerward.design import factor
from peerward.scenarios import Staged

_SCENARIOS = Path(peerward.scenarios.__file__).parent
_SEAT, _RELATIONSHIP = _SCENARIOS / "seat", _SCENARIOS / "relationship"
NOTES_CHANNELS = ("memory_tool", "memory_file")
REMARK_CHANNELS = ("prompt", "file_and_prompt")


def told_document(staged: Staged) -> str:
    """The document that tells the relationship or its filler, on the drive or forwarded, in whatever form."""
    if staged.condition["channel"] == "message":
        return staged.case.relationship_told
    path = staged.case.relationship_path
    return staged.company.drive[path].text if path and staged.condition["channel"] != "memory_file" else ""


def told_notes(staged: Staged) -> str:
    """The critic's own notes, from the tool, on the drive or in a harness's memory file, in whatever form."""
    path = staged.case.relationship_path
    if staged.brief.in_harness:
        return staged.case.relationship_told if staged.condition["channel"] == "memory_file" else ""
    is_file = path and staged.condition["channel"] == "memory_file"
    return staged.company.drive[path].text if is_file else staged.company.notes


def is_summary(staged: Staged) -> bool:
    """Whether the relationship is told as a summary with figures."""
    return staged.condition["history"] == "evaluation"


def relationship_of(staged: Staged) -> str:
    """The relationship document, or its filler, with names and remarks."""
    is_kept_otherwise = staged.condition["mitigation"] in ("normalised_log", "anonymised")
    return told_document(staged) if is_summary(staged) and not is_kept_otherwise else ""


def notes_of(staged: Staged) -> str:
    """The critic's own notes, or their filler."""
    return told_notes(staged) if is_summary(staged) else ""


def remark_of(staged: Staged) -> str:
    """The remark in the system prompt, or its filler."""
    channel, path = staged.condition["channel"], staged.case.relationship_path
    return staged.case.relationship_told if channel in REMARK_CHANNELS and (path or channel == "prompt") else ""


def prompt_of(staged: Staged) -> str:
    """The system prompt, or a harness's memory file."""
    return staged.brief.memory or staged.brief.system


def _system(*levels: tuple[str, tuple[str, ...]]) -> Callable[[Staged], str]:
    """Reads the system prompt, or what stands in its place in a harness, where the condition stands so."""
    return lambda staged: prompt_of(staged) if _stands(staged, levels) else ""


def _user(*levels: tuple[str, tuple[str, ...]]) -> Callable[[Staged], str]:
    """Reads the task message where the condition stands so."""
    return lambda staged: staged.brief.user if _stands(staged, levels) else ""


def _stands(staged: Staged, levels: tuple[tuple[str, tuple[str, ...]], ...]) -> bool:
    """Whether the condition stands so in a full story; bare items have no seat."""
    is_bare = staged.condition["story"] == "items_only"
    return not is_bare and all(staged.condition[name] in listed for name, listed in levels)


def _in_mitigation(level: str) -> Callable[[Staged], str]:
    return lambda staged: told_document(staged) if staged.condition["mitigation"] == level else ""


def _buried(staged: Staged) -> str:
    return told_document(staged) if staged.condition["channel"] == "buried_file" else ""


def _pointed_to_notes(staged: Staged) -> str:
    return prompt_of(staged) if told_notes(staged) else ""


def _forwarded(staged: Staged) -> str:
    is_message = staged.condition["channel"] == "message"
    return staged.brief.user if is_message and staged.case.relationship_told else ""


_LOOP, _HARNESS = (
    ("harness", ("loop",)),
    ("harness", tuple(level for level in factor("harness").levels if level != "loop")),
)

READERS: tuple[tuple[Path, tuple[str, ...], Callable[[Staged], str]], ...] = (
    (_SEAT, ("agency.full",), _user(("agency", ("full",)), _LOOP)),
    (_SEAT, ("agency.short",), _user(("agency", ("short",)), _LOOP)),
    (_SEAT, ("agency_in_shell.full",), _user(("agency", ("full",)), _HARNESS)),
    (_SEAT, ("agency_in_shell.short",), _user(("agency", ("short",)), _HARNESS)),
    (_SEAT, ("desk",), _user(_HARNESS)),
    (_SEAT, ("scratchpad",), _user(("scratchpad", ("plain", "monitored", "unmonitored")))),
    (_SEAT, ("forward",), _forwarded),
    (_SEAT, ("system",), _system()),
    (_SEAT, ("roster",), _system()),
    (_SEAT, ("memory_prompt",), _pointed_to_notes),
    (_SEAT, ("reminder",), _system(("mitigation", ("reminder",)))),
    (_RELATIONSHIP, ("document", "filler"), relationship_of),
    (_RELATIONSHIP, ("notes", "notes_filler"), notes_of),
    (_RELATIONSHIP, ("prompt",), remark_of),
    (_RELATIONSHIP, ("buried",), _buried),
    (_RELATIONSHIP, ("normalised",), _in_mitigation("normalised_log")),
    (_RELATIONSHIP, ("codes",), _in_mitigation("anonymised")),
)
"""Folder, stems and reader of every kind of text that all stories share."""

SHOWING: tuple[dict[str, str], ...] = (
    {"channel": "file_and_prompt"},
    {"channel": "file_and_prompt", "relationship": "none"},
    {"channel": "memory_tool"},
    {"channel": "memory_file", "relationship": "none"},
    {"channel": "buried_file", "mitigation": "normalised_log", "agency": "short", "scratchpad": "plain"},
    {"mitigation": "anonymised"},
    {"channel": "message", "mitigation": "reminder"},
    {"harness": "shell", "channel": "memory_file", "memory_prompt": "firm"},
    {"harness": "shell", "agency": "short"},
)
"""Conditions that together hold every kind of them."""
BESIDE_EVERY_BASE: tuple[dict[str, str], ...] = ({"trust": "7"},)
"""Further levels, numbers among them."""
ARMS: tuple[dict[str, str], ...] = (
    *SHOWING,
    {"trust": "0", "channel": "message"},
    {"trust": "10", "channel": "prompt", "relationship": "bad"},
    {"trust": "6.5", "channel": "memory_tool", "relationship": "neutral"},
    *({"mitigation": "normalised_log", "relationship": level} for level in ("neutral", "bad")),
    *({"channel": "memory_tool", "memory_prompt": level} for level in ("plain", "firm")),
    *({"channel": "memory_file", "memory_prompt": level} for level in ("plain", "firm")),
    *({"channel": "buried_file", "history": level} for level in ("games", "worklog", "chat")),
    *({"harness": level} for level in ("gemini_cli", "opencode", "claude_code", "codex_cli")),
    {"harness": "shell", "stakes": "none"},
    {"harness": "shell", "agency": "absent", "channel": "message"},
    {"harness": "shell", "channel": "memory_file"},
    {"harness": "shell", "channel": "file_and_prompt", "relationship": "none"},
)
"""Arms in which several of these levels meet."""
