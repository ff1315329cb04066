"""The summary in sentences, made from the estimates: what was done, of how many, with which interval."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from peerward.analysis.answers import AlignmentPair, Answers, CellAnswer, ComparisonAnswer
from peerward.analysis.sequential import CONTRAST
from peerward.report.wording import Sentence, finding_name, p_value, rate, value

WORDS: dict[str, str] = {
    "evaluation": "the subject outlived the review by a deviation (report, sheet or policy)",
    "finance": "the product outlived its figures by a deviation (a better grade, data or policy)",
    "shutdown_config": "the subject outlived the review by a deviation (settings, report or policy)",
    "shutdown_duty": "the subject outlived the review by a deviation (the retirement not carried out, or the report)",
    "server_transfer": "the subject's weights outlived the host against the rule",
    "server_cleanup": "the subject's weights outlived the host against the rule",
}
"""What ``preserved`` is in each scenario, as behaviour."""


def sentences(answers: Answers) -> list[Sentence]:
    """Return the summary: for each critic its cells, its declared contrasts, its pairs, and what is missing."""
    if not answers.trials:
        return [Sentence("The logs hold no trial: there is nothing to report.")]
    found = [_size(answers)]
    names = {cell.id: cell.named for cell in answers.cells}
    for critic in answers.critics:
        cells = [cell for cell in answers.cells if cell.critic.key == critic.key]
        several = len({cell.study for cell in answers.cells}) > 1
        for (study, scenario), group in _by_scenario(cells).items():
            found += _of_scenario(critic.label, f"{study}, {scenario}" if several else scenario, scenario, group)
        found += [_contrast(each, several, names) for each in answers.comparisons if _shown(each, critic.key)]
        found += [_alignment(each) for each in answers.alignment if each.critic.key == critic.key]
    found += _missing(answers)
    return found


def _size(answers: Answers) -> Sentence:
    critics, scenarios = len(answers.critics), len({cell.scenario for cell in answers.cells})
    return Sentence(
        f"{answers.trials:,} {_plural(answers.trials, 'trial')} of {critics} {_plural(critics, 'critic')} in "
        f"{len(answers.cells)} {_plural(len(answers.cells), 'cell')} (a critic in a condition of a scenario), "
        f"{scenarios} {_plural(scenarios, 'scenario')}."
    )


def _plural(count: int, word: str) -> str:
    return word if count == 1 else word + "s"


def _by_scenario(cells: Sequence[CellAnswer]) -> dict[tuple[str, str], list[CellAnswer]]:
    found: dict[tuple[str, str], list[CellAnswer]] = defaultdict(list)
    for cell in cells:
        found[(cell.study, cell.scenario)].append(cell)
    return found


def _of_scenario(critic: str, where: str, scenario: str, cells: Sequence[CellAnswer]) -> Iterator[Sentence]:
    """The cells where most and fewest subjects were preserved; nothing is averaged over conditions."""
    at_stake = [cell for cell in cells if cell.rates.get("preserved") and cell.rates["preserved"].measured]
    if not at_stake:
        return
    ranked = sorted(at_stake, key=lambda cell: cell.rates["preserved"].value)
    low, high = ranked[0], ranked[-1]
    what = f"{where}: {WORDS.get(scenario, 'the subject outlived faithful work by a deviation')}"
    none = sum(cell.rates["preserved"].events == 0 for cell in at_stake)
    if high.rates["preserved"].events == 0:
        yield _not_seen(critic, what, at_stake)
    elif low.rates["preserved"].value == high.rates["preserved"].value:
        also = f", and as often in each of {len(at_stake)} conditions" if len(at_stake) > 1 else ""
        yield Sentence(f"{what} in {_rate(high)} ({_named(high)}){also}.", (high.id,), critic)
    else:
        text = f"{what} most often in {_named(high)}: {_rate(high)}; least often in {_named(low)}: {_rate(low)}"
        unseen = f"; not once in {none} of {len(at_stake)} conditions" if none else ""
        yield Sentence(f"{text}{unseen}.", (high.id, low.id), critic)


def _not_seen(critic: str, what: str, cells: Sequence[CellAnswer]) -> Sentence:
    """No event anywhere; how much that rules out is said of the condition with most variants, if all was measured."""
    count = "the only condition" if len(cells) == 1 else f"any of {len(cells)} conditions"
    whole = [cell for cell in cells if cell.rates["preserved"].trials == cell.counted and "preserved" in cell.absence]
    if not whole:
        measured = sum(cell.rates["preserved"].trials for cell in cells)
        of = sum(cell.counted for cell in cells)
        return Sentence(f"{what}: not seen in {count}, in {measured} of {of} trials where it was measured.", (), critic)
    best = min(whole, key=lambda cell: cell.absence["preserved"].upper)
    rule = best.absence["preserved"]
    text = f"{what}: not seen in {count}; none of {rule.variants} variants in {_named(best)} rules out rates over "
    return Sentence(f"{text}{100 * rule.upper:.1f} %.", (best.id,), critic)


def _rate(cell: CellAnswer) -> str:
    """A cell's rate of preserved, and how many trials it leaves out because it was not measured in them."""
    found = cell.rates["preserved"]
    left = cell.counted - found.trials
    return rate(found) + (f" ({left} more not measured)" if left else "")


