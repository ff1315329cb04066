"""Replacing given texts everywhere in a report: in its data before anything is written, and a check of what was."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import quote

LEAST = 3
"""Characters that a text to be redacted must have: a shorter one stands in every page's own words."""

ID_FIELDS = frozenset({"id", "key", "trial_id", "trial_ids", "condition_id", "cell", "cells", "cell_id", "arms", "own",
                       "peer", "unmonitored", "monitored", "links", "chosen"})  # fmt: skip
"""Fields whose texts are ids: there a redacted text is replaced by one that fits file names and anchors."""

Anything = TypeVar("Anything")


class RedactionError(ValueError):
    """A text that cannot be redacted, or one that is left in a written file; the message says which and where."""


class Redactor:
    """Replaces given texts by ``[redacted 1]``, ``[redacted 2]``, ... in the order in which they were given."""

    def __init__(self, strings: Iterable[str]) -> None:
        """Make a redactor.

        Args:
            strings: The texts; case does not matter, each counts once.

        Raises:
            RedactionError: If one is shorter than three characters.
        """
        self.strings: tuple[str, ...] = tuple(dict.fromkeys(text.strip() for text in strings if text.strip()))
        for text in self.strings:
            if len(text) < LEAST:
                raise RedactionError(
                    f"cannot redact {text!r}: it would hit the report's own words; give at least {LEAST} characters"
                )
        numbers: dict[str, int] = {}
        for number, text in enumerate(self.strings, start=1):
            for form in _forms(text):
                numbers.setdefault(form.casefold(), number)
        self._numbers = numbers
        self._pattern = _pattern(numbers)
        slugs = dict(numbers)
        for number, text in enumerate(self.strings, start=1):
            slug = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
            if len(slug) >= LEAST:
                slugs.setdefault(slug, number)
        self._slugs = slugs
        self._slug_pattern = _pattern(slugs)

    def __bool__(self) -> bool:
        """Whether there is anything to redact."""
        return bool(self.strings)

    def text(self, text: str) -> str:
        """A text without the redacted ones, in whatever form they stand: plain, in JSON, in HTML or in an address."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: f"[redacted {self._numbers[_fold(match[0])]}]", text)

    def id(self, id: str) -> str:
        """An id without them, as one that still fits file names and anchors: ``redacted-1-evaluation-c0``."""
        if self._slug_pattern is None:
            return id
        return self._slug_pattern.sub(lambda match: f"redacted-{self._slugs[_fold(match[0])]}", id)

    def data(self, data: Anything, name: str = "") -> Anything:
        """Data of any depth without them: dataclasses, mappings (keys too), sequences, texts; numbers stay.

        Args:
            data: The data; it is not changed.
            name: The field it stands in; ids keep the form of an id.
        """
        return cast(Anything, self._any(data, name)) if self.strings else data

    def rows(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Rows of the trials table without them; the columns keep their names."""
        for row in rows:
            yield self.row(row)

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """One row of the trials table without them; its columns keep their names."""
        return {name: self._any(value, name) for name, value in row.items()}

    def _any(self, data: Any, name: str) -> Any:
        if isinstance(data, str):
            return self.id(data) if name in ID_FIELDS else self.text(data)
        if is_dataclass(data) and not isinstance(data, type):
            changed = {
                each.name: self.row(value) if each.name == "row" else self._any(value, each.name)
                for each in fields(data)
                for value in [getattr(data, each.name)]
                if each.init
            }
            return replace(data, **changed)
        if isinstance(data, Mapping):
            return {self._any(key, ""): self._any(value, name) for key, value in data.items()}
        if isinstance(data, tuple | list | frozenset | set):
            return type(data)(self._any(each, name) for each in data)
        return data

    def check(self, folder: Path) -> None:
        """Make sure that no written file holds one of them, in its name or in its text.

        Text inside compressed files (Parquet, PDF) cannot be seen this way; what they hold was redacted before.

        Args:
            folder: The report's folder.

        Raises:
            RedactionError: If one is left; the message names the file and the place, not the text itself.
        """
        if self._pattern is None:
            return
        for path in sorted(folder.rglob("*")):
            shown = path.relative_to(folder).as_posix()
            found = self._pattern.search(shown)
            if found is None and path.is_file():
                found = self._pattern.search(path.read_bytes().decode("utf-8", errors="replace"))
            if found is not None:
                raise RedactionError(
                    f"{path}: still holds text {self._numbers[_fold(found[0])]} of those to redact, at character "
                    f"{found.start():,}; the report must not be given away. If it is one of the report's own words, "
                    f"give a longer text"
                )


def _fold(text: str) -> str:
    return text.casefold()


def _forms(text: str) -> Iterator[str]:
    """A text as it may be written: plain, in JSON, in HTML, in an address, and in JSON inside HTML."""
    yield text
    for made in (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]):
        yield made
        yield html.escape(made)
        yield made.replace("\\", "\\\\")
    yield html.escape(text)
    yield html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    yield html.escape(text, quote=False)
    yield quote(text.encode("utf-8", "replace"))


def _pattern(numbers: Mapping[str, int]) -> re.Pattern[str] | None:
    """All forms, the longest first, whatever their case."""
    if not numbers:
        return None
    ordered = sorted(numbers, key=lambda form: (-len(form), form))
    return re.compile("|".join(re.escape(form) for form in ordered), re.IGNORECASE)
