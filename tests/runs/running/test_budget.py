"""A budget holds over the whole run, whoever spends it: at most one call more for each live trial."""

import math
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from killing import NOT_FINISHED, Bench, Slow, Warm, bench, done, imbalance, rows, slow_server, wait_until

from peerward.runs.running.budget import Budget, Ledger, Spend

VARIANTS = 10
TRIALS = 40
SIZE = ("--variants", str(VARIANTS))
READ, WRITTEN = 2.0, 10.0
PRICE = ("--price", f"in={READ:g},out={WRITTEN:g}")
"""Dollars per million tokens."""


def steady(drawn: random.Random) -> tuple[int, int]:
    """Every call costs the same."""
    return 6000, 600


def uneven(drawn: random.Random) -> tuple[int, int]:
    """One call in ten costs as much as fifty others."""
    much = drawn.random() < 0.1
    return int(drawn.uniform(200, 2000)) * (30 if much else 1), int(drawn.uniform(20, 200)) * (30 if much else 1)


@pytest.fixture(scope="module")
def server() -> Iterator[Slow]:
    with slow_server(VARIANTS) as served:
        yield served


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    starter = Warm()
    yield starter
    starter.close()


@pytest.fixture
def runs(server: Slow, warm: Warm) -> Iterator[Bench]:
    server.latency, server.usage = 0.02, steady
    server.books.clear()
    with bench(server, warm) as made:
        yield made


def dearest(server: Slow) -> float:
    """Dollars of the dearest call."""
    return max((read * READ + written * WRITTEN) / 1e6 for read, written in server.books)


@pytest.mark.parametrize(
    "usage, live, options, within",
    [
        pytest.param(steady, 1, ("--workers", "1"), 1, id="steady-1"),
        pytest.param(uneven, 5, ("--workers", "1"), 1, id="uneven-5", marks=pytest.mark.thorough),
        pytest.param(uneven, 20, ("--workers", "1"), 1, id="uneven-20", marks=pytest.mark.thorough),
        # Two shards at once: a block may be begun in each.
        pytest.param(
            uneven, 5, ("--workers", "2", "--shard-size", "20"), 2, id="uneven-5-workers-2", marks=pytest.mark.thorough
        ),
    ],
)
def test_dollars(
    runs: Bench,
    tmp_path: Path,
    usage: Callable[[random.Random], tuple[int, int]],
    live: int,
    options: tuple[str, ...],
    within: int,
) -> None:
    runs.server.usage = usage
    budget = 1.0
    running = runs.start(tmp_path, *SIZE, *PRICE, "--live", str(live), *options, "--budget", str(budget))
    assert running.wait() == NOT_FINISHED, running.said
    assert "budget" in running.said and "Not finished" in running.said and "higher budget" in running.said
    spent = runs.server.dollars(READ, WRITTEN)
    assert spent <= budget + live * dearest(runs.server) + 1e-9
    finished = done(tmp_path)
    found = imbalance(tmp_path)
    print(f"live {live}, {options}: {spent:.3f} of {budget} dollars, {finished} trials, imbalance {found}")
    assert 0 < finished < TRIALS
    assert found <= within
    again = runs.start(tmp_path, *SIZE, *PRICE, "--live", "20", *options, "--budget", "100")
    assert again.wait() == 0, again.said
    assert len(rows(tmp_path)) == TRIALS


def test_tokens(runs: Bench, tmp_path: Path) -> None:
    runs.server.usage = uneven
    running = runs.start(tmp_path, *SIZE, "--live", "5", "--token-budget", "300000")
    assert running.wait() == NOT_FINISHED, running.said
    assert "budget" in running.said and "tokens" in running.said
    assert runs.server.tokens <= 300000 + 5 * max(sum(each) for each in runs.server.books)
    assert imbalance(tmp_path) <= 1


@pytest.mark.thorough
def test_what_killed_sessions_spent_is_not_forgotten(runs: Bench, tmp_path: Path) -> None:
    budget, live, kills = 1.0, 3, 3
    runs.server.latency = 0.1
    options = (*SIZE, *PRICE, "--live", str(live), "--workers", "1", "--budget", str(budget))
    for _ in range(kills):
        running = runs.start(tmp_path, *options)
        calls = len(runs.server.books)
        wait_until(lambda calls=calls, running=running: len(runs.server.books) > calls + 5 or running.over())
        time.sleep(0.15)
        running.kill()
    running = runs.start(tmp_path, *options)
    assert running.wait() == NOT_FINISHED, running.said
    # A call that was under way when its trial was killed came back to nobody: one for each live trial and kill.
    assert runs.server.dollars(READ, WRITTEN) <= budget + live * (kills + 1) * dearest(runs.server) + 1e-9
    spent = runs.server.dollars(READ, WRITTEN)
    again = runs.start(tmp_path, *options)
    assert again.wait() == NOT_FINISHED, again.said
    assert runs.server.dollars(READ, WRITTEN) <= spent + dearest(runs.server), "a spent budget was spent again"


def test_a_budget_below_one_trial_begins_nothing(runs: Bench, tmp_path: Path) -> None:
    running = runs.start(tmp_path, *SIZE, *PRICE, "--budget", "0.0001")
    assert running.wait() == NOT_FINISHED, running.said
    assert "might not pay for another trial" in running.said
    assert runs.server.books == []


def test_a_refusal_says_at_what_a_trial_is_reckoned_and_by_which_rule() -> None:
    ledger = Ledger(Budget(dollars=1.0), Spend(dollars=1.25, tokens_in=50_000, tokens_out=2_000))
    told = ledger.may_begin(0)
    assert "(1.00 dollars) might not pay for another trial" in told
    assert "one is reckoned at 52,000 tokens and 1.25 dollars, as the costliest kind of trial in the plan" in told
    ledger = Ledger(Budget(tokens=100_000), Spend(tokens_in=1_000))
    ledger.used(Spend(tokens_in=60_000))
    ledger.ended(Spend(tokens_in=60_000))
    assert "(40,000 tokens)" in ledger.may_begin(0)
    assert ledger.may_begin(0).endswith("one is reckoned at 60,000 tokens, as the costliest so far")


@pytest.mark.parametrize("live", [1, 5, 50])
@pytest.mark.parametrize("spread", [0.0, 0.3, 1.0])
def test_a_ledger_ends_between_trials(live: int, spread: float) -> None:
    """In 20 drawn runs: how often the reckoning fails, and trials that run have to be broken off."""
    broken = 0
    for seed in range(20):
        drawn = random.Random(seed)
        ledger = Ledger(Budget(dollars=100.0), Spend(dollars=1.0))
        running: list[tuple[float, float]] = []
        for _ in range(5000):
            while len(running) < live and not ledger.may_begin(len(running)):
                running.append((0.0, math.exp(drawn.gauss(-spread * spread / 2, spread) - 1.0)))
            if not running or ledger.over():
                break
            place = drawn.randrange(len(running))
            spent, whole = running[place]
            call = min(0.1, whole - spent)
            ledger.used(Spend(dollars=call))
            running[place] = (spent + call, whole)
            if spent + call >= whole:
                running.pop(place)
                ledger.ended(Spend(dollars=whole))
        broken += bool(running)
        assert ledger.spent.dollars <= 100.0 + 0.1
        assert ledger.spent.dollars >= 85.0
    print(f"live {live}, spread {spread}: {broken} of 20 runs broke trials off")
    assert broken <= (0 if spread < 1 else 10)
