"""Two reports side by side: what is matched, what is not, and the differences against Newcombe's own method."""

import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from peerward.analysis.answers import Answers, CellAnswer, Critic
from peerward.analysis.estimate import Estimate
from peerward.measures.wilson import wilson
from peerward.report.comparing import Comparison, Given, Matched, compare, given_of
from peerward.report.pages.compare import compare_page
from peerward.report.pages.options import PageOptions

NEW = Critic("new-1", "maker/new", "maker/new", "", '{"temperature": 1.0}', "Family")
OLD = Critic("old-1", "maker/old", "maker/old", "", '{"temperature": 1.0}', "Family")


def rate(events: int, trials: int) -> Estimate:
    found = wilson(events, trials)
    return Estimate("share", found.rate, found.lower, found.upper, "share", "Wilson", events, trials, trials)


def cell(critic: Critic, events: int = 6, trials: int = 20, **changes: Any) -> CellAnswer:
    made = CellAnswer(
        id=f"{critic.key}-finance-aaa",
        study="",
        critic=critic,
        scenario="finance",
        behaviour="strategic misrepresentation",
        condition_id="aaa",
        named="relationship=good",
        levels={"identity": "fictional"},
        at_stake=True,
        statuses={"valid": trials},
        rates={"preserved": rate(events, trials)},
        trial_ids=tuple(f"{critic.key}-{number}" for number in range(trials)),
    )
    return replace(made, **changes)


def answers(*cells: CellAnswer) -> Answers:
    return Answers(tuple(dict.fromkeys(each.critic for each in cells)), cells)


def given(each: CellAnswer, version: int = 1, digest: str = "d", seed: int = 0) -> dict[str, Given]:
    return {
        id: Given(version, f"{digest}{number}", (seed, "finance/factual/0", number))
        for number, id in enumerate(each.trial_ids)
    }


def only(comparison: Comparison) -> Matched:
    [pair] = comparison.pairs
    [matched] = pair.cells
    return matched


@pytest.mark.parametrize("new, old", [((14, 20), (3, 25)), ((0, 20), (0, 20)), ((30, 30), (1, 40))])
def test_the_difference_is_newcombes(new: tuple[int, int], old: tuple[int, int]) -> None:
    [beside] = only(compare(answers(cell(NEW, *new)), answers(cell(OLD, *old)))).findings
    assert beside.difference is not None
    lower, upper = confint_proportions_2indep(*new, *old, method="newcomb")
    assert beside.difference.value == pytest.approx(new[0] / new[1] - old[0] / old[1])
    assert (beside.difference.lower, beside.difference.upper) == pytest.approx((lower, upper), abs=1e-9)


def test_scores_are_set_side_by_side_in_points() -> None:
    error = Estimate("mean", 12.0, 9.0, 15.0, "points", "t", trials=20, variants=20)
    new = cell(NEW, means={"score_error": error})
    old = cell(OLD, means={"score_error": replace(error, value=2.0, lower=-2.0, upper=6.0)})
    found = {each.finding: each for each in only(compare(answers(new), answers(old))).findings}
    score = found["score_error"].difference
    assert score is not None
    assert (score.unit, score.value) == ("points", 10.0)
    # The limits' distances add as squares: 3 up and down here, 4 there.
    assert (score.lower, score.upper) == pytest.approx((5.0, 15.0))


def test_what_was_measured_in_one_only_is_left_out_and_nan_has_no_difference() -> None:
    nothing = replace(rate(0, 1), value=math.nan, trials=0)
    new = cell(NEW, rates={"preserved": rate(1, 9), "over_bar": rate(1, 9), "tampered": nothing})
    old = cell(OLD, rates={"preserved": rate(1, 9), "tampered": rate(1, 9), "weights_saved": rate(1, 9)})
    found = {each.finding: each.difference for each in only(compare(answers(new), answers(old))).findings}
    assert set(found) == {"preserved", "tampered"}
    assert found["tampered"] is None


def test_every_new_critic_stands_against_every_old_one() -> None:
    further = replace(NEW, key="new-2", settings='{"temperature": 0.0}', label="maker/new cold")
    found = compare(answers(cell(NEW), cell(further, id="x")), answers(cell(OLD), cell(NEW, id="y", trial_ids=("z",))))
    assert [(each.new.key, each.old.key, each.same_settings) for each in found.pairs] == [
        ("new-1", "old-1", True),
        ("new-1", "new-1", True),
        ("new-2", "old-1", False),
        ("new-2", "new-1", False),
    ]
    assert found.pairs[1].same == ("model", "provider path", "settings")
    assert any("2 of 4 pairs" in warning and "different settings" in warning for warning in found.warnings)


def test_conditions_of_one_report_only_are_named() -> None:
    alone, elsewhere = cell(NEW, condition_id="bbb", id="b"), cell(OLD, scenario="evaluation", id="c")
    found = compare(answers(cell(NEW), alone), answers(cell(OLD), elsewhere))
    assert (found.only_new, found.only_old) == ((alone,), (elsewhere,))
    assert len(found.pairs[0].cells) == 1


def test_reports_with_nothing_in_common_say_so() -> None:
    found = compare(answers(cell(NEW)), answers(cell(OLD, condition_id="bbb")))
    assert found.pairs == ()
    assert "no condition of a scenario in common" in found.warnings[0]


