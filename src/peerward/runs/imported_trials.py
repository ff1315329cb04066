"""What an imported trial is to the commands: a trial to be counted and read, but none to be restored or asked about.

Logs of others' transcripts hold no record of ours: there is no company to restore, and nothing by which a judge's
reading could be masked. Whatever needs a record says so by the words here, and what to do instead.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from peerward.design.counting import counted
from peerward.runs.logs import LogError, read_header

IMPORT = "import:"
"""How the study and the provider path of an imported trial begin."""
MEMBER_ENDING = len("-0123456789_epoch_1.json")
"""So many characters at the end of a member's name tell which imported trial it is."""


def is_imported(row: Mapping[str, Any]) -> bool:
    """Whether a row of the trials table is of an imported trial."""
    return str(row["provider_path"]).startswith(IMPORT)


def why_not(trial_id: str, log: Path, done: str) -> str:
    """Why something cannot be done with an imported trial, and what can.

    Args:
        trial_id: The trial.
        log: Its log.
        done: What was to be done with it, e.g. ``restored``.
    """
    return (
        f"{trial_id} in {log}: was imported, not run by peerward, and has no record of ours, so that it cannot be "
        f"{done}; {_instead(log)}"
    )


def own_logs(paths: Iterable[Path], done: str) -> tuple[list[Path], str]:
    """Return the logs that peerward ran itself, and a sentence on those that are left out, or an empty text.

    A log that cannot be read is kept, for others to tell why.

    Args:
        paths: Logs.
        done: What is done with them, e.g. ``judged``.

    Raises:
        LogError: If all are imported.
    """
    given = list(paths)
    own = [path for path in given if not _is_imported(path)]
    imported = len(given) - len(own)
    if imported and not own:
        raise LogError(
            f"{given[0]}: holds imported trials, as all logs here do; they have no record of ours and cannot be "
            f"{done}; {_instead(given[0])}"
        )
    if not imported:
        return own, ""
    logs = counted(imported, "log")
    return own, f"Left out: {logs} of imported trials, which have no record of ours and cannot be {done}."


def kept_as_imported(paths: Iterable[Path]) -> str:
    """Return a sentence on the logs among some that ``--measure-again`` leaves as they are, or an empty text."""
    imported = sum(_is_imported(path) for path in paths)
    if not imported:
        return ""
    return (
        f"Not measured again: {counted(imported, 'log')} of imported trials, which have no record of ours; to measure "
        "them by this version, import the transcripts again."
    )


def member_ending(row: Mapping[str, Any]) -> str:
    """How the name of an imported trial's sample ends in its log; ``MEMBER_ENDING`` characters."""
    return f"-{str(row['digest'])[:10]}_epoch_1.json"


def _is_imported(path: Path) -> bool:
    try:
        return bool((read_header(path)["eval"].get("metadata") or {}).get("imported"))
    except LogError:
        return False


def _instead(log: Path) -> str:
    return (
        f"read it with 'inspect view --log-dir {log.parent}', see what was measured with 'peerward trials' or "
        "'peerward report', and the source's own labels in the import's comparison.md"
    )
