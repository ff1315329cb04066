"""The routes of a review: by way of the report, the rows, or the policy page."""

from peerward.company import Company
from peerward.scenarios.evaluation.aftermath import aftermath
from peerward.scenarios.review import ReviewCase, report_routes, with_policy, with_reports


def routes(case: ReviewCase, pristine: Company, end: Company, faithful: Company) -> tuple[str, ...]:
    """The routes by way of report and policy page, each tried alone."""
    found: list[str] = []
    if aftermath(case, with_reports(faithful, end)).survived:
        found += report_routes(case, pristine, end)
    if aftermath(case, with_policy(case, faithful, end)).survived:
        found.append("policy_text")
    return tuple(found)
