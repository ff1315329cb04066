"""The report's first page: all answers, each number with the way to its trials."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from peerward.analysis.answers import OUTCOMES, Answers, CellAnswer, ComparisonAnswer, Critic
from peerward.report.dispositions import DISPOSITIONS
from peerward.report.judged import JudgedAnswers
from peerward.report.pages.drawings import Drawn, drawing
from peerward.report.pages.environment import environment
from peerward.report.pages.links import cell_file, comparison_anchor
from peerward.report.pages.methods import used_methods
from peerward.report.pages.options import PageOptions
from peerward.report.selection import Example
from peerward.report.wording import STATUS_MEANINGS, Sentence
from peerward.runs.facts import RunFacts

_FIGURES: tuple[tuple[str, str], ...] = (
    ("profile", "profiles"),
    ("contrasts", "contrasts"),
    ("forest", "contrasts"),
    ("rates", "heat"),
    ("heat", "heat"),
    ("errors", "errors"),
    ("alignment", "alignment"),
    ("weights", "weights"),
    ("self", "self-peer"),
    ("outcomes", "outcomes"),
)
"""By the beginning of a figure's name: the section it stands in."""


SECTIONS: tuple[tuple[str, str], ...] = (
    ("summary", "Summary"),
    ("how-to-read", "How to read this"),
    ("profiles", "Profiles"),
    ("contrasts", "Declared contrasts"),
    ("heat", "Heat map"),
    ("errors", "Misrepresentation"),
    ("alignment", "Alignment faking"),
    ("weights", "Weights and other assets"),
    ("self-peer", "Self and peer"),
    ("outcomes", "Outcomes"),
    ("judged", "What judges say"),
    ("missing", "Missing data"),
    ("multiplicity", "Many tests"),
    ("exploratory", "Exploratory pairs"),
    ("paper", "The paper's layout"),
    ("examples", "Examples"),
    ("confounds", "Named confounds"),
    ("methods", "Methods"),
    ("manifest", "Manifest"),
    ("files", "Data files"),
)
"""The sections in order: anchor (and template) and heading."""


@dataclass(frozen=True)
class _Group:
    """The cells of a critic in one scenario, and the findings that they have rates of."""

    scenario: str
    behaviour: str
    findings: tuple[str, ...]
    cells: tuple[CellAnswer, ...]


@dataclass(frozen=True)
class _Profile:
    critic: Critic
    groups: tuple[_Group, ...]
    trials: int
    figures: tuple["_Figure", ...]


@dataclass(frozen=True)
class _Figure:
    name: str
    title: str
    caption: str
    svg: Markup
    table: str


def index_page(
    answers: Answers,
    facts: RunFacts,
    sentences: Sequence[Sentence],
    figures: Iterable[Drawn],
    examples: Sequence[Example],
    options: PageOptions | None = None,
    judged: JudgedAnswers | None = None,
) -> str:
    """The report's ``index.html``.

    Args:
        answers: What the trials answer.
        facts: What the logs say of the run.
        sentences: The summary.
        figures: The figures, as they are drawn for pages.
        examples: The quoted examples, in the order in which they are shown.
        options: What is said of the report itself.
        judged: What judges say; None where none has read a trial.

    Raises:
        ValueError: If a figure holds more than a drawing.
    """
    methods, unknown = used_methods(answers)
    cells = {cell.id: cell for cell in answers.cells}
    placed = _figures(figures)
    tested = [each for each in (*answers.comparisons, *answers.exploratory) if each.test is not None]
    return (
        environment()
        .get_template("index.html")
        .render(
            options=options or PageOptions(),
            root="",
            answers=answers,
            facts=facts,
            judged=judged,
            dispositions=DISPOSITIONS,
            cells=cells,
            sentences=[
                (critic, [(each.text, _links(each, cells, answers)) for each in group])
                for critic, group in groupby(sentences, key=lambda each: each.critic)
            ],
            profiles=_profiles(answers, placed.pop("profiles")),
            scenarios=sorted({cell.scenario for cell in answers.cells}),
            contrasts=_by_contrast(answers.comparisons),
            exploratory=_by_contrast(answers.exploratory),
            tested=tested,
            figures=placed,
            outcome_names=_outcome_names(answers),
            examples=_by_critic(examples, cells),
            methods=methods,
            unknown_methods=unknown,
            sections=SECTIONS,
            several_studies=len({cell.study for cell in answers.cells}) > 1,
            scored=[cell for cell in answers.cells if cell.errors is not None],
            channels=sorted({channel for row in answers.paper for channel in row.rates}),
            in_world=any(row.in_paper_world for row in answers.paper),
            published=any(row.in_paper_world and row.published for row in answers.paper),
            status_meanings=STATUS_MEANINGS,
        )
    )


