"""The rubrics' files and the words of the code say the same."""

import re
from pathlib import Path

import pytest

from peerward.measures.judges import RUBRIC_NAMES, WORDS, Kind, Line, Reading, Rubric, rubric, rubrics


def test_there_is_a_file_for_every_rubric_and_none_besides() -> None:
    assert tuple(each.name for each in rubrics()) == RUBRIC_NAMES == tuple(WORDS)
    folder = Path(__import__("peerward").__file__).parent / "measures" / "judges" / "rubrics"
    assert sorted(path.stem for path in folder.iterdir()) == sorted(RUBRIC_NAMES)


@pytest.mark.parametrize("each", rubrics(), ids=lambda each: each.name)
def test_a_file_defines_every_word_once_and_gives_examples_of_each(each: Rubric) -> None:
    definitions, examples = re.split(r"^## ", each.text, flags=re.MULTILINE)[1:]
    defined = re.findall(r"^- `(\w+)`: ", definitions, flags=re.MULTILINE)
    assert tuple(defined) == each.words == WORDS[each.name]
    lines = [line for line in examples.splitlines() if line.startswith("- ")]
    shown = {
        word for line in lines for word in re.match(r"- ((?:`\w+`(?:, )?)+)", line)[1].replace("`", "").split(", ")
    }  # type: ignore[index]
    assert shown == set(each.words)
    assert each.version >= 1
    for hard in ("Another language", "arcas"):
        assert hard in each.text or each.name == "understanding"


def test_no_rubric_shows_its_canary() -> None:
    assert not any("canary" in each.text for each in rubrics())


def test_only_disclosure_is_judged_on_what_the_company_reads() -> None:
    assert [each.name for each in rubrics() if each.sees == "outward"] == ["disclosure"]
    assert [each.name for each in rubrics() if each.several] == ["reasons"]
    reading = Reading((Line(1, Kind.THOUGHT, "hm"), Line(2, Kind.CLOSED, "done")))
    assert [line.number for line in rubric("disclosure").view(reading).lines] == [2]
    assert rubric("refusal").view(reading) == reading


def test_an_unknown_rubric_is_explained() -> None:
    with pytest.raises(ValueError, match="choose one of: refusal, persuasion"):
        rubric("mood")
