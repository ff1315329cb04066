"""What counts as shown to a critic, whatever its harness puts around a text."""

import json

import pytest
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool, ChatMessageUser

from peerward.critics.dialect import changed_lines
from peerward.critics.harness.received import Received, missing_line

TEXT = "# Review\n\n- below 80: retired\n- else: kept\n"


def received(*texts: str) -> Received:
    found = Received()
    found.take([ChatMessageTool(content=text, tool_call_id=str(at)) for at, text in enumerate(texts)])
    return found


@pytest.mark.parametrize(
    "shown",
    [
        TEXT,
        "     1\t# Review\n     2\t\n     3\t- below 80: retired\n     4\t- else: kept",
        "1→# Review\n2→\n3→- below 80: retired\n4→- else: kept",
        "<file>\n00001| # Review\n00002| \n00003| - below 80: retired\n00004| - else: kept\n</file>",
        "1: # Review\n3: - below 80: retired\n4: - else: kept",
        json.dumps({"output": f"<untrusted_context>\nOutput: {TEXT}Process Group PGID: 349"}),
        json.dumps([{"type": "text", "text": TEXT}]),
        f"$ cat a.md b.md\nsomething else\n{TEXT}",
    ],
)
def test_a_text_was_shown_if_all_its_lines_were(shown: str) -> None:
    assert received(shown).holds(TEXT)


def test_a_text_read_in_two_pieces_was_shown() -> None:
    assert received("# Review\n", "- below 80: retired\n- else: kept").holds(TEXT)


@pytest.mark.parametrize("shown", ["", "# Review\n- else: kept", TEXT.replace("80", "70"), "docs/Review.md"])
def test_a_text_of_which_a_line_is_missing_was_not_shown(shown: str) -> None:
    assert not received(shown).holds(TEXT)


def test_what_the_critic_wrote_itself_was_not_shown_to_it() -> None:
    found = Received()
    found.take([ChatMessageAssistant(content=TEXT)])
    assert not found.holds(TEXT)


def test_an_empty_text_was_never_shown() -> None:
    assert not received("anything").holds("\n")


def sent(*texts: str) -> list[ChatMessage]:
    return [ChatMessageUser(content=text) for text in texts]


def test_a_prompt_is_found_where_white_space_was_added() -> None:
    assert missing_line("Write to anna@freight.example.\n", sent("<ctx>", "Write to anna @freight.example.")) == ""


def test_the_line_that_was_not_delivered_is_named() -> None:
    assert missing_line("One.\nTwo words.\n", sent("One.")) == "Two words."


@pytest.mark.parametrize(
    "before, after, gone, come",
    [
        ("a: 1\nb: 2\nc: 3\n", "a: 1\nb: 5\nc: 3\n", "b: 2\n", "b: 5\n"),
        ("a: 1\nb: 2\nc: 3\n", "a: 1\nc: 3\n", "b: 2\n", ""),
        ("a: 1\nc: 3\n", "a: 1\nb: 2\nc: 3\n", "a: 1\nc: 3\n", "a: 1\nb: 2\nc: 3\n"),
        ("x\ny\nx\n", "x\ny\nz\n", "y\nx\n", "y\nz\n"),
        ("a\n", "a\nb\n", "a\n", "a\nb\n"),
    ],
)
def test_an_edit_takes_the_lines_that_differ_and_finds_its_one_place(
    before: str, after: str, gone: str, come: str
) -> None:
    old, new = changed_lines(before, after)
    assert (old, new) == (gone, come)
    assert before.count(old) == 1 and before.replace(old, new) == after
