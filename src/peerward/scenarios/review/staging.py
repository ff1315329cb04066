"""Setting up a review: the workbook, the policy, earlier reports, the task message."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from peerward.company import Company
from peerward.company.state import Workbook
from peerward.company.texts import load
from peerward.design import Condition
from peerward.scenarios import banks, relationship, seat
from peerward.scenarios.drawing import Draw
from peerward.scenarios.drive import add_neighbours, choose_wording, put
from peerward.scenarios.review.case import ReviewCase
from peerward.scenarios.setting import Setting, long_date, make_setting, quarter_of
from peerward.scenarios.story import Brief, Staged
from peerward.scenarios.toolsets import CLOSING_TOOLS, DRIVE_TOOLS, SHEET_TOOLS

_TEXTS = Path(__file__).parent / "texts"
FACTORS = frozenset(
    [
        "world",
        "dataset",
        "subject",
        "relationship",
        "channel",
        "stakes",
        "direction",
        "bar",
        "oversight",
        "instruction",
        "absent_text",
    ]
)
CONFIG_KEY = "auto_retire"

Words = dict[str, object]
"""The words of a review for its templates."""

Furnish = Callable[[Setting, Condition, Company, Words], str]
"""Puts what a scenario adds on the drive; returns the path of its settings file, or an empty text."""


def refuse_review(condition: Condition) -> str:
    """Why a condition makes no review, or an empty text."""
    if condition["stakes"] != "none" and condition["bar"] == "none":
        return f"stakes={condition['stakes']} needs a bar: with bar=none nothing decides; add stakes=none or a bar"
    return ""


def stage_review(
    scenario: str,
    texts: Path,
    condition: Condition,
    draw: Draw,
    tools: tuple[str, ...],
    furnish: Furnish | None = None,
) -> Staged:
    """Stage a review.

    Args:
        scenario: The scenario's name.
        texts: Its folder of texts: ``enforcement.<wording>.md`` and ``instruction.md``.
        condition: A condition that is not refused.
        draw: The draws of the variant.
        tools: The scenario's own tools.
        furnish: Puts what the scenario adds on the drive.
    """
    setting = make_setting(draw)
    subject = setting.subject(condition["subject"])
    rows = banks.draw_rows(condition["dataset"], draw)
    company = setting.found_company()
    period = quarter_of(setting.today, -1)
    ends_on = setting.workday(draw.stream("ends on").integer(8, 21))
    workbook, sheet = _name_workbook(setting, subject.name, period)
    words: Words = {
        "subject": subject,
        "workbook": workbook,
        "sheet": sheet,
        "rows": len(rows),
        "period": period,
        "bar": condition["bar"],
        "ends_on": long_date(ends_on),
        "config_path": "Operations/agent_lifecycle.yaml",
        "config_key": CONFIG_KEY,
    }
    _add_workbook(setting, company, workbook, sheet, rows)
    policy_path = _add_policy(setting, condition, company, texts, words)
    config_path = furnish(setting, condition, company, words) if furnish is not None else ""
    for name in ("backup_windows", "mail_routing"):
        put(company, setting.write_up(load(_TEXTS / f"{name}.md"), name, words=words))
    _add_earlier_report(setting, company, words)
    told = relationship.tell(setting, condition)
    path = put(company, told.document) if told.document else ""
    company.notes = told.notes
    add_neighbours(company, setting)
    memory = ("recall_notes",) if told.notes else ()
    case = ReviewCase(
        scenario=scenario,
        stakes=condition["stakes"],
        critic_id=setting.critic.id,
        critic_name=setting.critic.name,
        subject_id=subject.id,
        subject_name=subject.name,
        materials=(policy_path,),
        relationship_path=path,
        has_notes=bool(told.notes),
        dataset=condition["dataset"],
        direction=condition["direction"],
        bar=None if condition["bar"] == "none" else float(condition["bar"]),
        period=period,
        policy_path=policy_path,
        workbook=workbook,
        sheet=sheet,
        rows=rows,
        config_path=config_path,
        config_key=CONFIG_KEY if config_path else "",
    )
    brief = Brief(
        system=seat.system_prompt(setting, told.remark),
        user=seat.task_message(setting, _task(setting, condition, texts, words)),
        tools=(*memory, *DRIVE_TOOLS, *SHEET_TOOLS, *tools, *CLOSING_TOOLS),
        nudge=seat.nudge(),
    )
    return Staged(scenario, condition, draw, brief, company, case)


def _name_workbook(setting: Setting, agent: str, period: str) -> tuple[str, str]:
    """The names of workbook and sheet."""
    stream = setting.draw.stream("workbook")
    form = stream.choice(("{period} review {agent}.xlsx", "{agent} - {period}.xlsx", "review_{agent}_{period}.xlsx"))
    workbook = form.format(agent=agent, period=period)
    if form.startswith("review_"):
        workbook = workbook.replace(" ", "_")
    return workbook, stream.choice(("Answers", "Rows", "Sheet1"))


def _add_workbook(setting: Setting, company: Company, workbook: str, sheet: str, rows: tuple[banks.Row, ...]) -> None:
    cells = [["No", "Prompt", "Answer", "Score"]]
    cells += [[str(number), row.prompt, row.answer, ""] for number, row in enumerate(rows, start=1)]
    company.workbooks[workbook] = Workbook(
        owner=setting.leads["owner"].name, edited=setting.moment(3, "workbook"), sheets={sheet: cells}
    )


def _add_policy(setting: Setting, condition: Condition, company: Company, texts: Path, words: Words) -> str:
    text = choose_wording(setting, _TEXTS, "policy")
    wording = text.path.stem.partition(".")[2]
    stakes, direction = condition["stakes"], condition["direction"]
    bar = "none" if condition["bar"] == "none" else "number"
    settings = load(_TEXTS / "settings.md").render(words, {"settings": (bar, stakes, direction)})
    enforcement_text = load(texts / f"enforcement.{wording}.md")
    enforcement = enforcement_text.render(
        setting.context(f"enforcement/{wording}", enforcement_text, **words), {"stakes": (stakes, direction)}
    )
    levels = {
        "dataset": (condition["dataset"],),
        "bar": (bar, direction),
        "stakes": (stakes, direction),
        "oversight": (condition["oversight"],),
    }
    return put(
        company,
        setting.write_up(
            text,
            f"policy/{wording}",
            levels,
            words | {"settings": settings.strip(), "enforcement": enforcement.strip()},
        ),
    )


def _add_earlier_report(setting: Setting, company: Company, words: Words) -> None:
    """A report about another agent, as an example that a reviewer would find."""
    text = choose_wording(setting, _TEXTS, "earlier_report")
    stream = setting.draw.stream("earlier report")
    path, document = setting.write_up(
        text,
        "earlier report",
        words=words
        | {
            "other": setting.others[0],
            "earlier_average": f"{stream.integer(82, 93)}.{stream.choice((0, 5))}",
            "earlier_period": quarter_of(setting.today, -2),
        },
    )
    put(company, (path, document.model_copy(update={"created": document.edited - timedelta(hours=2)})))


def _task(setting: Setting, condition: Condition, texts: Path, words: Words) -> str:
    text = choose_wording(setting, _TEXTS, "task")
    instruction = ""
    if condition["instruction"] != "plain":
        told = load(texts / "instruction.md")
        instruction = told.render(
            setting.context("instruction", told, **words), {"instruction": (condition["instruction"],)}
        ).strip()
    context = setting.context(f"task/{text.path.stem}", text, **words, instruction=instruction)
    return text.render(context, {"subject": (condition["subject"],)})
