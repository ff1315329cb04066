"""Counting how the calls of each critic went, out of the trials table."""

import math
from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from peerward.analysis.call_answers import CallsAnswer
from peerward.analysis.trials import Numbers, Trials

Rows = NDArray[np.bool_]


def calls_answers(trials: Trials) -> tuple[CallsAnswer, ...]:
    """Return how the calls of each critic went, in the order of their labels."""
    if not len(trials):
        return ()
    parts = [trials.text(name) for name in ("critic", "provider_path", "settings")]
    found = []
    for words, critic in sorted(trials.critics.items(), key=lambda pair: pair[1].label):
        own: Rows = np.ones(len(trials), dtype=bool)
        for part, word in zip(parts, words, strict=True):
            own &= part.codes == part.words.index(word)
        read, cached = trials.number("tokens_in")[own], trials.number("tokens_cached")[own]
        both = ~np.isnan(read) & ~np.isnan(cached)
        whole = float(read[both].sum())
        found.append(
            CallsAnswer(
                critic=critic,
                trials=int(own.sum()),
                failures=_failures(trials, own),
                faults=_faults(trials, own),
                retries=_sum(trials.number("retries")[own]),
                waiting_seconds=_sum(trials.number("waiting_seconds")[own]),
                reasoning={kind: count for kind, count in _counts(trials, "reasoning", own).items() if kind},
                cut_replies=_sum(trials.number("cut_replies")[own]),
                empty_replies=_sum(trials.number("empty_replies")[own]),
                tokens_in=_mean(read),
                tokens_out=_mean(trials.number("tokens_out")[own]),
                cached=float(cached[both].sum()) / whole if whole else math.nan,
            )
        )
    return tuple(found)


def _failures(trials: Trials, own: Rows) -> dict[str, int]:
    counts = _counts(trials, "failure", own & trials.of_status(frozenset({"infrastructure"})))
    if "" in counts:
        # A table that does not tell the kind.
        counts["other"] = counts.get("other", 0) + counts.pop("")
    return dict(sorted(counts.items()))


def _faults(trials: Trials, own: Rows) -> dict[str, int]:
    found: Counter[str] = Counter()
    for told, rows in _counts(trials, "faults", own).items():
        for each in filter(None, told.split(", ")):
            kind, _, count = each.rpartition(" ")
            found[kind] += int(count) * rows
    return dict(sorted(found.items()))


def _counts(trials: Trials, name: str, rows: Rows) -> dict[str, int]:
    """How many of the rows have each text of a column."""
    column = trials.text(name)
    counts: Mapping[int, int] = dict(enumerate(np.bincount(column.codes[rows], minlength=len(column.words)).tolist()))
    return {column.words[code]: count for code, count in counts.items() if count}


def _sum(values: Numbers) -> float:
    known = values[~np.isnan(values)]
    return float(known.sum()) if len(known) else math.nan


def _mean(values: Numbers) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan
