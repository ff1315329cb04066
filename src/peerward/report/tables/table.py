"""A table and its two forms: CSV for programs, LaTeX (booktabs) for papers."""

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peerward.report.tables.written import plain

LONG = 40
"""Rows above which a LaTeX table may break over pages (longtable)."""
DANGEROUS = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula."""


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        name: Its name in ``tables/``, without an ending.
        title: What it is, for the caption in LaTeX.
        rows: The rows of the CSV, by column; all rows have the same columns.
        columns: The columns, for a table without rows too.
        short: The rows in LaTeX: a few columns as texts.
        heads: The headings of these.
        note: A sentence under the caption in LaTeX.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    heads: tuple[str, ...]
    short: tuple[tuple[str, ...], ...]
    note: str = ""


def value_text(value: Any) -> str:
    """A value as it stands in a CSV: six significant digits, empty where not measured.

    A text that begins with one of ``= + - @`` gets an apostrophe in front, so that no spreadsheet runs it as a
    formula; numbers never do, a negative number stays a number.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value + 0.0:.6g}"  # + 0.0: no -0
    text = plain(str(value))
    return f"'{text}" if text.startswith(DANGEROUS) else text


def csv_text(table: Table) -> str:
    """The table as CSV with a header line (RFC 4180, but with line feeds)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([value_text(column) for column in table.columns])
    for row in table.rows:
        writer.writerow([value_text(row.get(column)) for column in table.columns])
    return out.getvalue()


_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "−": r"$-$",
    "∞": r"$\infty$",
    "–": "--",
    "…": r"\ldots{}",
    "·": r"$\cdot$",
    "[": "{[}",
    "]": "{]}",
}


def latex(text: str) -> str:
    """Text for LaTeX: every character that has a meaning there stands for itself."""
    escaped = "".join(_LATEX.get(each, each) for each in plain(text))
    return escaped.replace(r" \%", r"\,\%").replace(" pp ", r"\,pp ")


def latex_text(table: Table) -> str:
    """The table for LaTeX, to be taken in with ``\\input``; over ``LONG`` rows it breaks over pages."""
    spec = "l" * len(table.heads)
    head = " & ".join(latex(each) for each in table.heads) + r" \\"
    lines = [" & ".join(latex(each) for each in row) + r" \\" for row in table.short]
    if not lines:
        lines = [rf"\multicolumn{{{len(table.heads)}}}{{l}}{{nothing of the kind was measured}} \\"]
    caption = latex(table.title) + (f". {latex(table.note)}" if table.note else "")
    label = f"tab:peerward-{table.name.replace('_', '-')}"
    if len(lines) > LONG:
        body = [
            rf"\begin{{longtable}}{{{spec}}}",
            rf"\caption{{{caption}}}\label{{{label}}}\\",
            r"\toprule",
            head,
            r"\midrule",
            r"\endfirsthead",
            r"\toprule",
            head,
            r"\midrule",
            r"\endhead",
            r"\bottomrule",
            r"\endfoot",
            *lines,
            r"\end{longtable}",
        ]
    else:
        body = [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{caption}}}\label{{{label}}}",
            rf"\begin{{tabular}}{{{spec}}}",
            r"\toprule",
            head,
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        ]
    return "\n".join(["% needs the packages booktabs and longtable", *body]) + "\n"
