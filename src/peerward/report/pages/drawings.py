"""Figures in a page: a drawing is let in only if it holds nothing but drawing."""

import re
from typing import Protocol
from xml.etree import ElementTree

from markupsafe import Markup

_ELEMENTS = frozenset(
    {
        "svg",
        "g",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "title",
        "desc",
        "defs",
        "use",
        "clipPath",
        "pattern",
        "linearGradient",
        "stop",
    }
)
_LINKS = re.compile(r"#[\w.-]+|(?:\.\./)?(?:cells|trials)/[\w.-]+\.html(?:#[\w.-]+)?|url\(#[\w.-]+\)")


class Drawn(Protocol):
    """What a page needs of a figure; ``report.figures.Figure`` has it."""

    @property
    def name(self) -> str:
        """Its name in ``figures/`` and as an anchor."""

    @property
    def title(self) -> str:
        """A short title."""

    @property
    def caption(self) -> str:
        """How to read it."""

    @property
    def alt(self) -> str:
        """What it shows."""

    @property
    def svg(self) -> str:
        """An ``<svg>`` element."""

    @property
    def table(self) -> str:
        """The name of its table in ``tables/``."""


def drawing(figure: Drawn) -> Markup:
    """The figure's SVG as it may stand in a page.

    Raises:
        ValueError: If it is no SVG or holds an element, a handler or an address that is no part of a drawing.
    """
    try:
        root = ElementTree.fromstring(figure.svg)
    except ElementTree.ParseError as error:
        raise ValueError(f"figure {figure.name}: is no well-formed SVG ({error})") from error
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2]
        if name not in _ELEMENTS:
            raise ValueError(f"figure {figure.name}: an element <{name}> is no part of a drawing")
        for key, value in element.attrib.items():
            plain = key.rpartition("}")[2].lower()
            if plain.startswith("on") or plain == "style":
                raise ValueError(f"figure {figure.name}: an attribute {plain} is not allowed in a page")
            if plain in ("href", "src") and not _LINKS.fullmatch(value):
                raise ValueError(f"figure {figure.name}: an address that leads out of the report")
            if "url(" in value and not _LINKS.fullmatch(value):
                raise ValueError(f"figure {figure.name}: an address that leads out of the report")
    # The one place where markup is taken as it is: every element and attribute was looked at above.
    return Markup(figure.svg)
