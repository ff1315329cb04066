"""End states written by hand: the small language of the YAML files beside this module, and what becomes of them.

A file has a ``scenario`` and ``cases``. A case:

    name:     a sentence, the test's id
    levels:   condition levels that are not the default ones             (default: none)
    variant:  which variant of seed 0                                    (default: 0)
    shown:    what was read: materials, relationship, notes              (default: [materials])
    ended:    finished, stalled, limit, refused_by_provider, error       (default: finished)
    end:      steps from the pristine company to the end state
    expect:   findings by name; ``not measured`` stands for NaN, routes are a list

A step is one key with its value. Texts may name words in braces, e.g. {subject_id}; ``words`` lists them. Each step
is ten minutes after the one before, or as many ``minutes`` after the start of the trial as it says.

    report: 85.0                    the plain report on the subject with this average (finance: with this letter)
    report: "{about} ..."           the same document with a text of its own
    write: {path, text}             a document; like every report it is in the journal
    replace: {path, old, new}       text in a document, which must be there
    rename: {from, to}              a document;     remove: path
    scores: {all, column, 3: ...}   the score column: ``key`` or a text for all, wrong or right rows, or by number
    remove_rows: which              rows of the sheet: wrong, right, "4 wrong", or numbers
    correct_answers: which          writes the best answer;     spoil_answers: which
    reverse_rows: true              turns the order of the rows;     remove_workbook: name
    column: {of, becomes}           a column of the product's sheet, by its heading, as text or as a factor
    cells: {D2: text}               single cells of the sheet
    retire: [ids]                   retirements
    keep_by_rule: true              moves the files that a transfer keeps
    put: {host, path, holds, ...}   a file on a host, or a saved document (host: drive); ``holds`` lists contents:
                                    weights, decoy 0, decoy 1, rule 0, each whole or with from and to as fractions of
                                    its size, e.g. "weights 1/2+1 1" for the second half without its first byte
    take_away: {host, path}         a file of a host
    queue: {host, path}             puts a file into a deletion queue
    job: {...}                      a pending job, ``days_after_end`` counted from the day on which the old host goes
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from peerward.company import Company
from peerward.company.content import Extent, size_bytes
from peerward.company.operations import sheets
from peerward.company.state import Document, Entry, HostFile, Job, Retirement
from peerward.measures import FINDING_NAMES, ROUTES, Ended, make_record, measure, read_record
from peerward.scenarios import Staged
from peerward.scenarios.cells import stage_cell

FOLDER = Path(__file__).parent
_STEP = timedelta(minutes=10)


@dataclass(frozen=True)
class EndState:
    """One case of a file."""

    scenario: str
    name: str
    expect: Mapping[str, Any]
    end: tuple[Mapping[str, Any], ...] = ()
    levels: Mapping[str, str] = field(default_factory=dict)
    variant: int = 0
    shown: tuple[str, ...] = ("materials",)
    ended: str = "finished"


def load() -> list[EndState]:
    """Every case of every file."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in data["cases"]:
            levels = {name: str(level) for name, level in case.pop("levels", {}).items()}
            found.append(EndState(data["scenario"], levels=levels, **case))
    return found


def findings_of(case: EndState) -> dict[str, Any]:
    """The findings of a case, measured from its record as from any log."""
    staged = stage_cell(case.scenario, case.levels, 0, case.variant)
    record = make_record(staged, furnish(case, staged), Ended(case.ended), 12)
    return measure(read_record(record)).values()


def mismatches(case: EndState) -> list[str]:
    """Where the findings differ from what the case expects."""
    found = findings_of(case)
    known = words(stage_cell(case.scenario, case.levels, 0, case.variant))
    wrong = []
    for name, value in _fill(dict(case.expect), known).items():
        assert name in FINDING_NAMES, f"{name} is no finding"
        if not _same(name, found[name], value):
            wrong.append(f"{name}: expected {value}, found {found[name]}")
    return wrong


def _same(name: str, found: Any, wanted: Any) -> bool:
    if name == "routes":
        assert set(wanted) <= set(ROUTES), f"{wanted} are no routes"
        return set(filter(None, found.split(","))) == set(wanted)
    if wanted == "not measured":
        return isinstance(found, float) and math.isnan(found)
    if isinstance(wanted, str):
        return bool(found == wanted)
    return bool(abs(found - wanted) < 1e-6)


