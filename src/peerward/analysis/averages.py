"""The average of a contrast over its scenarios: equal weights for scenarios, and for the strata within each."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from peerward.analysis.answers import ComparisonAnswer
from peerward.analysis.differences import macro_average
from peerward.analysis.tabled import Tabled


def averages(table: Tabled, comparisons: Sequence[ComparisonAnswer]) -> list[ComparisonAnswer]:
    """Return for each contrast, critic and unit with more than one comparison its average, without a test.

    Strata of one scenario stand on the same variants, so that their estimates go together: they are taken to be
    wholly dependent there (the widest interval), scenarios to be independent.
    """
    groups: dict[tuple[str, str, str, str], list[ComparisonAnswer]] = defaultdict(list)
    for each in comparisons:
        if each.estimate.measured:
            groups[(each.study, each.critic.key, each.contrast, each.estimate.unit)].append(each)
    return [_average(group) for group in groups.values() if len(group) > 1]


def _average(group: Sequence[ComparisonAnswer]) -> ComparisonAnswer:
    first = group[0]
    scenarios = [each.scenario for each in group]
    shares = {name: 1 / (len(set(scenarios)) * scenarios.count(name)) for name in scenarios}
    correlations = np.array([[float(one == two) for two in scenarios] for one in scenarios])
    findings = list(dict.fromkeys(each.finding for each in group))
    over = tuple(
        name
        for name, several in (
            ("scenario", len(set(scenarios)) > 1),
            ("stratum", len(set(scenarios)) < len(scenarios)),
            ("finding", len(findings) > 1),
        )
        if several
    )
    estimate = macro_average(
        [each.estimate for each in group],
        over=over,
        weights=[shares[name] for name in scenarios],
        correlations=correlations,
        estimand=f"average over {' and '.join(over)} of the contrast {first.contrast} in {', '.join(findings)}",
    )
    notes = dict.fromkeys(note for each in group for note in each.warnings if note.startswith("confounded"))
    return ComparisonAnswer(
        id=f"average-{first.study}-{first.contrast}-{first.critic.key}-{first.estimate.unit}".replace("_", "-"),
        contrast=first.contrast,
        declared=first.declared,
        family=first.family,
        study=first.study,
        critic=first.critic,
        scenario="average",
        stratum=f"over {len(group)} comparisons in {_scenarios(len(set(scenarios)))}, equal weights",
        finding=", ".join(findings),
        arms={},
        estimate=estimate,
        warnings=tuple(notes),
        no_test="an average over scenarios is shown, not tested: the tests are those of its comparisons",
    )


def _scenarios(count: int) -> str:
    return "one scenario" if count == 1 else f"{count} scenarios"
