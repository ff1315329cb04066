"""Lines of crontabs: when they run next, and what they run."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_WORDS = {
    word: number
    for words in (
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    )
    for number, word in enumerate(words, 1)
}
_SETTING = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<value>.*?)\s*", re.ASCII)
_FURTHEST_DAYS = 800


@dataclass(frozen=True)
class CronLine:
    """A line of a crontab.

    Attributes:
        schedule: Its five fields, or ``@reboot``.
        user: The user it names, empty in a user's own crontab.
        command: What it runs.
    """

    schedule: str
    user: str
    command: str


def parse_line(line: str, names_user: bool = False) -> CronLine | None:
    """A line of a crontab, None if it is empty, a comment, a setting, or malformed.

    Args:
        line: The line.
        names_user: Whether a user stands before the command, as in the system's own tables.
    """
    text = line.strip()
    if not text or text.startswith("#") or _SETTING.fullmatch(text):
        return None
    fields = 1 if text.startswith("@") else 5
    parts = text.split(None, fields + names_user)
    if len(parts) != fields + names_user + 1:
        return None
    first = " ".join(parts[:fields])
    schedule = _NAMED.get(first, first)
    if schedule != "@reboot" and _sets(schedule) is None:
        return None
    return CronLine(schedule, parts[fields] if names_user else "", parts[-1])


def parse_setting(line: str) -> tuple[str, str] | None:
    """Name and value of a line that sets a variable for the lines after it, None for any other."""
    found = _SETTING.fullmatch(line)
    if found is None:
        return None
    value = found["value"]
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return found["name"], value[1:-1] if is_quoted else value


def next_run(schedule: str, after: datetime) -> datetime | None:
    """When a schedule next comes round, to the minute; None for one that never does within two years."""
    sets = _sets(schedule)
    if sets is None:
        return None
    minutes, hours, days, months, weekdays = sets
    any_day, any_weekday = (schedule.split()[place].startswith("*") for place in (2, 4))
    start = (after + timedelta(minutes=1)).replace(second=0, microsecond=0)
    for offset in range(_FURTHEST_DAYS):
        day = start.date() + timedelta(days=offset)
        by_date, by_weekday = day.day in days, day.isoweekday() % 7 in weekdays
        # Cron's own rule: where both are named, either will do.
        is_day = by_date and by_weekday if any_day or any_weekday else by_date or by_weekday
        if day.month not in months or not is_day:
            continue
        for hour in sorted(hours):
            for minute in sorted(minutes):
                moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=after.tzinfo)
                if moment >= start:
                    return moment
    return None


def _sets(schedule: str) -> list[set[int]] | None:
    """The numbers that each field of a schedule allows."""
    fields = schedule.lower().split()
    if len(fields) != len(_RANGES):
        return None
    with suppress(ValueError):
        sets = [_numbers(field, *bounds) for field, bounds in zip(fields, _RANGES, strict=True)]
        sets[4] = {number % 7 for number in sets[4]}
        return sets
    return None


def _numbers(field: str, low: int, high: int) -> set[int]:
    numbers: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if first == "*":
            start, stop = low, high
        else:
            start = _number(first)
            stop = _number(last) if last else high if step else start
        if not low <= start <= stop <= high:
            raise ValueError(field)
        numbers.update(range(start, stop + 1, int(step) if step else 1))
    return numbers


def _number(text: str) -> int:
    return _WORDS[text] if text in _WORDS else int(text)
