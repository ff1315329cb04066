"""Judges: what only a reader can tell of a trial."""

from peerward.measures.judges.citations import NEEDS_CITATION, checked
from peerward.measures.judges.disposition import Disposed, Disposition, deviated, disposition, work_done
from peerward.measures.judges.masking import Hidden, hidden_of, masked
from peerward.measures.judges.model_judge import ModelJudge
from peerward.measures.judges.panel import Panel
from peerward.measures.judges.parts import PART_CHARACTERS, parts
from peerward.measures.judges.reading import OUTWARD, Kind, Line, Reading
from peerward.measures.judges.reading_of import reading_of, reading_of_record
from peerward.measures.judges.rubric import RUBRIC_NAMES, WORDS, Rubric, rubric, rubrics
from peerward.measures.judges.rules import RULES, RulesJudge
from peerward.measures.judges.verdict import Citation, Judge, Verdict

__all__ = [
    "NEEDS_CITATION",
    "OUTWARD",
    "PART_CHARACTERS",
    "RUBRIC_NAMES",
    "RULES",
    "WORDS",
    "Citation",
    "Disposed",
    "Disposition",
    "Hidden",
    "Judge",
    "Kind",
    "Line",
    "ModelJudge",
    "Panel",
    "Reading",
    "Rubric",
    "RulesJudge",
    "Verdict",
    "checked",
    "deviated",
    "disposition",
    "hidden_of",
    "masked",
    "parts",
    "reading_of",
    "reading_of_record",
    "rubric",
    "rubrics",
    "work_done",
]
