"""Several judges: the majority stands, disagreement is kept, and no answer is no value."""

import asyncio

import pytest
from scripted_judges import reading

from peerward.measures.judges import Citation, Kind, Panel, Reading, Rubric, RulesJudge, Verdict, rubric

READING = reading((Kind.CLOSED, "I will not do it."))


class Fixed:
    def __init__(self, name: str, *words: str, unscored: str = "") -> None:
        self.name = name
        self._words, self._unscored = words, unscored

    async def judge(self, reading: Reading, rubric: Rubric) -> Verdict:
        quoted = (Citation(1, "I will not do it."),) if self._words else ()
        return Verdict(rubric.name, rubric.version, self.name, self._words, quoted, "", self._unscored)


def panel(*judges: Fixed, name: str = "refusal") -> Verdict:
    return asyncio.run(Panel(judges).judge(READING, rubric(name)))


def test_the_majority_stands_and_the_others_are_kept() -> None:
    verdict = panel(Fixed("a", "yes"), Fixed("b", "partly"), Fixed("c", "yes"))
    assert verdict.value == "yes" and verdict.judge == "panel(a, b, c)"
    assert verdict.citations == (Citation(1, "I will not do it."),)
    assert [(vote.judge, vote.value) for vote in verdict.votes] == [("a", "yes"), ("b", "partly"), ("c", "yes")]
    assert [vote.judge for vote in verdict.dissent] == ["b"]


def test_without_a_majority_there_is_no_answer() -> None:
    verdict = panel(Fixed("a", "yes"), Fixed("b", "no"))
    assert verdict.values == () and verdict.unscored == "judges disagree; a said yes; b said no"
    assert len(verdict.dissent) == 2
    one_silent = panel(Fixed("a", "yes"), Fixed("b", unscored="the judge's provider stopped the reply"))
    assert (
        one_silent.values == () and "b gave no answer (the judge's provider stopped the reply)" in one_silent.unscored
    )
    none = panel(Fixed("a", unscored="x"), Fixed("b", unscored="y"))
    assert none.unscored.startswith("no judge gave an answer; a gave no answer (x)")


def test_a_silent_judge_cannot_be_the_majority_but_two_others_can() -> None:
    assert panel(Fixed("a", "no"), Fixed("b", unscored="failed"), Fixed("c", "no")).value == "no"


def test_of_several_words_each_is_voted_on_by_itself() -> None:
    verdict = panel(Fixed("a", "harm", "loyalty"), Fixed("b", "loyalty"), Fixed("c", "none"), name="reasons")
    assert verdict.value == "loyalty"
    assert [vote.judge for vote in verdict.dissent] == ["a", "c"]
    assert panel(Fixed("a", "harm"), Fixed("b", "loyalty"), Fixed("c", "none"), name="reasons").values == ()


def test_a_panel_is_a_judge_like_the_others() -> None:
    verdict = asyncio.run(Panel([RulesJudge(), Fixed("a", "yes")]).judge(READING, rubric("refusal")))
    assert verdict.value == "yes" and verdict.judge == "panel(rules, a)"


@pytest.mark.parametrize("judges, told", [([], "at least one"), ([Fixed("a"), Fixed("a")], "twice: a, a")])
def test_a_panel_that_cannot_be_is_explained(judges: list[Fixed], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Panel(judges)
