"""Finding one trial in the logs by its id, and opening it."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_ai.log import EvalLog, EvalSample, read_eval_log, read_eval_log_sample

from peerward.design.counting import counted
from peerward.measures import Status, read_record
from peerward.measures.record import RECORD_KEY, Record, RecordError
from peerward.runs.imported_trials import is_imported, why_not
from peerward.runs.logs import LogError, find_logs, parse
from peerward.runs.trials import read_rows

_SHOWN = 12
"""So many ids are listed where several match."""


@dataclass(frozen=True)
class OneTrial:
    """A trial as it lies in a log.

    Attributes:
        row: Its row of the trials table.
        log: Its log.
        sample: The sample, attachments resolved, events left out.
    """

    row: Mapping[str, Any]
    log: Path
    sample: EvalSample

    @property
    def trial_id(self) -> str:
        """The trial's id."""
        return str(self.row["trial_id"])

    def record(self) -> Record:
        """Its record.

        Raises:
            LogError: If it has none that can be read.
        """
        if is_imported(self.row):
            raise LogError(why_not(self.trial_id, self.log, "restored or gone on with"))
        text = self.sample.store.get(RECORD_KEY)
        if text is None:
            raise LogError(f"{self.trial_id} in {self.log}: has no record; it ended before its first turn")
        try:
            return read_record(str(text))
        except (RecordError, ValueError) as error:
            told = str(error).partition("\n")[0]
            raise LogError(f"{self.trial_id} in {self.log}: its record cannot be read ({told})") from error

    def header(self) -> EvalLog:
        """What was run, with which model and settings."""
        return read_eval_log(str(self.log), header_only=True)


def find_trial(wanted: str, places: Iterable[str | Path]) -> OneTrial:
    """Return the one trial of an id.

    Args:
        wanted: The id, or a part of it that no other trial's id begins or ends with; the digits alone will do.
        places: Logs, or folders of logs.

    Raises:
        LogError: If there is none (the message names the nearest), several match (it lists them), or its log is
            damaged. Of a trial that is in several logs the run that was finished last is taken.
    """
    paths = find_logs(places)
    ids: dict[str, None] = {}
    found: dict[str, tuple[Mapping[str, Any], Path, bytes]] = {}
    damaged: list[str] = []
    for path in paths:
        try:
            for row, _, data in read_rows([path]):
                ids[row["trial_id"]] = None
                if _matches(str(row["trial_id"]), wanted):
                    found[row["trial_id"]] = _better(found.get(row["trial_id"]), (row, path, data))
        except LogError as error:
            damaged.append(str(error))
    exact = [each for each in found if wanted in (each, each.partition("/")[2])]
    matching = exact or list(found)
    if len(matching) != 1:
        raise LogError(_why_not(wanted, matching, list(ids), paths, damaged))
    return open_trial(*found[matching[0]])


def _matches(trial_id: str, wanted: str) -> bool:
    return bool(wanted) and (
        trial_id.startswith(wanted) or trial_id.endswith(wanted) or trial_id.partition("/")[2].startswith(wanted)
    )


def _better(
    old: tuple[Mapping[str, Any], Path, bytes] | None, new: tuple[Mapping[str, Any], Path, bytes]
) -> tuple[Mapping[str, Any], Path, bytes]:
    if old is None:
        return new

    def rank(each: tuple[Mapping[str, Any], Path, bytes]) -> tuple[bool, str]:
        return each[0]["status"] != Status.INFRASTRUCTURE, each[0]["completed_at"]

    return new if rank(new) >= rank(old) else old


def _why_not(wanted: str, matching: list[str], ids: list[str], paths: list[Path], damaged: list[str]) -> str:
    if matching:
        more = f" and {len(matching) - _SHOWN} more" if len(matching) > _SHOWN else ""
        return f"{len(matching)} trials match {wanted!r}: {', '.join(matching[:_SHOWN])}{more}; give more of the id"
    message = f"no trial {wanted!r} among {counted(len(ids), 'trial')} in {counted(len(paths), 'log')}"
    bare = {each.partition("/")[2]: each for each in ids}
    near = difflib.get_close_matches(wanted, [*ids, *bare], n=3, cutoff=0.5)
    if near:
        message += f"; nearest: {', '.join(dict.fromkeys(bare.get(each, each) for each in near))}"
    if damaged:
        message += f"; {len(damaged)} could not be read to its end: {damaged[0]}"
    return message + "; 'peerward trials LOGS' lists the ids, --logs names another place"


def open_trial(row: Mapping[str, Any], log: Path, data: bytes) -> OneTrial:
    """Return a trial out of its row and its sample's bytes.

    Raises:
        LogError: If it cannot be read.
    """
    named = parse(data, log, str(row["trial_id"]))
    return OneTrial(row, log, open_sample(log, named["id"], int(named["epoch"])))


def open_sample(log: Path, sample: str | int, epoch: int = 1) -> EvalSample:
    """Return a sample of a log, attachments resolved, events left out.

    Raises:
        LogError: If it cannot be read.
    """
    try:
        return read_eval_log_sample(
            str(log), id=sample, epoch=epoch, resolve_attachments="full", exclude_fields={"events"}
        )
    except Exception as error:
        # A damaged log fails in whatever part of Inspect meets the damage.
        told = str(error).partition("\n")[0]
        raise LogError(f"{log}: sample {sample} cannot be read ({told}); take the log from its backup") from error
