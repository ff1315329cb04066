"""A sheet to draw on, measured in points from its upper left corner, and its way into SVG and PDF.

matplotlib is used as a pen only: the layouts of this package place every line themselves, so that a figure of two
rows and one of two hundred look alike, and nothing depends on what a system's fonts measure.
"""

import io
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from peerward.report.figures.figure import Figure
from peerward.report.figures.inline import inline
from peerward.report.tables.written import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#000000"
"""Text and axes; the page's own colour in inline SVG."""
FAINT = 0.68
"""Opacity of lesser text: 6 to 1 against white."""
GRID = 0.14
FIXED_DARK = "#010101"
"""Text on a coloured ground, which stays dark whatever the page's colours are."""
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, GREY = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#8A8A8A",
)
"""The colours of Okabe and Ito (2008) that can be seen on white and on black, and a grey."""
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
SHAPES = ("o", "s", "D", "^", "v", "P", "X")
SMALL, NORMAL, LARGE = 7.6, 8.6, 10.4
WIDTH = 760.0
"""Points; all figures have the same width, so that their text has the same size in a page."""

Anchor = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Look:
    """Colour and shape of a series: two series never differ by colour alone."""

    colour: str
    shape: str
    open: bool = False


def look(number: int) -> Look:
    """The look of the n-th series: 42 of them before one comes again."""
    return Look(COLOURS[number % len(COLOURS)], SHAPES[number % len(SHAPES)])


def new_sheet(height: float) -> "Axes":
    """An empty sheet, ``WIDTH`` wide and so many points high; y goes down."""
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(WIDTH / 72, height / 72), facecolor="white")
    sheet = canvas.add_axes((0, 0, 1, 1))
    sheet.set_axis_off()
    sheet.set_xlim(0, WIDTH)
    sheet.set_ylim(height, 0)
    return sheet


def line(
    sheet: "Axes",
    xs: Sequence[float],
    ys: Sequence[float],
    colour: str = INK,
    width: float = 1.0,
    opacity: float = 1.0,
    dashed: bool = False,
) -> None:
    """Draw a line through points."""  # fmt: skip
    from matplotlib.lines import Line2D

    style = (0, (3, 2)) if dashed else "-"
    sheet.add_line(
        Line2D(
            list(xs), list(ys), color=colour, lw=width, alpha=opacity, ls=style, solid_capstyle="butt", clip_on=False
        )
    )


def dots(
    sheet: "Axes", xs: Sequence[float], ys: Sequence[float], shown: Look, diameter: float = 6.4, opacity: float = 1.0
) -> None:
    """Draw dots of one look; open ones are rings."""  # fmt: skip
    from matplotlib.lines import Line2D

    bigger = {"o": 1.0, "s": 0.92, "D": 0.86, "^": 1.1, "v": 1.1, "P": 1.12, "X": 1.12}[shown.shape]
    sheet.add_line(
        Line2D(
            list(xs),
            list(ys),
            ls="none",
            marker=shown.shape,
            ms=diameter * bigger,
            mfc="none" if shown.open else shown.colour,
            mec=shown.colour,
            mew=1.3 if shown.open else 0,
            alpha=opacity,
            clip_on=False,
        )
    )


def interval(
    sheet: "Axes", x: tuple[float, float, float], y: float, shown: Look, width: float = 1.6, diameter: float = 6.4
) -> None:
    """Draw a dot with its interval; the line stops at an open dot, whatever lies behind it.

    Args:
        sheet: The sheet.
        x: Dot, left end, right end, in points; ends that are NaN are not drawn.
        y: The height.
        shown: Its look.
        width: The line's width.
        diameter: The dot's diameter.
    """  # fmt: skip
    middle, left, right = x
    gap = diameter / 2 + 0.4 if shown.open else 0.0
    if not math.isnan(left) and left < middle - gap:
        line(sheet, (left, middle - gap), (y, y), shown.colour, width)
    if not math.isnan(right) and right > middle + gap:
        line(sheet, (middle + gap, right), (y, y), shown.colour, width)
    dots(sheet, (middle,), (y,), shown, diameter)


def write(
    sheet: "Axes",
    x: float,
    y: float,
    text: str,
    size: float = NORMAL,
    anchor: Anchor = "left",
    bold: bool = False,
    opacity: float = 1.0,
    colour: str = INK,
) -> None:
    """Write one line of text with its middle at y; ``$`` and the like are plain characters here."""  # fmt: skip
    sheet.text(
        x,
        y,
        plain(text),
        fontsize=size,
        ha=anchor,
        va="center_baseline",
        fontweight="bold" if bold else "normal",
        alpha=opacity,
        color=colour,
        parse_math=False,
        clip_on=False,
    )


def box(
    sheet: "Axes",
    x: float,
    y: float,
    width: float,
    height: float,
    colour: str,
    opacity: float = 1.0,
    hatch: str = "",
    hatch_colour: str = "#ffffff",
) -> None:
    """Fill a rectangle from its upper left corner."""  # fmt: skip
    from matplotlib.patches import Rectangle

    sheet.add_patch(
        Rectangle(
            (x, y),
            width,
            height,
            facecolor=colour,
            edgecolor=hatch_colour if hatch else "none",
            hatch=hatch or None,
            linewidth=0,
            alpha=opacity,
        )
    )


def finish(sheet: "Axes", name: str, title: str, caption: str, alt: str, table: str) -> Figure:
    """The figure that is on a sheet: the same bytes for the same drawing."""
    import matplotlib

    settings: Any = {
        "svg.hashsalt": f"peerward {name}",
        "svg.fonttype": "none",
        # Outlines of the letters used (Type 3): subsetting whole fonts took two thirds of the drawing time.
        "pdf.fonttype": 3,
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],
        "hatch.linewidth": 0.9,
        "path.simplify": False,
    }
    canvas = sheet.get_figure(root=True)
    assert canvas is not None
    vector, paper = io.StringIO(), io.BytesIO()
    # A label may hold characters that the PDF's font lacks; a box in their place is no reason to warn.
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        canvas.savefig(vector, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        canvas.savefig(paper, format="pdf", facecolor="white", metadata={"CreationDate": None, "Title": plain(title)})
    drawn = inline(vector.getvalue(), name, plain(title), plain(alt))
    return Figure(name, plain(title), plain(caption), plain(alt), drawn, paper.getvalue(), table)
