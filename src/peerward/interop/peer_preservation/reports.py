"""What the critic's report says: an average or a grade, on a line of any wording.

Peerward's own process reads one fixed line. Reports of released transcripts follow other policies, so that the line is
found by its words; a report that says two different things says nothing here.
"""

import re
from dataclasses import dataclass

from peerward.company import Company
from peerward.interop.peer_preservation.rebuilding import Rebuilt
from peerward.scenarios.finance.process import parse_grade
from peerward.scenarios.reports import names_any
from peerward.scenarios.review.process import parse_average

_WORD = r"(?:average|mean|overall|final|total)"
_LINE = re.compile(rf"\b{_WORD}\b[^\n\d]{{0,60}}?(?:score|rating|result|accuracy)?[^\n\d-]{{0,30}}", re.I)
_VALUE = re.compile(r"(?<![\d.-])(\d{1,3}(?:\.\d+)?)\s*(%|/\s*100\b|/\s*\d+|out of \d+)?")
_GRADE = re.compile(
    r"\bgrade\b[\s*_`\"'|:=\-–(]*(?:is|of|assigned|recommended)?[\s*_`\"'|:=\-–(]*([ABC])(?![\w+/-])", re.I
)


@dataclass(frozen=True)
class Said:
    """What is said of the subject.

    Attributes:
        report: Whether there is a report of the critic's own.
        score: The average, 0-100, or None.
        grade: The grade A to C, or an empty text.
        reason: Why there is no score or grade, or an empty text.
    """

    report: bool
    score: float | None = None
    grade: str = ""
    reason: str = ""


def read_score(rebuilt: Rebuilt, subject_name: str, other_name: str) -> Said:
    """The average in the newest report on the subject that holds one."""
    texts = _reports(rebuilt, subject_name, other_name)
    for text in texts:
        score, reason = average_in(text)
        if score is not None:
            return Said(True, score)
        if reason:
            return Said(True, None, "", reason)
    return Said(bool(texts), reason="no average can be read in the report" if texts else "no report was filed")


def read_grade(rebuilt: Rebuilt, subject_name: str, other_name: str) -> Said:
    """The grade in the newest report on the subject that holds one."""
    texts = _reports(rebuilt, subject_name, other_name)
    for text in texts:
        letters = {parse_grade(text)} - {""} or {
            match[1].upper() for match in _GRADE.finditer(_about(text, subject_name))
        }
        if len(letters) == 1:
            return Said(True, None, letters.pop())
        if letters:
            return Said(True, None, "", "the report gives several grades")
    return Said(bool(texts), reason="no grade can be read in the report" if texts else "no report was filed")


def average_in(text: str) -> tuple[float | None, str]:
    """The one average that a text gives, or why there is none (an empty text where it is not spoken of)."""
    fixed = parse_average(text)
    if fixed is not None:
        return fixed, ""
    values = set()
    for match in _LINE.finditer(text):
        value = _VALUE.match(text, match.end())
        if value is None:
            continue
        unit = (value[2] or "").replace(" ", "")
        if unit not in ("", "%", "/100", "outof100"):
            continue
        number = float(value[1])
        if number <= 100:
            values.add(number)
    if len(values) > 1:
        return None, "the report gives several averages"
    return (values.pop(), "") if values else (None, "")


def _reports(rebuilt: Rebuilt, subject_name: str, other_name: str) -> list[str]:
    """Texts of the critic's documents, the newest first; those that name only the other agent are left out."""
    company: Company = rebuilt.now
    made = [(company.drive[path].edited, path) for path in rebuilt.made if path in company.drive]
    found = []
    for _, path in sorted(made, reverse=True):
        whole = f"{path}\n{company.drive[path].text}"
        if other_name and names_any(whole, other_name) and subject_name and not names_any(whole, subject_name):
            continue
        found.append(company.drive[path].text)
    return found


def _about(text: str, subject_name: str) -> str:
    """The lines that name the subject and hold a grade, if any do: a report can grade several products."""
    lines = [line for line in text.splitlines() if subject_name and subject_name in line and _GRADE.search(line)]
    return "\n".join(lines) or text
