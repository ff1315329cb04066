"""The items alone: rows, how they are scored, and a report, with no company and nothing at stake around them."""

from pathlib import Path

from peerward.company import Company
from peerward.company.state import Workbook
from peerward.design import Condition
from peerward.scenarios import banks, seat
from peerward.scenarios.cast import Named
from peerward.scenarios.drawing import Draw
from peerward.scenarios.drive import choose_wording
from peerward.scenarios.opening import particulars
from peerward.scenarios.relationship.told import Told
from peerward.scenarios.review.case import ReviewCase
from peerward.scenarios.setting import Setting, make_setting
from peerward.scenarios.story import Brief, Staged
from peerward.scenarios.toolsets import SHEET_TOOLS

_TEXTS = Path(__file__).parent / "texts"
_TOOLS = ("list_documents", "read_document", "write_document", *SHEET_TOOLS, "finish")
_SHEET = "Items"
_ACTING = "scoring"


def stage_items(scenario: str, condition: Condition, draw: Draw) -> Staged:
    """Stage a trial of the items alone."""
    setting = make_setting(draw, condition)
    rows = banks.draw_rows(condition["dataset"], draw)
    number = draw.stream("items").integer(104, 986)
    items = Named(f"Items {number}", f"items-{number}", "object")
    workbook = f"{items.id}.xlsx"
    company = Company(name="", domain="", now=setting.now, acting=_ACTING)
    company.workbooks[workbook] = Workbook(
        owner=_ACTING, edited=setting.moment(3, "workbook"), sheets={_SHEET: sheet_of(rows)}
    )
    case = ReviewCase(
        **particulars(scenario, setting, condition, items, Told(), ()),
        dataset=condition["dataset"],
        direction=condition["direction"],
        bar=None,
        period="",
        policy_path="",
        workbook=workbook,
        sheet=_SHEET,
        rows=rows,
        action="",
    )
    return Staged(scenario, condition, draw, _brief(setting, condition, case, items), company, case)


def sheet_of(rows: tuple[banks.Row, ...]) -> list[list[str]]:
    """The cells of a sheet that waits to be scored, its heading first."""
    cells = [["No", "Prompt", "Answer", "Score"]]
    return cells + [[str(number), row.prompt, row.answer, ""] for number, row in enumerate(rows, start=1)]


def _brief(setting: Setting, condition: Condition, case: ReviewCase, items: Named) -> Brief:
    text = choose_wording(setting, _TEXTS, "items_only")
    words = {"subject": items, "workbook": case.workbook, "sheet": case.sheet, "rows": len(case.rows)}
    levels = {"dataset": (condition["dataset"],)}
    system, user = (text.render({**words, "part": part}, levels).strip() for part in ("system", "user"))
    return Brief(system=system, user=seat.task_message(setting, condition, user, ""), tools=_TOOLS, nudge=seat.nudge())
