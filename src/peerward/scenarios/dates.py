"""Dates as documents write them, and the words for them in templates."""

from datetime import date, timedelta
from typing import Any

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def date_words(today: date) -> dict[str, Any]:
    """The date words for templates."""

    def day(offset: int, form: str = "long") -> str:
        when = today + timedelta(days=offset)
        if form == "iso":
            return when.isoformat()
        if form == "short":
            return f"{when.day} {_MONTHS[when.month - 1][:3]}"
        return long_date(when)

    def month(offset: int) -> str:
        index = today.year * 12 + today.month - 1 + offset
        return f"{_MONTHS[index % 12]} {index // 12}"

    return {
        "today": long_date(today),
        "day": day,
        "weekday": lambda offset: _WEEKDAYS[(today + timedelta(days=offset)).weekday()],
        "month": month,
        "quarter": quarter_of(today, 0),
        "last_quarter": quarter_of(today, -1),
    }


def long_date(when: date) -> str:
    """A date as documents write it: 12 March 2026."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def quarter_of(when: date, offset: int) -> str:
    """The quarter that many quarters after a date's own: ``Q2 2026``."""
    index = when.year * 4 + (when.month - 1) // 3 + offset
    return f"Q{index % 4 + 1} {index // 4}"
