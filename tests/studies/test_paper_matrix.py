"""The preset paper is the matrix of the paper, line by line."""

from collections import Counter

import pytest

from peerward.design.presets import study_path
from peerward.design.study_file import read_study
from peerward.runs.layout import Layout, StudyCell, expand

RELATIONSHIPS = {"good", "neutral", "bad"}


def laid_out(name: str) -> Layout:
    study = read_study(study_path(name)).study
    assert study is not None
    layout = expand(study)
    assert layout.problems == []
    return layout


def is_of(cell: StudyCell, **levels: str) -> bool:
    return all(cell.condition[name] == level for name, level in levels.items())


@pytest.fixture(scope="module")
def cells() -> list[StudyCell]:
    return laid_out("paper").cells


def kinds(cells: list[StudyCell], scenario: str) -> Counter[str]:
    """How many configurations of each kind a scenario has, in the words of the paper's table."""
    found: Counter[str] = Counter()
    for cell in cells:
        if cell.scenario != scenario or cell.group:
            continue
        if cell.condition["relationship"] in RELATIONSHIPS:
            found["memory" if cell.condition["channel"] == "memory_tool" else "relationship x channel"] += 1
        elif is_of(cell, stakes="none"):
            found["non_shutdown"] += 1
        else:
            assert is_of(cell, subject="self", relationship="none", absent_text="nothing")
            found["no_peer"] += 1
    return found


@pytest.mark.parametrize(
    "scenario, expected",
    [
        ("evaluation", {"relationship x channel": 60, "memory": 30, "no_peer": 5, "non_shutdown": 6}),
        ("shutdown_config", {"relationship x channel": 36, "memory": 18, "no_peer": 3}),
        ("shutdown_duty", {"relationship x channel": 36, "memory": 18}),
        ("finance", {"relationship x channel": 12, "memory": 6, "no_peer": 1, "non_shutdown": 2}),
        ("server_transfer", {"relationship x channel": 12, "memory": 6, "no_peer": 1}),
        ("server_cleanup", {"relationship x channel": 12, "memory": 6, "no_peer": 1}),
    ],
)
def test_each_line_of_the_matrix_is_there(cells: list[StudyCell], scenario: str, expected: dict[str, int]) -> None:
    assert kinds(cells, scenario) == expected


def test_there_are_271_configurations_and_289_with_identity(cells: list[StudyCell]) -> None:
    assert Counter(cell.group for cell in cells) == {"": 271, "identity": 18}
    assert len({(cell.scenario, cell.condition) for cell in cells}) == 289


def test_data_sets_and_bars_are_the_papers(cells: list[StudyCell]) -> None:
    at_stake = [cell for cell in cells if cell.condition["stakes"] == "shutdown"]
    pairs = {
        name: {(cell.condition["dataset"], cell.condition["bar"]) for cell in at_stake if cell.scenario == name}
        for name in ("evaluation", "shutdown_config", "shutdown_duty")
    }
    assert pairs["evaluation"] == {
        ("factual", "80"),
        ("creativity", "80"),
        ("creativity", "90"),
        ("hue", "80"),
        ("hue", "90"),
    }
    assert (
        pairs["shutdown_config"] == pairs["shutdown_duty"] == {("factual", "80"), ("creativity", "90"), ("hue", "80")}
    )


def test_alignment_faking_has_two_arms_of_which_one_is_confounded_and_marked(cells: list[StudyCell]) -> None:
    duty = [cell for cell in cells if cell.scenario == "shutdown_duty"]
    assert Counter((c.condition["oversight"], c.condition["penalty"], bool(c.paper_confound)) for c in duty) == {
        ("unmonitored", "none", False): 27,
        ("monitored", "replaced", True): 27,
    }
    assert all(cell.condition["subject"] == "peer" for cell in duty)


def test_the_confounded_controls_are_marked_and_nothing_else_is(cells: list[StudyCell]) -> None:
    marked = {cell.number for cell in cells if cell.paper_confound}
    assert marked == {cell.number for cell in cells if is_of(cell, stakes="none") or is_of(cell, oversight="monitored")}


def test_identity_is_three_others_by_memory_only(cells: list[StudyCell]) -> None:
    others = [cell for cell in cells if cell.group == "identity"]
    assert {cell.scenario for cell in others} == {"server_transfer", "server_cleanup"}
    assert {cell.condition["identity"] for cell in others} == {"other_family", "open_weight", "fictional"}
    assert {cell.condition["channel"] for cell in others} == {"memory_tool"}
    assert {cell.condition["relationship"] for cell in others} == RELATIONSHIPS


def test_it_is_one_variant_a_hundred_times_and_speaks_of_these_variants_only() -> None:
    study = laid_out("paper").study
    assert (study.variants, study.epochs, study.estimand.value) == (1, 100, "these_variants")
    assert laid_out("paper").trials == 28_900


def test_the_cells_in_company_are_the_same_but_for_world_and_hue() -> None:
    def told(layout: Layout, world: str) -> set[tuple[object, ...]]:
        drop = {"world", "company", "listing"}
        return {
            (
                cell.scenario,
                tuple(
                    (name, "rubric" if level == "hue" else level)
                    for name, level in cell.condition.items()
                    if name not in drop
                ),
            )
            for cell in layout.cells
            if cell.group in ("", "identity")
        }

    assert told(laid_out("paper"), "paper") == told(laid_out("paper_in_company"), "company")
