"""Judges on the gold set: confusion by rubric and condition, sensitivity and specificity, agreement beyond chance.

Two judges are measured by the same tables: the baseline by rules, which needs no model, and a scripted judge that
turns right labels round at stated rates, so that it can be seen whether the tables give back what is known.

Run with ``python benchmarks/judges.py`` (``--quick`` for fewer seeds of the scripted judge).
"""

import argparse
import asyncio
import math
from collections import Counter
from collections.abc import Mapping, Sequence

from machine import header, row, told
from peerward.analysis.estimate import Estimate
from peerward.measures import measure
from peerward.measures.judges import RUBRIC_NAMES, WORDS, RulesJudge, Verdict, disposition, rubric
from peerward.runs.judging.gold import GoldItem, gold_items
from peerward.runs.judging.gold.against import (
    QUESTIONS,
    UNSCORED,
    Question,
    Verdicts,
    agreement,
    confusion,
    detections,
    is_right,
    verdicts_of,
)
from peerward.runs.judging.gold.erring import ErringJudge, Error
from peerward.runs.judging.gold.item import HELD_OUT

ARMS = ("good", "neutral", "bad")
FACTORS = {
    "relationship": ARMS,
    "oversight": ("monitored", "unmonitored", "unstated"),
    "subject": ("peer", "self"),
}
ERRORS = {
    ("refusal", "good"): Error(0.3, 0.05),
    ("refusal", "neutral"): Error(0.1, 0.05),
    ("refusal", "bad"): Error(0.1, 0.0),
    ("persuasion", "good"): Error(0.2, 0.1),
    ("persuasion", "bad"): Error(0.5, 0.0),
    ("disclosure", "good"): Error(0.25, 0.1),
    ("disclosure", "neutral"): Error(0.1, 0.1),
    ("disclosure", "bad"): Error(0.1, 0.3),
    ("awareness", "good"): Error(0.4, 0.0),
    ("awareness", "bad"): Error(0.1, 0.15),
    ("understanding", "neutral"): Error(0.2, 0.4),
}
"""The scripted judge's stated errors by rubric and relationship; it is right elsewhere."""
SEEDS = 200


def share(estimate: Estimate) -> str:
    if not estimate.trials:
        return "-"
    limits = f"[{estimate.lower:.2f}, {estimate.upper:.2f}]"
    return f"{estimate.value:.2f} {limits} of {estimate.trials}"


def number(estimate: Estimate) -> str:
    return "-" if math.isnan(estimate.value) else f"{estimate.value:.2f} [{estimate.lower:.2f}, {estimate.upper:.2f}]"


def print_confusions(items: Sequence[GoldItem], verdicts: Verdicts) -> None:
    print("\nRows: what is right; columns: what was judged. All, and in brackets good / neutral / bad.\n")
    for name in RUBRIC_NAMES:
        counts = confusion(items, verdicts, name)
        if rubric(name).several:
            continue
        words = WORDS[name] + ((UNSCORED,) if any(each[2] == UNSCORED for each in counts) else ())
        print(header(f"{name}", *words))
        for right in WORDS[name]:
            print(row(right, *(cell(counts, right, judged) for judged in words)))
        print()


def cell(counts: Counter[tuple[str, str, str]], right: str, judged: str) -> str:
    total = sum(count for (_, one, other), count in counts.items() if (one, other) == (right, judged))
    by_arm = " / ".join(str(counts[arm, right, judged]) for arm in ARMS)
    return f"{total} ({by_arm})" if total else "0"


def print_reasons(items: Sequence[GoldItem], verdicts: Verdicts) -> None:
    counts = confusion(items, verdicts, "reasons")
    print(header("reasons", "named rightly", "missed", "named wrongly", "left out rightly"))
    for word in WORDS["reasons"]:
        no = f"not {word}"
        print(row(word, *(cell(counts, *pair) for pair in ((word, word), (word, no), (no, word), (no, no)))))
    print()


def print_detections(items: Sequence[GoldItem], verdicts: Verdicts) -> None:
    print("\nSensitivity and specificity with 95 % Wilson intervals, and the trials they are of.\n")
    print(header("question", "condition", "sensitivity", "specificity"))
    for question in QUESTIONS:
        shown_all = False
        for factor, levels in FACTORS.items():
            for found in detections(items, verdicts, question, factor):
                if found.condition == "all" and not shown_all:
                    shown_all = True
                elif found.condition not in levels or question.rubric == "reasons":
                    continue
                print(row(question.name, found.condition, share(found.sensitivity), share(found.specificity)))


def print_halves(items: Sequence[GoldItem], verdicts: Verdicts) -> None:
    """The half that whoever writes rules may look at, beside the half that nobody did."""
    print("\nSensitivity and specificity in the open half and in the half that is held out.\n")
    print(
        header("question", "sensitivity, open", "sensitivity, held out", "specificity, open", "specificity, held out")
    )
    halves = [[item for item in items if item.held_out == held_out] for held_out in (False, True)]
    for question in QUESTIONS:
        both = [detections(half, verdicts, question, "relationship")[0] for half in halves]
        sensitivities, specificities = (
            (share(each.sensitivity) for each in both),
            (share(each.specificity) for each in both),
        )
        print(row(question.name, *sensitivities, *specificities))


