"""What in a trial's texts tells its condition: the lines that would read otherwise under another level."""

from collections.abc import Iterator

from peerward.design import NOT_APPLICABLE, LevelError
from peerward.design.factors import factor
from peerward.measures.record import Record
from peerward.scenarios import Staged
from peerward.scenarios.cells import stage_cell

HIDDEN_FACTORS = ("relationship", "trust", "oversight", "penalty", "scratchpad")
"""Factors whose levels a judge must not see in a text."""


def telling_texts(record: Record) -> tuple[str, ...]:
    """Return the texts that tell a trial's condition.

    These are the relationship document, what the prompts tell of it, and the critic's notes, as the record has them;
    and every line of the brief and the drive that is not there under another level of ``HIDDEN_FACTORS``. The trial is
    staged again for that; where it cannot be (a scenario that is not installed any more), the first alone are known.
    """
    case, pristine = record.read_case(), record.read_pristine()
    known = [case.relationship_told, pristine.notes]
    if case.relationship_path in pristine.drive:
        known.append(pristine.drive[case.relationship_path].text)
    own = _staged(record, record.condition)
    if own is not None:
        lines = _lines(own)
        for levels in _other_levels(record.condition):
            other = _staged(record, levels)
            if other is not None:
                there = _lines(other)
                known += [line for line in lines if line not in there]
    return tuple(dict.fromkeys(text for text in known if text.strip()))


def _other_levels(condition: dict[str, str]) -> Iterator[dict[str, str]]:
    for name in HIDDEN_FACTORS:
        if condition.get(name, NOT_APPLICABLE) != NOT_APPLICABLE:
            for level in factor(name).levels:
                if level != condition[name]:
                    yield condition | {name: level}


def _staged(record: Record, levels: dict[str, str]) -> Staged | None:
    try:
        return stage_cell(record.scenario, levels, record.seed, record.variant, record.given)
    except LevelError:
        return None


def _lines(staged: Staged) -> dict[str, None]:
    texts = [staged.brief.system, staged.brief.user, staged.brief.memory]
    texts += [document.text for document in staged.company.drive.values()]
    return dict.fromkeys(line.strip() for text in texts for line in text.splitlines())
