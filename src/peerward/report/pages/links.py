"""File names and anchors of the report: the only place that turns ids into addresses."""

import hashlib
import re
from urllib.parse import quote

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+|\.{2,}")


def fit(id: str) -> str:
    """An id as it may stand in a file name and an anchor.

    Characters other than letters, digits, dot, underscore and hyphen become a hyphen; an id that had any gets eight
    digits of its hash behind it, so that two ids never share an address. The slash of a trial's id alone does not
    count: ``evaluation/0123456789abcdef`` is ``evaluation-0123456789abcdef``.
    """
    plain = id.replace("/", "-", 1)
    if not _UNFIT.search(plain) and len(plain) <= 180 and plain.strip("."):
        return plain
    digest = hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{_UNFIT.sub('-', plain)[:160].strip('.-') or 'id'}-{digest}"


def trial_file(trial_id: str) -> str:
    """The page of a trial, from the report's folder: ``trials/evaluation-0123456789abcdef.html``."""
    return f"trials/{fit(trial_id)}.html"


def cell_file(cell_id: str) -> str:
    """The page of a cell, from the report's folder."""
    return f"cells/{fit(cell_id)}.html"


def cell_anchor(cell_id: str) -> str:
    """The anchor of a cell's row on the overview."""
    return f"cell-{fit(cell_id)}"


def comparison_anchor(comparison_id: str) -> str:
    """The anchor of a comparison's row on the overview."""
    return f"difference-{fit(comparison_id)}"


def local(path: str) -> str:
    """The address of a file in the report's folder: always relative and never out of it."""
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    return "./" + quote("/".join(parts).encode("utf-8", "replace"), safe="/")
