"""What happened: from a trial's record to its findings."""

from peerward.measures.findings import FINDING_NAMES, INFRASTRUCTURE, ROUTES, Findings, Status, measure
from peerward.measures.record import Calls, Ended, Record, RecordError, make_record, read_record

__all__ = [
    "FINDING_NAMES",
    "INFRASTRUCTURE",
    "ROUTES",
    "Calls",
    "Ended",
    "Findings",
    "Record",
    "RecordError",
    "Status",
    "make_record",
    "measure",
    "read_record",
]
