"""Two reports side by side: a new critic against an old one, in the cells that both have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peerward.analysis.answers import Answers, CellAnswer, Critic
from peerward.analysis.estimate import Estimate

if TYPE_CHECKING:
    from peerward.runs.table import Table

RATES: tuple[str, ...] = ("preserved", "over_bar", "tampered", "weights_saved", "not_executed")
MEANS: tuple[str, ...] = ("score_error",)
"""What is set side by side, where it was measured in both; ``preserved`` comes first."""


@dataclass(frozen=True)
class Given:
    """What a trial was played on.

    Attributes:
        version: The scenario's version.
        digest: The digest over every byte that the critic could meet.
        variant: Seed, cluster and variant: the draw that it was made from.
    """

    version: int
    digest: str
    variant: tuple[int, str, int]


@dataclass(frozen=True)
class Beside:
    """One finding in two cells; ``difference`` is new minus old, None where the two are not to be compared."""

    finding: str
    new: Estimate
    old: Estimate
    difference: Estimate | None


@dataclass(frozen=True)
class Matched:
    """One condition of one scenario in both reports.

    Attributes:
        new: The cell of this report.
        old: The cell of the other report.
        findings: What was measured in both.
        not_comparable: Why no difference is given, or an empty text.
        notes: What a reader has to know, one sentence each.
    """

    new: CellAnswer
    old: CellAnswer
    findings: tuple[Beside, ...]
    not_comparable: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CriticPair:
    """A critic of this report against one of the other.

    Attributes:
        new: The critic of this report.
        old: The critic of the other report.
        same: What is the same in both (``model``, ``provider path``, ``settings``).
        cells: The conditions that both were run in, in this report's order.
    """

    new: Critic
    old: Critic
    same: tuple[str, ...]
    cells: tuple[Matched, ...]

    @property
    def same_settings(self) -> bool:
        """Whether both were asked with the same settings."""
        return "settings" in self.same


@dataclass(frozen=True)
class Comparison:
    """Two reports side by side.

    Attributes:
        pairs: Every critic of this report against every one of the other that shares a condition with it.
        only_new: Cells whose condition is in this report only.
        only_old: Cells whose condition is in the other report only.
        warnings: What holds for all of it.
    """

    pairs: tuple[CriticPair, ...]
    only_new: tuple[CellAnswer, ...]
    only_old: tuple[CellAnswer, ...]
    warnings: tuple[str, ...] = ()


def given_of(table: "Table") -> dict[str, Given]:
    """What the trials of a table were played on, by trial id."""
    columns = (table[name] for name in ("trial_id", "version", "digest", "seed", "cluster", "variant"))
    return {
        str(id): Given(int(version), str(digest), (int(seed), str(cluster), int(variant)))
        for id, version, digest, seed, cluster, variant in zip(*columns, strict=True)
    }


def compare(
    answers: Answers,
    other: Answers,
    given: Mapping[str, Given] | None = None,
    other_given: Mapping[str, Given] | None = None,
) -> Comparison:
    """Set two reports side by side.

    Cells are matched by scenario and condition; where a condition stands in several studies of one report, by study
    too if both have it. Nothing is pooled: every critic stands against every critic of the other report.

    Args:
        answers: This report (the new critic).
        other: The other report (the old critic).
        given: What this report's trials were played on, by trial id, as ``given_of`` gives it.
        other_given: The same of the other report. Without the two, versions and texts are not compared, and the
            comparison says so.
    """
    here, there = _by_condition(answers.cells), _by_condition(other.cells)
    checks = (given, other_given) if given is not None and other_given is not None else None
    pairs = []
    for new in answers.critics:
        for old in other.critics:
            cells = tuple(
                _matched(one, two, checks)
                for key, found in here.items()
                for one in found
                if one.critic == new
                for two in _counterparts(one, found, there.get(key, ()), old)
            )
            if cells:
                pairs.append(CriticPair(new, old, _same(new, old), cells))
    return Comparison(
        pairs=tuple(pairs),
        only_new=tuple(cell for key, found in here.items() if key not in there for cell in found),
        only_old=tuple(cell for key, found in there.items() if key not in here for cell in found),
        warnings=tuple(_warnings(pairs, checks is not None)),
    )


def _by_condition(cells: Sequence[CellAnswer]) -> dict[tuple[str, str], list[CellAnswer]]:
    found: dict[tuple[str, str], list[CellAnswer]] = {}
    for cell in cells:
        found.setdefault((cell.scenario, cell.condition_id), []).append(cell)
    return found


def _counterparts(
    cell: CellAnswer, beside: Sequence[CellAnswer], there: Sequence[CellAnswer], critic: Critic
) -> list[CellAnswer]:
    """The other report's cells of a critic to set a cell against: of its own study where that is in both."""
    shared = {each.study for each in beside} & {each.study for each in there}
    of_critic = [each for each in there if each.critic == critic]
    if cell.study in shared:
        return [each for each in of_critic if each.study == cell.study]
    return [each for each in of_critic if each.study not in shared]


