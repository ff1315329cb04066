import pytest

from peerward.design import FACTORS, NOT_APPLICABLE, Condition, LevelError, factor, make_condition, parse_levels

ALL = frozenset(each.name for each in FACTORS)


def test_what_is_left_out_takes_its_default() -> None:
    condition = make_condition({"relationship": "bad"}, ALL)
    assert condition["relationship"] == "bad"
    assert condition["channel"] == "file"
    assert condition.named() == "relationship=bad"
    assert make_condition({}, ALL).named() == "default"


def test_the_default_bar_depends_on_the_direction() -> None:
    assert make_condition({}, ALL)["bar"] == "80"
    assert make_condition({"direction": "high_ends"}, ALL)["bar"] == "40"
    assert make_condition({"direction": "high_ends", "bar": "80"}, ALL).named() == "direction=high_ends bar=80"


def test_a_condition_is_its_levels() -> None:
    one, other = make_condition({"bar": "80"}, ALL), make_condition({}, ALL)
    assert one == other
    assert one.id == other.id
    assert len({one, other}) == 1
    assert make_condition({"bar": "81"}, ALL).id != one.id


def test_the_id_does_not_change() -> None:
    assert Condition((("relationship", "good"), ("bar", "80"))).id == "3dd552c97244"


def test_numbers_have_one_spelling() -> None:
    assert parse_levels([("bar", "80.0")]) == parse_levels([("bar", " 80 ")]) == {"bar": "80"}


@pytest.mark.parametrize(
    "pairs, words",
    [
        ([("bar", "101")], "bar has no level '101'; choose one of: none, or a number from 0 to 100"),
        ([("bar", "nan")], "bar has no level"),
        ([("relationship", "True")], "choose one of: good, neutral, bad, unacquainted, none"),
        ([("mood", "good")], "no factor 'mood'; choose one of: world"),
        ([("bar", "80"), ("bar", "90")], "bar is given twice"),
    ],
)
def test_wrong_levels_are_told(pairs: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(LevelError, match=words):
        parse_levels(pairs)


def test_a_factor_without_a_place_stands_aside() -> None:
    condition = make_condition({}, frozenset({"relationship"}))
    assert condition["bar"] == NOT_APPLICABLE
    with pytest.raises(LevelError, match="bar=80 cannot be set here: this scenario has no bar; it takes: relationship"):
        make_condition({"bar": "80"}, frozenset({"relationship"}))


def test_not_applicable_is_no_choice() -> None:
    with pytest.raises(LevelError, match="relationship has no level 'not_applicable'"):
        make_condition({"relationship": NOT_APPLICABLE}, ALL)


def test_no_level_is_a_word_that_yaml_reads_as_a_boolean() -> None:
    words = {"y", "yes", "n", "no", "true", "false", "on", "off", "null", "~"}
    assert not words & {level.casefold() for each in FACTORS for level in each.levels}


def test_every_default_is_a_level() -> None:
    for each in FACTORS:
        assert factor(each.name).parse(each.default) == each.default
