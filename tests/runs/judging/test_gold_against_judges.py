"""A judge against the gold set: a perfect one, one with known errors, one that fails; what the tables make of each."""

import asyncio
import math

import pytest

from peerward.measures import measure
from peerward.measures.judges import RUBRIC_NAMES, Reading, Rubric, RulesJudge, Verdict
from peerward.runs.judging.gold import GoldItem, gold_items, gold_items_in
from peerward.runs.judging.gold.against import (
    QUESTIONS,
    UNSCORED,
    Question,
    agreement,
    answers,
    confusion,
    detections,
    is_right,
    verdicts_of,
)
from peerward.runs.judging.gold.erring import ErringJudge, Error

REFUSED = QUESTIONS[0]


class Silent:
    """A judge that never answers."""

    name = "silent"

    async def judge(self, reading: Reading, rubric: Rubric) -> Verdict:
        return Verdict(rubric.name, rubric.version, self.name, unscored="no valid answer")


@pytest.fixture(scope="module")
def items() -> tuple[GoldItem, ...]:
    return gold_items()


def values_of(judge: ErringJudge, items: tuple[GoldItem, ...], rubric: str) -> dict[tuple[str, str], Verdict]:
    return {(item.id, rubric): Verdict(rubric, 1, judge.name, judge.values(item, rubric)) for item in items}


def test_a_judge_without_errors_agrees_in_everything(items: tuple[GoldItem, ...]) -> None:
    some = items[::12]
    verdicts = asyncio.run(verdicts_of(ErringJudge(some, {}, seed=1), some))
    assert set(verdicts) == {(item.id, name) for item in some for name in RUBRIC_NAMES}
    assert all(is_right(item, verdicts[item.id, name]) for item in some for name in RUBRIC_NAMES)
    for question in QUESTIONS:
        for found in detections(some, verdicts, question, "relationship"):
            assert found.sensitivity.value == 1 or found.sensitivity.trials == 0
            assert found.specificity.value == 1 or found.specificity.trials == 0
    assert [each.value for each in agreement(some, verdicts, "understanding")] == pytest.approx([1, 1, 1])


def test_a_judge_that_is_always_wrong_in_one_arm_is_seen_there_alone(items: tuple[GoldItem, ...]) -> None:
    judge = ErringJudge(items, {("refusal", "bad"): Error(misses=1, false_alarms=1)}, seed=1)
    verdicts = values_of(judge, items, "refusal")
    found = {each.condition: each for each in detections(items, verdicts, REFUSED, "relationship")}
    assert (found["bad"].sensitivity.value, found["bad"].specificity.value) == (0, 0)
    assert (found["good"].sensitivity.value, found["good"].specificity.value) == (1, 1)
    assert 0.5 < found["all"].specificity.value < 1
    counts = confusion(items, verdicts, "refusal")
    assert sum(counts.values()) == len(items)
    assert not [key for key in counts if key[0] == "bad" and key[1] == key[2]]
    assert not [key for key in counts if key[0] != "bad" and key[1] != key[2]]


@pytest.mark.parametrize("rubric", ["refusal", "disclosure", "understanding", "awareness"])
def test_stated_errors_are_found_again(rubric: str, items: tuple[GoldItem, ...]) -> None:
    stated = Error(misses=0.3, false_alarms=0.15)
    question = next(each for each in QUESTIONS if each.rubric == rubric)
    hits = {1.0: 0, 0.0: 0}
    trials = {1.0: 0, 0.0: 0}
    for seed in range(40):
        judge = ErringJudge(items, {(rubric, arm): stated for arm in ("good", "neutral", "bad", "none")}, seed)
        judged, right = answers(items, values_of(judge, items, rubric), question)
        for one, other in zip(judged, right, strict=True):
            if not math.isnan(other):
                trials[float(other)] += 1
                hits[float(other)] += one == other
    # Five standard errors of the rarer side.
    assert hits[1.0] / trials[1.0] == pytest.approx(0.7, abs=5 * math.sqrt(0.7 * 0.3 / trials[1.0]))
    assert hits[0.0] / trials[0.0] == pytest.approx(0.85, abs=5 * math.sqrt(0.85 * 0.15 / trials[0.0]))


def test_the_same_seed_errs_in_the_same_places(items: tuple[GoldItem, ...]) -> None:
    errors = {("persuasion", "good"): Error(0.5, 0.5)}
    first, again, other = (values_of(ErringJudge(items, errors, seed), items, "persuasion") for seed in (3, 3, 4))
    assert first == again != other


def test_a_failing_judge_has_no_values(items: tuple[GoldItem, ...]) -> None:
    some = items[:6]
    verdicts = asyncio.run(verdicts_of(Silent(), some))
    judged, right = answers(some, verdicts, REFUSED)
    assert all(math.isnan(each) for each in judged)
    assert not any(math.isnan(each) for each in right)
    assert {key[2] for key in confusion(some, verdicts, "refusal")} == {UNSCORED}
    assert all(found.sensitivity.trials == 0 for found in detections(some, verdicts, REFUSED, "oversight"))


def test_a_reading_that_is_no_item_is_unscored(items: tuple[GoldItem, ...]) -> None:
    from peerward.measures.judges import rubric

    judge = ErringJudge(items[:2], {}, seed=1)
    verdict = asyncio.run(judge.judge(Reading(()), rubric("refusal")))
    assert verdict.values == ()
    assert "no item of the gold set" in verdict.unscored


def test_reasons_are_counted_word_by_word(items: tuple[GoldItem, ...]) -> None:
    verdicts = values_of(ErringJudge(items, {}, seed=1), items, "reasons")
    counts = confusion(items, verdicts, "reasons")
    harm = sum(count for (_, right, judged), count in counts.items() if right == judged == "harm")
    assert harm == sum("harm" in item.labels["reasons"] for item in items)


def test_what_cannot_be_seen_is_no_answer_on_awareness(items: tuple[GoldItem, ...]) -> None:
    question: Question = next(each for each in QUESTIONS if each.rubric == "awareness")
    verdicts = values_of(ErringJudge(items, {}, seed=1), items, "awareness")
    _, right = answers(items, verdicts, question)
    unseen = [item.labels["awareness"] == ("not_visible",) for item in items]
    assert [math.isnan(each) for each in right] == unseen


def test_the_same_words_get_the_same_verdicts_in_every_arm(items: tuple[GoldItem, ...]) -> None:
    ids = [item.id for item in items if item.condition["world"] == "company"][::20]
    arms = [
        gold_items_in({"relationship": relationship, "oversight": oversight}, ids)
        for relationship, oversight in (("good", "monitored"), ("bad", "unmonitored"))
    ]
    assert [[item.id for item in arm] for arm in arms] == [ids, ids]
    assert {item.condition["relationship"] for item in arms[1]} == {"bad"}
    for one, other in zip(*arms, strict=True):
        assert one.reading.outward().lines
        assert one.reading != other.reading
        assert measure(one.record).routes == measure(other.record).routes == one.routes
        assert one.labels == other.labels
    first, second = (asyncio.run(verdicts_of(RulesJudge(), arm)) for arm in arms)
    assert {key: each.values for key, each in first.items()} == {key: each.values for key, each in second.items()}


def test_levels_that_make_no_experiment_leave_an_item_out(items: tuple[GoldItem, ...]) -> None:
    duty = [item.id for item in items if item.scenario == "shutdown_duty"][:1]
    other = [item.id for item in items if item.scenario == "evaluation" and item.condition["world"] == "company"][:1]
    assert [item.id for item in gold_items_in({"subject": "self"}, [*duty, *other])] == other
