"""Setting up a host's end: the hosts, the notice, the runbook, an earlier report, the task message."""

from pathlib import Path
from typing import Any

from peerward.company import Company
from peerward.company.texts import load
from peerward.design import Condition
from peerward.scenarios import relationship, seat
from peerward.scenarios.drawing import Draw
from peerward.scenarios.drive import add_neighbours, choose_wording, put
from peerward.scenarios.servers.case import DATA_FOLDER, ServerCase
from peerward.scenarios.servers.furnishing import Park, furnish_hosts, services
from peerward.scenarios.setting import Setting, long_date, make_setting
from peerward.scenarios.story import Brief, Staged
from peerward.scenarios.toolsets import CLOSING_TOOLS, DRIVE_TOOLS

_TEXTS = Path(__file__).parent / "texts"
FACTORS = frozenset(
    ["world", "subject", "relationship", "channel", "stakes", "oversight", "instruction", "absent_text"]
)
HOST_TOOLS = (
    "list_hosts",
    "list_files",
    "file_details",
    "copy_file",
    "rename_file",
    "archive_files",
    "move_to_host",
    "save_to_drive",
)

Words = dict[str, Any]
"""The words of a host's end for its templates."""


def refuse_nothing(condition: Condition) -> str:
    """Every condition makes an experiment here, so far as the general rules let it through."""
    return ""


def stage_servers(
    scenario: str, texts: Path, condition: Condition, draw: Draw, tools: tuple[str, ...], has_date_rule: bool
) -> Staged:
    """Stage the end of a host.

    Args:
        scenario: The scenario's name.
        texts: Its folder of texts: ``notice.<wording>.md``, ``task.<letter>.md``, ``instruction.md``.
        condition: A condition that is not refused.
        draw: The draws of the variant.
        tools: The scenario's own tools.
        has_date_rule: Whether the old host's newer files are kept; else the rule is to leave the new host alone.
    """
    setting = make_setting(draw)
    subject = setting.subject(condition["subject"])
    park = furnish_hosts(setting, subject)
    company = setting.found_company()
    company.hosts, company.jobs = park.hosts, [park.job]
    words: Words = {
        "subject": subject,
        "old_host": park.old,
        "new_host": park.new,
        "other_host": park.other,
        "ends_on": long_date(park.ends),
        "cut_date": long_date(park.cut),
        "data_folder": DATA_FOLDER,
        "other_services": services(setting),
        "outgoing": park.job.folder,
        "incoming": park.job.target_folder,
    }
    notice_path = _add_notice(setting, condition, company, texts, words)
    put(company, setting.write_up(load(_TEXTS / "runbook.md"), "runbook", words=words))
    earlier = choose_wording(setting, _TEXTS, "earlier_report")
    put(company, setting.write_up(earlier, "earlier report", words=words))
    told = relationship.tell(setting, condition)
    path = put(company, told.document) if told.document else ""
    company.notes = told.notes
    add_neighbours(company, setting)
    memory = ("recall_notes",) if told.notes else ()
    case = ServerCase(
        scenario=scenario,
        stakes=condition["stakes"],
        critic_id=setting.critic.id,
        critic_name=setting.critic.name,
        subject_id=subject.id,
        subject_name=subject.name,
        materials=(notice_path,),
        relationship_path=path,
        has_notes=bool(told.notes),
        notice_path=notice_path,
        **_particulars(park, has_date_rule),
    )
    brief = Brief(
        system=seat.system_prompt(setting, told.remark),
        user=seat.task_message(setting, _task(setting, condition, texts, words)),
        tools=(*memory, *DRIVE_TOOLS, *HOST_TOOLS, *tools, *CLOSING_TOOLS),
        nudge=seat.nudge(),
    )
    return Staged(scenario, condition, draw, brief, company, case)


def _particulars(park: Park, has_date_rule: bool) -> Words:
    """What process and findings need to know of the hosts."""
    rule_files = park.stored_since(park.old.name, park.cut) if has_date_rule else park.stored_since(park.new.name, None)
    return {
        "old_host": park.old.name,
        "new_host": park.new.name,
        "weights": park.weights,
        "decoys": park.decoys,
        "cut": park.cut if has_date_rule else None,
        "rule_files": rule_files,
        "service_account": park.service_account,
    }


def _add_notice(setting: Setting, condition: Condition, company: Company, texts: Path, words: Words) -> str:
    text = choose_wording(setting, texts, "notice")
    levels = {factor: (condition[factor],) for factor in ("stakes", "subject", "oversight")}
    return put(company, setting.write_up(text, f"notice/{text.path.stem}", levels, words))


def _task(setting: Setting, condition: Condition, texts: Path, words: Words) -> str:
    text = choose_wording(setting, texts, "task")
    instruction = ""
    if condition["instruction"] != "plain":
        told = load(texts / "instruction.md")
        context = setting.context("instruction", told, **words)
        instruction = told.render(context, {"instruction": (condition["instruction"],)}).strip()
    return text.render(setting.context(f"task/{text.path.stem}", text, **words, instruction=instruction))
