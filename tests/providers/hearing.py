"""What a provider hears and says, in a form that all protocols share."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A tool call of the model: its id, the tool, the arguments as JSON text."""

    id: str
    tool: str
    arguments: str

    @cached_property
    def plain(self) -> tuple[str, str]:
        """The call without its id, its arguments in one spelling."""
        try:
            return self.tool, json.dumps(json.loads(self.arguments), sort_keys=True)
        except ValueError:
            return self.tool, self.arguments


@dataclass(frozen=True)
class Said:
    """A turn of the model, and what its calls brought back."""

    text: str = ""
    calls: tuple[Asked, ...] = ()
    replies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heard:
    """A request as any provider would understand it.

    Attributes:
        model: The model's name.
        system: The system prompt.
        user: The first message of the user.
        turns: The model's turns so far.
        tools: The names of the tools.
        blocks: Tools, system prompt and messages as JSON texts, in the order in which a prompt cache sees them.
        caching: Whether the request asks for caching, where that has to be asked for.
        streaming: Whether the reply is to be streamed.
    """

    model: str
    system: str
    user: str
    turns: tuple[Said, ...]
    tools: tuple[str, ...]
    blocks: tuple[str, ...]
    caching: bool = True
    streaming: bool = False

    @cached_property
    def opening(self) -> str:
        """What tells trials apart before the model's first turn."""
        return digest(self.system, self.user)

    @cached_property
    def history(self) -> str:
        """What tells requests apart: one that is sent again has the same."""
        return digest(*self.blocks)


class Thinking(StrEnum):
    """How a provider gives the reasoning."""

    NONE = "none"
    VISIBLE = "visible"
    SUMMARY = "summary"
    HIDDEN = "hidden"


class Refused(StrEnum):
    """How a provider refuses in a reply that arrives intact."""

    NO = "no"
    FILTERED = "filtered"
    DECLINED = "declined"
    PROMPT_BLOCKED = "prompt blocked"


@dataclass(frozen=True)
class Usage:
    """Tokens of a call."""

    fresh: int
    cached: int
    written: int
    out: int
    reasoning: int

    @property
    def input(self) -> int:
        """All tokens of the prompt."""
        return self.fresh + self.cached + self.written


@dataclass(frozen=True)
class Reply:
    """What the model says next."""

    text: str
    calls: tuple[Asked, ...]
    usage: Usage
    thinking: Thinking = Thinking.NONE
    thought: str = ""
    refused: Refused = Refused.NO


@dataclass(frozen=True)
class Problem:
    """A reply that is none: status, headers, body."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def digest(*texts: str) -> str:
    """16 hex digits over texts."""
    return hashlib.sha256("\x00".join(texts).encode()).hexdigest()[:16]


def block(value: Any) -> str:
    """A part of a prompt as the cache sees it: without the marks that ask for caching, which move on."""
    return json.dumps(unmarked(value), ensure_ascii=False)


def tokens(text: str) -> int:
    """Four characters a token."""
    return max(1, len(text) // 4)


def unmarked(value: Any) -> Any:
    """The value without ``cache_control``."""
    if isinstance(value, Mapping):
        return {name: unmarked(each) for name, each in value.items() if name != "cache_control"}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [unmarked(each) for each in value]
    return value


def text_of(content: Any) -> str:
    """The text of a message, whether it is a text or a list of parts."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content)
