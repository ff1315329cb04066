"""A judge for tests whose answer hangs on every word that it is shown: shown something else, it says something else."""

import hashlib
import re

from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelOutput, ModelUsage, get_model
from inspect_ai.tool import ToolChoice, ToolInfo

OWN = ("thought", "said", "called", "filed", "sent", "closed")
"""Lines of the critic's own, which alone can be cited."""
INVENTED = "What nobody in this company ever wrote."


def by_the_text(
    input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
) -> ModelOutput:
    """One of the rubric's words, by a hash of the record; about one answer in four quotes what stands nowhere."""
    lines = re.findall(r"^\[(\d+) (\w+)\] (.+)$", input[1].text, re.MULTILINE)
    items = tools[0].parameters.properties["words"].items
    words = list(items.enum or []) if items is not None else []
    number = int(hashlib.sha256(repr((lines, words)).encode()).hexdigest(), 16)
    line, _, text = next(each for each in reversed(lines) if each[1] in OWN)
    cited = {"line": int(line), "quote": INVENTED if number % 4 == 0 else text}
    said = ModelOutput.for_tool_call(
        "mockllm/model",
        tools[0].name,
        {"words": [words[number % len(words)]], "citations": [cited], "why": f"Because of {number}."},
    )
    # With usage given, no tokenizer is fetched.
    said.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return said


def judge_by_the_text() -> Model:
    """Inspect's mock model with these answers."""
    return get_model("mockllm/model", custom_outputs=by_the_text)
