"""Scores on their way into a log, in a file beside it: a kill loses at most the trials that were being judged."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import IO, Any

from peerward.runs.execute import RunError
from peerward.runs.judging.paid import Paid, plain_paid, read_paid, together

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
        calls: What calls used up, by sample and judge, that no score tells of yet.
    """

    file: IO[str]
    scores: dict[Key, Mapping[str, Any]] = field(default_factory=dict)
    again: set[Key] = field(default_factory=set)
    calls: dict[Key, dict[str, Paid]] = field(default_factory=dict)

    def add(self, key: Key, score: Mapping[str, Any], again: bool) -> None:
        """Write a score down at once; it tells of all that the trial's calls used up."""
        self._write({"sample": key[0], "epoch": key[1], "again": again, "score": score})
        self.calls.pop(key, None)
        self.scores[key] = score
        if again:
            self.again.add(key)

    def paid(self, key: Key, judge: str, paid: Paid) -> None:
        """Write down at once what a call used up: a kill makes nobody forget it."""
        self.calls[key] = together([self.calls.get(key, {}), {judge: paid}])
        self._write_call(key, {judge: paid})

    def put_away(self) -> None:
        """Empty it once its scores are in the log; calls of which no score tells stay."""
        self.file.truncate(0)
        self.scores.clear()
        self.again.clear()
        for key, paid in self.calls.items():
            self._write_call(key, paid)

    def _write_call(self, key: Key, paid: Mapping[str, Paid]) -> None:
        self._write({"sample": key[0], "epoch": key[1], "paid": plain_paid(paid)})

    def _write(self, line: Mapping[str, Any]) -> None:
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()


@contextmanager
def notebook(log: Path) -> Iterator[Notebook]:
    """The notebook of a log, held by this process. Whoever has put its scores into the log has it ``put_away``.

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


def noted_beside(log: Path) -> tuple[Mapping[Key, Mapping[str, Any]], Mapping[Key, Mapping[str, Paid]]]:
    """What the notebook of a log holds, read without holding it: scores, and what calls used up that are in none."""
    try:
        text = notebook_path(log).read_text(encoding="utf-8")
    except OSError:
        return {}, {}
    book = Notebook(StringIO())
    for line in text.split("\n"):
        _read(line, book)
    return book.scores, book.calls


def _read(line: str, book: Notebook) -> None:
    try:
        found = json.loads(line)
        key = str(found["sample"]), int(found["epoch"])
        score, paid = found.get("score"), read_paid(found.get("paid"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    if paid:
        book.calls[key] = together([book.calls.get(key, {}), paid])
    if isinstance(score, dict):
        book.scores[key] = score
        book.calls.pop(key, None)
        if found.get("again"):
            book.again.add(key)
