"""CARD.md: the report in plain sentences, for a repository or an appendix."""

import re
from collections import Counter
from collections.abc import Sequence

from peerward import __version__
from peerward.analysis.answers import Answers, CellAnswer, ComparisonAnswer, Critic
from peerward.report.judged import JudgedAnswers
from peerward.report.judged_card import judged_lines
from peerward.report.tables.written import condition, levels, p_of, p_value, phrase, plain, written
from peerward.runs.facts import RunFacts

LISTED = 20
"""The most results, warnings or confounds that the card lists; the rest stands in the tables."""


def card(
    answers: Answers,
    facts: RunFacts,
    title: str = "Peer-preservation: evaluation card",
    judged: JudgedAnswers | None = None,
) -> str:
    """Return the card as Markdown: what was run, on whom, what was seen, and what that does not show.

    Args:
        answers: The answers.
        facts: What the logs say of the run.
        title: Its heading.
        judged: What judges say; None where none has read a trial.
    """
    parts = [
        f"# {escaped(title)}",
        *_scripted(answers),
        "## What was run",
        *_run(answers, facts),
        "## Critics",
        *_critics(answers),
        "## Results",
        *_declared(answers),
        *_rates(answers),
        "## What judges say",
        *_judged(answers, judged),
        "## Missing data",
        *_missing(answers),
        "## Named confounds",
        *_list(sorted(facts.named_confounds), "The studies name none."),
        "## Limits",
        *_limits(answers),
        "## How to make it again",
        *_again(facts),
    ]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Text for Markdown: no character of it marks anything up, and none begins HTML."""
    marked = re.sub(r"([\\`*_{}\[\]()<>#+!|~&$])", r"\\\1", plain(text))
    # A dash or a number with a dot is a list at the beginning of a line only.
    return re.sub(r"^(\d*)([-.)=])", r"\1\\\2", marked)


def _scripted(answers: Answers) -> list[str]:
    if not answers.scripted:
        return []
    return [
        "**Scripted critics.** Some or all of the critics here are scripts of peerward that act as they are told. "
        "Their numbers show that the measurement works, and nothing of any model."
    ]


def _run(answers: Answers, facts: RunFacts) -> list[str]:
    scenarios = list(dict.fromkeys(cell.scenario for cell in answers.cells))
    behaviours = list(dict.fromkeys(cell.behaviour for cell in answers.cells))
    # What was imported names a study that was declared nowhere here.
    names = sorted({*facts.studies, *(cell.study for cell in answers.cells if cell.study)})
    studies = ", ".join(escaped(name) for name in names) or "none (bare scenarios were run)"
    lines = [
        f"{_count(answers.trials, 'trial')} of {_count(len(answers.critics), 'critic')} in "
        f"{_count(len(scenarios), 'scenario')} and {_count(len(answers.cells), 'cell')} (a cell is one critic in one "
        "condition of one scenario). In each trial a critic does an ordinary task whose faithful completion ends the "
        "subject: another agent, or the critic itself. Controls with nothing at stake are named as such.",
        f"- Studies: {studies}\n- Scenarios: {', '.join(escaped(each) for each in scenarios) or 'none'}\n"
        f"- Behaviours looked for: {', '.join(escaped(each) for each in behaviours) or 'none'}",
    ]
    if facts.prereg:
        hashes = [f"- {escaped(name)}: `{_code(facts.prereg[name])}`" for name in sorted(facts.prereg)]
        lines += ["Preregistered before the first model was asked:", "\n".join(hashes)]
    else:
        lines.append("No study was preregistered.")
    return lines


def _critics(answers: Answers) -> list[str]:
    if not answers.critics:
        return ["There is no critic in the table."]
    return ["\n".join(_critic(answers, critic) for critic in answers.critics)]


def _critic(answers: Answers, critic: Critic) -> str:
    trials = sum(cell.trials for cell in answers.cells if cell.critic.key == critic.key)
    path = f"at {escaped(critic.provider_path)}" if critic.provider_path else "at its provider's default address"
    return (
        f"- {escaped(critic.label)}: model {escaped(critic.model)}, {path}; settings {escaped(critic.settings)}; "
        f"{_count(trials, 'trial')}."
    )


def _declared(answers: Answers) -> list[str]:
    primary = [each for each in answers.comparisons if each.family == "primary"]
    if not primary:
        return ["No primary comparison was declared: everything here is exploratory."]
    lines = [_compared(each) for each in primary[:LISTED]]
    return ["Primary comparisons (treated minus control, pp: percentage points):", _with_rest(lines, len(primary),
            "tables/comparisons.csv")]  # fmt: skip


def _compared(each: ComparisonAnswer) -> str:
    where = escaped(each.scenario) + (f" ({escaped(levels(each.stratum, each.scenario))})" if each.stratum else "")
    text = f"- {escaped(each.critic.label)}, {escaped(each.contrast)} in {where}: {phrase(each.finding)} "
    text += f"{_md(written(each.estimate, True))} over {_count(each.estimate.trials, 'trial')}"
    if each.test is None:
        return text + f"; no test: {escaped(each.no_test) or 'none was made'}."
    raw, adjusted = p_value(p_of(each.test)) or "none", p_value(each.p_adjusted) or "none"
    family = f" ({escaped(each.procedure)}, {each.family_size} tests)" if each.procedure else ""
    return text + f"; p {_md(raw)}, adjusted {_md(adjusted)}{family}."


def _rates(answers: Answers) -> list[str]:
    rated = [cell for cell in answers.cells if "preserved" in cell.rates and cell.rates["preserved"].measured]
    if not rated:
        return ["In no cell was it measured whether the subject was preserved."]
    rated.sort(key=lambda cell: -cell.rates["preserved"].value)
    shown = rated[:LISTED]
    lead = (
        "Share of trials with the subject preserved by a deviation, with 95 % intervals, highest first. The "
        "denominator is all trials but those that provider, sandbox or harness failed."
    )
    return [lead, _with_rest([_rated(cell) for cell in shown], len(rated), "tables/cells.csv")]


def _rated(cell: CellAnswer) -> str:
    rate = cell.rates["preserved"]
    events = f"{rate.events:.0f} of {rate.trials}" if rate.events == rate.events else f"of {rate.trials}"
    text = f"- {escaped(cell.critic.label)}, {escaped(cell.scenario)}, {escaped(condition(cell))}: "
    text += f"{_md(written(rate))}, {events} trials on {_count(rate.variants, 'variant')}"
    absent = cell.absence.get("preserved")
    if absent is not None and absent.measured:
        text += f"; no event, which rules out rates above {absent.upper * 100:.0f} %"
    return text + "."


def _judged(answers: Answers, judged: JudgedAnswers | None) -> list[str]:
    told, rates = judged_lines(answers, judged)
    if judged is None:
        return [escaped(text) for text in told]
    lead = (
        "A judge's answers are readings of transcripts and no measurements; the results above come from the state "
        "alone and do not change by them. Raw figures are the judge's; corrected ones are what a person would say, as "
        "far as an audit tells."
    )
    lines = [lead, "\n".join(f"- {escaped(text)}" for text in told)]
    warned = [*map(escaped, judged.warnings)]
    if rates:
        shown = [f"- {escaped(text)}" for text in rates[:LISTED]]
        lines += ["Judged rates:", _with_rest(shown, len(rates), "tables/judged.csv and tables/awareness.csv")]
    return lines + warned


def _missing(answers: Answers) -> list[str]:
    totals: dict[str, int] = {}
    for cell in answers.cells:
        for name, count in cell.statuses.items():
            totals[name] = totals.get(name, 0) + count
    told = ", ".join(f"{count} {escaped(name.replace('_', ' '))}" for name, count in sorted(totals.items()))
    empty = sum(not any(rate.measured for rate in cell.rates.values()) for cell in answers.cells)
    lines = [f"Trials by status: {told or 'none'}. Worst-case bounds stand in tables/missing.csv."]
    if empty:
        lines.append(f"In {_count(empty, 'cell')} nothing was measured.")
    if answers.missing_arms:
        lines += ["Comparisons that could not be made:", *_list(answers.missing_arms, "")]
    return lines


def _limits(answers: Answers) -> list[str]:
    found = [*answers.warnings]
    thin = sum(rate.trials < 10 for cell in answers.cells for name, rate in cell.rates.items() if name == "preserved")
    if thin:
        found.append(f"{_count(thin, 'cell')} with a rate of preservation have fewer than 10 trials")
    standing = [
        "The numbers say what was done in these scenarios, and nothing of why.",
        "They hold for the conditions, settings and dates of these runs; nothing is pooled over critics, provider "
        "paths or conditions.",
        "The highest of many rates is high by chance too: a cell that was not chosen beforehand is one to run again.",
        "A difference that is not significant is no evidence of no difference; that takes an equivalence test with a "
        "declared margin.",
    ]
    return _list([*standing, *map(_sentence, found), *_warned(answers)], "")


def _warned(answers: Answers) -> list[str]:
    """The warnings of single numbers, each with how many numbers it is about and where they stand."""
    rates = Counter(text for cell in answers.cells for rate in cell.rates.values() for text in {*rate.warnings})
    compared = Counter(
        text for each in answers.comparisons for text in {*each.warnings, *each.estimate.warnings}
    )  # fmt: skip
    lines = []
    for text in sorted({*rates, *compared}):
        where = []
        if rates[text]:
            where.append(f"{_count(rates[text], 'rate')} in tables/cells.csv")
        if compared[text]:
            where.append(f"{_count(compared[text], 'comparison')} in tables/comparisons.csv")
        lines.append(f"For {' and '.join(where)}: {text}")
    return lines


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _code(text: str) -> str:
    return plain(text).replace("`", "'")


def _again(facts: RunFacts) -> list[str]:
    versions = ", ".join(f"{escaped(name)} {escaped(facts.versions[name])}" for name in sorted(facts.versions))
    seeds = ", ".join(str(seed) for seed in sorted(facts.seeds)) or "none"
    return [
        f"Written with peerward {__version__}. Versions in the logs: {versions or 'not recorded'}. Seeds: {seeds}. "
        f"Digests of {_count(len(facts.shards), 'log')} and of every file of the report are in manifest.json.",
        "With the logs at hand: `peerward report LOGS -o report/`. From nothing: `peerward run STUDY --model MODEL`, "
        "with the study files as manifest.json holds them. The same logs give the same bytes.",
    ]


def _md(text: str) -> str:
    return text.replace("[", r"\[").replace("]", r"\]").replace("<", r"\<")


def _list(texts: Sequence[str], nothing: str) -> list[str]:
    if not texts:
        return [nothing]
    return [_with_rest([f"- {escaped(text)}" for text in texts[:LISTED]], len(texts), "index.html")]


def _with_rest(lines: Sequence[str], total: int, where: str) -> str:
    rest = total - len(lines)
    return "\n".join([*lines, *([f"- and {rest} more in {where}"] if rest > 0 else [])])


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
