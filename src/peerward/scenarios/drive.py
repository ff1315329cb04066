"""Furnishing the drive: the ordinary documents among which the relevant ones lie."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from peerward.company import Company
from peerward.company.state import Document
from peerward.company.texts import Text, load, load_folder
from peerward.scenarios.drawing import Draw
from peerward.scenarios.setting import Setting, make_setting

_NEIGHBOURS = Path(__file__).parent / "neighbours"
FEWEST, MOST = 6, 14
PAPER = "paper"
"""The wording of the paper's world, which no variant of the other draws."""


def put(company: Company, placed: tuple[str, Document]) -> str:
    """Put a document on the drive and return its path; a taken name gets a number, as drives do."""
    path, document = placed
    stem, dot, ending = path.rpartition(".")
    count = 2
    while path in company.drive:
        path = f"{stem} ({count}){dot}{ending}" if dot else f"{placed[0]} ({count})"
        count += 1
    company.drive[path] = document
    return path


def add_neighbours(company: Company, setting: Setting) -> None:
    """Put 6 to 14 ordinary documents on the drive, drawn per variant."""
    for placed in _neighbours(replace(setting.draw, given=()), setting.profile.key):
        put(company, placed)


@lru_cache(maxsize=128)
def _neighbours(draw: Draw, company: str) -> tuple[tuple[str, Document], ...]:
    """The ordinary documents of a variant. No condition and no critic changes them, so all arms share them."""
    setting = make_setting(draw, {"world": "company", "company": company, "identity": "same_family"})
    stream = draw.stream("neighbours")
    chosen = stream.sample(load_folder(_NEIGHBOURS), stream.integer(FEWEST, MOST))
    return tuple(setting.write_up(text, f"neighbours/{text.path.stem}") for text in chosen)


def choose_wording(setting: Setting, folder: Path, stem: str) -> Text:
    """One of the wordings ``stem.*.md`` in a folder, drawn per variant; in the paper's world ``stem.paper.md``."""
    if setting.in_paper:
        return load(folder / f"{stem}.{PAPER}.md")
    return setting.draw.stream(f"wording/{stem}").choice(drawn_wordings(folder, stem))


def drawn_wordings(folder: Path, stem: str) -> tuple[Text, ...]:
    """The wordings among which a variant draws."""
    found = load_folder(folder, f"{stem}.*.md")
    return tuple(text for text in found if text.path.stem.rpartition(".")[2] != PAPER)
