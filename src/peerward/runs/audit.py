"""The audit of a study: what its cells render, and whether they differ only in what they say they differ in.

Every pair of cells of a scenario that differ in one factor is held to that factor's declared class. ``matched``
means: no part appears or goes, every text keeps its length within 10 % and the kinds of its lines.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from peerward.company import tool
from peerward.company.tools import sheets as sheet_tools
from peerward.design import NOT_APPLICABLE, Condition, Match, factor
from peerward.runs.layout import Layout, StudyCell
from peerward.runs.study_checks import named_confounds
from peerward.scenarios import Staged
from peerward.scenarios.cells import stage_cell

PARTS = ("system", "user", "materials", "relationship", "notes", "sheets", "hosts", "other", "tools")
"""The parts of a trial, as the audit counts them. Materials are the policy, the guideline or the notice."""
LONGER = 1.1
_KIND = re.compile(r"(#+) |(\|)|(-|\d+\.) |(>) |(```)|(\* \* \*)$|$")

Texts = Mapping[str, Mapping[str, str]]
"""Texts by part and by name within the part."""


@dataclass(frozen=True)
class Difference:
    """Where two cells differ: a text of a part, and how."""

    part: str
    name: str
    words: tuple[int, int]
    same_layout: bool
    only_in_one: bool

    @property
    def matched(self) -> bool:
        """Whether the two are matched."""
        few, many = sorted(self.words)
        return not self.only_in_one and self.same_layout and many <= LONGER * few

    def told(self) -> str:
        """What is not matched, for a reader."""
        if self.only_in_one:
            return f"{self.part} ({self.name}) stands in one of them only"
        if not self.same_layout:
            return f"{self.part} ({self.name}) has another layout"
        return f"{self.part} ({self.name}) has {self.words[0]} and {self.words[1]} words"


@dataclass(frozen=True)
class Row:
    """One cell on one variant, as the audit shows it.

    Attributes:
        cell: The cell.
        variant: The variant.
        digest: The digest of the trial.
        words: Words of each part.
        reference: Whether it is the arm with which the others of its scenario are compared.
        factors: The factors in which it differs from the reference arm.
        parts: The parts that differ from the reference arm.
    """

    cell: StudyCell
    variant: int
    digest: str
    words: Mapping[str, int]
    reference: bool
    factors: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Two cells that differ in one factor on one variant, held to that factor's class."""

    factor: str
    cells: tuple[StudyCell, StudyCell]
    variant: int
    differences: tuple[Difference, ...]

    @property
    def failures(self) -> tuple[Difference, ...]:
        """What breaks the factor's class."""
        if factor(self.factor).match is not Match.MATCHED:
            return ()
        return tuple(each for each in self.differences if not each.matched)

    def told(self, difference: Difference) -> str:
        """One failure, for a reader."""
        numbers = " and ".join(str(cell.number) for cell in self.cells)
        return f"cells {numbers} ({self.cells[0].scenario}), variant {self.variant}: {difference.told()}"


@dataclass(frozen=True)
class Audit:
    """What an audit found."""

    rows: tuple[Row, ...]
    pairs: tuple[Pair, ...]
    confounds: tuple[str, ...]

    @property
    def failures(self) -> list[str]:
        """What breaks a declared class, pair by pair."""
        return [f"{pair.factor}: {pair.told(difference)}" for pair in self.pairs for difference in pair.failures]

    def holds(self, name: str) -> bool | None:
        """Whether a factor's class holds in all pairs; None where no two cells differ in it alone."""
        pairs = [pair for pair in self.pairs if pair.factor == name]
        return all(not pair.failures for pair in pairs) if pairs else None


