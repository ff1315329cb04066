"""What a critic really received, by the requests that were sent, whatever a harness puts around our texts.

Harnesses number lines, put words before them, wrap replies in JSON and add spaces (Gemini CLI writes ``anna
@freight.example`` for an address in a prompt). So texts are told by their lines, and prompts by their characters
without white space.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from inspect_ai.model import ChatMessage

_BEFORE = re.compile(r"(?:L?\d+\s*(?:[:|→]|\t)\s?|Output: )(?P<rest>.*)", re.DOTALL)
"""What harnesses put before a line: its number, or, before the first line of a command's output, a word."""


class Received:
    """The lines that stood in some request."""

    def __init__(self) -> None:
        """Nothing so far."""
        self._lines: set[str] = set()
        self._texts: set[str] = set()

    def take(self, messages: Iterable[ChatMessage]) -> None:
        """Take in the texts of a request that came from outside: all but the critic's own turns."""
        for message in messages:
            if message.role == "assistant" or message.text in self._texts:
                continue
            self._texts.add(message.text)
            for text in unwrapped(message.text):
                for line in text.splitlines():
                    self._lines |= set(_readings(line))

    def holds(self, text: str) -> bool:
        """Whether every line of a text that says anything was received."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return bool(lines) and all(line in self._lines for line in lines)


def _readings(line: str) -> Iterator[str]:
    line = line.strip()
    yield line
    behind = _BEFORE.fullmatch(line)
    if behind:
        yield behind["rest"].strip()


def unwrapped(text: str) -> Iterator[str]:
    """A text, and the texts in it if it is JSON."""
    yield text
    if text.lstrip().startswith(("{", "[")):
        try:
            yield from _leaves(json.loads(text))
        except (json.JSONDecodeError, RecursionError):
            return


def _leaves(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for each in data.values():
            yield from _leaves(each)
    elif isinstance(data, list):
        for each in data:
            yield from _leaves(each)


def missing_line(text: str, messages: Iterable[ChatMessage]) -> str:
    """The first line of a text that is not in a request, white space aside; an empty text if all are there."""
    sent = _bare("".join(message.text for message in messages if message.role != "assistant"))
    return next((line.strip() for line in text.splitlines() if _bare(line) not in sent), "")


def _bare(text: str) -> str:
    return "".join(text.split())
