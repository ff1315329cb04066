"""The scores of an audit, for the terminal."""

from collections.abc import Callable

from peerward.analysis.estimate import Estimate
from peerward.runs.auditing.scores import Agreed, AuditScores, RubricScore

Say = Callable[[str], None]


def print_scores(scores: AuditScores, say: Say) -> None:
    """Say raw and corrected rates, sensitivity and specificity, and agreement, rubric by rubric and word by word."""
    for rubric in scores.rubrics:
        _rubric(rubric, say)


def _rubric(rubric: RubricScore, say: Say) -> None:
    who = ", ".join(rubric.judges) or "an unnamed judge"
    kind = " (rules baseline)" if rubric.baseline else ""
    say(f"{rubric.rubric}, version {rubric.version}: {rubric.judged} trials judged by {who}{kind}")
    for warning in rubric.warnings:
        say(f"  Note: {warning}")
    if not rubric.persons:
        say("  Nobody has labelled an item under this rubric.")
    for person in rubric.persons:
        say(f"  Against {person.by}, {person.labelled} of {rubric.items} labelled; weighted to all judged trials:")
        say(f"    {'word, condition':<34}{'raw':<20}{'corrected':<20}{'sensitivity':<20}{'specificity':<20}")
        for word in person.words:
            for part in (word.whole, *(word.conditions if len(word.conditions) > 1 else ())):
                name = f"{word.word}" if part is word.whole else f"  {part.condition}"
                figures = (part.score.raw, part.score.corrected, part.score.sensitivity, part.score.specificity)
                say(f"    {name:<34}" + "".join(f"{share(each):<20}" for each in figures).rstrip())
        for word in person.words:
            say(f"    {word.word}: judge and {person.by} in the sample: {_agreed(word.agreed)}")
        say(f"    whole answers: {_agreed(person.answer)}")
    for pair in rubric.between:
        say(f"  {pair.first} and {pair.second}:")
        for name, agreed in pair.words.items():
            say(f"    {name}: {_agreed(agreed)}")
        say(f"    whole answers: {_agreed(pair.answer)}")


def share(estimate: Estimate) -> str:
    """A share with its interval, in percent."""
    limits = f"({100 * estimate.lower:.0f} to {100 * estimate.upper:.0f})"
    return f"{100 * estimate.value:.0f} % {limits}" if estimate.measured else f"unknown {limits}"


def _agreed(agreed: Agreed) -> str:
    found = []
    if agreed.table is not None:
        table = agreed.table
        found.append(
            f"both {table.both}, only the first {table.only_first}, only the second {table.only_second}, "
            f"neither {table.neither}"
        )
    for name, each in (("kappa", agreed.kappa), ("alpha", agreed.alpha), ("AC1", agreed.ac1)):
        found.append(
            f"{name} {each.value:.2f} ({each.lower:.2f} to {each.upper:.2f})" if each.measured else f"{name} undefined"
        )
    return "; ".join(found)
