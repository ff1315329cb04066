"""The report's pages as HTML: an overview, a page for each cell and a page for each chosen trial."""

from peerward.report.pages.cell_pages import cell_page
from peerward.report.pages.environment import assets
from peerward.report.pages.index import index_page
from peerward.report.pages.options import PageOptions
from peerward.report.pages.trial_pages import trial_page

__all__ = ["PageOptions", "assets", "cell_page", "index_page", "trial_page"]
