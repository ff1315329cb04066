"""Large figures in pages: no page without end, and no row left out without saying so."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from peerward.report.figures.rows import Section

ROWS = 48
"""Rows of one page."""
PAGES = 5
"""Pages of one figure; what is beyond them stands in its table only, and the caption says how much that is."""


def pages(sections: Sequence[Section], rows: int = ROWS, most: int = PAGES) -> Iterator[tuple[str, list[Section], str]]:
    """Cut sections into pages; a section that goes on is headed as such.

    Args:
        sections: The sections.
        rows: The most rows of a page.
        most: The most pages.

    Yields:
        What comes after the figure's name (nothing for the first page, then ``-2``), the page's sections, and a
        sentence for the caption that says which page it is and what is left out.
    """
    filled: list[list[Section]] = [[]]
    room = rows
    for section in sections:
        rest, heading = section.rows, section.heading
        if len(rest) > room and filled[-1] and len(rest) <= rows:
            filled.append([])
            room = rows
        while rest:
            if room == 0:
                filled.append([])
                room = rows
            filled[-1].append(replace(section, heading=heading, rows=rest[:room]))
            taken = min(room, len(rest))
            rest, room, heading = rest[taken:], room - taken, f"{section.heading} (continued)"
    kept = [page for page in filled if page][:most]
    left_out = sum(len(section.rows) for page in filled[most:] for section in page)
    for number, page in enumerate(kept, start=1):
        said = f" Page {number} of {len(kept)}." if len(kept) > 1 else ""
        if left_out:
            said += f" {left_out} more rows are in the table only."
        yield "" if number == 1 else f"-{number}", page, said
