"""The figures of the report, as SVG to stand in a page and as files."""

from peerward.analysis.answers import Answers
from peerward.report.figures.errors import error_distributions
from peerward.report.figures.figure import Figure, standalone, write_figures
from peerward.report.figures.forest import forest
from peerward.report.figures.heat import heat
from peerward.report.figures.outcomes import outcome_dots
from peerward.report.figures.pairs import alignment_pairs, self_peer, weights_others
from peerward.report.figures.profile import profiles

__all__ = ["Figure", "draw_all", "standalone", "write_figures"]

KINDS = (forest, heat, profiles, error_distributions, alignment_pairs, self_peer, weights_others, outcome_dots)


def draw_all(answers: Answers) -> list[Figure]:
    """Every figure that the answers give something for, in the order of the report.

    The same answers give the same bytes. A figure with nothing to show is not drawn; none is drawn without end: what
    is beyond the last page stands in the figure's table, and its caption says how much that is.

    Args:
        answers: The answers.
    """
    return [figure for kind in KINDS for figure in kind(answers)]
