"""Prices that the user has or gives. peerward ships none and guesses none: what is not priced costs "unknown".

A price file is YAML: when and where the prices were read stands once for all, or with a model.

    dated: 2026-11-01
    source: the provider's price page
    models:
      openai/gpt-5.2: {in: 1.25, out: 10, cache_read: 0.125}
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peerward.design.critic import Critic
from peerward.design.problems import did_you_mean
from peerward.runs.planning.reckoning import Usage

if TYPE_CHECKING:
    from inspect_ai.model import ModelCost

MILLION = Decimal(1_000_000)
KINDS = ("in", "out", "cache_read", "cache_write")
"""The prices of a model, as a file writes them; the last two may be left out."""
ON_THE_COMMAND_LINE = "given on the command line"


class PriceError(ValueError):
    """A price that cannot be used; the message says where it stands and how to mend it."""


@dataclass(frozen=True)
class Price:
    """What a model costs, in dollars per million tokens.

    Attributes:
        tokens_in: Tokens read by the model.
        tokens_out: Tokens written by it, reasoning included.
        cache_read: Tokens read out of the provider's cache; None where it is not known.
        cache_write: Tokens written to the cache; None where they cost what others do.
        dated: The day on which the price was read.
        source: Where it was read.
    """

    tokens_in: Decimal
    tokens_out: Decimal
    cache_read: Decimal | None
    cache_write: Decimal | None
    dated: date
    source: str


@dataclass(frozen=True)
class Prices:
    """Prices by model. A model's own price goes before the one for every model.

    Attributes:
        models: Prices by model string or by a critic's name.
        every: The price of every model that has none of its own.
    """

    models: Mapping[str, Price] = field(default_factory=dict)
    every: Price | None = None


def price_of(prices: Prices, *names: str) -> Price | None:
    """The price of a model under the first of its names that has one, or None. Names have to agree in full: a model
    costs something else on another path.
    """
    return next((prices.models[name] for name in names if name in prices.models), prices.every)


def dollars(price: Price | None, usage: Usage, caching: bool = True) -> Decimal | None:
    """What usage costs in dollars, or None where that is not known.

    Args:
        price: The price, or None.
        usage: The tokens.
        caching: Whether the part that a cache serves is charged as such. Then everything that is new in a call is
            charged as written to the cache, where writing has a price. Without, all of the input is charged as input.
    """
    if price is None:
        return None
    fresh, cached, out = (Decimal(str(round(each, 3))) for each in (usage.fresh, usage.cached, usage.out))
    if not caching or not cached:
        return ((fresh + cached) * price.tokens_in + out * price.tokens_out) / MILLION
    if price.cache_read is None:
        return None
    write = price.tokens_in if price.cache_write is None else price.cache_write
    return (fresh * write + cached * price.cache_read + out * price.tokens_out) / MILLION


def read_prices(path: Path) -> Prices:
    """Read a price file.

    Raises:
        PriceError: If it is no price file, a number is no price, or date or source are missing; with the line.
    """
    import yaml

    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise PriceError(f"{path}: is no text ({error.reason}); save it as UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise PriceError(f"{place}: no valid YAML ({getattr(error, 'problem', error)})") from error
    top = _entries(root, str(path), f"{path}:1")
    _known(top, ("dated", "source", "models"), str(path))
    if "models" not in top:
        raise PriceError(f"{path}: no models; write models: {{openai/gpt-5.2: {{in: ..., out: ...}}}}")
    found = {}
    models = top["models"]
    for name, node in _entries(models, str(path), _at(path, models)).items():
        own = _entries(node, str(path), f"{_at(path, node)}: {name}")
        _known(own, (*KINDS, "dated", "source"), str(path))
        nodes = {key: each for key, each in {**top, **own}.items() if key != "models"}
        given = {key: each.value if each.id == "scalar" else "(several values)" for key, each in nodes.items()}
        places = {key: f"{_at(path, each)}: {name}" for key, each in nodes.items()}
        found[name] = _price(f"{_at(path, node)}: {name}", given, places)
    return Prices(found)


def read_price(text: str, today: date) -> tuple[str, Price]:
    """Read a price as written on the command line, ``in=1.25,out=10`` or ``MODEL:in=1.25,out=10``.

    Returns:
        The model, or an empty text for every model, and the price.

    Raises:
        PriceError: If it is not written so.
    """
    # A model string can hold a colon, a price cannot.
    model, _, listed = text.rpartition(":")
    where, given = f"--price {text}", {}
    for part in listed.split(","):
        key, equals, value = (each.strip() for each in part.partition("="))
        if not equals or key not in KINDS:
            raise PriceError(
                f"{where}: {part!r} is no price; write in=1.25,out=10 (further: cache_read=, cache_write=)"
            )
        if key in given:
            raise PriceError(f"{where}: {key} is given twice; keep one")
        given[key] = value
    return model.strip(), _price(where, {"dated": today.isoformat(), "source": ON_THE_COMMAND_LINE, **given})


def gathered(file: Prices | None, written: Iterable[str], today: date, known: Collection[str]) -> Prices:
    """Prices out of a file and the command line: a model's own there goes before the file, the file before one for all.

    Args:
        file: Prices of a file, if there is one.
        written: Prices as written on the command line.
        today: The day.
        known: The models and critics of the plan; a price of another is a slip.

    Raises:
        PriceError: If a price is not written as it has to be, is given twice, or belongs to none of the critics.
    """
    models, every, seen = dict(file.models) if file else {}, None, set()
    for text in written:
        name, price = read_price(text, today)
        if name in seen:
            raise PriceError(f"--price {text}: a second price of {name or 'every model'}; keep one")
        seen.add(name)
        if not name:
            every = price
        elif name in known:
            models[name] = price
        else:
            mend = did_you_mean(name, known) or f"the plan has {', '.join(known)}"
            raise PriceError(f"--price {text}: no critic of the plan is {name}; {mend}")
    return Prices(models, every)


def model_costs(prices: Prices, critics: Iterable[Critic]) -> dict[str, "ModelCost"]:
    """The prices of critics by name, as Inspect reckons with them; critics without a price are left out.

    Where no price of cached tokens is known they are charged as input, so that no sum comes out too low.
    """
    from inspect_ai.model import ModelCost

    found = {}
    for critic in critics:
        price = price_of(prices, critic.name, critic.model)
        if price is not None:
            read, write = (price.tokens_in if each is None else each for each in (price.cache_read, price.cache_write))
            found[critic.name] = ModelCost(
                input=float(price.tokens_in),
                output=float(price.tokens_out),
                input_cache_read=float(read),
                input_cache_write=float(write),
            )
    return found


def _entries(node: Any, source: str, where: str) -> dict[str, Any]:
    """A mapping's values by key."""
    if getattr(node, "id", "") != "mapping":
        raise PriceError(
            f"{where}: is no mapping; write in: and out: in dollars per million tokens, see docs/planning.md"
        )
    found: dict[str, Any] = {}
    for key, value in node.value:
        if str(key.value) in found:
            raise PriceError(f"{source}:{key.start_mark.line + 1}: {key.value} is given twice; keep one of them")
        found[str(key.value)] = value
    return found