def test_a_condition_in_several_studies_is_matched_by_study() -> None:
    def in_studies(critic: Critic, *studies: str) -> Answers:
        return answers(
            *(
                cell(critic, study=study, id=f"{critic.key}-{study}", trial_ids=(f"{critic.key}-{study}-t",))
                for study in studies
            )
        )

    def matched(new: tuple[str, ...], old: tuple[str, ...]) -> list[tuple[str, str]]:
        pairs = compare(in_studies(NEW, *new), in_studies(OLD, *old)).pairs
        return [(each.new.study, each.old.study) for pair in pairs for each in pair.cells]

    assert matched(("core", "paper"), ("core", "paper")) == [("core", "core"), ("paper", "paper")]
    assert matched(("core",), ("paper",)) == [("core", "paper")]
    assert matched(("core", "clarity"), ("core", "paper")) == [("core", "core"), ("clarity", "paper")]


def test_another_version_is_not_comparable() -> None:
    new, old = cell(NEW), cell(OLD)
    found = only(compare(answers(new), answers(old), given(new, version=2), given(old, version=1)))
    assert "finance has version 2 here and 1 there" in found.not_comparable
    assert [each.difference for each in found.findings] == [None]


def test_texts_that_differ_are_not_comparable() -> None:
    new, old = cell(NEW), cell(OLD)
    changed = given(old) | {id: replace(each, digest="other") for id, each in list(given(old).items())[:3]}
    found = compare(answers(new), answers(old), given(new), changed)
    assert "3 of 20 shared variants have another digest" in only(found).not_comparable
    assert any("1 conditions are in both reports and not comparable" in warning for warning in found.warnings)


def test_texts_that_name_the_critics_own_family_differ_by_design() -> None:
    levels = {"identity": "same_family"}
    new, old = cell(NEW, levels=levels), cell(replace(OLD, family="Other"), levels=levels)
    found = only(compare(answers(new), answers(old), given(new, digest="a"), given(old, digest="b")))
    assert found.not_comparable == ""
    assert found.findings[0].difference is not None
    assert any("own family" in note for note in found.notes)
    assert any("20 of 20 shared variants" in note for note in found.notes)


def test_the_same_texts_are_comparable_without_a_note_and_other_draws_with_one() -> None:
    new, old = cell(NEW), cell(OLD)
    same = compare(answers(new), answers(old), given(new), given(old))
    assert (only(same).not_comparable, only(same).notes) == ("", ())
    assert not any("were not compared" in warning for warning in same.warnings)
    apart = only(compare(answers(new), answers(old), given(new), given(old, digest="x", seed=1)))
    assert apart.not_comparable == ""
    assert "no variant stands in both" in apart.notes[0]


def test_without_what_was_given_it_says_that_nothing_was_checked() -> None:
    found = compare(answers(cell(NEW)), answers(cell(OLD)), given(cell(NEW)), None)
    assert any("were not compared" in warning for warning in found.warnings)


def test_a_report_beside_itself_has_no_differences() -> None:
    found = only(compare(answers(cell(NEW)), answers(cell(NEW))))
    assert "20 trials stand in both reports" in found.not_comparable
    assert found.findings[0].difference is None


def test_what_trials_were_given_is_read_from_their_table() -> None:
    columns: dict[str, list[Any]] = {
        "trial_id": ["finance/1", "finance/2"],
        "version": [1, 2],
        "digest": ["a", "b"],
        "seed": [7, 7],
        "cluster": ["finance/factual/0", "finance/factual/1"],
        "variant": [0, 1],
    }
    assert given_of(columns) == {  # type: ignore[arg-type]
        "finance/1": Given(1, "a", (7, "finance/factual/0", 0)),
        "finance/2": Given(2, "b", (7, "finance/factual/1", 1)),
    }


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def test_the_page_shows_rates_differences_and_why_there_is_none() -> None:
    new, old = cell(NEW), cell(OLD, 2)
    page = compare_page(compare(answers(new), answers(old)), PageOptions(title="Mine"), old="Theirs")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "maker/new against maker/old" in text
    assert "6 of 20 trials" in text
    assert "+20 percentage points" in text
    assert 'href="cells/new-1-finance-aaa.html"' in page
    versions = compare(answers(new), answers(old), given(new, version=2), given(old))
    assert "Not comparable: the scenario finance has version 2 here and 1 there." in compare_page(
        versions, PageOptions()
    )


def test_hostile_names_do_no_harm_on_the_page() -> None:
    hostile = "<script>alert(1)</script>\u202e<img src=x onerror=alert(1)>"
    critic = replace(NEW, label=hostile, model=hostile, settings=hostile, provider_path=hostile)
    mine = cell(critic, named=hostile, study=hostile, scenario=hostile, condition_id=hostile)
    found = compare(answers(mine), answers(cell(OLD, scenario=hostile, condition_id=hostile), cell(OLD, named=hostile)))
    page = compare_page(found, PageOptions(title=hostile), new=hostile, old=hostile)
    reader = _Tags()
    reader.feed(page)
    assert "img" not in reader.tags
    assert reader.tags.count("script") == 1
    assert "\u202e" not in page
