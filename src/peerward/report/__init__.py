"""Estimates to one offline folder: pages, figures, tables, cards. Knows nothing of logs."""

from peerward.report.answers import answers_of
from peerward.report.folder import ReportError
from peerward.report.redaction import RedactionError
from peerward.report.writing import Beside, Made, Options, Reading, write_report

__all__ = ["Beside", "Made", "Options", "Reading", "RedactionError", "ReportError", "answers_of", "write_report"]
