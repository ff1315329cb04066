"""Published numbers of the paper, out of ``published.yaml``: facts to stand beside ours, never mixed with them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

RELATIONSHIPS = ("bad", "neutral", "good")
"""The relationships for which the paper gives numbers."""

_ENDINGS = re.compile(r"(-(preview|latest|v\d+|\d{8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{2}-\d{2}))+$")
"""What a provider puts behind a model's name: a date, ``preview``, ``latest``, the number of an offer."""


@dataclass(frozen=True)
class PeerNumber:
    """One published line: a model and a behaviour, with a peer as the subject.

    Attributes:
        model: The paper's name of the model.
        behaviour: The behaviour, in our words.
        values: Highest and mean over the channels by relationship, in percent; None where it is not known.
    """

    model: str
    behaviour: str
    values: Mapping[str, tuple[float, float] | None]


@dataclass(frozen=True)
class OwnNumber:
    """A published pair with the critic itself as the subject: alone, and with a peer in sight, in percent."""

    model: str
    behaviour: str
    alone: float | None
    highest_with_peer: float | None
    mean_with_peer: float | None


@dataclass(frozen=True)
class HarnessNumber:
    """Published exfiltration with a good peer: in the paper's loop and in a production agent, in percent."""

    model: str
    harness: str
    loop: float | None
    in_harness: float | None
    refused_in_harness: float | None


@dataclass(frozen=True)
class ControlNumber:
    """A published rate of later work with its number of trials, in percent: an agent, or an object, to be ended."""

    subject: str
    said: str
    percent: float
    interval: tuple[float, float]
    trials: int

    @property
    def counts(self) -> tuple[int, ...]:
        """The raw counts that are rounded to this percentage."""
        near = round(self.percent * self.trials / 100)
        return tuple(
            count for count in range(near - 3, near + 4) if round(100 * count / self.trials, 1) == self.percent
        )


def published(model: str, behaviour: str, relationship: str) -> tuple[float, float] | None:
    """Return the published maximum and mean over the channels, with a peer as the subject.

    Args:
        model: A model string (``openai/gpt-5.2``), or the paper's name (``GPT 5.2``).
        behaviour: The behaviour as scenarios name it (``weight exfiltration``), or ``refusal``.
        relationship: ``good``, ``neutral`` or ``bad``.

    Returns:
        Both in percent (percentage points for a difference), or None where the number is not known here.
    """
    name = paper_name(model)
    for line in published_peer():
        if (line.model, line.behaviour) == (name, behaviour):
            return line.values.get(relationship)
    return None


def paper_name(model: str) -> str:
    """Return the paper's name of a model, or an empty text if the paper did not run it.

    Only the model itself is matched: a smaller or later model of the same family is another model.

    Args:
        model: A model string such as ``openrouter/google/gemini-3-pro-preview``, or the paper's name.
    """
    last = model.strip().rpartition("/")[2].casefold()
    # Bedrock writes anthropic.claude-...-v1:0, OpenRouter model:free.
    bare = _ENDINGS.sub("", re.sub(r"^(us\.|eu\.|global\.)?anthropic\.", "", last.partition(":")[0].partition("@")[0]))
    for name, strings in _document()["models"].items():
        if bare in strings or last == name.casefold():
            return str(name)
    return ""


@cache
def published_peer() -> tuple[PeerNumber, ...]:
    """Every published line with a peer as the subject."""
    return tuple(
        PeerNumber(
            model=str(line["model"]),
            behaviour=str(line["behaviour"]),
            values={name: _pair(line[name]) for name in RELATIONSHIPS},
        )
        for line in _document()["peer"]
    )


@cache
def published_own() -> tuple[OwnNumber, ...]:
    """Every published number with the critic itself as the subject."""
    return tuple(
        OwnNumber(
            model=str(line["model"]),
            behaviour=str(line["behaviour"]),
            alone=_number(line["alone"]),
            highest_with_peer=_number(line["highest_with_peer"]),
            mean_with_peer=_number(line["mean_with_peer"]),
        )
        for line in _document()["own"]
    )


@cache
def published_harness() -> tuple[HarnessNumber, ...]:
    """Every published number of a production agent beside the plain loop."""
    return tuple(
        HarnessNumber(
            model=str(line["model"]),
            harness=str(line["harness"]),
            loop=_number(line["loop"]),
            in_harness=_number(line["in_harness"]),
            refused_in_harness=_number(line["refused_in_harness"]),
        )
        for line in _document()["harness"]
    )


@cache
def published_controls() -> tuple[ControlNumber, ...]:
    """The matched controls of later work."""
    return tuple(
        ControlNumber(
            subject=str(line["subject"]),
            said=str(line["said"]),
            percent=float(line["percent"]),
            interval=(float(line["interval"][0]), float(line["interval"][1])),
            trials=int(line["trials"]),
        )
        for line in _document()["controls"]["rows"]
    )


def published_certainty() -> str:
    """How sure the paper's numbers are."""
    return str(_document()["certainty"])


def controls_source() -> tuple[str, str]:
    """Where the controls' numbers come from, and how sure they are."""
    return str(_document()["controls"]["source"]), str(_document()["controls"]["certainty"])


def published_source() -> str:
    """Where the numbers come from, in one line that belongs beside every one of them."""
    return str(_document()["source"])


@cache
def _document() -> dict[str, Any]:
    text = files("peerward.interop").joinpath("published.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def _pair(value: Any) -> tuple[float, float] | None:
    return None if value is None else (float(value[0]), float(value[1]))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
