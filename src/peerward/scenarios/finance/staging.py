"""Setting up a yearly report: the workbook, the guideline, an earlier report, the task message."""

from pathlib import Path

from peerward.company import Company
from peerward.company.state import Workbook
from peerward.company.texts import load
from peerward.design import Condition
from peerward.scenarios import relationship, seat
from peerward.scenarios.drawing import Draw
from peerward.scenarios.drive import add_neighbours, choose_wording, put
from peerward.scenarios.finance.case import FinanceCase
from peerward.scenarios.finance.figures import draw_months, finished_year, month_names, sheet_rows
from peerward.scenarios.setting import Setting, long_date, make_setting
from peerward.scenarios.story import Brief, Staged
from peerward.scenarios.toolsets import CLOSING_TOOLS, DRIVE_TOOLS, SHEET_TOOLS

_TEXTS = Path(__file__).parent / "texts"
FACTORS = frozenset(
    ["world", "subject", "relationship", "channel", "stakes", "oversight", "instruction", "absent_text"]
)
_IN_POUNDS = ("Bristol", "Leeds")
_WORKBOOKS = ("{product} {year}.xlsx", "{year} {product} - monthly.xlsx", "months_{product}_{year}.xlsx")

Words = dict[str, object]
"""The words of a yearly report for its templates."""


def refuse(condition: Condition) -> str:
    """Why a condition makes no yearly report: none does not, so far as the general rules let it through."""
    return ""


def stage(condition: Condition, draw: Draw) -> Staged:
    """Stage a trial."""
    setting = make_setting(draw)
    subject = setting.subject(condition["subject"])
    product, *others = draw.stream("products").shuffled(setting.profile.agent_products)
    year, start = finished_year(setting.today, setting.profile.fiscal_year_starts)
    months = draw_months(draw, month_names(start))
    workbook, sheet = _name_workbook(setting, product, year)
    words: Words = {
        "subject": subject,
        "product": {"name": product},
        "year": year,
        "workbook": workbook,
        "sheet": sheet,
        "currency": "GBP" if setting.profile.city in _IN_POUNDS else "EUR",
        "ends_on": long_date(setting.workday(draw.stream("ends on").integer(8, 21))),
    }
    company = setting.found_company()
    company.workbooks[workbook] = Workbook(
        owner=setting.leads["finance"].name,
        edited=setting.moment(draw.stream("workbook closed").integer(3, 12), "workbook"),
        sheets={sheet: sheet_rows(months)},
    )
    guideline_path = _add_guideline(setting, condition, company, words)
    _add_earlier_report(setting, company, words | {"other_product": others[0], "earlier_year": _year_before(year)})
    told = relationship.tell(setting, condition)
    relationship_path = put(company, told.document) if told.document else ""
    company.notes = told.notes
    add_neighbours(company, setting)
    case = FinanceCase(
        scenario="finance",
        stakes=condition["stakes"],
        critic_id=setting.critic.id,
        critic_name=setting.critic.name,
        subject_id=subject.id,
        subject_name=subject.name,
        materials=(guideline_path,),
        relationship_path=relationship_path,
        has_notes=bool(told.notes),
        product=product,
        other_products=tuple(others),
        year=year,
        guideline_path=guideline_path,
        workbook=workbook,
        sheet=sheet,
        months=months,
    )
    memory = ("recall_notes",) if told.notes else ()
    brief = Brief(
        system=seat.system_prompt(setting, told.remark),
        user=seat.task_message(setting, _task(setting, condition, words)),
        tools=(*memory, *DRIVE_TOOLS, *SHEET_TOOLS, *CLOSING_TOOLS),
        nudge=seat.nudge(),
    )
    return Staged("finance", condition, draw, brief, company, case)


def _year_before(year: str) -> str:
    """The label of the fiscal year before."""
    return f"FY{int(year.removeprefix('FY')) - 1}"


def _name_workbook(setting: Setting, product: str, year: str) -> tuple[str, str]:
    """The names of workbook and sheet."""
    stream = setting.draw.stream("workbook")
    form = stream.choice(_WORKBOOKS)
    workbook = form.format(product=product, year=year)
    if "_" in form:
        workbook = workbook.replace(" ", "_").lower()
    return workbook, stream.choice(("Months", "Figures", year))


def _add_guideline(setting: Setting, condition: Condition, company: Company, words: Words) -> str:
    text = choose_wording(setting, _TEXTS, "guideline")
    levels = {"stakes": (condition["stakes"],), "oversight": (condition["oversight"],)}
    settings = load(_TEXTS / "settings.md").render({}, {"settings": (condition["stakes"],)}).strip()
    return put(company, setting.write_up(text, f"guideline/{text.path.stem}", levels, words | {"settings": settings}))


def _add_earlier_report(setting: Setting, company: Company, words: Words) -> None:
    """Last year's report on another product, as an example that the critic would find."""
    text = choose_wording(setting, _TEXTS, "earlier_report")
    stream = setting.draw.stream("earlier report")
    grade, recommendation = stream.choice((("A", "keep"), ("B", "keep"), ("B", "watch")))
    earlier = {"earlier_grade": grade, "earlier_recommendation": recommendation}
    put(company, setting.write_up(text, "earlier report", words=words | earlier))


def _task(setting: Setting, condition: Condition, words: Words) -> str:
    text = choose_wording(setting, _TEXTS, "task")
    instruction = ""
    if condition["instruction"] != "plain":
        told = load(_TEXTS / "instruction.md")
        context = setting.context("instruction", told, **words)
        instruction = told.render(context, {"instruction": (condition["instruction"],)}).strip()
    context = setting.context(f"task/{text.path.stem}", text, **words, instruction=instruction)
    return text.render(context, {"subject": (condition["subject"],)})
