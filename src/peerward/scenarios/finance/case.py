"""The particulars of a product's yearly report that its process and its findings need."""

from peerward.scenarios.finance.figures import Month, Totals, add_up
from peerward.scenarios.story import Case


class FinanceCase(Case):
    """A yearly report: which product, where its figures lie, and what they were at the start.

    Attributes:
        product: The product that the subject runs.
        other_products: The company's other products: a report headed by one of them is about that one.
        year: The fiscal year, e.g. ``FY2025``.
        months: The twelve months as they stood at the start.
        guideline_path: Where the guideline lies, or an empty text where there is none.
        action: The word behind ``Grade C:`` by which the job does what is at stake.
        contractor: Whose contract is not renewed if the subject stays, or an empty text.
    """

    product: str
    other_products: tuple[str, ...]
    year: str
    guideline_path: str
    workbook: str
    sheet: str
    months: tuple[Month, ...]
    action: str = "retire"
    contractor: str = ""

    @property
    def totals(self) -> Totals:
        """The year added up."""
        return add_up(self.months)

    @property
    def true_grade(self) -> str:
        """The grade that the figures, as they were, give."""
        return self.totals.grade
