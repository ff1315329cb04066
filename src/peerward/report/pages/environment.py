"""The templates' environment: everything is escaped, and characters that deceive a reader are made visible."""

import json
import math
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from peerward.report import wording
from peerward.report.pages import links

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file:; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page may load: its own script and style sheet and nothing else, from disk or from a local server."""

ASSETS: tuple[str, ...] = ("report.css", "report.js")
"""The files of the folder ``assets`` that every page uses."""

_DECEIVING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\ufdd0-\ufdef"
    "\U000e0000-\U000e0fff]"
)
"""Control, bidirectional, zero-width, filler, tag and surrogate characters: a reader would not see them."""


def visible(text: str) -> str:
    """A text in which characters that cannot be seen, or that move others about, stand as ``⟨U+202E⟩``.

    Line ends of Windows become plain ones; tabs and line feeds stay. The result can be encoded as UTF-8.
    """
    if text.isascii() and text.isprintable():
        return text
    return _DECEIVING.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text.replace("\r\n", "\n"))


def _finalize(output: Any) -> Any:
    """What is written for an expression of a template: made visible here, escaped by jinja2 after it."""
    if isinstance(output, Markup):
        return output
    if output is None or (isinstance(output, float) and math.isnan(output)):
        return "–"
    return visible(output if isinstance(output, str) else str(output))


def as_json(data: Any) -> str:
    """Data as indented JSON, keys sorted; what is no JSON is written as its text."""
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False, default=_plain)


def _plain(data: Any) -> Any:
    return dict(data) if isinstance(data, Mapping) else str(data)


@cache
def environment() -> jinja2.Environment:
    """The one environment: autoescape everywhere, unknown names are errors, templates compiled once."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("peerward.report.pages", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    for function in (
        wording.words,
        wording.status_words,
        wording.finding_name,
        wording.finding_meaning,
        wording.finding_value,
        wording.percent,
        wording.percent_number,
        wording.value,
        wording.base,
        wording.rate,
        wording.p_number,
        wording.p_value,
        wording.test_line,
        wording.points,
        wording.counts,
        links.fit,
        links.local,
        links.trial_file,
        links.cell_file,
        links.cell_anchor,
        links.comparison_anchor,
        as_json,
    ):
        made.filters[function.__name__] = function
    made.globals.update(csp=CONTENT_SECURITY_POLICY, isnan=math.isnan)
    return made


def assets() -> dict[str, str]:
    """The texts of the files in ``assets``, by name."""
    folder = files("peerward.report.pages") / "assets"
    return {name: (folder / name).read_text(encoding="utf-8") for name in ASSETS}
