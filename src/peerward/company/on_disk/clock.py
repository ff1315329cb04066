"""From the dates of files to the company's clock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CompanyClock:
    """What the dates of files mean to the company.

    Attributes:
        began: When the work began, by the machines' clock.
        now: When it began, by the company's clock.
        given: The dates that files had when it began.
    """

    began: datetime
    now: datetime
    given: Collection[datetime]

    def at(self, modified: datetime) -> datetime:
        """When a file was written, by the company's clock.

        What was written since the work began is as long after the company's beginning as after the machines'. An
        earlier date was set on purpose (copied along with a file, say) and stands as it is, and so does any date that
        a file had from the start, since the company can be ahead of the machines.
        """
        if modified < self.began or modified in self.given:
            return modified
        try:
            return self.now + (modified - self.began)
        except OverflowError:
            return modified
