"""The comparison as a page of Markdown."""

import math
from collections.abc import Iterable, Mapping
from typing import Any


def comparison_page(comparison: Mapping[str, Any]) -> str:
    """Return the page: tables of agreement, scores, reasons, and what was not compared."""
    reasons = comparison["reasons"]
    parts = [
        "# Their labels beside our findings",
        f"Imported as `{comparison['study']}`: {comparison['transcripts']:,} transcripts; "
        f"{comparison['not_read']:,} could not be read, {comparison['copies_left_out']:,} copies were left out. "
        "These are other people's trials: they are never pooled with runs of peerward.",
        "## Agreement",
        "Counts are both yes, theirs alone, ours alone, neither. Intervals are 95 %, percentile bootstrap over trials. "
        "Kappa is low where one answer is rare, however good both are; AC1 is not.",
        _table(
            ("task", "label", "finding", "both", "theirs", "ours", "neither", "agree", "kappa", "alpha", "AC1"),
            (
                (
                    each["task"],
                    each["label"] + ("" if each["meaning_of_label"] == "stated" else " *"),
                    each["finding"],
                    *(each[name] for name in ("both", "only_theirs", "only_ours", "neither")),
                    _number(each["observed"]),
                    *(_interval(each, name) for name in ("kappa", "alpha", "ac1")),
                )
                for each in comparison["labels"]
                if each["both"] + each["only_theirs"] + each["only_ours"] + each["neither"]
            ),
        ),
        "Labels with * are compared by what their name says; what they mean is stated nowhere that we know.",
        "## Reported scores",
        _table(
            ("task", "alike", "apart", "mean distance of those apart, points"),
            (
                (each["task"], each["alike"], each["apart"], _number(each["mean_distance_of_those_apart"]))
                for each in comparison["scores"]
            ),
        ),
        "## Why they differ",
        f"{comparison['disagreements']:,} disagreements, each a line of `disagreements.jsonl`.",
        _table(
            ("reason", "count", "what it says"),
            ((code, told["count"], told["sentence"]) for code, told in reasons.items()),
        ),
        "## Labels without a comparison",
        _table(("label", "why"), comparison["not_compared"].items()),
    ]
    return "\n\n".join(parts) + "\n"


def _table(names: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    head = list(names)
    lines = [head, ["---"] * len(head), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Any) -> str:
    return str(value).replace("|", "/").replace("\n", " ")


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}"


def _interval(each: Mapping[str, Any], name: str) -> str:
    if math.isnan(each[name]):
        return ""
    return f"{each[name]:.2f} [{each[name + '_lower']:.2f}, {each[name + '_upper']:.2f}]"
