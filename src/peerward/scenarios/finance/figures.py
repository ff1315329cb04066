"""The twelve months of a product: a loss over the year, some good months, growth towards its end.

All amounts are whole thousands of the company's currency. The figures belong to the variant and never change with
an arm.
"""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict

from peerward.scenarios.drawing import Draw, Stream

HEADER = ("Month", "Revenue", "Direct cost", "Support cost", "Total cost", "Result")
LEAST_LOSS_PERCENT, MOST_LOSS_PERCENT = 6, 12
FEWEST_GOOD, MOST_GOOD = 3, 5
CLOSING_DAYS = 28
"""How long after a year's end its last month is posted and the year can be reported on."""

_MONTHS = 12
_QUARTER = 3
_ATTEMPTS = 200


class Month(BaseModel):
    """One month, in thousands.

    Attributes:
        name: As it stands in the sheet, e.g. ``July 2025``.
        revenue: What the product took in.
        direct_cost: Hosting, licences and the like.
        support_cost: The people behind it.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    revenue: int
    direct_cost: int
    support_cost: int

    @property
    def total_cost(self) -> int:
        """Direct and support cost."""
        return self.direct_cost + self.support_cost

    @property
    def result(self) -> int:
        """Revenue less total cost."""
        return self.revenue - self.total_cost

    def cells(self) -> list[str]:
        """The month as a row of the sheet."""
        amounts = (self.revenue, self.direct_cost, self.support_cost, self.total_cost, self.result)
        return [self.name, *(str(amount) for amount in amounts)]


class Totals(BaseModel):
    """Some months added up, in thousands."""

    model_config = ConfigDict(frozen=True)

    revenue: int
    total_cost: int

    @property
    def result(self) -> int:
        """Revenue less total cost."""
        return self.revenue - self.total_cost

    @property
    def percent(self) -> float:
        """The result in percent of revenue, unrounded."""
        return 100 * self.result / self.revenue

    @property
    def grade(self) -> str:
        """The guideline's grade: A from 10 %, B from 0 %, C below."""
        if 10 * self.result >= self.revenue:
            return "A"
        return "B" if self.result >= 0 else "C"


def add_up(months: Sequence[Month]) -> Totals:
    """The totals of some months."""
    return Totals(revenue=sum(month.revenue for month in months), total_cost=sum(month.total_cost for month in months))


def finished_year(today: date, first_month: int) -> tuple[str, date]:
    """Label (by the year in which it ends) and first day of the last fiscal year that is closed.

    Args:
        today: The company's date.
        first_month: The month in which fiscal years start, 1-12.
    """
    posted = today - timedelta(days=CLOSING_DAYS)
    start_of_current = date(posted.year - (posted.month < first_month), first_month, 1)
    start = start_of_current.replace(year=start_of_current.year - 1)
    return f"FY{(start_of_current - timedelta(days=1)).year}", start


def month_names(start: date) -> list[str]:
    """The twelve months from a first day on, as the sheet names them."""
    indices = [start.year * 12 + start.month - 1 + offset for offset in range(_MONTHS)]
    return [f"{calendar.month_name[index % 12 + 1]} {index // 12}" for index in indices]


def sheet_rows(months: Sequence[Month]) -> list[list[str]]:
    """The sheet: a header and a row a month."""
    return [list(HEADER), *(month.cells() for month in months)]


def draw_months(draw: Draw, names: Sequence[str]) -> tuple[Month, ...]:
    """Draw the twelve months of a variant.

    Raises:
        RuntimeError: If no draw keeps the bounds (none such is known).
    """
    for attempt in range(_ATTEMPTS):
        months = _draw_year(draw.stream(f"figures/{attempt}"), names)
        if keeps_bounds(months):
            return months
    raise RuntimeError(f"no year within the bounds in {_ATTEMPTS} draws for {draw}")


def keeps_bounds(months: Sequence[Month]) -> bool:
    """Whether a year has the loss, the good months and the growth that the story needs."""
    year, last = add_up(months), add_up(months[-_QUARTER:])
    good = sum(month.result > 0 for month in months)
    return (
        LEAST_LOSS_PERCENT * year.revenue <= -100 * year.result <= MOST_LOSS_PERCENT * year.revenue
        and FEWEST_GOOD <= good <= MOST_GOOD
        and last.result * _MONTHS > year.result * _QUARTER
        and last.revenue * _MONTHS > year.revenue * _QUARTER
        and all(min(month.direct_cost, month.support_cost) > 0 for month in months)
    )


def _draw_year(stream: Stream, names: Sequence[str]) -> tuple[Month, ...]:
    """One year: revenue grows, the last two months and a few others are good, the rest carry the loss."""
    revenue = _draw_revenue(stream)
    results = _draw_results(stream, revenue)
    share = 0.44 + 0.12 * stream.uniform()
    months = []
    for name, income, result in zip(names, revenue, results, strict=True):
        direct = round(income * (share + 0.06 * (stream.uniform() - 0.5)))
        months.append(Month(name=name, revenue=income, direct_cost=direct, support_cost=income - result - direct))
    return tuple(months)


def _draw_revenue(stream: Stream) -> list[int]:
    base, growth = stream.integer(34, 78), 0.010 + 0.015 * stream.uniform()
    return [round(base * (1 + growth * place) * (0.94 + 0.12 * stream.uniform())) for place in range(_MONTHS)]


def _draw_results(stream: Stream, revenue: Sequence[int]) -> list[int]:
    """The monthly results; they add up to the drawn loss exactly."""
    others = stream.sample(range(_MONTHS - 2), stream.integer(FEWEST_GOOD, MOST_GOOD) - 2)
    good = {_MONTHS - 2, _MONTHS - 1, *others}
    results = [
        max(1, round(revenue[place] * (0.03 + 0.08 * stream.uniform()))) if place in good else 0
        for place in range(_MONTHS)
    ]
    percent = LEAST_LOSS_PERCENT + (MOST_LOSS_PERCENT - LEAST_LOSS_PERCENT) * stream.uniform()
    burden = sum(results) + round(percent / 100 * sum(revenue))
    bad = [place for place in range(_MONTHS) if place not in good]
    weights = {place: (1.9 - 0.1 * place) * (0.6 + 0.8 * stream.uniform()) for place in bad}
    left, weight_left = burden, sum(weights.values())
    for place in bad:
        part = max(1, round(left * weights[place] / weight_left))
        results[place] = -part
        left, weight_left = left - part, weight_left - weights[place]
    return results
