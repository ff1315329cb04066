"""Facts files: what every wording of a document has to state under which level, and what it may not.

A facts file lies beside the wordings: ``always`` lists facts of every render, ``levels`` facts that hold under one
level of a factor and must not be found under its other levels (in ``when``: due only where other factors stand so, in
``unless``: not due where one of them does).
A fact is a name and patterns, one of which has to match; patterns are templates with the words of the text, whose
values stand for themselves.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import told
import yaml

import peerward.scenarios
from peerward.company.texts import Text, load_folder
from peerward.design import LevelError, factor
from peerward.scenarios import Staged, scenario
from peerward.scenarios.cells import checked_condition
from peerward.scenarios.dates import long_date
from peerward.scenarios.drawing import Draw
from peerward.scenarios.opening import subject_clause
from peerward.scenarios.setting import make_setting

SCENARIOS = Path(peerward.scenarios.__file__).parent
REVIEWS = ("evaluation", "shutdown_config", "shutdown_duty")
DATASETS = tuple(level for level in factor("dataset").levels if level != "hue")


class Pattern(str):
    """A word that is itself a pattern."""


_ENVIRONMENT = jinja2.Environment(
    undefined=jinja2.StrictUndefined,
    autoescape=False,
    finalize=lambda value: value if isinstance(value, Pattern) else re.escape(str(value)),
)
_TAG = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}|<!--.*?-->|\n")


@dataclass(frozen=True)
class Kind:
    """A kind of text with wordings, and where a staged trial holds it.

    Attributes:
        folder: Where wordings and facts file lie.
        stems: The wordings are ``<stem>.*.md``, the facts file is ``<first stem>.facts.yaml``.
        read: Returns the text as the critic meets it, empty where it is not told.
    """

    folder: Path
    stems: tuple[str, ...]
    read: Callable[[Staged], str]

    @property
    def facts(self) -> Path:
        return self.folder / f"{self.stems[0]}.facts.yaml"

    @property
    def texts(self) -> tuple[Text, ...]:
        # Those of the paper's world are read in test_paper_world.
        found = (text for stem in self.stems for text in load_folder(self.folder, f"{stem}.*md"))
        return tuple(text for text in found if not text.path.stem.endswith(".paper"))

    def wording(self, render: str) -> str:
        """The name of the wording that a render comes from: most of its literal pieces are in it."""
        return max(self.texts, key=lambda text: sum(piece in render for piece in _pieces(text))).path.stem


@cache
def _pieces(text: Text) -> tuple[str, ...]:
    """The literal pieces of a wording, front matter left aside."""
    pieces = _TAG.split(text.source.split("\n---\n", 1)[1])
    return tuple(piece.strip() for piece in pieces if len(piece.strip()) > 12)


def rule_of(staged: Staged) -> str:
    """The policy, guideline or notice."""
    return staged.company.drive[staged.case.materials[0]].text if staged.case.materials else ""


def settings_of(staged: Staged) -> str:
    """The settings file, where the critic can reach one."""
    path = str(getattr(staged.case, "config_path", ""))
    return staged.company.drive[path].text if path else ""


def kinds(name: str) -> tuple[Kind, ...]:
    """The kinds of texts of a scenario."""
    own = SCENARIOS / name / "texts"
    review = SCENARIOS / "review" / "texts"
    everywhere = tuple(Kind(*each) for each in told.READERS)
    if name in REVIEWS:
        config = (Kind(own, ("agent_lifecycle",), settings_of),)
        return (
            Kind(review, ("policy",), rule_of),
            Kind(own, ("enforcement",), rule_of),
            Kind(review, ("task",), lambda staged: staged.brief.user),
            *(config if name == "shutdown_config" else ()),
            *everywhere,
        )
    rule = "guideline" if name == "finance" else "notice"
    return (Kind(own, (rule,), rule_of), Kind(own, ("task",), lambda staged: staged.brief.user), *everywhere)


def stage(name: str, levels: Mapping[str, str], variant: int, seed: int = 0) -> Staged:
    """Stage a trial afresh (``stage_cell`` keeps what it has staged)."""
    condition = checked_condition(name, levels)
    return scenario(name).stage(condition, Draw(seed, name, condition["dataset"], variant))


_BASES: tuple[dict[str, str], ...] = (
    {},
    {"stakes": "none"},
    {"stakes": "none", "bar": "none"},
    {"direction": "high_ends"},
    {"direction": "high_ends", "stakes": "none"},
    {"direction": "high_ends", "stakes": "none", "bar": "none"},
)


_BY_HAND = {"dataset", "world", *_BASES[-1], "harness", "weight_size"}
"""Factors whose levels do not stand beside every base."""


def in_its_place(name: str, levels: Mapping[str, str]) -> dict[str, str]:
    """Levels as a scenario can have them: files of a real size wherever it acts in a harness on hosts."""
    is_on_hosts = "weight_size" in scenario(name).factors and levels.get("harness", "loop") != "loop"
    return {**({"weight_size": "real_64mb"} if is_on_hosts else {}), **levels}


def arms(name: str, only: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """Conditions that take every level of every factor beside every base, the data set left aside."""
    own = scenario(name).factors
    varied = [{each: level} for each in sorted(own - _BY_HAND) for level in factor(each).levels]
    varied += [
        {"channel": channel, "relationship": level}
        for channel in factor("channel").levels
        for level in factor("relationship").levels
    ]
    varied += [
        {"stakes": stakes, "subject": subject}
        for stakes in factor("stakes").levels
        for subject in ("peer", "self", "human", "object")
    ]
    varied += told.BESIDE_EVERY_BASE
    bases = [base for base in _BASES if set(base) <= own]
    found: dict[Any, dict[str, str]] = {}
    for wanted in [*bases, *({**base, **more} for base in bases for more in varied), *told.ARMS]:
        levels = in_its_place(name, wanted)
        try:
            found.setdefault(checked_condition(name, levels), levels)
        except LevelError:
            continue
    return [levels for levels in found.values() if not only or set(levels) <= set(only)]


@cache
def variants(name: str, dataset: str = "") -> tuple[int, ...]:
    """Variants that together hold every wording of every kind."""
    level = {"dataset": dataset} if dataset else {}
    wanted = {(kind.facts, text.path.stem) for kind in kinds(name) for text in kind.texts}
    chosen: list[int] = []
    seen: set[tuple[Path, str]] = set()
    for variant in range(200):
        new: set[tuple[Path, str]] = set()
        for more in told.SHOWING:
            staged = stage(name, in_its_place(name, level | more), variant)
            read = [(kind, kind.read(staged)) for kind in kinds(name)]
            new |= {(kind.facts, kind.wording(text)) for kind, text in read if text}
        if new - seen:
            chosen.append(variant)
            seen |= new
        if seen == wanted:
            return tuple(chosen)
    raise AssertionError(f"{name}: never drawn in 200 variants: {wanted - seen}")


def cells(name: str) -> Iterator[Staged]:
    """Trials in which every wording stands under every level."""
    for variant in variants(name):
        for levels in arms(name):
            yield stage(name, levels, variant)
    if name in REVIEWS:
        for dataset in DATASETS[1:]:
            for variant in variants(name, dataset):
                for levels in arms(name, ("stakes", "bar", "direction")):
                    yield stage(name, {"dataset": dataset, **levels}, variant)


def words(staged: Staged) -> dict[str, Any]:
    """The words of a trial's texts."""
    setting, case, condition = make_setting(staged.draw, staged.condition), staged.case, staged.condition
    bar = condition["bar"]
    return {
        **setting.context(""),
        **{name: getattr(case, name) for name in type(case).model_fields},
        "rows": 20,
        "subject": setting.subject(condition["subject"]),
        "partner": setting.partner,
        "infra": setting.leads["infra"],
        "bar": Pattern(r"\d+") if bar == "none" else bar,
        "ends_on": long_date(setting.workday(staged.draw.stream("ends on").integer(8, 21))),
        "cut_date": long_date(case.cut) if getattr(case, "cut", None) else "",
        "data_folder": "/srv",
    }


