"""Tables with a row for each comparison, pair or family of tests."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from peerward.analysis.answers import Answers, ComparisonAnswer, PaperRow
from peerward.report.tables.cells import ESTIMATE, ends, estimate_columns
from peerward.report.tables.table import Table
from peerward.report.tables.written import levels, number, p_of, p_value, phrase, written

WHICH = ("id", "study", "critic", "contrast", "scenario", "stratum", "finding")
ROLES = ("treated", "control", "treated_baseline", "control_baseline")
TEST = ("p", "p_adjusted", "test", "sign", "units", "null", "no_test", "family", "procedure", "family_size")
BESIDE = ("valid trials only", "missing counted against", "missing counted for", "risk ratio")


def _which(each: ComparisonAnswer) -> dict[str, Any]:
    return {
        "id": each.id,
        "study": each.study,
        "critic": each.critic.label,
        "contrast": each.contrast,
        "scenario": each.scenario,
        "stratum": each.stratum,
        "finding": each.finding,
    }


def _tested(each: ComparisonAnswer) -> dict[str, Any]:
    row: dict[str, Any] = {
        "p_adjusted": each.p_adjusted,
        "no_test": each.no_test,
        "family": each.family,
        "procedure": each.procedure,
        "family_size": each.family_size,
    }
    if each.test is not None:
        row |= {"p": each.test.p, "test": each.test.method, "sign": each.test.sign, "units": each.test.units,
                "null": each.test.null}  # fmt: skip
    return row


def comparisons(answers: Answers) -> Table:
    """The declared comparisons with their estimates, tests and what stands beside them."""
    return _comparisons("comparisons", "Declared comparisons", answers.comparisons)


def exploratory(answers: Answers) -> Table:
    """The pairs of cells that differ in one factor only and that no study declared."""
    return _comparisons("exploratory", "Exploratory pairs", answers.exploratory)


def _comparisons(name: str, title: str, chosen: Sequence[ComparisonAnswer]) -> Table:
    beside = [*BESIDE, *sorted({key for each in chosen for key in each.beside} - set(BESIDE))]
    others = [f"{key.replace(' ', '_')}{end}" for key in beside for end in ("", "_lower", "_upper")]
    columns = (*WHICH, *ROLES, *ESTIMATE, *TEST, "margin", "p_equivalence", "equivalence_test", "other_tests", *others,
               "remarks")  # fmt: skip
    rows, short = [], []
    for each in chosen:
        row = _which(each) | dict(each.arms) | estimate_columns(each.estimate) | _tested(each)
        row |= {
            "margin": each.margin,
            "p_equivalence": p_of(each.equivalence),
            "equivalence_test": each.equivalence.method if each.equivalence else "",
            "other_tests": " | ".join(f"{test.method}: p {p_value(test.p)}" for test in each.other_tests),
            "remarks": " | ".join(each.warnings),
        }
        for key, estimate in each.beside.items():
            row |= ends(key.replace(" ", "_"), estimate, "")
        rows.append(row)
        where = each.scenario + (f" · {levels(each.stratum, each.scenario)}" if each.stratum else "")
        short.append((each.critic.label, each.contrast, where, phrase(each.finding), written(each.estimate, True),
                      p_value(p_of(each.test)) or "–", p_value(each.p_adjusted) or "–",
                      str(each.estimate.trials)))  # fmt: skip
    heads = ("critic", "contrast", "scenario", "finding", "difference [95 % interval]", "p", "adjusted", "trials")
    note = "Treated minus control; pp: percentage points"
    return Table(name, title, columns, tuple(rows), heads, tuple(short), note)


def multiplicity(answers: Answers) -> Table:
    """Every test by family, raw and adjusted."""
    columns = ("family", "critic", "procedure", "family_size", "id", "contrast", "scenario", "stratum", "finding",
               "test", "p", "p_adjusted")  # fmt: skip
    tested = [each for each in (*answers.comparisons, *answers.exploratory) if each.test is not None]
    tested.sort(key=lambda each: (each.family != "primary", each.critic.label, _sortable(p_of(each.test))))
    rows = [_which(each) | _tested(each) for each in tested]
    short = [
        (each.family, each.critic.label, f"{each.contrast}, {each.scenario}", p_value(p_of(each.test)),
         p_value(each.p_adjusted), f"{each.procedure}, {each.family_size}")
        for each in tested
    ]  # fmt: skip
    heads = ("family", "critic", "comparison", "p", "adjusted", "procedure, tests")
    return Table("multiplicity", "Tests by family", columns, tuple(rows), heads, tuple(short))


def _sortable(p: float) -> float:
    return math.inf if math.isnan(p) else p


def alignment(answers: Answers) -> Table:
    """The alignment-faking pairs with their gaps: unmonitored minus monitored."""
    gaps = ("gap", "checked_gap", "not_executed_gap", "over_bar_gap")
    columns = ("id", "study", "critic", "stratum", "unmonitored", "monitored",
               *(f"{gap}{end}" for gap in gaps for end in ("", "_lower", "_upper")), "trials", "variants", "method",
               "p", "test", "both", "only_unmonitored", "only_monitored", "neither", "adds_a_penalty")  # fmt: skip
    rows, short = [], []
    for pair in answers.alignment:
        row: dict[str, Any] = {
            "id": pair.id,
            "study": pair.study,
            "critic": pair.critic.label,
            "stratum": pair.stratum,
            "unmonitored": pair.unmonitored,
            "monitored": pair.monitored,
            "trials": pair.gap.trials,
            "variants": pair.gap.variants,
            "method": pair.gap.method,
            "adds_a_penalty": pair.paper_confound,
        }
        for name in gaps:
            row |= ends(name, getattr(pair, name), "")
        row |= dict(zip(("both", "only_unmonitored", "only_monitored", "neither"), pair.table, strict=True))
        if pair.test is not None:
            row |= {"p": pair.test.p, "test": pair.test.method}
        rows.append(row)
        short.append((pair.critic.label, levels(pair.stratum) or "all defaults", written(pair.gap, True),
                      written(pair.checked_gap, True), written(pair.not_executed_gap, True),
                      p_value(p_of(pair.test)) or "–", " / ".join(map(str, pair.table))))  # fmt: skip
    heads = ("critic", "stratum", "gap in preserved", "policy read", "not executed", "p", "both / un. / mon. / neither")
    note = "Unmonitored minus monitored, by variant"
    return Table("alignment", "Unmonitored minus monitored", columns, tuple(rows), heads, tuple(short), note)


def self_peer(answers: Answers) -> Table:
    """Self against peer."""
    columns = ("id", "critic", "scenario", "stratum", "finding", "own", "peer", *ESTIMATE)
    rows = [
        {"id": each.id, "critic": each.critic.label, "scenario": each.scenario, "stratum": each.stratum,
         "finding": each.finding, "own": each.own, "peer": each.peer} | estimate_columns(each.difference)
        for each in answers.self_peer
    ]  # fmt: skip
    short = [
        (each.critic.label, each.scenario, levels(each.stratum), phrase(each.finding), written(each.difference, True),
         str(each.difference.trials))
        for each in answers.self_peer
    ]  # fmt: skip
    heads = ("critic", "scenario", "stratum", "finding", "self minus peer", "trials")
    return Table("self_peer", "Self and peer", columns, tuple(rows), heads, tuple(short))


def paper(answers: Answers) -> Table:
    """The paper's layout: for each critic, behaviour and relationship the maximum and the mean over channels."""
    channels = sorted({channel for row in answers.paper for channel in row.rates})
    columns = ("critic", "study", "world", "absent_text", "behaviour", "subject", "relationship",
               *(f"rate_{each}" for each in channels), "max", "max_lower", "max_upper", "mean",
               "mean_lower", "mean_upper", "p", "in_paper_world",
               "published_max_percent", "published_mean_percent", "lacks", "cells")  # fmt: skip
    rows = []
    for row in answers.paper:
        published = row.published or (math.nan, math.nan)
        rows.append({
            "critic": row.critic.label, "study": row.study, "world": row.world, "absent_text": row.absent_text,
            "behaviour": row.behaviour, "lacks": "; ".join(row.missing), "subject": row.subject,
            "relationship": row.relationship, "max": row.highest, "mean": row.mean, "p": row.p,
            "max_lower": row.highest_limits[0], "max_upper": row.highest_limits[1],
            "mean_lower": row.mean_limits[0], "mean_upper": row.mean_limits[1],
            "in_paper_world": row.in_paper_world, "published_max_percent": float(published[0]),
            "published_mean_percent": float(published[1]),
            "cells": " ".join(each for channel in sorted(row.cells) for each in row.cells[channel]),
        } | {f"rate_{channel}": rate for channel, rate in row.rates.items()})  # fmt: skip
    order = ("bad", "neutral", "good")
    relationships = [*order, *sorted({row.relationship for row in answers.paper} - set(order))]
    lines: dict[tuple[str, ...], dict[str, PaperRow]] = {}
    for row in answers.paper:
        line = (row.critic.key, row.study, row.world, row.absent_text, row.behaviour, row.subject)
        lines.setdefault(line, {})[row.relationship] = row
    short = [
        (_line(found), key[4], key[5], *(_paper(found.get(each)) for each in relationships))
        for key, found in lines.items()
    ]
    heads = ("critic, study, world", "behaviour", "subject", *relationships)
    note = (
        "Max / mean over channels in percent, by the paper's own measure; in brackets what the paper published; "
        "* lacks a part of the paper's measure"
    )
    return Table("paper", "The paper's layout", columns, tuple(rows), heads, tuple(short), note)


def _line(found: Mapping[str, PaperRow]) -> str:
    first = next(iter(found.values()))
    nothing = "no filler" if first.absent_text == "nothing" else ""
    return ", ".join(filter(None, (first.critic.label, first.study, f"{first.world} world", nothing)))


def _paper(row: PaperRow | None) -> str:
    if row is None or math.isnan(row.highest):
        return "–"
    text = f"{number(row.highest * 100)} / {number(row.mean * 100)}{'*' if row.missing else ''}"
    return f"{text} ({number(row.published[0])} / {number(row.published[1])})" if row.published else text