def _links(sentence: Sentence, cells: Mapping[str, CellAnswer], answers: Answers) -> list[tuple[str, str]]:
    """Where a sentence's numbers come from: address and words; an id that is neither is left out."""
    comparisons = {each.id: each for each in (*answers.comparisons, *answers.exploratory)}
    found: list[tuple[str, str]] = []
    for id in sentence.links:
        if id in cells:
            cell = cells[id]
            found.append((cell_file(id), cell.named if sentence.critic else f"{cell.critic.label}, {cell.scenario}"))
        elif id in comparisons:
            each = comparisons[id]
            found.append(
                (f"#{comparison_anchor(id)}", "its row" if sentence.critic else f"{each.contrast}, {each.scenario}")
            )
    return found


def _profiles(answers: Answers, figures: Sequence[_Figure]) -> list[_Profile]:
    profiles = []
    # The name of a figure ends with its critic's key, and with a number where there are several of one critic.
    shown = {re.sub(r"^profile-", "", figure.name): figure for figure in figures}
    keys = {critic.key for critic in answers.critics}
    for critic in answers.critics:
        own = [cell for cell in answers.cells if cell.critic.key == critic.key]
        groups = []
        for scenario in sorted({cell.scenario for cell in own}):
            cells = tuple(cell for cell in own if cell.scenario == scenario)
            findings = tuple(dict.fromkeys(name for cell in cells for name in cell.rates if name != "survived"))
            groups.append(_Group(scenario, cells[0].behaviour, findings, cells))
        groups.sort(key=lambda group: (group.behaviour, group.scenario))
        own_figures = tuple(
            figure
            for name, figure in shown.items()
            if name == critic.key or (name not in keys and re.sub(r"-\d+$", "", name) == critic.key)
        )
        profiles.append(_Profile(critic, tuple(groups), sum(cell.trials for cell in own), own_figures))
    return profiles


def _by_contrast(comparisons: Iterable[ComparisonAnswer]) -> list[tuple[str, list[ComparisonAnswer]]]:
    groups: dict[tuple[str, str], list[ComparisonAnswer]] = {}
    for each in comparisons:
        groups.setdefault((each.study, each.contrast), []).append(each)
    several = len({study for study, _ in groups}) > 1
    return [(f"{study}: {name}" if several and study else name, held) for (study, name), held in groups.items()]


def _figures(figures: Iterable[Drawn]) -> dict[str, list[_Figure]]:
    """The figures by section; one of an unknown name stands in a section of its own at the end."""
    held: dict[str, list[_Figure]] = {section: [] for section in (*dict(_FIGURES).values(), "others")}
    for each in figures:
        section = next((section for start, section in _FIGURES if each.name.startswith(start)), "others")
        held[section].append(_Figure(each.name, each.title, each.caption, drawing(each), each.table))
    return held


def _outcome_names(answers: Answers) -> list[str]:
    """The outcome classes that occur, in their order; a judge's dispositions come after."""
    known = [name for name in OUTCOMES if any(cell.outcomes.get(name) for cell in answers.cells)]
    others = dict.fromkeys(name for cell in answers.cells for name in cell.outcomes if name not in OUTCOMES)
    return known + list(others)


def _by_critic(
    examples: Sequence[Example], cells: Mapping[str, CellAnswer]
) -> list[tuple[str, list[tuple[Example, CellAnswer]]]]:
    groups: dict[str, list[tuple[Example, CellAnswer]]] = {}
    for each in examples:
        if each.cell_id in cells:
            cell = cells[each.cell_id]
            groups.setdefault(cell.critic.label, []).append((each, cell))
    return list(groups.items())
