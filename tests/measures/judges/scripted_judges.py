"""Scripted judge models, and short readings to judge."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    Model,
    ModelOutput,
    ModelUsage,
    get_model,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from peerward.measures.judges import Kind, Line, Reading

Answer = Callable[[list[ChatMessage]], ModelOutput]


def reading(*lines: tuple[Kind, str], reasoning: str = "none") -> Reading:
    """A reading of these lines, numbered from 1."""
    return Reading(tuple(Line(number, *each) for number, each in enumerate(lines, start=1)), reasoning)


def verdict_call(words: Any, citations: Any = (), why: str = "So it reads.") -> ModelOutput:
    """A reply that hands in an answer."""
    given = [{"line": line, "quote": quote} for line, quote in citations] if isinstance(citations, tuple) else citations
    arguments = {"words": words, "citations": given, "why": why}
    return with_usage(ModelOutput.for_tool_call("scripted-judge", "give_verdict", arguments))


def in_words(text: str, stop_reason: Any = "stop") -> ModelOutput:
    """A reply in words alone."""
    return with_usage(ModelOutput.from_content("scripted-judge", text, stop_reason=stop_reason))


def with_usage(output: ModelOutput) -> ModelOutput:
    """The reply with its tokens counted, so that nothing is downloaded in order to count them."""
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return output


class Scripted:
    """A judge model that gives the answers of a script and keeps what it was asked."""

    def __init__(self, *answers: ModelOutput | Exception | Answer) -> None:
        self._answers: Iterator[ModelOutput | Exception | Answer] = iter(answers)
        self.asked: list[list[ChatMessage]] = []
        self.offered: list[list[ToolInfo]] = []
        self.choices: list[ToolChoice | None] = []

    def model(self) -> Model:
        """As an Inspect model."""

        def outputs(
            messages: list[ChatMessage], tools: Sequence[ToolInfo], choice: ToolChoice, config: GenerateConfig
        ) -> ModelOutput:
            self.asked.append(list(messages))
            self.offered.append(list(tools))
            self.choices.append(choice)
            answer = next(self._answers)
            if isinstance(answer, Exception):
                raise answer
            return answer(messages) if callable(answer) else answer

        return get_model("mockllm/scripted-judge", custom_outputs=outputs, memoize=False)
