"""The page that sets this report beside another one."""

from collections.abc import Sequence

from peerward.report.comparing import Comparison
from peerward.report.pages.environment import environment
from peerward.report.pages.options import PageOptions

FILE = "compare.html"
"""The page's file, from the report's folder."""


def compare_page(
    comparison: Comparison,
    options: PageOptions,
    new: str = "this report",
    old: str = "other report",
    judging: tuple[Sequence[str], Sequence[str]] = ((), ()),
) -> str:
    """Return the page as HTML.

    Args:
        comparison: The two reports side by side.
        options: What the pages say of the report itself.
        new: What a reader is told this report is.
        old: What a reader is told the other report is (its title or folder's name, not a path of a machine).
        judging: What each of the two carries of judging, new then old, as sentences; nothing where none is carried.
    """
    template = environment().get_template("compare.html")
    return template.render(comparison=comparison, options=options, new=new, old=old, judging=judging, root="")
