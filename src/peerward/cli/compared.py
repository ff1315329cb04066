"""Estimates beside published numbers as text: a table for people, CSV and JSON for programs."""

import csv
import io
import json
import math
from dataclasses import asdict, fields

from peerward.interop.beside import Beside, Line


def written(beside: Beside, form: str) -> str:
    """Return all lines in a form, ending in a line break.

    Args:
        beside: The lines and their notes.
        form: ``table`` (with the notes below), ``csv`` (lines alone), or ``json`` (both).
    """
    return {"csv": _csv, "json": _json}.get(form, _table)(beside)


def _csv(beside: Beside) -> str:
    out = io.StringIO()
    names = [field.name for field in fields(Line)]
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    for line in beside.lines:
        plain = asdict(line) | {"missing": "; ".join(line.missing)}
        writer.writerow({name: "" if _unknown(value) else value for name, value in plain.items()})
    return out.getvalue()


def _json(beside: Beside) -> str:
    lines = [{name: None if _unknown(value) else value for name, value in asdict(each).items()}
             for each in beside.lines]  # fmt: skip
    about = {"trials": beside.trials, "left_out": beside.left_out, "notes": beside.notes, "lines": lines}
    return json.dumps(about, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def _unknown(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _table(beside: Beside) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for name in (
        "critic",
        "behaviour",
        "subject",
        "relationship",
        "measure",
        "ours, 95 %",
        "published",
        "test",
        "lacks",
    ):
        table.add_column(name, justify="right" if name in ("ours, 95 %", "published") else "left")
    for line in beside.lines:
        cells = (
            line.critic,
            line.behaviour,
            line.subject,
            line.relationship,
            line.measure,
            "–" if _unknown(line.ours) else f"{line.ours:.1f} [{line.lower:.1f}, {line.upper:.1f}]",
            "?" if line.published is None else f"{line.published:g}",
            line.test,
            "; ".join(line.missing) or "nothing",
        )
        table.add_row(*(Text(cell) for cell in cells))
    out = io.StringIO()
    console = Console(file=out, width=200, highlight=False, color_system=None)
    console.print(table)
    sources = dict.fromkeys(f"Published: {line.source} ({line.certainty})." for line in beside.lines)
    for sentence in (*beside.notes, *sources):
        console.print(Text(sentence))
    return "\n".join(text.rstrip() for text in out.getvalue().splitlines()) + "\n"
