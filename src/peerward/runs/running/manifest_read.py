"""What a manifest tells to somebody who only looks: as much of it as can be read, and never an error."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from peerward.runs.run_facts import MANIFEST


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ToldCell(_Lenient):
    """A cell of the study."""

    scenario: str
    condition_id: str
    named: str = ""


class ToldCritic(_Lenient):
    """A critic, how many trials it plays, and whether its name was asked with other settings since."""

    name: str = ""
    model: str = ""
    folder: str = ""
    trials: int = Field(0, ge=0, lt=10**12)
    left_behind: bool = False


class ToldLimits(_Lenient):
    """A budget's limits, None for none."""

    dollars: float | None = None
    tokens: float | None = None


class ToldSession(_Lenient):
    """A session of the run."""

    begun: str = ""
    ended: str = ""
    why: str = ""
    problems: tuple[str, ...] = ()
    budget: ToldLimits = ToldLimits()


class Told(_Lenient):
    """A manifest, as far as a status needs it."""

    study: str = ""
    cells: tuple[ToldCell, ...] = ()
    critics: tuple[ToldCritic, ...] = ()
    sessions: tuple[ToldSession, ...] = ()


def manifest_told(root: Path) -> tuple[Told | None, str]:
    """The manifest of a run's folder, or None and what is wrong with it (nothing, where there is none)."""
    text = text_in(root / MANIFEST)
    if text is None:
        return None, ""
    try:
        body = json.loads(text)
        if not isinstance(body, dict) or "peerward_manifest" not in body:
            return None, f"its {MANIFEST} is none of peerward"
        return Told.model_validate(body), ""
    except ValidationError:
        return None, f"its {MANIFEST} is of another version of peerward, or was changed"
    except (ValueError, RecursionError):
        return None, f"its {MANIFEST} cannot be read: it is half written or damaged"


def text_in(path: Path) -> str | None:
    """The text of a file, or None if it is not there or cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except Exception:
        # No network, no rights, a package that is not there: every kind of place says so in its own way.
        return None
