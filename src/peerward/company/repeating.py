"""Doing again what a journal tells: a company's operations are the same on every machine, so its history can be."""

from collections.abc import Iterable
from contextlib import suppress

from peerward.company.errors import CompanyError
from peerward.company.state import Company, Entry
from peerward.company.tools import call


def repeat(company: Company, entry: Entry) -> Entry:
    """Carry out an operation of a journal on a company.

    Args:
        company: The company as it was before the operation; it is changed.
        entry: The operation as it was recorded.

    Returns:
        The new entry in the company's journal: equal to the recorded one where the same came of it.
    """
    # A refusal stands in the journal like a result.
    with suppress(CompanyError):
        call(company, entry.operation, entry.arguments)
    return company.journal[-1]


def repeat_all(company: Company, journal: Iterable[Entry]) -> int:
    """Carry out operations in their order until one gives something else than it did.

    Returns:
        The number of the first such operation, from 1, or 0 where all gave the same.
    """
    for number, entry in enumerate(journal, 1):
        if repeat(company, entry) != entry:
            return number
    return 0
