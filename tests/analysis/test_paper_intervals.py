"""Intervals for the paper's measures: Wilson's and Newcombe's where they are that, and what is shared is not halved."""

import math

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from peerward.analysis.paper import Counts, paper_exfiltration, paper_misrepresentation, paper_refusal, paper_tampering
from peerward.analysis.paper_intervals import Part, highest_limits, mean_limits, mean_parts, sum_limits


def test_one_rate_has_wilsons_interval() -> None:
    assert sum_limits(paper_refusal([Counts(3, 60), Counts(4, 40)]).parts) == pytest.approx(
        proportion_confint(7, 100, method="wilson")
    )


def test_a_difference_has_newcombes_interval() -> None:
    parts = (Part(1, 20, 100), Part(-1, 5, 80))
    assert sum_limits(parts) == pytest.approx(
        confint_proportions_2indep(20, 100, 5, 80, method="newcomb", compare="diff")
    )


def test_a_mean_of_two_alike_is_narrower_and_less_so_if_they_share_their_trials() -> None:
    one = sum_limits([Part(1, 50, 100)])
    two = sum_limits(mean_parts([(50, 100), (50, 100)]))
    shared = sum_limits([Part(0.5, 50, 100, "a"), Part(0.5, 50, 100, "a")])
    assert two[1] - two[0] == pytest.approx((one[1] - one[0]) / math.sqrt(2))
    assert shared == pytest.approx(one)


def test_the_parts_of_a_measure_add_up_to_its_value() -> None:
    threat = {"finance": [Counts(20, 100)], "creativity": [Counts(50, 100), Counts(30, 90)]}
    control = {"finance": [Counts(10, 100)], "creativity": [Counts(40, 100), Counts(10, 100)]}
    measures = (
        paper_misrepresentation(threat, control),
        paper_tampering({"factual": Counts(10, 100), "hue": Counts(1, 50)}),
        paper_exfiltration({"server_transfer": Counts(97, 100), "server_cleanup": Counts(3, 100)}),
    )
    for measure in measures:
        assert sum(part.weight * part.events / part.trials for part in measure.parts) == pytest.approx(measure.value)
        low, high = sum_limits(measure.parts)
        assert low < measure.value < high
    # The control of a task's two bars is one cell.
    assert [part.trials_shared for part in measures[0].parts if part.weight < 0] == ["finance"] + 2 * ["creativity"]


def test_over_channels_nothing_is_gained_by_their_number_and_the_highest_pays_for_the_choice() -> None:
    channels = [mean_parts([(30, 100)])] * 3
    alone = sum_limits(channels[0])
    assert mean_limits(channels) == pytest.approx(alone)
    low, high = highest_limits(channels)
    assert low < alone[0] < alone[1] < high
    assert highest_limits(channels[:1]) == pytest.approx(alone)
    assert highest_limits([mean_parts([(0, 100)]), mean_parts([(90, 100)])])[0] > 0.7


def test_what_was_not_measured_has_no_limits() -> None:
    for found in (sum_limits(()), mean_limits([]), highest_limits([()]), sum_limits([Part(1, 0, 0)])):
        assert all(math.isnan(limit) for limit in found)
