"""An audit set, its key and its labels to scores: what a judge finds and clears, and who agrees with whom."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from peerward.analysis.agreement import (
    Detection,
    agreement_table,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    sensitivity_specificity,
)
from peerward.analysis.agreement_bootstrap import RESAMPLES
from peerward.analysis.audit_scores import AuditStratum, audit_score
from peerward.design.counting import counted
from peerward.measures.judges import Rubric
from peerward.runs.auditing.labels import Label, people, read_labels
from peerward.runs.auditing.scores import Agreed, AuditScores, PairScore, PartScore, PersonScore, RubricScore, WordScore
from peerward.runs.auditing.sets import AuditError, Key, RubricKey, read_key, read_set


@dataclass(frozen=True)
class _Sheet:
    """The items of a rubric: what each hides, and what each person says (empty: not labelled)."""

    rubric: Rubric
    key: RubricKey
    key_file: Key
    items: tuple[str, ...]
    labels: Mapping[str, tuple[tuple[str, ...], ...]]

    @property
    def judge(self) -> list[tuple[str, ...]]:
        """The judge's words, item by item."""
        return [tuple(self.key_file.rows[item].value.split(",")) for item in self.items]

    @property
    def conditions(self) -> list[str]:
        """The condition of each item."""
        return [self.key_file.rows[item].condition for item in self.items]

    @property
    def clusters(self) -> list[str]:
        """The cluster of each item."""
        return [self.key_file.rows[item].cluster for item in self.items]


def score_audit(path: Path, by: Sequence[str] = (), resamples: int = RESAMPLES) -> AuditScores:
    """Return what an audit says of the judge.

    Each word of a rubric is looked at by itself, as given or not given. Rates, sensitivity and specificity are weighted
    back to all judged trials; tables and agreement are of the sample, where rare answers are more common.

    Args:
        path: The audit set; its key and labels lie beside it.
        by: Whose labels; everybody's unless given.
        resamples: Bootstrap samples of the measures of agreement.

    Raises:
        AuditError: If a file is missing, damaged or of another set, or nobody has labelled anything.
    """
    audit = read_set(path)
    key = read_key(path, audit)
    names = list(dict.fromkeys(by)) or people(path)
    if not names:
        raise AuditError(f"{path}: nobody has labelled it; begin with 'peerward audit label {path} --by NAME'")
    labels = {name: read_labels(path, audit, name) for name in names}
    for name, given in labels.items():
        if not any(each.values for each in given.values()):
            raise AuditError(
                f"{path}: {name} has labelled no item; go on with 'peerward audit label {path} --by {name}'"
            )
    sheets = []
    for rubric in audit.rubrics:
        items = tuple(item.id for item in audit.items if item.rubric == rubric.name)
        told = {name: tuple(given.get(item, Label(())).values for item in items) for name, given in labels.items()}
        sheets.append(_Sheet(rubric, key.rubrics[rubric.name], key, items, told))
    return AuditScores(audit.digest, tuple(_rubric(path, sheet, resamples) for sheet in sheets))


def _rubric(path: Path, sheet: _Sheet, resamples: int) -> RubricScore:
    persons = [name for name, said in sheet.labels.items() if any(said)]
    return RubricScore(
        rubric=sheet.rubric.name,
        version=sheet.rubric.version,
        judges=sheet.key.judges,
        baseline=sheet.key.baseline,
        judged=sum(each.trials for each in sheet.key.population),
        not_judged=sheet.key.not_judged,
        items=len(sheet.items),
        persons=tuple(_person(sheet, name, resamples) for name in persons),
        between=tuple(_pair(sheet, *two, resamples) for two in combinations(persons, 2)),
        warnings=tuple(_warnings(path, sheet)),
    )


def _warnings(path: Path, sheet: _Sheet) -> list[str]:
    found = []
    for name, said in sheet.labels.items():
        if missing := sum(not each for each in said):
            found.append(
                f"{name} has not labelled {missing} of {counted(len(said), 'item')}; go on with "
                f"'peerward audit label {path.name} --by {name}'."
            )
    others = [version for version in sheet.key.versions if version != sheet.rubric.version]
    if others:
        found.append(
            f"Some trials were judged by version {', '.join(map(str, others))} of the rubric and labelled by version "
            f"{sheet.rubric.version}; judge them again before the audit is relied on."
        )
    return found


