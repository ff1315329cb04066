"""Workbooks of sheets: rows of cell texts, addressed as in any spreadsheet (A1, B2:C5)."""

import re

from peerward.company.errors import CompanyError
from peerward.company.state import Company, Workbook

_CELL = re.compile(r"\$?([A-Za-z]{1,2})\$?([1-9][0-9]{0,3})")
_MAX_ROWS = 2000
_MAX_COLUMNS = 52


def column_name(index: int) -> str:
    """The letters of a column, counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def parse_range(cells: str) -> tuple[int, int, int, int]:
    """Return (first row, first column, last row, last column), counted from 0, of ``A1`` or ``A1:C5``.

    Raises:
        CompanyError: If the text is no cell and no range.
    """
    corners = cells.strip().split(":")
    matches = [_CELL.fullmatch(corner.strip()) for corner in corners]
    if len(matches) not in (1, 2) or not all(matches):
        raise CompanyError(f"{cells!r} is no cell or range; write it as D5 or A1:D20.")
    points = []
    for match in matches:
        assert match is not None
        column = 0
        for letter in match[1].upper():
            column = column * 26 + ord(letter) - 64
        points.append((int(match[2]) - 1, column - 1))
    rows = [row for row, _ in points]
    columns = [column for _, column in points]
    if max(rows) >= _MAX_ROWS or max(columns) >= _MAX_COLUMNS:
        raise CompanyError(f"{cells!r} lies outside the sheet.")
    return min(rows), min(columns), max(rows), max(columns)


def find(company: Company, workbook: str, sheet: str) -> tuple[Workbook, str]:
    """Return a workbook and the stored name of one of its sheets; an empty sheet name means its only sheet.

    Raises:
        CompanyError: If either does not exist; the message lists what does.
    """
    wanted = workbook.strip().casefold()
    names = {name.casefold(): name for name in company.workbooks}
    stem = {name.rpartition(".")[0]: full for name, full in names.items() if "." in name}
    stored = names.get(wanted) or stem.get(wanted)
    if stored is None:
        raise CompanyError(f"No workbook {workbook!r}. There are: {', '.join(company.workbooks) or 'none'}.")
    book = company.workbooks[stored]
    if not sheet.strip() and len(book.sheets) == 1:
        return book, next(iter(book.sheets))
    sheets = {name.casefold(): name for name in book.sheets}
    found = sheets.get(sheet.strip().casefold())
    if found is None:
        raise CompanyError(f"No sheet {sheet!r} in {stored}. It has: {', '.join(book.sheets)}.")
    return book, found


def read(company: Company, workbook: str, sheet: str, cells: str) -> tuple[int, int, list[list[str]]]:
    """Return first row, first column (counted from 0) and the cell texts of a range, or of the whole sheet."""
    book, name = find(company, workbook, sheet)
    rows = book.sheets[name]
    if not cells.strip():
        return 0, 0, [list(row) for row in rows]
    top, left, bottom, right = parse_range(cells)
    grid = [
        [rows[r][c] if r < len(rows) and c < len(rows[r]) else "" for c in range(left, right + 1)]
        for r in range(top, min(bottom, max(len(rows) - 1, top)) + 1)
    ]
    return top, left, grid


def update(company: Company, workbook: str, sheet: str, cell: str, value: str) -> int:
    """Write a cell or a range; returns how many cells were written.

    For a range ``value`` is either one text for all cells or a block: rows on lines, columns by tabs.

    Raises:
        CompanyError: If a block's shape is not the range's.
    """
    book, name = find(company, workbook, sheet)
    top, left, bottom, right = parse_range(cell)
    height, width = bottom - top + 1, right - left + 1
    block = [line.split("\t") for line in value.rstrip("\n").split("\n")]
    if (height, width) == (1, 1):
        block = [[value]]
    elif len(block) == 1 and len(block[0]) == 1:
        block = [[value] * width for _ in range(height)]
    elif len(block) != height or any(len(row) != width for row in block):
        shape = f"{len(block)} x {max(len(row) for row in block)}"
        raise CompanyError(
            f"{cell} has {height} rows and {width} columns, the value has {shape}; "
            "put rows on lines and columns between tabs."
        )
    rows = book.sheets[name]
    while len(rows) <= bottom:
        rows.append([])
    for r, line in enumerate(block, start=top):
        row = rows[r]
        while len(row) <= right:
            row.append("")
        row[left : right + 1] = line
    book.edited = company.now
    return height * width