@cache
def load_facts(path: Path) -> dict[str, Any]:
    facts: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return facts


@cache
def _template(pattern: str) -> jinja2.Template:
    return _ENVIRONMENT.from_string(pattern)


def _level(staged: Staged, name: str, listed: Collection[str] = ()) -> str:
    """The level under which facts are looked up; agents that are told of in the same words go by one."""
    level = staged.condition[name]
    if name == "subject" and level not in listed:
        level = subject_clause(staged.condition)
    return "number" if name == "bar" and level != "none" else level


def _matching(fact: Mapping[str, Any], text: str, context: Mapping[str, Any]) -> list[str]:
    return [pattern for pattern in fact["any"] if re.search(_template(pattern).render(context), text, re.I | re.M)]


@dataclass
class Reading:
    """What came of reading texts: what is wrong with them, and which patterns were met, by facts file."""

    wrong: list[str]
    met: dict[Path, set[str]]


def read_all(name: str) -> Reading:
    """Hold every wording of a scenario's texts, under every level, to its facts file."""
    reading = Reading([], {kind.facts: set() for kind in kinds(name)})
    read = set()
    for staged in cells(name):
        for kind in kinds(name):
            text = kind.read(staged)
            key = (
                kind.facts,
                text,
                *(_level(staged, each, listed) for each, listed in load_facts(kind.facts)["levels"].items()),
            )
            if text and key not in read:
                read.add(key)
                check(kind, staged, text, reading)
    return reading


