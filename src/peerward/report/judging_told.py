"""What a report carries of judging, in sentences: for its card, manifest and records, and for a comparison of two."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from peerward.measures.judges import RUBRIC_NAMES
from peerward.report.folder import read_manifest
from peerward.report.judged import JudgedAnswers

if TYPE_CHECKING:
    from peerward.runs.table import Table

NO_JUDGING = "No judge has read these trials: nothing here is judged."
"""What stands where a report carries no judging."""
KEY = "judging"
"""The manifest's key of the sentences."""


def judging_told(judged: JudgedAnswers | None) -> tuple[str, ...]:
    """Return a sentence for each rubric under which trials were judged, and one on the dispositions; none without."""
    if judged is None:
        return ()
    told = []
    for each in judged.rubrics:
        if not each.judged:
            continue
        by = ", ".join(each.judges) or "an unnamed judge"
        version = f" (version {', '.join(map(str, each.versions))})" if each.versions else ""
        rules = ", rules without a model" if each.baseline else ""
        persons = each.audit.persons if each.audit is not None else ()
        audited = ", ".join(f"{person.labelled} labelled by {person.by}" for person in persons)
        trials = each.judged + sum(each.unscored.values())
        told.append(
            f"{each.rubric}{version}: judged by {by}{rules}; {each.judged} of {trials} "
            f"trials; {f'audited, {audited}' if audited else 'not audited'}."
        )
    dispositions = sum(each.judged for each in judged.disposed.values())
    if dispositions:
        told.append(
            f"disposition: {dispositions} trials, from the state and from these judges; the state contradicts a judge "
            f"{len(judged.state)} times and counts."
        )
    return tuple(told)


def judging_in(folder: Path, table: "Table") -> tuple[str, ...]:
    """Return what another report carries of judging, out of its manifest; of an earlier one, out of its table.

    Args:
        folder: The other report.
        table: Its trials table.
    """
    told = read_manifest(folder).get(KEY)
    if isinstance(told, list):
        return tuple(str(each) for each in told)
    counts = {name: sum(bool(word) for word in table[name].tolist()) for name in (*RUBRIC_NAMES, "disposition")}
    return tuple(
        f"{name}: {count} of {len(table)} trials; the report does not say who judged."
        for name, count in counts.items()
        if count
    )


def in_one_text(told: Sequence[str]) -> str:
    """The sentences as one text."""
    return " ".join(told) if told else NO_JUDGING
