"""Counts of calls by critic: added up over trials, and never 0 where no log tells."""

import math

from made_trials import arm, table

from peerward.analysis import answer
from peerward.analysis.answers import CallsAnswer

TOLD = ("failure", "faults", "reasoning")


def made(critic: str, trials: int, **columns: list[object]) -> list[dict[str, object]]:
    status = ["infrastructure" if failure else "valid" for failure in columns.get("failure", [""] * trials)]
    rows = arm("evaluation", {}, {"preserved": [0.0] * trials}, critic=critic, status=status)
    numbers = ("retries", "waiting_seconds", "cut_replies", "empty_replies", "tokens_in", "tokens_out", "tokens_cached")
    for place, row in enumerate(rows):
        row |= dict.fromkeys(TOLD, "") | dict.fromkeys(numbers, math.nan)
        row |= {name: values[place] for name, values in columns.items()}
    return rows


def counted(*rows: list[dict[str, object]]) -> dict[str, CallsAnswer]:
    return {each.critic.model: each for each in answer(table(*rows)).calls}


def test_counts_are_of_each_critic_alone() -> None:
    first = made(
        "one/a",
        3,
        failure=["", "timeout", "context_overflow"],
        faults=["rate_limit 2, timeout 1", "timeout 5", "context_overflow 1"],
        reasoning=["hidden", "hidden", ""],
        retries=[3.0, 4.0, 0.0],
        waiting_seconds=[1.5, 20.0, math.nan],
        tokens_in=[100.0, 300.0, math.nan],
        tokens_out=[10.0, 20.0, math.nan],
        tokens_cached=[0.0, 200.0, math.nan],
    )
    second = made("two/b", 2, faults=["rate_limit 1", ""], retries=[1.0, 0.0], reasoning=["none", "none + visible"])
    found = counted(first, second)
    one, two = found["one/a"], found["two/b"]
    assert (one.trials, two.trials) == (3, 2)
    assert one.failures == {"context_overflow": 1, "timeout": 1}
    assert one.faults == {"context_overflow": 1, "rate_limit": 2, "timeout": 6}
    assert one.reasoning == {"hidden": 2}
    assert (one.retries, one.waiting_seconds) == (7.0, 21.5)
    assert (one.tokens_in, one.tokens_out, one.cached) == (200.0, 15.0, 0.5)
    assert (two.failures, two.faults, two.retries) == ({}, {"rate_limit": 1}, 1.0)
    assert two.reasoning == {"none": 1, "none + visible": 1}


def test_what_no_log_tells_is_not_0() -> None:
    [only] = counted(made("one/a", 2, failure=["other", ""])).values()
    assert only.failures == {"other": 1}
    numbers = (only.retries, only.waiting_seconds, only.cut_replies, only.empty_replies, only.tokens_in, only.cached)
    assert all(math.isnan(each) for each in numbers)


def test_a_table_without_such_columns_still_answers() -> None:
    rows = arm("evaluation", {}, {"preserved": [0.0, 1.0]}, status=["valid", "infrastructure"])
    [only] = answer(table(rows)).calls
    assert (only.trials, only.failures, only.faults) == (2, {"other": 1}, {})
    assert math.isnan(only.retries)
