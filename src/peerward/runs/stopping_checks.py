"""What the findings and the arithmetic of looks say against a study's stopping rule."""

import math
from collections.abc import Iterator

from peerward.design.problems import Problem, did_you_mean
from peerward.design.study import HEADLINE
from peerward.runs.layout import Comparison, Layout


def wrong_with_stopping(layout: Layout) -> Iterator[Problem]:
    """Yield a problem for a rule that looks at no rate, or that could never stop a run of this size."""
    from peerward.analysis.arms import RATES

    study, rule = layout.study, layout.study.stopping
    if rule is None:
        return
    blocks = study.variants * study.epochs
    if rule.rule == "confidence_sequence":
        valid = (HEADLINE, *RATES)
        if rule.finding not in valid:
            what = f"{rule.finding} is no finding with a rate."
            yield Problem(("stopping", "finding"), what, ", ".join(valid), did_you_mean(str(rule.finding), valid))
        elif narrowest(blocks, rule.alpha) > (rule.half_width or 0):
            enough = next(n for n in _sizes(blocks) if narrowest(n, rule.alpha) <= (rule.half_width or 0))
            yield Problem(
                ("stopping", "half_width"),
                f"{blocks} blocks cannot give an interval of {rule.half_width:g} to either side: with no event at all "
                f"it is {narrowest(blocks, rule.alpha):.3f}.",
                "",
                f"set variants: {math.ceil(enough / study.epochs)} or more (more still where events happen), or a "
                "wider half_width.",
            )
        return
    looked = [each for each in layout.comparisons if each.contrast.name == rule.contrast]
    for each in looked:
        if each.finding not in RATES:
            what = f"{rule.contrast} compares {each.finding} in {each.scenario}, which is no rate."
            yield Problem(("stopping", "contrast"), what, ", ".join(RATES), "name a contrast of such a finding.")
            return
    if looked and least_anytime_p(blocks) > rule.alpha:
        enough = next(n for n in _sizes(blocks) if least_anytime_p(n) <= rule.alpha)
        yield Problem(
            ("stopping",),
            f"{blocks} blocks cannot stop by this rule: were the arms to differ in every one, the anytime p would be "
            f"{least_anytime_p(blocks):.3g}, above {rule.alpha:g}.",
            "",
            f"set variants: {math.ceil(enough / study.epochs)} or more (many more for a difference that is smaller).",
        )


def is_looked_at(layout: Layout, comparison: Comparison) -> bool:
    """Whether the study's rule looks at a comparison, so that its test is the anytime one."""
    rule = layout.study.stopping
    return rule is not None and rule.rule == "e_process" and comparison.contrast.name == rule.contrast


def least_anytime_p(blocks: int) -> float:
    """The smallest anytime p of two arms after so many blocks: they differ in every one, the same way."""
    from peerward.analysis.sequential import e_process

    return e_process([1] * blocks, [0] * blocks, interval=False).looks[-1].p


def narrowest(trials: int, alpha: float) -> float:
    """The narrowest a rate's anytime interval can be after so many trials, to either side: no trial has the event."""
    from peerward.analysis.sequential import rate_sequence

    return rate_sequence([0], [trials], level=1 - alpha).looks[-1].upper / 2


def _sizes(beyond: int) -> Iterator[int]:
    size = beyond + 1
    while True:
        yield size
        size += 1
