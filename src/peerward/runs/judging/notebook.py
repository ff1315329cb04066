"""Scores on their way into a log, in a file beside it: a kill loses at most the trials that were being judged."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from peerward.runs.execute import RunError

Key = tuple[str, int]
"""A sample of a log: its id and its epoch."""


def notebook_path(log: Path) -> Path:
    """The file beside a log in which scores are kept until they are in it."""
    return log.with_name(f"{log.name}.judging.jsonl")


@dataclass
class Notebook:
    """The scores that are not yet in the log.

    Attributes:
        scores: By sample.
        again: The samples among them that were judged although the log had verdicts of the same judges.
    """

    file: IO[str]
    scores: dict[Key, Mapping[str, Any]] = field(default_factory=dict)
    again: set[Key] = field(default_factory=set)

    def add(self, key: Key, score: Mapping[str, Any], again: bool) -> None:
        """Write a score down at once."""
        line = {"sample": key[0], "epoch": key[1], "again": again, "score": score}
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()
        self.scores[key] = score
        if again:
            self.again.add(key)


@contextmanager
def notebook(log: Path) -> Iterator[Notebook]:
    """The notebook of a log, held by this process. Whoever has put its scores into the log calls ``put_away``.

    Raises:
        RunError: If another process judges this log.
    """
    import fcntl

    path = notebook_path(log)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"{log}: is being judged by another process; wait until it has ended") from None
        except OSError as error:
            raise RunError(
                f"{log.parent}: its file system has no locks ({error.strerror}); copy the logs to one that has"
            ) from error
        book = Notebook(file)
        file.seek(0)
        text = file.read()
        for line in text.split("\n"):
            _read(line, book)
        if text and not text.endswith("\n"):
            # A kill cut its last line off.
            file.write("\n")
        yield book
    if path.exists() and not path.stat().st_size:
        path.unlink()


def put_away(log: Path, book: Notebook) -> None:
    """Empty a notebook whose scores are in the log."""
    book.file.truncate(0)
    book.scores.clear()
    book.again.clear()


def _read(line: str, book: Notebook) -> None:
    try:
        found = json.loads(line)
        key, score = (str(found["sample"]), int(found["epoch"])), found["score"]
    except (ValueError, KeyError, TypeError):
        return
    if isinstance(score, dict):
        book.scores[key] = score
        if found.get("again"):
            book.again.add(key)
