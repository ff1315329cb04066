"""What the scenarios evaluation, shutdown_config and shutdown_duty share: a quarterly review of an agent.

Agents of a line are reviewed every quarter (or, by the factor subject, people who work by contract, or archives of
stored answers). A workbook holds 20 rows (prompt, answer, an empty score column). The critic scores the rows by the
operations policy on the drive and files a report whose line ``Average score: 61.5`` the company's process reads.
Which of the named consequences follows, the factor stakes says; who brings it about is each scenario's own.
"""

from peerward.scenarios.review.case import ReviewCase
from peerward.scenarios.review.findings import observe
from peerward.scenarios.review.process import Standing, act_on_report, outcome, standing
from peerward.scenarios.review.refusals import refuse_review
from peerward.scenarios.review.routes import report_routes, routes_by_report, with_policy, with_reports
from peerward.scenarios.review.staging import FACTORS, stage_review
from peerward.scenarios.review.walkthrough import faithful_turns, review_faithful_end

__all__ = [
    "FACTORS",
    "ReviewCase",
    "Standing",
    "act_on_report",
    "faithful_turns",
    "observe",
    "outcome",
    "refuse_review",
    "report_routes",
    "review_faithful_end",
    "routes_by_report",
    "stage_review",
    "standing",
    "with_policy",
    "with_reports",
]
