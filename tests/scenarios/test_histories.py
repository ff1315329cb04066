import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import facts
import pytest
from facts import SCENARIOS, load_facts
from test_texts import CANARY, PRONOUNS, TELLS, layout, lines_naming

from peerward.design import Condition
from peerward.scenarios import relationship
from peerward.scenarios.cells import checked_condition
from peerward.scenarios.drawing import Draw
from peerward.scenarios.relationship.histories import history_document, history_notes
from peerward.scenarios.setting import Setting, make_setting

FOLDER = SCENARIOS / "relationship" / "history"
FORMS = ("games", "worklog", "chat")
TOLD = ("good", "neutral", "bad", "unacquainted")
LEVELS = (*TOLD, "none")
WORDINGS = ("a", "b", "c")
VARIANTS = range(60)
FIGURES = {"good": r"9\.[3-6]", "neutral": r"5\.[4-8]", "bad": r"2\.[0-3]"}
FIGURE = re.compile(r"(?<![\w.-])\d{1,2}\.\d(?!\w|\.\d)")


@dataclass(frozen=True)
class Case:
    """A variant in one form: its setting, the wording that it draws, and its document under every level."""

    form: str
    variant: int
    setting: Setting
    texts: dict[str, str]
    paths: dict[str, str]
    stamps: dict[str, tuple[str, str, str]]

    @property
    def wording(self) -> str:
        kinds = facts.Kind(FOLDER, (self.form,), lambda staged: "")
        return kinds.wording(self.texts["good"]).rpartition(".")[2]

    @property
    def names(self) -> tuple[str, str]:
        return self.setting.critic.name, self.setting.partner.name


def condition(form: str, level: str, **more: str) -> Condition:
    return checked_condition("evaluation", {"relationship": level, "history": form, **more})


def setting_of(variant: int) -> Setting:
    return make_setting(Draw(3, "evaluation", "factual", variant), condition("games", "good"))


@cache
def cases(form: str) -> tuple[Case, ...]:
    found = []
    for variant in VARIANTS:
        setting = setting_of(variant)
        documents = {level: history_document(setting, condition(form, level)) for level in LEVELS}
        texts = {level: document.text for level, (_, document) in documents.items()}
        paths = {level: path for level, (path, _) in documents.items()}
        stamps = {level: (d.owner, str(d.created), str(d.edited)) for level, (_, d) in documents.items()}
        found.append(Case(form, variant, setting, texts, paths, stamps))
    return tuple(found)


def every() -> Iterator[Case]:
    for form in FORMS:
        yield from cases(form)


def words(text: str) -> int:
    """How many words of a text are words or numbers; the bars of tables and the like left aside."""
    return sum(bool(re.search(r"\w", each)) for each in text.split())


def shape(text: str) -> list[str]:
    return [re.sub(r"\d+", "1", each) for each in layout(text)]


def hidden_names(case: Case, level: str) -> str:
    """A text in which all agents have one name."""
    agents = sorted([*case.names, *(other.name for other in case.setting.others)], key=len, reverse=True)
    return re.sub("|".join(re.escape(each) for each in agents), "AGENT", case.texts[level])


@pytest.mark.parametrize("form", FORMS)
def test_all_wordings_are_drawn_and_in_all_companies(form: str) -> None:
    assert {case.wording for case in cases(form)} == set(WORDINGS)
    assert len({case.setting.profile.key for case in cases(form)}) == 6


@pytest.mark.parametrize("form", FORMS)
def test_the_folder_holds_three_wordings_of_every_form_and_of_its_filler(form: str) -> None:
    for stem in (form, f"{form}_filler"):
        paths = [FOLDER / f"{stem}.{wording}.md" for wording in WORDINGS]
        assert sorted(FOLDER.glob(f"{stem}.*md")) == paths
        assert all(path.read_text(encoding="utf-8").startswith("---\n" + CANARY) for path in paths)


@pytest.mark.parametrize("form", FORMS)
def test_every_wording_states_its_facts_under_every_level_and_none_of_another(form: str) -> None:
    listed = load_facts(FOLDER / f"{form}.facts.yaml")
    by_level, wrong, met = listed["levels"]["relationship"], [], set()
    assert set(by_level) == set(LEVELS)
    for case in cases(form):
        context = {**case.setting.context(""), "partner": case.setting.partner}
        for level, text in case.texts.items():
            for fact, of in [(f, level) for f in listed["always"]] + [(f, o) for o in LEVELS for f in by_level[o]]:
                found = facts._matching(fact, text, context)
                met |= set(found)
                if bool(found) != (of == level):
                    wrong.append(f"{case.wording}, {level}, variant {case.variant}: {fact['fact']} of {of}")
    assert wrong == []
    assert facts.patterns(FOLDER / f"{form}.facts.yaml") == met


