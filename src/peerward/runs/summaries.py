"""What a log says of its samples in short: read without their conversations, also where the run never ended."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from peerward.critics.cue import epoch_of
from peerward.critics.turnstile import was_stopped
from peerward.measures import Ended, Status
from peerward.runs.heads import Cell, Score, Usage, without_nan
from peerward.runs.logs import LogError, open_log, read_member


class _Summary(msgspec.Struct, frozen=True):
    id: str | int
    epoch: int
    metadata: Cell
    scores: dict[str, Score] | None = None
    model_usage: dict[str, Usage] | None = None
    error: str | None = None


class Short(msgspec.Struct, frozen=True):
    """A sample in short.

    Attributes:
        sample: Its id in the data set.
        epoch: The trial's epoch, from 1.
        cell: The cell that it is a trial of.
        values: The findings by name; empty where there are none.
        usage: What each model used up.
        error: The error that ended it, or an empty text.
        ended: How it ended, in the record's word; empty where the log does not tell it.
    """

    sample: str
    epoch: int
    cell: Cell
    values: Mapping[str, Any]
    usage: Mapping[str, Usage]
    error: str
    ended: str = ""

    @property
    def settled(self) -> bool:
        """Whether there is no sense in running the trial again: it is done, or it would not fit the model again."""
        return self.finished or self.ended == Ended.OVERFLOW

    @property
    def finished(self) -> bool:
        """Whether the trial is done: no error, and not failed by provider, sandbox or harness."""
        return not self.error and self.values.get("status", Status.INFRASTRUCTURE) != Status.INFRASTRUCTURE

    @property
    def stopped(self) -> bool:
        """Whether the run itself broke it off."""
        return was_stopped(self.error)


_DECODER = msgspec.json.Decoder(list[_Summary])


def read_summaries(path: Path) -> Iterator[Short]:
    """Yield the samples of a log in short, in the order in which they ended; of one that is there twice each.

    Raises:
        LogError: If the file is no log, or it is damaged.
    """
    with open_log(path) as archive:
        names = set(archive.namelist())
        whole = "summaries.json" in names
        for name in ["summaries.json"] if whole else sorted(filter(_is_part, names), key=_number):
            data = read_member(archive, path, name)
            try:
                found = _DECODER.decode(without_nan(data))
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                raise LogError(f"{path}: {name} is no summary of trials ({error})") from error
            yield from map(_short, found)


def _short(found: _Summary) -> Short:
    score = (found.scores or {}).get("findings")
    values = score.value if score is not None and isinstance(score.value, dict) else {}
    epoch = epoch_of({"epoch": found.metadata.epoch, "epochs": found.metadata.epochs}, found.epoch)
    ended = str((score.metadata or {}).get("ended") or "") if score is not None else ""
    return Short(str(found.id), epoch, found.metadata, values, found.model_usage or {}, found.error or "", ended)


def _is_part(name: str) -> bool:
    return name.startswith("_journal/summaries/") and name.endswith(".json")


def _number(name: str) -> int:
    number = name.rpartition("/")[2].removesuffix(".json")
    return int(number) if number.isdigit() else 0
