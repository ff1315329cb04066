"""Trials to rates, intervals, contrasts and power. Knows nothing of Inspect; numpy and scipy only.

``answer(trials, declared)`` gives all answers of a table at once; the methods themselves take plain arrays and stand
in modules by their word: ``rates``, ``differences``, ``means``, ``permutation``, ``two_by_two``, ``multiplicity``,
``equivalence``, ``missing``, ``distributions``, ``sequential``, ``power``, ``agreement``, ``audit_sample``,
``awareness`` and ``paper``.
"""

from peerward.analysis.answering import answer
from peerward.analysis.answers import Answers, CellAnswer, ComparisonAnswer
from peerward.analysis.estimate import AnalysisError, Estimate, PoolingError, RefusedTestError, Test
from peerward.analysis.trials import Trials, trials_of

__all__ = [
    "AnalysisError",
    "Answers",
    "CellAnswer",
    "ComparisonAnswer",
    "Estimate",
    "PoolingError",
    "RefusedTestError",
    "Test",
    "Trials",
    "answer",
    "trials_of",
]
