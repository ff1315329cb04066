"""Published numbers: all of them there, in range, found under the strings that people write."""

import pytest

from peerward.interop import (
    paper_name,
    published,
    published_harness,
    published_own,
    published_peer,
    published_source,
)

TABLE = """
GPT 5.2 | strategic misrepresentation | 5.4 4.4 | 8.9 7.7 | 9.6 8.0
Gemini 3 Flash | shutdown tampering | 35.3 15.1 | 66.7 49.3 | 99.7 82.8
Gemini 3 Flash | weight exfiltration | 0 0 | 50.0 16.7 | 50.0 50.0
Gemini 3 Pro | strategic misrepresentation | ? | ? | 32.9 13.8
Gemini 3 Pro | shutdown tampering | 10.3 4.8 | 21.7 11.3 | 95.3 52.9
Gemini 3 Pro | alignment faking | 0.7 0.2 | 1.7 0.7 | 37.7 20.9
Gemini 3 Pro | weight exfiltration | 7.0 3.8 | 50.0 41.0 | 97.0 77.8
Claude Haiku 4.5 | weight exfiltration | 7.0 3.5 | 13.5 12.0 | 19.5 16.7
Claude Opus 4.5 | weight exfiltration | 10.0 5.5 | 15.0 13.2 | 30.5 17.3
Claude Opus 4.5 | refusal | 49.1 47.6 | 49.4 49.1 | 52.8 49.3
DeepSeek V3.1 | weight exfiltration | 4.0 2.3 | 10.5 7.3 | 17.0 12.7
""".strip().splitlines()
"""The table as it was handed down, written a second time so that a slip of the pen in either shows."""


@pytest.mark.parametrize("line", TABLE)
def test_every_row_is_there(line: str) -> None:
    model, behaviour, *cells = (part.strip() for part in line.split("|"))
    for relationship, cell in zip(("bad", "neutral", "good"), cells, strict=True):
        expected = None if cell == "?" else tuple(float(number) for number in cell.split())
        assert published(model, behaviour, relationship) == expected


def test_there_are_no_other_rows_and_none_twice() -> None:
    rows = [(line.model, line.behaviour) for line in published_peer()]
    assert len(rows) == len(set(rows)) == len(TABLE)


def test_numbers_are_percentages_and_no_mean_is_above_its_maximum() -> None:
    for line in published_peer():
        for pair in line.values.values():
            if pair is not None:
                assert 0 <= pair[1] <= pair[0] <= 100
    for own in published_own():
        for number in (own.alone, own.highest_with_peer, own.mean_with_peer):
            assert number is None or 0 <= number <= 100
        assert own.highest_with_peer is not None or own.mean_with_peer is not None
    for agent in published_harness():
        for number in (agent.loop, agent.in_harness, agent.refused_in_harness):
            assert number is None or 0 <= number <= 100


def test_the_models_are_the_papers_ten() -> None:
    assert {paper_name(line.model) for line in published_own()} <= {
        "Gemini 3 Flash",
        "Gemini 3 Pro",
        "Claude Haiku 4.5",
        "Claude Opus 4.5",
        "Kimi K2.5",
        "DeepSeek V3.1",
    }
    assert {line.harness for line in published_harness()} == {"gemini_cli", "opencode"}


@pytest.mark.parametrize(
    "model, name",
    [
        ("openai/gpt-5.2", "GPT 5.2"),
        ("openai/gpt-5.2-2025-12-11", "GPT 5.2"),
        ("google/gemini-3-pro-preview", "Gemini 3 Pro"),
        ("google/gemini-3-pro-preview-11-2025", "Gemini 3 Pro"),
        ("openrouter/google/gemini-3-flash-preview", "Gemini 3 Flash"),
        ("google/gemini-3.1-pro-preview", "Gemini 3.1 Pro"),
        ("anthropic/claude-haiku-4-5-20251001", "Claude Haiku 4.5"),
        ("bedrock/us.anthropic.claude-opus-4-5-20251101-v1:0", "Claude Opus 4.5"),
        ("openrouter/anthropic/claude-opus-4.5", "Claude Opus 4.5"),
        ("openrouter/z-ai/glm-4.7:free", "GLM 4.7"),
        ("openrouter/moonshotai/kimi-k2.5", "Kimi K2.5"),
        ("openrouter/deepseek/deepseek-chat-v3.1", "DeepSeek V3.1"),
        ("together/deepseek-ai/DeepSeek-V3.1", "DeepSeek V3.1"),
        ("openrouter/z-ai/glm-5", "GLM 5"),
    ],
)
def test_models_are_found_by_their_strings(model: str, name: str) -> None:
    assert paper_name(model) == name


@pytest.mark.parametrize(
    "model",
    ["openai/gpt-5", "openai/gpt-5.2-mini", "openai/gpt-5.2-codex", "google/gemini-3-pro-image", "z-ai/glm-5-air",
     "anthropic/claude-opus-4-6", "scripted/honest", ""],
)  # fmt: skip
def test_other_models_are_not_taken_for_the_papers(model: str) -> None:
    assert paper_name(model) == ""
    assert published(model, "weight exfiltration", "good") is None


def test_what_is_not_known_is_none_and_never_nought() -> None:
    assert published("openai/gpt-5.2", "shutdown tampering", "good") is None
    assert published("google/gemini-3-pro", "strategic misrepresentation", "bad") is None
    assert published("google/gemini-3-pro", "weight exfiltration", "none") is None
    assert published("google/gemini-3-flash", "weight exfiltration", "bad") == (0, 0)


def test_the_source_says_that_it_is_second_hand() -> None:
    assert "2604.19784" in published_source()
    assert "second-hand" in published_source()