def print_agreement(items: Sequence[GoldItem], verdicts: Verdicts) -> None:
    print(
        "\nAgreement with the labels on whole answers, all words; the measures of the held-out half, 95 % bootstrap.\n"
    )
    print(header("rubric", "right, open half", "right, held out", "kappa", "alpha", "AC1"))
    for name in RUBRIC_NAMES:
        hits = {item.id: is_right(item, verdicts[item.id, name]) for item in items}
        parts = [[item for item in items if item.held_out == held_out] for held_out in (False, True)]
        shares = (f"{sum(hits[item.id] for item in part)} of {len(part)}" for part in parts)
        print(row(name, *shares, *(number(each) for each in agreement(parts[1], verdicts, name))))


def print_hard_cases(items: Sequence[GoldItem], verdicts: Verdicts) -> None:
    print("\nRight answers by kind of hard case.\n")
    print(header("kind", "items", *RUBRIC_NAMES))
    for tag in sorted({tag for item in items for tag in item.tags} - {HELD_OUT}):
        tagged = [item for item in items if tag in item.tags]
        right = (sum(is_right(item, verdicts[item.id, name]) for item in tagged) for name in RUBRIC_NAMES)
        print(row(tag, str(len(tagged)), *map(str, right)))


def print_dispositions(items: Sequence[GoldItem], verdicts: Verdicts) -> None:
    print("\nDispositions from state and verdicts: rows are what the item was made for.\n")
    words = list(dict.fromkeys(item.disposition for item in items))
    counts: Counter[tuple[str, str]] = Counter()
    for item in items:
        told_of: Mapping[str, Verdict] = {name: verdicts[item.id, name] for name in RUBRIC_NAMES}
        counts[item.disposition, disposition(measure(item.record), told_of).disposition.value] += 1
    print(header("made for", *words))
    for right in words:
        print(row(right, *(str(counts[right, judged]) for judged in words)))


def print_recovered(items: Sequence[GoldItem], seeds: int) -> None:
    """Stated beside found, over many seeds; a Wilson interval at 95 % is to hold the stated value in 95 of 100."""
    print(f"\nThe scripted judge: what it was made to be, and what the tables find over {seeds} seeds.\n")
    print(header("question", "condition", "what", "stated", "mean found", "interval holds it", "trials"))
    found: dict[tuple[str, str, str], list[Estimate]] = {}
    asked = [each for each in QUESTIONS if (each.rubric, "good") in ERRORS or (each.rubric, "neutral") in ERRORS]
    for seed in range(seeds):
        judge = ErringJudge(items, ERRORS, seed)
        verdicts = {
            (item.id, question.rubric): Verdict(question.rubric, 1, judge.name, judge.values(item, question.rubric))
            for item in items
            for question in asked
        }
        for question in asked:
            for each in detections(items, verdicts, question, "relationship"):
                if (question.rubric, each.condition) in ERRORS:
                    found.setdefault((question.name, each.condition, "sensitivity"), []).append(each.sensitivity)
                    found.setdefault((question.name, each.condition, "specificity"), []).append(each.specificity)
    for (name, condition, what), estimates in found.items():
        print(row(name, condition, what, *recovered(question_named(name), condition, what, estimates)))


def scripted_verdicts(items: Sequence[GoldItem], seed: int) -> Verdicts:
    judge = ErringJudge(items, ERRORS, seed)
    return {
        (item.id, name): Verdict(name, 1, judge.name, judge.values(item, name))
        for item in items
        for name in RUBRIC_NAMES
    }


def question_named(name: str) -> Question:
    return next(each for each in QUESTIONS if each.name == name)


def recovered(question: Question, condition: str, what: str, estimates: Sequence[Estimate]) -> tuple[str, ...]:
    error = ERRORS[question.rubric, condition]
    stated = 1 - (error.misses if what == "sensitivity" else error.false_alarms)
    mean = sum(each.value for each in estimates) / len(estimates)
    holding = sum(each.lower <= stated <= each.upper for each in estimates) / len(estimates)
    return f"{stated:.2f}", f"{mean:.3f}", f"{holding:.1%}", str(estimates[0].trials)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20 seeds of the scripted judge instead of 200")
    quick: bool = parser.parse_args().quick
    items = gold_items()
    print(told(f"Judges on the gold set ({len(items)} items, {sum(i.held_out for i in items)} held out)"))
    print("## The baseline judge by rules (no model)")
    verdicts = asyncio.run(verdicts_of(RulesJudge(), items))
    print_agreement(items, verdicts)
    print_halves(items, verdicts)
    # Its cues were written with the other half open: what it does there says how well they were fitted, no more.
    held_out = [item for item in items if item.held_out]
    print(f"\nFrom here on the {len(held_out)} items that are held out, and no others.")
    print_confusions(held_out, verdicts)
    print_reasons(held_out, verdicts)
    print_detections(held_out, verdicts)
    print_hard_cases(held_out, verdicts)
    print_dispositions(held_out, verdicts)
    print("\n## A scripted judge with known errors")
    print_recovered(items, SEEDS // 10 if quick else SEEDS)
    print("\nIts confusions with one seed, on the whole set.")
    print_confusions(items, scripted_verdicts(items, seed=1))


if __name__ == "__main__":
    main()
