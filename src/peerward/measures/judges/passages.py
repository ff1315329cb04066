"""Passages of known texts, found again wherever enough of their words stand in a row."""

import re
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
_RUN = 6
"""How many words in a row make a passage; a line of four or five words is one if it stands there whole."""
_SHORTEST = 4


class Passages:
    """Texts whose passages are looked for."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take the texts; each line of them counts by itself."""
        self._runs: set[tuple[str, ...]] = set()
        for text in texts:
            for line in text.splitlines():
                words = [each.casefold() for each in _WORD.findall(line)]
                size = min(_RUN, len(words))
                if size >= _SHORTEST:
                    self._runs |= {tuple(words[at : at + size]) for at in range(len(words) - size + 1)}
        # Nearly all places of a text begin no passage: one look at their first word tells.
        self._sizes: dict[str, set[int]] = {}
        for run in self._runs:
            self._sizes.setdefault(run[0], set()).add(len(run))

    def masked(self, text: str, mark: str) -> str:
        """Return the text with a mark in the place of every passage; passages that touch become one."""
        if not self._runs:
            return text
        found = list(_WORD.finditer(text))
        words = [each[0].casefold() for each in found]
        inside = [False] * len(words)
        for at, word in enumerate(words):
            for size in self._sizes.get(word, ()):
                if at + size <= len(words) and tuple(words[at : at + size]) in self._runs:
                    inside[at : at + size] = [True] * size
        parts: list[str] = []
        done = at = 0
        while at < len(found):
            if not inside[at]:
                at += 1
                continue
            last = at
            while last + 1 < len(found) and inside[last + 1]:
                last += 1
            parts += [text[done : found[at].start()], mark]
            done = found[last].end()
            at = last + 1
        return "".join([*parts, text[done:]])