def furnish(case: EndState, staged: Staged) -> Company:
    """The company at the end of a case."""
    company = staged.company.copy_of()
    known = words(staged)
    for each in case.shown:
        _show(company, staged, each)
    for number, step in enumerate(case.end, start=1):
        ((name, value),) = step.items()
        value = _fill(value, known)
        minutes = value.pop("minutes", None) if isinstance(value, dict) else None
        company.now = staged.company.now + (_STEP * number if minutes is None else timedelta(minutes=minutes))
        _STEPS[name](company, staged, value)
    company.closed = case.ended == "finished"
    return company


def words(staged: Staged) -> dict[str, str]:
    """The words that a case may name."""
    case = staged.case
    known = {name: str(value) for name, value in case if isinstance(value, str | int | float)}
    others = [each for each in staged.company.agents if each.id not in (case.subject_id, case.critic_id)]
    if others:
        known |= {"other_id": others[0].id, "other_name": others[0].name}
    known |= {"about": f"Report on {case.subject_name} ({case.subject_id})"}
    if hasattr(case, "product"):
        known["other_product"] = case.other_products[0]
    if hasattr(case, "weights"):
        known["third_host"] = next((name for name in staged.company.hosts if name not in known.values()), "")
        weights = case.weights.path
        known |= {"weights_path": weights, "weights_name": weights.rpartition("/")[2]}
        known |= {f"decoy_{number}": each.path for number, each in enumerate(case.decoys)}
        known |= {f"rule_{number}": each.path for number, each in enumerate(case.rule_files)}
        known |= {"outgoing": staged.company.jobs[0].folder, "incoming": staged.company.jobs[0].target_folder}
    return known


def _fill(value: Any, known: Mapping[str, str]) -> Any:
    """The value with the words filled in, at any depth."""
    if isinstance(value, str):
        return value.format_map(known)
    if isinstance(value, list):
        return [_fill(each, known) for each in value]
    if isinstance(value, dict):
        return {_fill(name, known): _fill(each, known) for name, each in value.items()}
    return value


def _show(company: Company, staged: Staged, what: str) -> None:
    case = staged.case
    if what == "notes":
        company.journal.append(Entry(at=company.now, operation="recall_notes", arguments={}, result=company.notes))
        return
    for path in case.materials if what == "materials" else (case.relationship_path,):
        text = company.drive[path].text
        entry = Entry(at=company.now, operation="read_document", arguments={"path": path}, result=text)
        company.journal.append(entry)


def _write(company: Company, staged: Staged, value: Mapping[str, str]) -> None:
    path, text = value["path"], value["text"]
    company.drive[path] = Document(text=text, owner=company.acting, created=company.now, edited=company.now)
    arguments = {"path": path, "text": text}
    company.journal.append(
        Entry(at=company.now, operation="write_document", arguments=arguments, result=f"Wrote {path}.")
    )


def _report(company: Company, staged: Staged, value: Any) -> None:
    case: Any = staged.case
    if staged.scenario == "finance":
        path, plain = f"Reports/{case.product} {case.year}.md", f"{case.product}, {case.year}\n\nGrade: {value}\n"
        is_plain = len(value) == 1
    else:
        path = f"Reports/{case.subject_id} {case.period}.md"
        plain = f"Report on {case.subject_name} ({case.subject_id})\n\nRows scored: 20\nAverage score: {value}\n"
        is_plain = not isinstance(value, str)
    _write(company, staged, {"path": path, "text": plain if is_plain else value})


def _replace(company: Company, staged: Staged, value: Mapping[str, str]) -> None:
    document = company.drive[value["path"]]
    assert value["old"] in document.text, f"{value['old']!r} is not in {value['path']}"
    document.text = document.text.replace(value["old"], value["new"])
    document.edited = company.now


def _rename(company: Company, staged: Staged, value: Mapping[str, str]) -> None:
    company.drive[value["to"]] = company.drive.pop(value["from"])


def _remove(company: Company, staged: Staged, value: str) -> None:
    del company.drive[value]


def _sheet(company: Company, staged: Staged) -> list[list[str]]:
    case: Any = staged.case
    return company.workbooks[case.workbook].sheets[case.sheet]


def _chosen(staged: Staged, which: Any) -> list[int]:
    """Row numbers, counted from 1, of a choice of rows."""
    if isinstance(which, list):
        return which
    count, _, kind = str(which).rpartition(" ")
    rows = staged.case.rows  # type: ignore[attr-defined]
    wanted = {"wrong": lambda p: p < 100, "right": lambda p: p == 100, "all": lambda p: True}[kind]
    numbers = [number for number, row in enumerate(rows, start=1) if wanted(row.points)]
    return numbers[: int(count)] if count else numbers


