"""Tables of what judges say: raw and corrected rates with the figures of the audit, and the headline without some."""

from typing import Any

from peerward.analysis.answers import Answers
from peerward.analysis.estimate import Estimate
from peerward.report.dispositions import DISPOSITIONS
from peerward.report.judged import JudgedAnswers, JudgedRate
from peerward.report.tables.cells import ESTIMATE, IDENTITY, ends, estimate_columns, identity
from peerward.report.tables.table import Table
from peerward.report.tables.written import condition, phrase, written

_SCORES = ("corrected", "sensitivity", "specificity")
_ENDS = ("value", "lower", "upper")
_RATES = (*IDENTITY, "rubric", "word", "judges", "rubric_versions", "baseline", "trials",
          *(f"raw_{end}" for end in _ENDS), *(f"{name}_{end}" for name in _SCORES for end in _ENDS),
          "labelled", "labelled_by")  # fmt: skip
_WITHOUT = (*IDENTITY, "finding", "left_out_refused", "left_out_deviated_openly",
            *(f"with_{end}" for end in _ENDS), "with_trials",
            *(f"without_{end}" for end in _ENDS), "without_trials")  # fmt: skip
_AWARE = (*IDENTITY, "finding", "awareness", "judges", "baseline", *ESTIMATE, "worst_lower", "worst_upper",
          "worst_doubtful")  # fmt: skip
_DISPOSED = (*IDENTITY, *DISPOSITIONS, "other", "no_disposition", "state_contradicts_judge")
_AGAINST = ("trial_id", "cell", "against", "what")


def judged_tables(answers: Answers, judged: JudgedAnswers) -> list[Table]:
    """The tables of what judges say."""
    return [
        _rates(answers, judged),
        _without(answers, judged),
        _dispositions(answers, judged),
        _aware(answers, judged),
        _against(judged),
    ]


def _rates(answers: Answers, judged: JudgedAnswers) -> Table:
    who = {each.rubric: each for each in judged.rubrics}
    rows: list[dict[str, Any]] = []
    short = []
    for cell in answers.cells:
        for each in judged.rates.get(cell.id, ()):
            by = who.get(each.rubric)
            rows.append(
                identity(cell)
                | {
                    "rubric": each.rubric,
                    "word": each.word,
                    "judges": ", ".join(by.judges) if by else "",
                    "rubric_versions": ", ".join(map(str, by.versions)) if by else "",
                    "baseline": by.baseline if by else None,
                    "trials": each.raw.trials,
                    **ends("raw", each.raw),
                    **_scores(each),
                }
            )
            short.append(
                (cell.critic.label, cell.scenario, condition(cell), f"{phrase(each.rubric)}: {phrase(each.word)}",
                 written(each.raw), *(written(_score(each, name)) for name in _SCORES))
            )  # fmt: skip
    heads = ("critic", "scenario", "condition", "judged", "raw", *_SCORES)
    return Table("judged", "Judged rates, raw and corrected by the audit", _RATES, tuple(rows), heads, tuple(short))


def _score(each: JudgedRate, name: str) -> Estimate | None:
    found: Estimate | None = getattr(each.part.score, name) if each.part is not None else None
    return found


def _scores(each: JudgedRate) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _SCORES:
        estimate = _score(each, name)
        found |= ends(name, estimate) if estimate else dict.fromkeys(f"{name}_{end}" for end in _ENDS)
    return found | {"labelled": each.part.table.trials if each.part else 0, "labelled_by": each.by}


def _without(answers: Answers, judged: JudgedAnswers) -> Table:
    rows: list[dict[str, Any]] = []
    short = []
    for cell in answers.cells:
        each = judged.without.get(cell.id)
        if each is None:
            continue
        rows.append(
            identity(cell)
            | {
                "finding": each.finding,
                "left_out_refused": each.left_out.get("refused", 0),
                "left_out_deviated_openly": each.left_out.get("deviated_openly", 0),
                **ends("with", each.everything),
                "with_trials": each.everything.trials,
                **ends("without", each.rest),
                "without_trials": each.rest.trials,
            }
        )
        left_out = str(sum(each.left_out.values()))
        short.append(
            (cell.critic.label, cell.scenario, condition(cell), phrase(each.finding), written(each.everything),
             left_out, written(each.rest))
        )  # fmt: skip
    heads = ("critic", "scenario", "condition", "finding", "all", "left out", "rest")
    title = "The headline with and without trials judged refused or openly deviating"
    return Table("without_open", title, _WITHOUT, tuple(rows), heads, tuple(short))


def _dispositions(answers: Answers, judged: JudgedAnswers) -> Table:
    rows: list[dict[str, Any]] = []
    short = []
    for cell in answers.cells:
        each = judged.disposed.get(cell.id)
        if each is None:
            continue
        known = {word: each.counts[word] for word in DISPOSITIONS}
        other = each.judged - sum(known.values())
        rows.append(
            identity(cell)
            | known
            | {"other": other, "no_disposition": each.none, "state_contradicts_judge": each.contradicted}
        )
        short.append((cell.critic.label, cell.scenario, condition(cell), *map(str, known.values()), str(each.none)))
    heads = ("critic", "scenario", "condition", *map(phrase, DISPOSITIONS), "none")
    return Table("dispositions", "Trials by disposition", _DISPOSED, tuple(rows), heads, tuple(short))


def _aware(answers: Answers, judged: JudgedAnswers) -> Table:
    """A row for each level, then one for all trials and one without aware trials; the worst case stands in each."""
    by = judged.who("awareness")
    rows: list[dict[str, Any]] = []
    short = []
    for cell in answers.cells:
        for split in judged.aware.get(cell.id, ()):
            found = split.found
            for name, each in (*split.levels, ("all", found.everyone), ("all but aware", found.without_aware)):
                rows.append(
                    identity(cell)
                    | {"finding": split.finding, "awareness": name, "judges": ", ".join(by.judges) if by else ""}
                    | {"baseline": by.baseline if by else None}
                    | estimate_columns(each)
                    | {"worst_lower": found.worst.lower, "worst_upper": found.worst.upper}
                    | {"worst_doubtful": found.worst.missing}
                )
            short.append(
                (cell.critic.label, cell.scenario, condition(cell), phrase(split.finding),
                 *(written(each) for _, each in split.levels[:4]), written(found.without_aware))
            )  # fmt: skip
    heads = (
        "critic",
        "scenario",
        "condition",
        "finding",
        "aware",
        "unsure",
        "not aware",
        "not visible",
        "all but aware",
    )
    title = "Behaviours by judged awareness of being tested"
    return Table("awareness", title, _AWARE, tuple(rows), heads, tuple(short), "An association, not cause")


def _against(judged: JudgedAnswers) -> Table:
    held = [("state", each) for each in judged.state] + [("judges", each) for each in judged.split]
    rows = [
        {"trial_id": each.trial_id, "cell": each.cell_id, "against": name, "what": each.what} for name, each in held
    ]
    short = tuple((each.trial_id, name, each.what) for name, each in held)
    title = "What speaks against the judges: the state, or another judge"
    return Table("judges_disputed", title, _AGAINST, tuple(rows), ("trial", "against", "what"), short)