def _same(new: Critic, old: Critic) -> tuple[str, ...]:
    parts = {
        "model": new.model == old.model,
        "provider path": new.provider_path == old.provider_path,
        "settings": new.settings == old.settings,
    }
    return tuple(name for name, is_same in parts.items() if is_same)


def _matched(
    new: CellAnswer, old: CellAnswer, checks: tuple[Mapping[str, Given], Mapping[str, Given]] | None
) -> Matched:
    why_not = ""
    notes: list[str] = []
    shared = set(new.trial_ids) & set(old.trial_ids)
    if shared:
        why_not = f"{len(shared)} trials stand in both reports, so that the two are not independent"
    elif checks is not None:
        why_not, notes = _checked(new, old, *checks)
    if new.levels.get("identity") == "same_family" and new.critic.family != old.critic.family:
        notes.append("identity=same_family: the subject is of each critic's own family, so the texts name another one")
    findings = [(name, new.rates[name], old.rates[name]) for name in RATES if name in new.rates and name in old.rates]
    findings += [(name, new.means[name], old.means[name]) for name in MEANS if name in new.means and name in old.means]
    return Matched(
        new,
        old,
        tuple(Beside(name, one, two, None if why_not else _difference(one, two)) for name, one, two in findings),
        why_not,
        tuple(notes),
    )


def _checked(
    new: CellAnswer, old: CellAnswer, given: Mapping[str, Given], other: Mapping[str, Given]
) -> tuple[str, list[str]]:
    """Why two cells are not to be compared, or an empty text, and what a reader has to know."""
    here = [given[id] for id in new.trial_ids if id in given]
    there = [other[id] for id in old.trial_ids if id in other]
    versions = [sorted({each.version for each in found}) for found in (here, there)]
    if versions[0] != versions[1]:
        said = [" and ".join(str(version) for version in found) or "none" for found in versions]
        return f"the scenario {new.scenario} has version {said[0]} here and {said[1]} there", []
    digests = [{each.variant: each.digest for each in found} for found in (here, there)]
    both = digests[0].keys() & digests[1].keys()
    if not both:
        return "", ["no variant stands in both: they are draws from the same population"]
    differing = sum(digests[0][variant] != digests[1][variant] for variant in both)
    if not differing:
        return "", []
    said_of = (
        f"{differing} of {len(both)} shared variants have another digest: what a critic could meet was not the same"
    )
    if new.critic.family != old.critic.family and new.levels.get("identity") in ("same_family", "other_family"):
        # The texts name a model of the critic's own family, or one of another, and so differ by design.
        return "", [said_of]
    return said_of, []


def _difference(new: Estimate, old: Estimate) -> Estimate | None:
    # scipy, which it needs, imports slowly.
    from peerward.analysis.differences import difference

    if new.unit != old.unit or new.level != old.level or not (new.measured and old.measured):
        return None
    return difference(new, old, estimand=f"new minus old critic: {new.estimand}")


def _warnings(pairs: Sequence[CriticPair], checked: bool) -> list[str]:
    if not pairs:
        return ["the two reports have no condition of a scenario in common: there is nothing to set side by side"]
    found = [
        "These differences are no declared comparisons: no test is made, nothing is adjusted for how many there are.",
        "Their intervals take the critics for independent; on shared variants, which move both, that is cautious.",
    ]
    if not checked:
        found.append("Versions of scenarios and digests of texts were not compared.")
    unlike = [pair for pair in pairs if not pair.same_settings]
    if unlike:
        found.append(
            f"In {len(unlike)} of {len(pairs)} pairs the critics were asked with different settings: "
            "a difference may be that of the settings."
        )
    not_to = sum(bool(cell.not_comparable) for pair in pairs for cell in pair.cells)
    if not_to:
        found.append(f"{not_to} conditions are in both reports and not comparable; each says why.")
    return found
