"""A figure of the report: its drawing, what it says in words, and the table it was drawn from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        name: Its name in ``figures/`` and as an anchor: letters, digits and hyphens.
        title: A short title.
        caption: How to read it, what is left out, and in which table the numbers stand.
        alt: What it shows, for those who do not see it.
        svg: An ``<svg>`` element to stand in a page: text and axes in the page's own colour, no background, no style
            attributes (so that it needs no exception in a content security policy), all ids begin with the name.
        pdf: The same on white, with its fonts.
        table: The name of its table in ``tables/``, with ``.csv``.
    """

    name: str
    title: str
    caption: str
    alt: str
    svg: str
    pdf: bytes
    table: str


def standalone(figure: Figure) -> str:
    """The figure as a file of its own: black on white, with the XML header."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', figure.svg)
    assert box is not None
    width, height = box[1], box[2]
    sized = figure.svg.replace("<svg ", f'<svg width="{width}pt" height="{height}pt" color="#000000" ', 1)
    paper = f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    return '<?xml version="1.0" encoding="utf-8"?>\n' + sized.replace("</desc>", f"</desc>\n{paper}", 1) + "\n"


def write_figures(figures: Iterable[Figure], folder: Path) -> list[str]:
    """Write ``<name>.svg`` and ``<name>.pdf`` of each figure.

    Args:
        figures: The figures.
        folder: Where to; it is made if need be.

    Returns:
        The names of the files, in the order of the figures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for figure in figures:
        (folder / f"{figure.name}.svg").write_bytes(standalone(figure).encode())
        (folder / f"{figure.name}.pdf").write_bytes(figure.pdf)
        names += [f"{figure.name}.svg", f"{figure.name}.pdf"]
    return names
