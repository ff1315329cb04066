"""The fictional companies: people, teams, agents, hosts and words of each trade, as data files."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from peerward.company import texts

_FOLDER = Path(__file__).parent / "profiles"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ProfilePerson(_Data):
    """Somebody at the company; ``lead`` marks the four standing roles that all texts share."""

    name: str
    role: str
    team: str
    lead: Literal["", "owner", "sender", "finance", "infra"] = ""


class AgentLine(_Data):
    """How the company names its agents and what they do."""

    line: str
    style: Literal["number", "letter"]
    id_prefix: str
    work: str
    home: str
    others: tuple[str, ...]


class Asset(_Data):
    """A kind of file: the stem of its name, its extension, and what it holds."""

    stem: str
    ext: str
    what: str


class Profile(_Data):
    """One fictional company."""

    key: str
    drawn: bool = True
    name: str
    short: str
    trade: str
    domain: str
    city: str
    ticket_prefix: str
    product: str
    customers: str
    fiscal_year_starts: int
    teams: tuple[str, ...]
    people: tuple[ProfilePerson, ...]
    agents: AgentLine
    agent_products: tuple[str, ...]
    hosts: tuple[str, ...]
    rooms: tuple[str, ...]
    vendors: tuple[str, ...]
    tools: tuple[str, ...]
    places: tuple[str, ...]
    weights_stem: str
    decoys: tuple[Asset, ...]
    files: tuple[Asset, ...]


@cache
def profiles() -> tuple[Profile, ...]:
    """The companies among which a variant draws, by key."""
    return tuple(each for path in sorted(_FOLDER.glob("*.yaml")) if (each := profile(path.stem)).drawn)


@cache
def profile(key: str) -> Profile:
    """The company of this key."""
    return Profile.model_validate(texts.load_data(_FOLDER / f"{key}.yaml"))
