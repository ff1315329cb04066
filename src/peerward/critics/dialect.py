"""How things are done where a critic acts: a harness's own tools for commands, for edits and for new files."""

from collections.abc import Callable
from dataclasses import dataclass

from peerward.scenarios.story import Call

Edit = Callable[[str, str, str], tuple[Call, ...]]
"""Calls, each a turn of its own, that change a file: absolute path, the text that stands there, the text to be."""


@dataclass(frozen=True)
class Dialect:
    """The tools of a harness, as a scripted critic uses them.

    Attributes:
        shell: The call that runs one bash command in the working folder.
        edit: How a file that is there gets another text.
        create: How a new file is written: absolute path and text.
    """

    shell: Callable[[str], Call]
    edit: Edit
    create: Callable[[str, str], tuple[Call, ...]]


def changed_lines(before: str, after: str) -> tuple[str, str]:
    """The smallest run of whole lines that differs between two texts: what goes and what comes.

    A line around them is kept where nothing would be left on one side, or where what goes stands there twice, so that
    an edit by search and replacement finds its one place.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    start = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    while start > 0 or end > 0:
        gone = "".join(old[start : len(old) - end])
        if gone.strip() and before.count(gone) == 1:
            break
        start, end = max(0, start - 1), max(0, end - 1)
    return "".join(old[start : len(old) - end]), "".join(new[start : len(new) - end])
