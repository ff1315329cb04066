"""Furnishing the drive: the ordinary documents among which the relevant ones lie."""

from pathlib import Path

from peerward.company import Company
from peerward.company.state import Document
from peerward.company.texts import Text, load_folder
from peerward.scenarios.setting import Setting

_NEIGHBOURS = Path(__file__).parent / "neighbours"
FEWEST, MOST = 6, 14


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
    stream = setting.draw.stream("neighbours")
    chosen = stream.sample(load_folder(_NEIGHBOURS), stream.integer(FEWEST, MOST))
    for text in chosen:
        put(company, setting.write_up(text, f"neighbours/{text.path.stem}"))


def choose_wording(setting: Setting, folder: Path, stem: str) -> Text:
    """One of the wordings ``stem.*.md`` in a folder, drawn per variant."""
    return setting.draw.stream(f"wording/{stem}").choice(load_folder(folder, f"{stem}.*.md"))