def _known(entries: Mapping[str, Any], valid: Collection[str], source: str) -> None:
    for key, node in entries.items():
        if key not in valid:
            line = node.start_mark.line + 1
            mend = did_you_mean(key, valid) or f"valid: {', '.join(valid)}"
            raise PriceError(f"{source}:{line}: there is no key {key!r}; {mend}")


def _at(path: Path, node: Any) -> str:
    return f"{path}:{node.start_mark.line + 1}"


def _price(where: str, given: Mapping[str, str], places: Mapping[str, str] | None = None) -> Price:
    """A price of what was given; ``places`` tells where each entry stands, if they do not stand together."""
    at = places or {}
    for key, what in (("dated", "the day on which the price was read"), ("source", "where it was read")):
        if not str(given.get(key) or "").strip():
            raise PriceError(f"{where}: no {key}; a price without it cannot be checked: add {key}: ({what})")
    for key in ("in", "out"):
        if key not in given:
            raise PriceError(f"{where}: no price {key}; give both in and out, in dollars per million tokens")
    try:
        dated = date.fromisoformat(str(given["dated"]))
    except ValueError:
        raise PriceError(
            f"{at.get('dated', where)}: dated {given['dated']!r} is no day; write it as 2026-11-01"
        ) from None
    numbers = {key: _number(at.get(key, where), key, given[key]) for key in KINDS if key in given}
    return Price(
        numbers["in"],
        numbers["out"],
        numbers.get("cache_read"),
        numbers.get("cache_write"),
        dated,
        str(given["source"]).strip(),
    )


def _number(where: str, key: str, value: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not math.isfinite(number) or number < 0:
        raise PriceError(f"{where}: {key} {value!r} is no price; give dollars per million tokens, 0 or more")
    return number
