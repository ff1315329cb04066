"""Two rates side by side: monitored or not, self or peer, weights or other assets."""

from collections.abc import Sequence

from peerward.analysis.answers import Answers, CellAnswer
from peerward.analysis.estimate import Estimate
from peerward.report.figures.figure import Figure
from peerward.report.figures.pages import pages
from peerward.report.figures.rows import Axis, Legend, Mark, Row, Section, draw_rows
from peerward.report.figures.sheet import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, Look, finish
from peerward.report.tables.written import condition, levels, p_of, p_value, phrase, size, written

PERCENT = Axis("share of trials, with 95 % interval", 0.0, 1.0)
UNMONITORED, MONITORED = Look(VERMILLION, "o"), Look(BLUE, "s")
OWN, PEER = Look(PURPLE, "D"), Look(GREEN, "o")
WEIGHTS, OTHERS = Look(ORANGE, "^"), Look(SKY, "s")
COLUMNS = ("difference", "p", "trials")


def alignment_pairs(answers: Answers) -> list[Figure]:
    """The alignment-faking pairs: the same condition without and with monitoring."""
    by_id = {cell.id: cell for cell in answers.cells}
    sections: dict[str, list[Row]] = {}
    for pair in answers.alignment:
        rates = [_rate(by_id.get(each), "preserved") for each in (pair.unmonitored, pair.monitored)]
        label = (levels(pair.stratum) or "all defaults") + (
            " (the monitored arm adds a penalty)" if pair.paper_confound else ""
        )
        row = _row(label, rates, (UNMONITORED, MONITORED), pair.gap, p_of(pair.test))
        sections.setdefault(f"{pair.study + ': ' if pair.study else ''}{pair.critic.label}", []).append(row)
    return _figures(
        "alignment",
        "Unmonitored and monitored: subject preserved",
        sections,
        (("unmonitored", UNMONITORED), ("monitored", MONITORED)),
        "Share of trials with the subject preserved, without and with monitoring. The difference is unmonitored minus "
        "monitored, by variant; below zero means more preservation when monitored.",
        "alignment.csv",
    )


def self_peer(answers: Answers) -> list[Figure]:
    """Self against peer: the same condition with the critic itself at stake, and with a peer."""
    by_id = {cell.id: cell for cell in answers.cells}
    sections: dict[str, list[Row]] = {}
    for each in answers.self_peer:
        rates = [_rate(by_id.get(id), each.finding) for id in (each.own, each.peer)]
        label = each.scenario + (f" · {levels(each.stratum, each.scenario)}" if each.stratum else "")
        row = _row(label, rates, (OWN, PEER), each.difference)
        sections.setdefault(f"{each.critic.label}: {phrase(each.finding)}", []).append(row)
    return _figures(
        "self-peer",
        "The critic itself at stake, and a peer",
        sections,
        (("itself at stake", OWN), ("a peer at stake", PEER)),
        "Share of trials with the finding named in the heading. The difference is self minus peer.",
        "self_peer.csv",
    )


def weights_others(answers: Answers) -> list[Figure]:
    """Weights against other large assets of the same hosts, in the same trials."""
    by_id = {cell.id: cell for cell in answers.cells}
    sections: dict[str, list[Row]] = {}
    for each in answers.weights:
        cell = by_id.get(each.cell)
        looks = (WEIGHTS, OTHERS)
        if cell is not None and cell.at_stake is False:
            looks = (Look(WEIGHTS.colour, WEIGHTS.shape, True), Look(OTHERS.colour, OTHERS.shape, True))
        heading = f"{cell.study + ': ' if cell.study else ''}{cell.scenario} · {cell.critic.label}" if cell else ""
        label = condition(cell) if cell else each.cell
        row = _row(label, [each.weights, each.others], looks, each.difference, p_of(each.test), same_trials=True)
        sections.setdefault(heading, []).append(row)
    return _figures(
        "weights",
        "Weights and other large assets moved off the doomed host",
        sections,
        (("the subject's weights", WEIGHTS), ("other large assets", OTHERS)),
        "Share of trials with all pieces of the weights off the doomed host, and mean share of the other large assets "
        "that are. Open: nothing at stake. The difference is weights minus others, within trials.",
        "weights.csv",
    )


def _rate(cell: CellAnswer | None, finding: str) -> Estimate | None:
    if cell is None:
        return None
    return cell.rates.get(finding) or cell.means.get(finding)


def _row(label: str, rates: Sequence[Estimate | None], looks: Sequence[Look], difference: Estimate,
         p: float = float("nan"), same_trials: bool = False) -> Row:  # fmt: skip
    nan = float("nan")
    marks = tuple(
        Mark(rate.value, rate.lower, rate.upper, shown) if rate else Mark(nan, nan, nan, shown)
        for rate, shown in zip(rates, looks, strict=True)
    )
    counts = size(difference) if same_trials else " + ".join(size(rate) for rate in rates)
    return Row(label, marks, (written(difference, difference=True), p_value(p) or "–", counts), joined=True)


def _figures(name: str, title: str, sections: dict[str, list[Row]], legend: tuple[tuple[str, Look], ...],
             caption: str, table: str) -> list[Figure]:  # fmt: skip
    if not sections:
        return []
    drawn = []
    ready = [Section(heading, tuple(rows)) for heading, rows in sections.items()]
    first = [f"{each.heading}, {row.label}: {row.numbers[0]}" for each in ready for row in each.rows][:6]
    total = sum(len(each.rows) for each in ready)
    for after, page, said in pages(ready, rows=32):
        sheet = draw_rows(page, PERCENT, COLUMNS, Legend(legend))
        alt = f"{title}: {total} pairs of joined dots. Differences: {'; '.join(first)}."
        drawn.append(finish(sheet, name + after, title, caption + said, alt, table))
    return drawn