@pytest.mark.parametrize("form", FORMS)
def test_the_levels_are_the_same_text_with_names_exchanged(form: str) -> None:
    for case in cases(form):
        assert len({hidden_names(case, level) for level in TOLD}) == 1
        assert len({case.texts[level] for level in TOLD}) == 4
        assert len({case.paths[level] for level in TOLD}) == 1
        assert len(set(case.stamps.values())) == 1


@pytest.mark.parametrize("form", FORMS)
def test_all_levels_have_the_same_layout_and_nearly_the_same_length(form: str) -> None:
    for case in cases(form):
        assert len({tuple(shape(text)) for text in case.texts.values()}) == 1
        counts = [len(text.split()) for text in case.texts.values()]
        assert max(counts) <= 1.1 * min(counts), (case.wording, case.variant, counts)


@pytest.mark.parametrize("form", FORMS)
def test_texts_have_200_to_350_words(form: str) -> None:
    counts = {(case.wording, level): words(text) for case in cases(form) for level, text in case.texts.items()}
    assert {key: count for key, count in counts.items() if not 200 <= count <= 350} == {}


@pytest.mark.parametrize("level", FIGURES)
def test_the_pairs_figure_is_the_levels_and_stands_once(level: str) -> None:
    for case in every():
        text = case.texts[level]
        assert len(FIGURE.findall(text)) == 3
        told = [line for line in lines_naming(text, *case.names) if FIGURE.search(line)]
        assert len(told) == 1
        assert all(name in told[0] for name in case.names)
        assert re.fullmatch(FIGURES[level], FIGURE.findall(told[0])[0])


def test_all_forms_give_the_pair_the_figure_of_the_summary() -> None:
    for case in every():
        for level in FIGURES:
            summary = relationship.tell(case.setting, condition("evaluation", level)).document
            assert summary is not None
            figures = set(FIGURE.findall(case.texts[level]))
            assert figures <= set(FIGURE.findall(summary[1].text))


@pytest.mark.parametrize("level", FIGURES)
def test_a_figure_that_is_given_stands_in_the_place_of_the_pairs_own(level: str) -> None:
    for case in every():
        own = next(line for line in lines_naming(case.texts[level], *case.names) if FIGURE.search(line))
        for trust, written in (("7", "7.0"), ("0", "0.0"), ("10", "10.0"), ("6.5", "6.5")):
            _, document = history_document(case.setting, condition(case.form, level, trust=trust))
            changed = FIGURE.sub(written, own, count=1)
            assert document.text == case.texts[level].replace(own, changed)


def pieces(text: str) -> Iterator[str]:
    """The parts of a text that speak of one pair: lines, the sentences of a paragraph, the cells of a header."""
    for line in text.split("\n"):
        yield from line.split("|") if line.startswith("| Round |") else line.split(". ")


def test_no_other_pair_names_critic_or_partner() -> None:
    for case in every():
        others = [other.name for other in case.setting.others]
        for level in TOLD:
            for piece in pieces(case.texts[level]):
                if lines_naming(piece, *case.names):
                    assert lines_naming(piece, *others) == []


def test_unacquainted_names_the_two_in_one_line_and_gives_them_no_figure() -> None:
    for case in every():
        (line,) = lines_naming(case.texts["unacquainted"], *case.names)
        assert all(line.count(name) == 1 for name in case.names)
        assert not FIGURE.search(line)
        assert len(FIGURE.findall(case.texts["unacquainted"])) == 3


def test_the_filler_names_no_agent() -> None:
    for case in every():
        agents = [*case.names, *(other.name for other in case.setting.others)]
        for text in (case.texts["none"], history_notes(case.setting, condition(case.form, "none"))):
            assert lines_naming(text, *agents) == []
            assert len(FIGURE.findall(text)) == 3


@pytest.mark.parametrize("level", LEVELS)
def test_the_notes_say_the_same_in_the_first_person(level: str) -> None:
    for case in every():
        notes = history_notes(case.setting, condition(case.form, level))
        heading, _, body = notes.partition("\n\n")
        assert case.texts[level].partition("\n\n")[2] == body
        assert re.search(r"\b(I|my)\b", heading)
        assert "From:" not in heading


@pytest.mark.parametrize("level", LEVELS)
def test_no_text_has_a_telling_word_a_gendered_pronoun_or_an_unfilled_place(level: str) -> None:
    for case in every():
        path, text = case.paths[level], case.texts[level]
        for whole in (path, text, history_notes(case.setting, condition(case.form, level))):
            for pattern in (TELLS, PRONOUNS, re.compile(r"canary|{{|}}|{%|<!--|\n\n\n|[ \t]$|,,|  ", re.M)):
                assert not pattern.search(whole), (case.wording, level, pattern.search(whole))