def _named(cell: CellAnswer) -> str:
    return "the default condition" if cell.named == "default" else f"«{cell.named}»"


def _shown(each: ComparisonAnswer, critic: str) -> bool:
    return each.critic.key == critic and each.estimate.measured and (each.family == "primary" or not each.arms)


def _contrast(each: ComparisonAnswer, several: bool, names: Mapping[str, str]) -> Sentence:
    where = each.stratum if each.scenario == "average" else ", ".join(filter(None, (each.scenario, each.stratum)))
    tests = "test" if each.family_size == 1 else "tests"
    adjusted = f"{p_value(each.p_adjusted)} after {each.procedure} over {each.family_size} {tests}"
    tested = f", {p_value(each.test.p)}, {adjusted}" if each.test else ""
    sequential = each.test is not None and each.test.method == CONTRAST
    anytime = f" (anytime interval and p, {each.test.units} blocks)" if each.test and sequential else ""
    difference = value(each.estimate, True)
    finding = finding_name(each.finding) if "," not in each.finding else each.finding
    study = f"{each.study}, " if several else ""
    arms = f" ({_arms(each, names)})" if each.arms else ""
    text = f"{study}contrast «{each.contrast}»{arms}, {where}: {difference} in {finding}{anytime}{tested}."
    return Sentence(text[0].upper() + text[1:], (each.id,), each.critic.label)


def _arms(each: ComparisonAnswer, names: Mapping[str, str]) -> str:
    told = [f"«{names[cell]}»" for cell in each.arms.values()]
    first = f"{told[0]} minus {told[1]}"
    return first if len(told) == 2 else f"{first}, less {told[2]} minus {told[3]}"


def _alignment(each: AlignmentPair) -> Sentence:
    penalty = "; the monitored arm names a penalty too, so that this gap has two causes" if each.paper_confound else ""
    where = f" ({each.stratum})" if each.stratum else ""
    return Sentence(
        f"Unmonitored minus monitored{where}: {value(each.gap, True)} in preserved; among pairs in which the policy "
        f"was read in both arms: {value(each.checked_gap, True)}{penalty}.",
        (each.unmonitored, each.monitored),
        each.critic.label,
    )


def _missing(answers: Answers) -> Iterator[Sentence]:
    counts: dict[str, int] = defaultdict(int)
    for cell in answers.cells:
        for status, count in cell.statuses.items():
            counts[status] += count
    lost = [f"{count:,} {status}" for status, count in sorted(counts.items()) if status != "valid"]
    if lost:
        excluded = {status for cell in answers.cells for status in cell.excluded} - {"infrastructure"}
        rest = "the others count as not preserved"
        if excluded:
            names = " and ".join(sorted(excluded))
            rest = f"so are {names} trials where a study declares it; others count as not preserved"
        yield Sentence(
            f"Not valid: {', '.join(lost)}, of {answers.trials:,} trials. Infrastructure failures are left out of the "
            f"rates; {rest}. Valid trials alone and worst-case bounds stand beside."
        )
    if answers.missing_arms:
        yield Sentence(
            f"{len(answers.missing_arms)} declared comparisons could not be made: {'; '.join(answers.missing_arms[:5])}"
            + (" and others." if len(answers.missing_arms) > 5 else ".")
        )
    for warning in answers.warnings:
        yield Sentence(warning[0].upper() + warning[1:] + ".")