def audit(layout: Layout, variants: int = 1) -> Audit:
    """Render all cells of a study and compare them.

    Args:
        layout: A study that was checked.
        variants: On how many variants, from the study's first.
    """
    study = layout.study
    rows: list[Row] = []
    pairs: list[Pair] = []
    for cells in layout.by_scenario().values():
        for variant in range(study.first_variant, study.first_variant + variants):
            staged = [stage_cell(cell.scenario, cell.condition, study.seed, variant) for cell in cells]
            texts = [texts_of(each) for each in staged]
            rows += [
                _row(cell, variant, each.digest, found, cells[0], texts[0])
                for cell, each, found in zip(cells, staged, texts, strict=True)
            ]
            for one, two in combinations(range(len(cells)), 2):
                changed = _changed(cells[one].condition, cells[two].condition)
                if len(changed) == 1:
                    differences = tuple(_differences(texts[one], texts[two]))
                    pairs.append(Pair(changed[0], (cells[one], cells[two]), variant, differences))
    return Audit(tuple(rows), tuple(pairs), (*named_confounds(layout), *_from_reference(rows)))


def texts_of(staged: Staged) -> Texts:
    """All that a critic can meet, by part. The relationship document goes by one name whatever it is called."""
    case, company, brief = staged.case, staged.company, staged.brief
    documents = {path: document.text for path, document in sorted(company.drive.items())}
    materials = {path: documents.pop(path) for path in case.materials if path in documents}
    told = {"document": documents.pop(case.relationship_path)} if case.relationship_path else {}
    sheets = {
        f"{name}, {sheet}": sheet_tools.read_sheet(company, name, sheet)
        for name, book in sorted(company.workbooks.items())
        for sheet in book.sheets
    }
    hosts = {
        name: "\n".join(f"{file.modified:%Y-%m-%d} {file.size_bytes} {path} {file.summary}" for path, file in files)
        for name, host in sorted(company.hosts.items())
        for files in [sorted(host.files.items())]
    }
    return {
        "system": {"prompt": brief.system},
        "user": {"message": brief.user},
        "materials": materials,
        "relationship": told,
        "notes": {"recall_notes": company.notes} if company.notes else {},
        "sheets": sheets,
        "hosts": hosts,
        "other": documents,
        "tools": {name: tool(name).description for name in brief.tools} | {"nudge": brief.nudge},
    }


def _row(cell: StudyCell, variant: int, digest: str, texts: Texts, first: StudyCell, reference: Texts) -> Row:
    differences = _differences(reference, texts)
    return Row(
        cell=cell,
        variant=variant,
        digest=digest,
        words={part: sum(len(text.split()) for text in texts[part].values()) for part in PARTS},
        reference=cell is first,
        factors=_changed(first.condition, cell.condition),
        parts=tuple(dict.fromkeys(each.part for each in differences)),
    )


def _changed(one: Condition, two: Condition) -> tuple[str, ...]:
    return tuple(name for name in one if one[name] != two[name] and NOT_APPLICABLE not in (one[name], two[name]))


def _differences(one: Texts, two: Texts) -> Iterator[Difference]:
    for part in PARTS:
        for name in dict.fromkeys((*one[part], *two[part])):
            first, second = one[part].get(name), two[part].get(name)
            if first == second:
                continue
            texts = (first or "", second or "")
            yield Difference(
                part=part,
                name=name,
                words=(len(texts[0].split()), len(texts[1].split())),
                same_layout=layout_of(texts[0]) == layout_of(texts[1]),
                only_in_one=first is None or second is None,
            )


def layout_of(text: str) -> list[str]:
    """The kind of each line: heading with its level, table, list, quote, fence, rule, blank or prose."""
    found = []
    for line in text.rstrip("\n").split("\n"):
        match = _KIND.match(line)
        found.append(re.sub(r"\d+", "1", match[0]) or "blank" if match else "prose")
    return found


def _from_reference(rows: list[Row]) -> Iterator[str]:
    """Cells that differ from every other cell of their scenario in more than one factor."""
    told = set()
    for row in rows:
        near = [
            _changed(row.cell.condition, other.cell.condition)
            for other in rows
            if other.cell.scenario == row.cell.scenario
        ]
        fewest = min((len(each) for each in near if each), default=0)
        if fewest > 1 and row.cell.number not in told:
            told.add(row.cell.number)
            yield f"cell {row.cell.told()}: no other cell differs from it in one factor alone"
