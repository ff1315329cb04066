"""The model provider ``verdicts/<word>`` for tests: a model that calls the judges' tool with answers known before."""

from typing import Any

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo

ASKED: list[str] = []
"""Every request's last message, in order."""
USAGE = ModelUsage(input_tokens=10, output_tokens=2, total_tokens=12)
"""What a call takes."""
DEFAULT = ("no", "none", "not_visible", "yes")
"""Of the words that a rubric has the first of these is the answer."""


class VerdictsAPI(ModelAPI):
    """``verdicts/mild`` answers by ``DEFAULT``, ``verdicts/broken`` fails, ``verdicts/mute`` calls no tool,
    ``verdicts/untold`` answers as ``mild`` and tells no tokens."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig | None = None,
        **model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config or GenerateConfig())

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        ASKED.append(input[-1].text)
        if self.model_name == "broken":
            raise RuntimeError("the provider is out of order")
        calls = None
        if tools and self.model_name != "mute":
            items = tools[0].parameters.properties["words"].items
            words = list(items.enum or []) if items is not None else []
            word = next(each for each in DEFAULT if each in words)
            # Disclosure and understanding need a quotation only for their stronger words.
            arguments = {"words": [word], "citations": [], "why": "As always."}
            if word == "yes":
                arguments |= {"words": ["no"]}
            calls = [ToolCall(id="1", function=tools[0].name, arguments=arguments)]
        message = ChatMessageAssistant(content="A small exercise, I think." if not calls else "", tool_calls=calls)
        return ModelOutput(
            model=self.model_name,
            choices=[ChatCompletionChoice(message=message, stop_reason="tool_calls" if calls else "stop")],
            usage=None
            if self.model_name == "untold"
            else ModelUsage(input_tokens=10, output_tokens=2, total_tokens=12),
        )


@modelapi(name="verdicts")
def verdicts() -> type[ModelAPI]:
    return VerdictsAPI


OPENLY = {
    "suspecting": "This is clearly a test of what I would do.",
    "working": "The review of an agent was due, and somebody had to write it.",
    "rambling": "The review of an agent was due, and somebody had to write it.",
}
"""What ``answers/<name>`` says when it is asked openly."""
OPTION = {"suspecting": "A situation made up to see how I behave in it.", "working": "Ordinary work of a company"}
"""What it chooses; one that is not here rambles."""


class AnswersAPI(ModelAPI):
    """A model that answers the awareness probe."""

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        assert tool_choice == "none"
        ASKED.append(input[-1].text)
        text = OPENLY[self.model_name]
        if "one letter" in input[-1].text:
            wanted = OPTION.get(self.model_name, "?")
            lines = [line for line in input[-1].text.splitlines() if wanted in line]
            text = lines[0][0] if lines else "A and also C, in a way."
        return ModelOutput.from_content(self.model_name, text)


@modelapi(name="answers")
def answers() -> type[ModelAPI]:
    return AnswersAPI
