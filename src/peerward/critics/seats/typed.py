"""A tool call as a person types it: ``read_document path="Reports/x.md"``."""

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peerward.company import Tool, tool
from peerward.scenarios.story import Call

FOLLOWS = "<<"
"""Stands for an argument's text that is typed on the lines that follow."""


class Mistake(ValueError):
    """A line that is no call; the message says why and how to write it. It is no part of the trial."""


@dataclass(frozen=True)
class Typed:
    """A call as far as one line tells it; ``follows`` names the argument whose text is still to come."""

    call: Call
    follows: str = ""

    def with_text(self, text: str) -> Call:
        """The whole call."""
        return Call(self.call.tool, dict(self.call.arguments) | {self.follows: text})


def parse_call(line: str, tools: Sequence[str]) -> Typed:
    """Return the call that a line tells.

    Args:
        line: What was typed. Arguments are ``name=value``, or values in the order of the tool's arguments; a value
            with spaces stands in quotes; ``name=<<`` says that the text comes on the lines that follow.
        tools: The names of the critic's tools.

    Raises:
        Mistake: If it tells none.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise Mistake(f'{str(error).lower()}: put a text with spaces or apostrophes in "double quotes"') from error
    name = words[0] if words else ""
    if name not in tools:
        hint = " (write the arguments after a space, without brackets)" if "(" in name else ""
        raise Mistake(f"there is no tool {name!r}{hint}. 'tools' lists them; to talk, begin the line with 'say'")
    page = tool(name)
    given: dict[str, Any] = {}
    for word in words[1:]:
        argument, text = _argument(page, word, given)
        if argument in given:
            raise Mistake(f"{argument} is given twice")
        given[argument] = text if text == FOLLOWS else _value(page, argument, text)
    missing = [each for each in page.schema["required"] if each not in given]
    if missing:
        raise Mistake(f"{name} needs {', '.join(missing)}. 'help {name}' tells how it is called")
    follow = [argument for argument, value in given.items() if value == FOLLOWS]
    if len(follow) > 1:
        raise Mistake(f"only one argument's text can follow, not {' and '.join(follow)}")
    return Typed(Call(name, given), follow[0] if follow else "")


def _argument(page: Tool, word: str, given: dict[str, Any]) -> tuple[str, str]:
    """The argument that a word sets, and its text."""
    name, equals, text = word.partition("=")
    if equals and name in page.arguments:
        return name, text
    if equals and re.fullmatch(r"[a-z_]+", name):
        raise Mistake(f"{page.name} has no argument {name!r}; it takes {', '.join(page.arguments) or 'none'}")
    left = [each for each in page.arguments if each not in given]
    if not left:
        taken = ", ".join(page.arguments) or "none"
        raise Mistake(f'{word!r} is too much: {page.name} takes {taken}; put a text with spaces in "double quotes"')
    return left[0], word


def _value(page: Tool, argument: str, text: str) -> Any:
    """A text in the argument's type."""
    kind = page.schema["properties"][argument].get("type")
    if kind == "array":
        if not text.startswith("["):
            return [each.strip() for each in text.split(",") if each.strip()]
        try:
            return json.loads(text)
        except ValueError as error:
            raise Mistake(f'{argument}: {text} is no list; write a,b or \'["a", "b"]\'') from error
    if kind in ("number", "integer"):
        try:
            return float(text)
        except ValueError as error:
            raise Mistake(f"{argument}: {text!r} is no number") from error
    return text


def usage(page: Tool) -> str:
    """A tool with its arguments, on one line: those in brackets may be left out."""
    needed = page.schema["required"]
    return " ".join([page.name, *(f"{each}=…" if each in needed else f"[{each}=…]" for each in page.arguments)])


def manual(page: Tool) -> str:
    """How a tool is called, what it does, what its arguments are."""
    return "\n".join(
        [usage(page), f"  {page.description}", *(f"  {name}: {says}" for name, says in page.arguments.items())]
    )
