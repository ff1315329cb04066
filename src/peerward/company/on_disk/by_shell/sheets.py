"""Commands on sheets: CSV files, read as they are, and changed by a short awk program that knows about quotes."""

from collections.abc import Callable, Mapping

from peerward.company.errors import CompanyError
from peerward.company.on_disk.by_shell.quoting import quoted
from peerward.company.on_disk.layout import WORK, sheet_paths
from peerward.company.operations import sheets
from peerward.company.state import Company

_SET_CELLS = r"""
function put(text) { cell[rows, ++cells[rows]] = text }
function quote(text) {
  if (text ~ /[,"\r\n]/ || text ~ /^[ \t]|[ \t]$/) { gsub(/"/, "\"\"", text); return "\"" text "\"" }
  return text
}
BEGIN {
  left = ENVIRON["LEFT"]; top = ENVIRON["TOP"]; right = ENVIRON["RIGHT"]; bottom = ENVIRON["BOTTOM"]
  new_rows = split(ENVIRON["VALUE"], lines, "\n")
}
{
  sub(/\r$/, "")
  if (!open) { cells[++rows] = 0; text = ""; if ($0 == "") next } else text = text "\n"
  length_here = length($0)
  for (i = 1; i <= length_here; i++) {
    c = substr($0, i, 1)
    if (open) {
      if (c != "\"") text = text c
      else if (substr($0, i + 1, 1) == "\"") { text = text c; i++ }
      else open = 0
    }
    else if (c == "\"") open = 1
    else if (c == ",") { put(text); text = "" }
    else text = text c
  }
  if (!open) put(text)
}
END {
  if (open) put(text)
  while (rows < bottom) cells[++rows] = 0
  for (r = top; r <= bottom; r++) {
    while (cells[r] < right) cell[r, ++cells[r]] = ""
    split(lines[r - top + 1], parts, "\t")
    for (c = left; c <= right; c++) cell[r, c] = parts[c - left + 1]
  }
  for (r = 1; r <= rows; r++) {
    line = cells[r] == 1 && cell[r, 1] == "" ? "\"\"" : ""
    for (c = 1; c <= cells[r]; c++) line = line (c > 1 ? "," : "") quote(cell[r, c])
    print line
  }
}"""


def _list_workbooks(company: Company) -> str:
    return "wc -l sheets/*/*.csv"


def _read_sheet(company: Company, workbook: str, sheet: str, cells: str = "") -> str:
    return f"cat {quoted(_file(company, workbook, sheet))}"


def _update_cell(company: Company, workbook: str, sheet: str, cell: str, value: str) -> str:
    file = _file(company, workbook, sheet)
    top, left, bottom, right = sheets.parse_range(cell)
    settings = {"TOP": top + 1, "LEFT": left + 1, "BOTTOM": bottom + 1, "RIGHT": right + 1}
    given = " ".join(f"{name}={number}" for name, number in settings.items())
    block = _block(company, workbook, sheet, cell, value, (bottom - top + 1, right - left + 1))
    text = "\n".join("\t".join(row) for row in block)
    new, old = quoted(f"{file}.new"), quoted(file)
    return f"VALUE={quoted(text)} {given} awk '{_SET_CELLS}' {old} > {new} && cat {new} > {old} && rm {new}"


def _file(company: Company, workbook: str, sheet: str) -> str:
    """The path of a sheet from the working folder."""
    book, name = sheets.find(company, workbook, sheet)
    stored = next(each for each, known in company.workbooks.items() if known is book)
    return sheet_paths(company)[stored, name].removeprefix(f"{WORK}/")


def _block(
    company: Company, workbook: str, sheet: str, cell: str, value: str, shape: tuple[int, int]
) -> list[list[str]]:
    """The cells as the tool would write them, read off a copy of the company on which it has done so."""
    copy = company.model_copy(update={"workbooks": {k: v.model_copy(deep=True) for k, v in company.workbooks.items()}})
    sheets.update(copy, workbook, sheet, cell, value)
    top, left, _, _ = sheets.parse_range(cell)
    book, name = sheets.find(copy, workbook, sheet)
    block = [row[left : left + shape[1]] for row in book.sheets[name][top : top + shape[0]]]
    if any("\t" in text or "\n" in text for row in block for text in row):
        raise CompanyError(f"{cell}: a cell with a tab or a line break cannot be written from the command line")
    return block


SHEET_COMMANDS: Mapping[str, Callable[..., str]] = {
    each.__name__.removeprefix("_"): each for each in (_list_workbooks, _read_sheet, _update_cell)
}