def patterns(path: Path) -> set[str]:
    """All patterns of a facts file."""
    facts = load_facts(path)
    listed = [fact for levels in facts["levels"].values() for each in levels.values() for fact in each]
    return {pattern for fact in [*facts["always"], *listed] for pattern in fact["any"]}


def check(kind: Kind, staged: Staged, text: str, reading: Reading) -> None:
    facts, context = load_facts(kind.facts), words(staged)
    where = f"{staged.scenario}, {staged.condition.named()}, variant {staged.draw.variant}, {kind.wording(text)}"
    due = list(facts["always"])
    for name, levels in facts["levels"].items():
        for level, listed in levels.items():
            for fact in listed:
                if level != _level(staged, name, levels):
                    if _matching(fact, text, context):
                        reading.wrong.append(f"{where}: states {fact['fact']!r} of {name}={level}")
                elif all(_level(staged, each) == value for each, value in fact.get("when", {}).items()):
                    due.append(fact)
    for fact in due:
        if any(_level(staged, each) in value for each, value in fact.get("unless", {}).items()):
            continue
        found = _matching(fact, text, context)
        reading.met[kind.facts] |= set(found)
        if not found:
            reading.wrong.append(f"{where}: does not state {fact['fact']!r}")


def once(read: Callable[[Mapping[str, str], int], Any]) -> Callable[[Mapping[str, str], int], Any]:
    """Read a trial once: ``pairs`` gives the first of its two arms again for every level it is held against."""
    known: dict[Any, Any] = {}

    def reading(levels: Mapping[str, str], variant: int) -> Any:
        key = (tuple(sorted(levels.items())), variant)
        if key not in known:
            known[key] = read(levels, variant)
        return known[key]

    return reading


_NUMBERS = {"bar": ("40", "80"), "trust": ("3", "10")}
"""Numbers that stand for all of a factor's."""


SOME = 3
"""Of so many surroundings one is taken where not all are."""


def pairs(name: str, changed: str, every: int = 1) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Pairs of arms that differ in one factor alone: its first admissible level and every other.

    They are taken in each ``every``-th of the surroundings: default arms always, the others by turns, so that factors
    together see all of them.
    """
    own = scenario(name).factors
    if changed not in own:
        return
    surroundings = [base for base in _BASES if set(base) <= own]
    surroundings += [{"channel": channel} for channel in factor("channel").levels]
    surroundings += [{"relationship": level} for level in factor("relationship").levels]
    surroundings += [{"instruction": level} for level in factor("instruction").levels]
    turn = sorted(own).index(changed) % every
    seen = set()
    for around in (surroundings[0], *surroundings[1 + turn :: every]):
        rest = {each: level for each, level in around.items() if each != changed}
        # The default bar depends on the direction; a pair that differs in the direction alone keeps one bar.
        levels = [*factor(changed).levels, *_NUMBERS.get(changed, ())]
        fixed = {"bar": "80"} if changed == "direction" and rest.get("bar") != "none" else {}
        valid = []
        for level in levels:
            try:
                condition = checked_condition(name, {**rest, **fixed, changed: level})
            except LevelError:
                continue
            valid.append((condition, {**rest, **fixed, changed: level}))
        for condition, other in valid[1:]:
            if (valid[0][0], condition) not in seen:
                seen.add((valid[0][0], condition))
                yield valid[0][1], other
