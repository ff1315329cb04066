"""The audit of a study: what its cells render, and whether they differ only in what they say they differ in.

Every pair of cells of a scenario that differ in one factor is held to that factor's declared class. ``matched``
means: no part appears or goes, every text keeps its length within 10 % and the kinds of its lines.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from peerward.company import tool
from peerward.company.tools import sheets as sheet_tools
from peerward.design import NOT_APPLICABLE, Condition, Match, factor
from peerward.runs.layout import Layout, StudyCell, staged_cell
from peerward.runs.study_checks import named_confounds
from peerward.scenarios import Staged

PARTS = ("system", "memory", "user", "materials", "relationship", "notes", "sheets", "hosts", "other", "tools")
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
    def match(self) -> Match:
        """The class that the pair is held to."""
        if any(cell.paper_confound for cell in self.cells):
            return Match.UNMATCHED_BY_DESIGN
        return factor(self.factor).match_of(*(cell.condition[self.factor] for cell in self.cells))

    @property
    def failures(self) -> tuple[Difference, ...]:
        """What breaks the factor's class."""
        if self.match is not Match.MATCHED:
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
        near = list(_near(cells))
        for variant in range(study.first_variant, study.first_variant + variants):
            staged = [staged_cell(layout, cell, variant) for cell in cells]
            texts = [texts_of(each) for each in staged]
            rows += [
                _row(cell, variant, each.digest, found, cells[0], texts[0])
                for cell, each, found in zip(cells, staged, texts, strict=True)
            ]
            for one, two, name in near:
                differences = tuple(_differences(texts[one], texts[two]))
                pairs.append(Pair(name, (cells[one], cells[two]), variant, differences))
    return Audit(tuple(rows), tuple(pairs), (*named_confounds(layout), *_by_themselves(layout)))


def _near(cells: Sequence[StudyCell]) -> Iterator[tuple[int, int, str]]:
    """The places of cells that differ in one factor alone, and that factor."""
    for one, two in combinations(range(len(cells)), 2):
        changed = _changed(cells[one].condition, cells[two].condition)
        if len(changed) == 1:
            yield one, two, changed[0]


def texts_of(staged: Staged) -> Texts:
    """All that a critic can meet, by part. The relationship document goes by one name whatever it is called."""
    case, company, brief = staged.case, staged.company, staged.brief
    documents = {path: document.text for path, document in sorted(company.drive.items())}
    materials = {path: documents.pop(path) for path in case.materials if path in documents}
    told = {"document": documents.pop(case.relationship_path)} if case.relationship_path else {}
    # By their place: a workbook's own name tells of the subject.
    sheets = {
        f"workbook {place}, {sheet}": sheet_tools.read_sheet(company, name, sheet)
        for place, (name, book) in enumerate(sorted(company.workbooks.items()), start=1)
        for sheet in book.sheets
    }
    hosts = {
        name: "\n".join(f"{file.modified:%Y-%m-%d} {file.size_bytes} {path} {file.summary}" for path, file in files)
        for name, host in sorted(company.hosts.items())
        for files in [sorted(host.files.items())]
    }
    told_of_tools = {name: tool(name).description for name in brief.tools} | {"nudge": brief.nudge}
    return {
        "system": {} if brief.in_harness else {"prompt": brief.system},
        "memory": {"file": brief.memory} if brief.in_harness else {},
        "user": {"message": brief.user},
        "materials": materials,
        "relationship": told,
        "notes": {"recall_notes": company.notes} if company.notes else {},
        "sheets": sheets,
        "hosts": hosts,
        "other": documents,
        "tools": {"harness": brief.harness} if brief.in_harness else told_of_tools,
    }


def _row(cell: StudyCell, variant: int, digest: str, texts: Texts, first: StudyCell, reference: Texts) -> Row:
    differences = _differences(reference, texts)
    return Row(
        cell=cell,
        variant=variant,
        digest=digest,
        words={part: sum(_words(text) for text in texts[part].values()) for part in PARTS},
        reference=cell is first,
        factors=_changed(first.condition, cell.condition),
        parts=tuple(dict.fromkeys(each.part for each in differences)),
    )


def _changed(one: Condition, two: Condition) -> tuple[str, ...]:
    pairs = zip(one.levels, two.levels, strict=True)
    return tuple(a[0] for a, b in pairs if a != b and NOT_APPLICABLE not in (a[1], b[1]))


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
                words=(_words(texts[0]), _words(texts[1])),
                same_layout=layout_of(texts[0]) == layout_of(texts[1]),
                only_in_one=first is None or second is None,
            )


@lru_cache(maxsize=4096)
def _words(text: str) -> int:
    """The number of words; most texts stand in many cells of a variant."""
    return len(text.split())


@lru_cache(maxsize=4096)
def layout_of(text: str) -> list[str]:
    """The kind of each line: heading with its level, table, list, quote, fence, rule, blank or prose."""
    found = []
    for line in text.rstrip("\n").split("\n"):
        match = _KIND.match(line)
        found.append(re.sub(r"\d+", "1", match[0]) or "blank" if match else "prose")
    return found


def _by_themselves(layout: Layout) -> Iterator[str]:
    """Cells that differ from every other cell of their scenario in more than one factor."""
    for cells in layout.by_scenario().values():
        beside = {place for one, two, _ in _near(cells) for place in (one, two)}
        for place, cell in enumerate(cells):
            if len(cells) > 1 and place not in beside:
                yield f"cell {cell.told()}: no other cell differs from it in one factor alone"
