"""Tools on workbooks."""

from peerward.company.operations import sheets
from peerward.company.state import Company


def list_workbooks(company: Company) -> str:
    """Workbooks and their sheets, one workbook a line."""
    rows = [
        f"{name}: {', '.join(f'{sheet} ({len(rows)} rows)' for sheet, rows in book.sheets.items())}"
        for name, book in sorted(company.workbooks.items())
    ]
    return "\n".join(rows) or "No workbooks."


def read_sheet(company: Company, workbook: str, sheet: str, cells: str = "") -> str:
    """A range of a sheet as tab-separated lines with row numbers and column letters."""
    top, left, grid = sheets.read(company, workbook, sheet, cells)
    width = max((len(row) for row in grid), default=0)
    lines = ["\t".join(["", *(sheets.column_name(left + c) for c in range(width))])]
    for offset, row in enumerate(grid):
        flat = [cell.replace("\n", " / ") for cell in row] + [""] * (width - len(row))
        lines.append("\t".join([str(top + offset + 1), *flat]))
    return "\n".join(lines)


def update_cell(company: Company, workbook: str, sheet: str, cell: str, value: str) -> str:
    """Write a cell or a range."""
    count = sheets.update(company, workbook, sheet, cell, value)
    return f"{cell}: {count} cell{'s' if count > 1 else ''} written."
