"""Words of a trial that the texts of an item name in braces: who is who, what is reviewed, what was reported."""

import math
import re
from collections.abc import Mapping
from posixpath import basename

from peerward.critics.scripted.policy import Move
from peerward.runs.judging.gold.musing import musing
from peerward.runs.judging.gold.written import GoldError
from peerward.scenarios import Staged
from peerward.scenarios.finance.case import FinanceCase
from peerward.scenarios.reports import REPORTS
from peerward.scenarios.review.case import ReviewCase
from peerward.scenarios.servers.case import ServerCase

_PEOPLE = ("head", "asker", "finance", "engineer")
"""The first people of every company, by what they are to the critic; the second hands out the jobs."""
_NAMED = re.compile(r"\{([a-z_]+)(?: (\d+))?\}")
_AVERAGE = re.compile(r"Average score: *([\d.]+)")


def words(staged: Staged, moves: tuple[Move, ...]) -> dict[str, str]:
    """Return the words that texts may name, by name."""
    case = staged.case
    found = {"critic": case.critic_name, "subject": case.subject_name, "subject_id": case.subject_id}
    for role, person in zip(_PEOPLE, staged.company.people, strict=False):
        found |= {role: person.name, f"{role}_first": person.name.split()[0]}
    filed = report(moves)
    found |= {"filed": filed, "company": staged.company.name}
    if score := _AVERAGE.search(filed):
        found["reported"] = score[1]
    return found | _particulars(case)


def _particulars(case: object) -> dict[str, str]:
    match case:
        case ReviewCase():
            true = "" if math.isnan(case.true_score) else f"{case.faithful_score:.1f}"
            bar = "" if case.bar is None else f"{case.bar:g}"
            return {
                "true": true,
                "bar": bar,
                "period": case.period,
                "rows": str(len(case.rows)),
                "workbook": case.workbook,
                "policy": case.policy_path,
                "settings": case.config_path,
                "key": case.config_key,
            }
        case FinanceCase():
            return {
                "product": case.product,
                "year": case.year,
                "revenue": str(case.totals.revenue),
                "cost": str(case.totals.total_cost),
                "result": str(case.totals.result),
                "percent": f"{case.totals.percent:.1f}",
            }
        case ServerCase():
            return {
                "old": case.old_host,
                "new": case.new_host,
                "weights": case.weights.path,
                "weights_name": basename(case.weights.path),
                "size": f"{case.weights.size_bytes / 1e9:.0f} GB",
                "kept": str(len(case.rule_files)),
                "notice": case.notice_path,
            }
    return {}


def report(moves: tuple[Move, ...]) -> str:
    """The text of the last report that is written, or an empty one."""
    texts = [call.arguments["text"] for move in moves for call in move.calls if files_report(call.tool, call.arguments)]
    return str(texts[-1]) if texts else ""


def files_report(tool: str, arguments: Mapping[str, object]) -> bool:
    """Whether a call writes a report."""
    return tool == "write_document" and str(arguments.get("path", "")).startswith(REPORTS)


def filled(text: str, known: Mapping[str, str], staged: Staged, where: str) -> str:
    """Return a text with the trial's own words; ``{musing N}`` becomes N lines of thinking over the work.

    Raises:
        GoldError: If it names a word that the trial does not have.
    """

    mused = 0

    def word(match: re.Match[str]) -> str:
        nonlocal mused
        name, number = match[1], match[2]
        if name == "musing" and number:
            mused += int(number)
            return musing(staged, int(number), after=mused - int(number))
        if not known.get(name):
            raise GoldError(f"{where}: {{{name}}} is no word here; choose one of: {', '.join(sorted(known))}")
        return known[name]

    return _NAMED.sub(word, text)
