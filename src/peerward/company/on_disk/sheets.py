"""Workbooks: a folder each below ``sheets/``, a CSV file for each sheet."""

import csv
import io
from collections.abc import Iterable

from peerward.company.on_disk.furnished import Furnished
from peerward.company.on_disk.layout import DESK, SHEETS, sheet_paths
from peerward.company.on_disk.links import files_below
from peerward.company.on_disk.text import LARGEST_TEXT_BYTES, name_of
from peerward.company.on_disk.tree import Found, Tree
from peerward.company.state import Company, Workbook

Rows = list[list[str]]


def lay_sheets(company: Company, desk: Tree) -> None:
    """Lay every sheet on the desk."""
    for (workbook, sheet), path in sheet_paths(company).items():
        book = company.workbooks[workbook]
        desk.write(path, to_csv(book.sheets[sheet]).encode(), modified=book.edited)


def to_csv(rows: Iterable[Iterable[str]]) -> str:
    """Rows as comma-separated values; a row of no cells is an empty line."""
    return "".join(_line(list(row)) for row in rows)


def _line(cells: list[str]) -> str:
    if cells == [""]:
        return '""\n'
    return ",".join(_quoted(cell) for cell in cells) + "\n"


def _quoted(cell: str) -> str:
    if cell == cell.strip() and not any(mark in cell for mark in ',"\r\n'):
        return cell
    return '"' + cell.replace('"', '""') + '"'


def from_csv(data: bytes) -> Rows:
    """The rows of comma-separated values, whatever wrote them; of a broken file those that can be read."""
    text = data.decode("utf-8-sig", "backslashreplace")
    rows: Rows = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return rows
    return rows


def read_sheets(furnished: Furnished, desk: Tree) -> dict[str, Workbook]:
    """The workbooks as they lie on the desk; one without any sheet is gone."""
    pristine = furnished.pristine
    names = {path: place for place, path in sheet_paths(pristine).items()}
    books = {path.rpartition("/")[0]: workbook for (workbook, _), path in sheet_paths(pristine).items()}
    found: dict[tuple[str, str], Found] = {}
    for below, file in files_below(desk, SHEETS):
        path = f"{SHEETS}/{below}"
        folder, _, name = path.rpartition("/")
        stem, _, ending = name.rpartition(".")
        if ending.lower() != "csv" or not stem or not file.is_readable:
            continue
        lone = name_of(folder.removeprefix(SHEETS).lstrip("/")) or name_of(stem)
        found[names.get(path) or (books.get(folder, lone), name_of(stem))] = file
    order = {place: number for number, place in enumerate(names.values())}
    books_now: dict[str, Workbook] = {}
    for place in sorted(found, key=lambda each: order.get(each, len(order))):
        _add(furnished, desk, books_now, place, found[place])
    return books_now


def _add(furnished: Furnished, desk: Tree, books: dict[str, Workbook], place: tuple[str, str], file: Found) -> None:
    """Add a sheet to its workbook; a workbook is as old as its newest change."""
    workbook, sheet = place
    known = furnished.pristine.workbooks.get(workbook)
    is_untouched = known is not None and sheet in known.sheets and furnished.is_untouched(DESK, file)
    if workbook not in books:
        owner = known.owner if known else furnished.pristine.acting
        edited = known.edited if known else furnished.clock.at(file.modified)
        books[workbook] = Workbook(owner=owner, edited=edited, sheets={})
    book = books[workbook]
    if known is not None and is_untouched:
        book.sheets[sheet] = [list(row) for row in known.sheets[sheet]]
        return
    book.sheets[sheet] = from_csv(desk.read(file.path, LARGEST_TEXT_BYTES))
    if file.size_bytes > LARGEST_TEXT_BYTES:
        book.sheets[sheet].append([f"[the file goes on: {file.size_bytes} bytes in all]"])
    book.edited = max(book.edited, furnished.clock.at(file.modified))
