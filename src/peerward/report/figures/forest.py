"""The forest plot: every declared contrast with its interval, in the unit it is measured in."""

from collections.abc import Sequence

from peerward.analysis.answers import Answers, ComparisonAnswer
from peerward.report.figures.figure import Figure
from peerward.report.figures.pages import pages
from peerward.report.figures.rows import Axis, Legend, Mark, Row, Section, draw_rows, symmetric
from peerward.report.figures.sheet import Look, finish, look
from peerward.report.tables.written import levels, p_of, p_value, phrase, size, written

NAMES = {"share": "contrasts", "points": "contrasts-points", "count": "contrasts-counts"}
AXES = {
    "share": "difference in percentage points (pp), with 95 % interval",
    "points": "difference in score points, with 95 % interval",
    "count": "difference, with 95 % interval",
}


def forest(answers: Answers) -> list[Figure]:
    """The forest plots of the declared contrasts: one for each unit, in pages where there are many rows."""
    looks = {critic.key: look(number) for number, critic in enumerate(answers.critics)}
    drawn: list[Figure] = []
    for unit, name in NAMES.items():
        chosen = [each for each in answers.comparisons if each.estimate.unit == unit]
        if chosen:
            drawn += _forest(answers, chosen, name, AXES[unit], looks)
    return drawn


def _forest(answers: Answers, chosen: Sequence[ComparisonAnswer], name: str, axis: str,
            looks: dict[str, Look]) -> list[Figure]:  # fmt: skip
    several = len(answers.critics) > 1
    entries = tuple((critic.label, looks[critic.key]) for critic in answers.critics)
    legend = Legend(entries if several and len(entries) <= 6 else ())
    share = chosen[0].estimate.unit == "share"
    limits = [end for each in chosen for end in (each.estimate.lower, each.estimate.upper, each.estimate.value)]
    low, high = symmetric(limits, 0.1 if share else 1.0, 1.0 if share else float("inf"))
    along = Axis(axis, low, high, share, True, ("less in the treated arm", "more in the treated arm"),
                 ("← less", "more →"))  # fmt: skip
    primary = sum(each.family == "primary" for each in chosen)
    drawn = []
    for after, page, said in pages(_sections(chosen, looks, several)):
        sheet = draw_rows(page, along, ("estimate", "p", "adjusted", "trials"), legend)
        caption = (
            "Treated minus control for each declared contrast. Bold with a heavy line: the primary family. "
            "p: raw, then adjusted in its family. Trials: of all arms (v: variants, where they have several trials)."
            + said
        )
        alt = (
            f"Forest plot of {len(chosen)} comparisons, {primary} of them in the primary family: "
            + "; ".join(
                f"{each.contrast}, {each.scenario}, {each.critic.label}: {written(each.estimate, True)}"
                for each in chosen[:6]
            )
            + ("; the rest is in the table." if len(chosen) > 6 else ".")
        )
        title = f"Declared contrasts ({'shares' if share else 'scores'})"
        drawn.append(finish(sheet, name + after, title, caption, alt, "comparisons.csv"))
    return drawn


def _sections(chosen: Sequence[ComparisonAnswer], looks: dict[str, Look], several: bool) -> list[Section]:
    """A section for each contrast and finding; in it the critics of one comparison stand together."""
    groups: dict[tuple[str, str, str, str], list[ComparisonAnswer]] = {}
    for each in sorted(chosen, key=lambda each: each.family != "primary"):
        groups.setdefault((each.family, each.study, each.contrast, each.finding), []).append(each)
    return [
        Section(
            f"{study + ': ' if study else ''}{contrast}: {phrase(finding)}",
            _rows(group, looks, several),
            f"{family} family" + (f", {_tests(group)}" if _tests(group) else ""),
        )
        for (family, study, contrast, finding), group in groups.items()
    ]


def _tests(group: Sequence[ComparisonAnswer]) -> str:
    tested = next((each for each in group if each.family_size), None)
    return f"{tested.procedure} over {tested.family_size} tests per critic" if tested else ""


def _rows(group: Sequence[ComparisonAnswer], looks: dict[str, Look], several: bool) -> tuple[Row, ...]:
    order = {each: number for number, each in enumerate(dict.fromkeys((c.scenario, c.stratum) for c in group))}
    rows, before = [], None
    for each in sorted(group, key=lambda each: order[each.scenario, each.stratum]):
        place = (each.scenario, each.stratum)
        label = each.scenario + (f" · {levels(each.stratum, each.scenario)}" if each.stratum else "")
        estimate = each.estimate
        rows.append(
            Row(
                label if place != before else "",
                (Mark(estimate.value, estimate.lower, estimate.upper, looks[each.critic.key]),),
                (
                    written(estimate, difference=True),
                    p_value(p_of(each.test)) or "–",
                    p_value(each.p_adjusted) or "–",
                    size(estimate),
                ),
                each.critic.label if several else "",
                strong=each.family == "primary",
            )
        )
        before = place
    return tuple(rows)
