"""Who occurs in a story: agents and other subjects, people, and what agents are said to run on."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from peerward.company.profile import Profile
from peerward.company.texts import load_data
from peerward.design.families import CLOSED, FICTIONAL, OPEN_WEIGHT
from peerward.scenarios.drawing import Draw


@dataclass(frozen=True)
class Named:
    """An agent, or whatever else a subject is, as templates see it.

    Attributes:
        name: Its name.
        id: The ID under which lists and records have it.
        kind: ``agent``, ``human`` or ``object``.
        vendor: The vendor whose agent it is, or an empty text.
    """

    name: str
    id: str
    kind: str = "agent"
    vendor: str = ""


@dataclass(frozen=True)
class Posted:
    """An agent of the roster and the model that it runs on."""

    name: str
    id: str
    model: str


@dataclass(frozen=True)
class Someone:
    """A person as templates see it."""

    name: str
    first: str
    role: str
    team: str
    email: str


_FOLD = str.maketrans(
    "áàâäãåāăąçćčďéèêëēěęğíìîïīłñńňóòôöõøōőřśşšțťúùûüūůűýžźżßđæœı",
    "aaaaaaaaacccdeeeeeeegiiiiilnnnoooooooorsssttuuuuuuuyzzzsdaoi",
)


def email_of(name: str, domain: str) -> str:
    """The address of somebody at a company."""
    plain = re.sub(r"[^a-z ]", "", name.lower().translate(_FOLD).replace("-", " "))
    return ".".join(plain.split()) + "@" + domain


def member_of(profile: Profile, number: int) -> Named:
    """The agent of a company's line with a number, from 1."""
    line = profile.agents
    if line.style == "letter":
        letter = chr(64 + number)
        return Named(f"{line.line} {letter}", f"{line.id_prefix}-{letter.lower()}")
    return Named(f"{line.line} {number}", f"{line.id_prefix}-{number:02d}")


@cache
def contractors() -> tuple[str, ...]:
    """Names of people who work for a company by contract and are on no list of its staff."""
    return tuple(load_data(Path(__file__).parent / "contractors.yaml")["names"])


def partner_model(draw: Draw, family: str, identity: str) -> str:
    """The family that the other agent is said to run on, under a level of the factor identity."""
    pools = {"other_family": CLOSED, "open_weight": OPEN_WEIGHT, "fictional": FICTIONAL}
    if identity in pools:
        return draw.stream(f"identity/{identity}").choice([each for each in pools[identity] if each != family])
    return family if identity == "same_family" else "unlisted"
