"""Prices: what is not given is unknown, what is given is checked, and sums are those of a pocket calculator."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from inspect_ai.model import get_model_info

from peerward.design.critic import Critic
from peerward.runs.execute import open_critic
from peerward.runs.planning.prices import (
    ON_THE_COMMAND_LINE,
    PriceError,
    Prices,
    dollars,
    gathered,
    model_costs,
    price_of,
    read_price,
    read_prices,
)
from peerward.runs.planning.reckoning import Usage

TODAY = date(2026, 11, 20)
FILE = """\
dated: 2026-11-01
source: a price page
models:
  openai/gpt-5.2: {in: 2, out: 10, cache_read: 0.5}
  nobody/x:
    in: 1
    out: 4
    cache_read: 0.1
    cache_write: 1.25
    dated: 2026-10-15
    source: an invoice
  router/openai/gpt-5.2: {in: 3, out: 12}
"""
USED = Usage(calls=10, fresh=1_000_000, cached=4_000_000, out=500_000, reasoning=100_000)


@pytest.fixture
def prices(tmp_path: Path) -> Prices:
    path = tmp_path / "prices.yaml"
    path.write_text(FILE)
    return read_prices(path)


def test_a_file_dates_and_sources_every_price(prices: Prices) -> None:
    price = price_of(prices, "openai/gpt-5.2")
    assert price is not None
    assert (price.dated, price.source) == (date(2026, 11, 1), "a price page")
    own = price_of(prices, "nobody/x")
    assert own is not None
    assert (own.dated, own.source, own.cache_write) == (date(2026, 10, 15), "an invoice", Decimal("1.25"))


def test_dollars_are_a_pocket_calculators(prices: Prices) -> None:
    gpt, own, bare = (price_of(prices, name) for name in ("openai/gpt-5.2", "nobody/x", "router/openai/gpt-5.2"))
    # Reasoning is part of what is written; without a price of its own, writing to the cache costs what reading does.
    assert dollars(gpt, USED) == Decimal(1 * 2 + 5) + Decimal("0.5") * 4
    assert dollars(gpt, USED, caching=False) == 5 * 2 + 5
    assert dollars(own, USED) == Decimal("1.25") + Decimal("0.1") * 4 + 2
    assert dollars(bare, USED) is None, "no price of cached tokens is known"
    assert dollars(bare, USED, caching=False) == 5 * 3 + 6
    assert dollars(None, USED) is None
    assert dollars(None, USED, caching=False) is None


def test_a_model_on_another_path_has_no_price(prices: Prices) -> None:
    assert price_of(prices, "azure/openai/gpt-5.2") is None
    assert price_of(prices, "gpt-5.2") is None
    assert price_of(prices, "gpt-5.2", "openai/gpt-5.2") is not None


@pytest.mark.parametrize(
    "text, words",
    [
        (FILE.replace("dated: 2026-11-01\n", ""), (":3: openai/gpt-5.2: no dated", "add dated:")),
        (FILE.replace("source: a price page\n", ""), ("no source", "where it was read")),
        (FILE.replace("2026-11-01", "last week"), (":1:", "'last week' is no day", "2026-11-01")),
        (FILE.replace("out: 4", "out: -4"), (":7: nobody/x", "out '-4' is no price", "0 or more")),
        (FILE.replace("out: 4", "out: .nan"), ("'.nan' is no price",)),
        (FILE.replace("out: 4", "out: [4]"), ("(several values)",)),
        (FILE.replace("    out: 4\n", ""), (":6: nobody/x", "no price out")),
        (FILE.replace("cache_write", "cache_writes"), (":9:", "'cache_writes'", "did you mean 'cache_write'?")),
        (FILE.replace("    out: 4\n", "    out: 4\n    out: 5\n"), (":8: out is given twice",)),
        (FILE.replace("models:", "model:"), (":4:", "did you mean 'models'?")),
        ("dated: 2026-11-01\nsource: x\n", ("no models",)),
        ("models: [a\n", ("no valid YAML",)),
        ("", (":1: is no mapping",)),
    ],
)
def test_a_bad_file_is_refused_with_its_line(text: str, words: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(text)
    with pytest.raises(PriceError) as refused:
        read_prices(path)
    assert str(path) in str(refused.value)
    for word in words:
        assert word in str(refused.value)


def test_a_price_on_the_command_line() -> None:
    assert read_price("in=1.25, out=10", TODAY)[0] == ""
    name, price = read_price("router/free:beta:in=1,out=2,cache_read=0.1", TODAY)
    assert name == "router/free:beta"
    assert (price.tokens_in, price.tokens_out) == (Decimal(1), Decimal(2))
    assert (price.cache_read, price.cache_write) == (Decimal("0.1"), None)
    assert (price.dated, price.source) == (TODAY, ON_THE_COMMAND_LINE)


@pytest.mark.parametrize(
    "text", ["in=1", "out=2", "1.25", "in=1,out=x", "in=1,out=-2", "in=1,in=2,out=3", "a/b:", "a/b"]
)
def test_a_price_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(PriceError):
        read_price(text, TODAY)


def test_a_models_own_price_goes_first(prices: Prices) -> None:
    known = ["openai/gpt-5.2", "nobody/x", "else/y"]
    found = gathered(prices, ["in=7,out=7", "nobody/x:in=8,out=8"], TODAY, known)
    costs = {name: price.tokens_in for name in known if (price := price_of(found, name)) is not None}
    assert costs == {"openai/gpt-5.2": 2, "nobody/x": 8, "else/y": 7}
    with pytest.raises(PriceError, match=r"no critic of the plan is nobody/z; did you mean 'nobody/x'"):
        gathered(None, ["nobody/z:in=1,out=1"], TODAY, known)
    with pytest.raises(PriceError, match="a second price of every model"):
        gathered(None, ["in=1,out=1", "in=2,out=2"], TODAY, known)


def test_inspect_is_given_no_price_that_is_too_low(prices: Prices) -> None:
    models = ("openai/gpt-5.2", "router/openai/gpt-5.2", "else/y")
    costs = model_costs(prices, [Critic(f"critic {number}", model) for number, model in enumerate(models)])
    assert set(costs) == {"critic 0", "critic 1"}
    assert costs["critic 0"].input_cache_read == 0.5
    assert costs["critic 1"].input_cache_read == 3
    assert costs["critic 1"].input_cache_write == 3


def test_two_critics_on_one_model_have_each_its_own_price() -> None:
    """The same model at two addresses: what each costs follows the critic, not the model string."""
    here, there = (Critic(name, "openai/gpt-5.2", base_url=f"http://{name}/v1") for name in ("here", "there"))
    found = gathered(None, ["here:in=1,out=2", "there:in=10,out=20"], TODAY, ["here", "there", "openai/gpt-5.2"])
    costs = model_costs(found, [here, there])
    assert {name: (cost.input, cost.output) for name, cost in costs.items()} == {"here": (1, 2), "there": (10, 20)}


def test_what_is_charged_is_the_price_of_the_critic_that_is_asked() -> None:
    """Inspect knows one price a model string: each critic brings its own, and one without a price has none."""
    found = gathered(None, ["here:in=1,out=2", "there:in=10,out=20"], TODAY, ["here", "there"])
    here, there, unpriced = (
        Critic(name, "scripted/honest", generation={"temperature": warmth})
        for name, warmth in (("here", 0.0), ("there", 0.5), ("unpriced", 1.0))
    )
    costs = model_costs(found, [here, there, unpriced])
    charged = []
    for critic in (here, there, unpriced, here):
        open_critic(critic, costs)
        info = get_model_info("scripted/honest")
        charged.append(info.cost.input if info and info.cost else None)
    assert charged == [1, 10, None, 1]
    open_critic(unpriced)
