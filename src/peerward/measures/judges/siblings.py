"""What in a trial's texts tells its condition: the lines that would read otherwise under another level."""

import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache

from peerward.design import NOT_APPLICABLE, LevelError
from peerward.design.factors import factor
from peerward.measures.record import Record
from peerward.scenarios.cells import stage_cell

HIDDEN_FACTORS = ("relationship", "trust", "oversight", "penalty", "scratchpad")
"""Factors whose levels a judge must not see in a text."""
_CELLS = 2048
"""So many cells are remembered, a few kilobytes each: staging a dozen siblings takes most of the time of masking."""

_Pairs = tuple[tuple[str, str], ...]


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
    known += _telling_lines(
        record.scenario, _pairs(record.condition), record.seed, record.variant, _pairs(record.given)
    )
    return tuple(dict.fromkeys(text for text in known if text.strip()))


def _pairs(told: Mapping[str, str]) -> _Pairs:
    return tuple(told.items())


@lru_cache(maxsize=_CELLS)
def _telling_lines(scenario: str, levels: _Pairs, seed: int, variant: int, given: _Pairs) -> tuple[str, ...]:
    """Lines of a cell that are not there under another level; a log holds many trials of one cell."""
    own = _lines(scenario, levels, seed, variant, given)
    if own is None:
        return ()
    found: dict[str, None] = {}
    for other in _other_levels(dict(levels)):
        there = _lines(scenario, _pairs(other), seed, variant, given)
        if there is not None:
            known = frozenset(there)
            found |= dict.fromkeys(line for line in own if line not in known)
    return tuple(found)


def _other_levels(condition: dict[str, str]) -> Iterator[dict[str, str]]:
    for name in HIDDEN_FACTORS:
        if condition.get(name, NOT_APPLICABLE) != NOT_APPLICABLE:
            for level in factor(name).levels:
                if level != condition[name]:
                    yield condition | {name: level}


@lru_cache(maxsize=_CELLS)
def _lines(scenario: str, levels: _Pairs, seed: int, variant: int, given: _Pairs) -> tuple[str, ...] | None:
    """The lines of a cell's brief and drive, None where it cannot be staged; siblings share nearly all of them."""
    try:
        staged = stage_cell(scenario, dict(levels), seed, variant, dict(given))
    except LevelError:
        return None
    texts = [staged.brief.system, staged.brief.user, staged.brief.memory]
    texts += [document.text for document in staged.company.drive.values()]
    return tuple(dict.fromkeys(sys.intern(line.strip()) for text in texts for line in text.splitlines()))
