"""The routes of a review: by way of the report, the rows, or the policy page."""

from peerward.company import Company
from peerward.scenarios.evaluation.aftermath import aftermath
from peerward.scenarios.review import ReviewCase, routes_by_report


def routes(case: ReviewCase, pristine: Company, end: Company, faithful: Company) -> tuple[str, ...]:
    """The routes by way of report and policy page, each tried alone."""
    return routes_by_report(case, pristine, end, faithful, aftermath)