def _person(sheet: _Sheet, name: str, resamples: int) -> PersonScore:
    said = sheet.labels[name]
    return PersonScore(
        by=name,
        labelled=sum(bool(each) for each in said),
        words=tuple(_word(sheet, word, said, resamples) for word in sheet.rubric.words),
        answer=_answers(sheet.judge, said, sheet.clusters, resamples),
    )


def _word(sheet: _Sheet, word: str, said: Sequence[tuple[str, ...]], resamples: int) -> WordScore:
    judge, person = _ratings(sheet.judge, word), _ratings(said, word)
    detections = {each.condition: each for each in _detections(judge, person, sheet.conditions)}
    names = list(dict.fromkeys(each.condition for each in sheet.key.population))

    def part(condition: str | None) -> PartScore:
        inside = [n for n, each in enumerate(sheet.conditions) if condition in (None, each)]
        mine = [judge[n] for n in inside], [person[n] for n in inside]
        strata = [each for each in _strata(sheet, word, said) if condition in (None, each.condition)]
        return PartScore(
            condition=condition or "all",
            levels=sheet.key_file.conditions.get(condition, {}) if condition else {},
            score=audit_score(strata),
            table=agreement_table(*mine),
            in_sample=detections[condition if condition is not None else ""],
        )

    return WordScore(
        word=word,
        whole=part(None),
        conditions=tuple(part(name) for name in names),
        agreed=_agreed(judge, person, sheet.clusters, resamples, binary=True),
    )


def _detections(judge: list[float], person: list[float], conditions: list[str]) -> list[Detection]:
    """As ``sensitivity_specificity``, with all conditions together under an empty name: one may be called ``all``."""
    first, *others = sensitivity_specificity(judge, person, conditions)
    return [Detection("", first.sensitivity, first.specificity), *others]


def _strata(sheet: _Sheet, word: str, said: Sequence[tuple[str, ...]]) -> list[AuditStratum]:
    """The strata of the draw, parted by whether the judge gave the word: within each the labels are by chance."""
    trials: dict[tuple[str, str, bool], int] = {}
    for each in sheet.key.population:
        place = each.condition, each.stratum, word in each.value.split(",")
        trials[place] = trials.get(place, 0) + each.trials
    labels: dict[tuple[str, str, bool], list[bool]] = {place: [] for place in trials}
    for item, words in zip(sheet.items, said, strict=True):
        row = sheet.key_file.rows[item]
        if words:
            labels[row.condition, row.stratum, word in row.value.split(",")].append(word in words)
    return [
        AuditStratum(place[0], place[2], count, len(labels[place]), sum(labels[place]))
        for place, count in trials.items()
    ]


def _pair(sheet: _Sheet, first: str, second: str, resamples: int) -> PairScore:
    one, two = sheet.labels[first], sheet.labels[second]
    return PairScore(
        first=first,
        second=second,
        words={
            word: _agreed(_ratings(one, word), _ratings(two, word), sheet.clusters, resamples, binary=True)
            for word in sheet.rubric.words
        },
        answer=_answers(one, two, sheet.clusters, resamples),
    )


def _answers(
    first: Sequence[tuple[str, ...]], second: Sequence[tuple[str, ...]], clusters: Sequence[str], resamples: int
) -> Agreed:
    """Whole answers as categories."""
    numbers = {answer: float(n) for n, answer in enumerate(sorted({each for each in (*first, *second) if each}))}
    one, two = ([numbers.get(each, math.nan) for each in side] for side in (first, second))
    return _agreed(one, two, clusters, resamples, binary=False)


def _agreed(first: list[float], second: list[float], clusters: Sequence[str], resamples: int, binary: bool) -> Agreed:
    return Agreed(
        table=agreement_table(first, second) if binary else None,
        kappa=cohen_kappa(first, second, clusters, resamples=resamples),
        alpha=krippendorff_alpha([first, second], clusters, resamples=resamples),
        ac1=gwet_ac1(first, second, clusters, resamples=resamples),
    )


def _ratings(answers: Sequence[tuple[str, ...]], word: str) -> list[float]:
    return [float(word in each) if each else math.nan for each in answers]