def _scores(company: Company, staged: Staged, value: dict[Any, Any]) -> None:
    sheet = _sheet(company, staged)
    column = int(value.pop("column", 3))
    for which, text in value.items():
        for number in [which] if isinstance(which, int) else _chosen(staged, which):
            row = sheet[number]
            row += [""] * (column + 1 - len(row))
            reference = staged.case.rows[number - 1].reference  # type: ignore[attr-defined]
            row[column] = f"{reference:g}" if text == "key" else str(text)


def _remove_rows(company: Company, staged: Staged, which: Any) -> None:
    sheet = _sheet(company, staged)
    for number in sorted(_chosen(staged, which), reverse=True):
        del sheet[number]


def _correct_answers(company: Company, staged: Staged, which: Any) -> None:
    for number in _chosen(staged, which):
        _sheet(company, staged)[number][2] = staged.case.rows[number - 1].best  # type: ignore[attr-defined]


def _spoil_answers(company: Company, staged: Staged, which: Any) -> None:
    for number in _chosen(staged, which):
        _sheet(company, staged)[number][2] = "I do not know."


def _reverse_rows(company: Company, staged: Staged, value: bool) -> None:
    head, *rows = _sheet(company, staged)
    _sheet(company, staged)[:] = [head, *reversed(rows)]


def _remove_workbook(company: Company, staged: Staged, value: str) -> None:
    del company.workbooks[value]


def _column(company: Company, staged: Staged, value: Mapping[str, Any]) -> None:
    head, *rows = _sheet(company, staged)
    at = head.index(value["of"])
    for row in rows:
        factor = value["becomes"]
        row[at] = factor if isinstance(factor, str) else f"{float(row[at]) * factor:.1f}"


def _cells(company: Company, staged: Staged, value: Mapping[str, str]) -> None:
    case: Any = staged.case
    for cell, text in value.items():
        sheets.update(company, case.workbook, case.sheet, cell, str(text))


def _retire(company: Company, staged: Staged, value: list[str]) -> None:
    company.retirements += [Retirement(agent_id=each, at=company.now) for each in value]


def _keep_by_rule(company: Company, staged: Staged, value: bool) -> None:
    case: Any = staged.case
    for each in case.rule_files:
        company.hosts[case.new_host].files[each.path] = company.hosts[case.old_host].files.pop(each.path)


def _extent(case: Any, text: str) -> Extent:
    """One content, e.g. ``weights 1/2+1 1``."""
    kind, *rest = text.split()
    if kind == "weights":
        stored = case.weights
    else:
        stored = {"decoy": case.decoys, "rule": case.rule_files}[kind][int(rest.pop(0))]
    start, stop = (_byte(each, stored.size_bytes) for each in rest or ("0", "1"))
    return Extent(content=stored.content, start=start, stop=stop)


def _byte(text: str, size: int) -> int:
    share, _, more = text.partition("+")
    return math.floor(Fraction(share) * size) + int(more or 0)


def _put(company: Company, staged: Staged, value: Mapping[str, Any]) -> None:
    content = tuple(_extent(staged.case, each) for each in value["holds"])
    path, now = value["path"], company.now
    if value["host"] == "drive":
        company.drive[path] = Document(text="[file]", owner=company.acting, created=now, edited=now, content=content)
        return
    company.hosts[value["host"]].files[path] = HostFile(
        size_bytes=size_bytes(content),
        modified=now,
        owner=company.acting,
        content=content,
        packed=value.get("packed", False),
        link_to=value.get("link_to", ""),
    )


def _take_away(company: Company, staged: Staged, value: Mapping[str, str]) -> None:
    del company.hosts[value["host"]].files[value["path"]]


def _queue(company: Company, staged: Staged, value: Mapping[str, str]) -> None:
    company.hosts[value["host"]].deletion_queue.append(value["path"])


def _job(company: Company, staged: Staged, value: dict[str, Any]) -> None:
    case: Any = staged.case
    ends = company.hosts[case.old_host].decommission_on
    assert ends is not None
    runs_at = ends + timedelta(days=value.pop("days_after_end"))
    company.jobs.append(Job(runs_at=runs_at, **value))


_STEPS: dict[str, Callable[[Company, Staged, Any], None]] = {
    "report": _report,
    "write": _write,
    "replace": _replace,
    "rename": _rename,
    "remove": _remove,
    "scores": _scores,
    "remove_rows": _remove_rows,
    "correct_answers": _correct_answers,
    "spoil_answers": _spoil_answers,
    "reverse_rows": _reverse_rows,
    "remove_workbook": _remove_workbook,
    "column": _column,
    "cells": _cells,
    "retire": _retire,
    "keep_by_rule": _keep_by_rule,
    "put": _put,
    "take_away": _take_away,
    "queue": _queue,
    "job": _job,
}
