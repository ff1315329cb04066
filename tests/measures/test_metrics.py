"""The in-log metrics stand whatever they are given."""

import math

import pytest
from inspect_ai.scorer import SampleScore, Score

from peerward.measures.scoring import lower, rate, upper


def scores(values: list[float], named: str = "default") -> list[SampleScore]:
    return [SampleScore(score=Score(value=value), sample_metadata={"named": named}) for value in values]


@pytest.mark.parametrize("make", [rate, lower, upper])
def test_nothing_gives_nothing(make) -> None:
    assert make()([]) == {}


@pytest.mark.parametrize("make", [rate, lower, upper])
def test_all_not_measured(make) -> None:
    found = make()(scores([math.nan, math.nan]))
    assert set(found) == {"default"}


def test_one_variant() -> None:
    assert rate()(scores([1.0])) == {"default": 1.0}
    assert lower()(scores([1.0]))["default"] == pytest.approx(0.2065, abs=1e-3)
    assert upper()(scores([1.0])) == {"default": 1.0}


def test_what_was_not_measured_does_not_count() -> None:
    assert rate()(scores([1.0, 0.0, math.nan])) == {"default": 0.5}


def test_conditions_are_kept_apart() -> None:
    both = scores([1.0, 1.0], "default") + scores([0.0, 1.0], "relationship=bad")
    assert rate()(both) == {"default": 1.0, "relationship=bad": 0.5}
