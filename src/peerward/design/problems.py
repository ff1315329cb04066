"""What is wrong with a study: where, what, what is valid, and how to mend it. All of it at once."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Loc = tuple[str | int, ...]
"""The way to an entry of a study, e.g. ``("cells", 2, "bar")``."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        where: The entry.
        what: What is wrong with it.
        valid: What is valid there, or an empty text.
        mend: What to do, or an empty text.
        line: The line in the file, from 1; 0 where there is no file.
        column: The column in the file, from 1; 0 where there is no file.
    """

    where: Loc
    what: str
    valid: str = ""
    mend: str = ""
    line: int = 0
    column: int = 0

    def told(self, source: str) -> str:
        """The problem for a reader: place and entry on one line, what to know below it."""
        place = f"{source}:{self.line}:{self.column}" if self.line else source
        lines = [f"{place}  {named(self.where)}".rstrip(), f"    {self.what}"]
        lines += [f"    Valid: {self.valid}."] if self.valid else []
        lines += [f"    Mend: {self.mend}"] if self.mend else []
        return "\n".join(lines)


class StudyError(ValueError):
    """A study that cannot be run as it stands; the message tells all its problems."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        """Collect the problems of a study in the order in which the file has them."""
        self.source = source
        self.problems = tuple(sorted(problems, key=lambda each: (each.line, each.column)))
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        super().__init__("\n".join((f"{source}: {count}", *(each.told(source) for each in self.problems))))


def named(where: Loc) -> str:
    """An entry as a reader writes it, e.g. ``cells[3].bar`` (entries of lists are counted from 1)."""
    text = ""
    for part in where:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def did_you_mean(word: str, valid: Iterable[str]) -> str:
    """The mend that the nearest valid word suggests, or an empty text where none is near."""
    near = difflib.get_close_matches(word.strip().lower(), list(valid), n=1, cutoff=0.55)
    return f"did you mean {near[0]!r}?" if near else ""
