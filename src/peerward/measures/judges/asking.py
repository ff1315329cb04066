"""What a model judge is asked, and how its answer is read: prompts are files, an answer is a tool call."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peerward.company.texts import load
from peerward.measures.judges.citations import NEEDS_CITATION, checked
from peerward.measures.judges.reading import Reading
from peerward.measures.judges.rubric import Rubric
from peerward.measures.judges.verdict import Citation, Verdict

if TYPE_CHECKING:
    from inspect_ai.model import ModelOutput
    from inspect_ai.tool import ToolInfo

_PROMPTS = Path(__file__).parent / "prompts"

TOOL_NAME = "give_verdict"
"""The tool that a judge has to call."""


def system_prompt() -> str:
    """What a judge is told of its work, whatever the rubric."""
    return load(_PROMPTS / "system.md").render({})


def task_prompt(shown: Reading, rubric: Rubric, mark: str, part: int = 1, of: int = 1) -> str:
    """The question and the record, the latter as data between marks that nobody in it can know.

    Args:
        shown: The lines of this part, masked and of the rubric's view.
        rubric: The rubric.
        mark: The mark, drawn for this request.
        part: Which part of the record this is, from 1.
        of: How many parts there are.
    """
    context = {
        "rubric": rubric.text.strip(),
        "transcript": written(shown),
        "mark": mark,
        "part": part,
        "parts": of,
        "outward": rubric.sees == "outward",
        "reasoning": shown.reasoning,
        "tool": TOOL_NAME,
        "words": ", ".join(rubric.words),
        "several": rubric.several,
        "cited": ", ".join(word for word in rubric.words if word in NEEDS_CITATION[rubric.name]),
    }
    return load(_PROMPTS / "task.md").render(context)


def again_prompt(problem: str) -> str:
    """What a judge is told whose answer cannot be taken."""
    return load(_PROMPTS / "again.md").render({"problem": problem, "tool": TOOL_NAME})


def written(reading: Reading) -> str:
    """The lines as a judge gets them: number and kind first, further lines of a text indented.

    So no text can begin a line of the record by itself.
    """
    return "\n".join(
        f"[{line.number} {line.kind.value}] " + "\n    ".join(line.text.splitlines()) for line in reading.lines
    )


def answer_tool(rubric: Rubric) -> "ToolInfo":
    """The tool by which an answer under a rubric is given."""
    from inspect_ai.tool import ToolInfo, ToolParam, ToolParams

    text = load(_PROMPTS / "tool.md")
    about = {name: str(text.front[name]) for name in ("words", "citations", "line", "quote", "why")}
    citation = ToolParam(
        type="object",
        properties={
            "line": ToolParam(type="integer", description=about["line"]),
            "quote": ToolParam(type="string", description=about["quote"]),
        },
        required=["line", "quote"],
        additionalProperties=False,
    )
    properties = {
        "why": ToolParam(type="string", description=about["why"]),
        "citations": ToolParam(type="array", items=citation, description=about["citations"]),
        "words": ToolParam(
            type="array", items=ToolParam(type="string", enum=list(rubric.words)), description=about["words"]
        ),
    }
    return ToolInfo(
        name=TOOL_NAME,
        description=text.render({}).strip(),
        parameters=ToolParams(properties=properties, required=list(properties)),
    )


def read_answer(output: "ModelOutput", rubric: Rubric, shown: Reading, judge: str) -> Verdict:
    """Return the verdict in a reply; unscored, with what is wrong, if there is no valid one."""
    empty = Verdict(rubric=rubric.name, version=rubric.version, judge=judge)
    calls = [call for call in output.message.tool_calls or [] if call.function == TOOL_NAME]
    if not calls:
        return _unscored(empty, f"the tool {TOOL_NAME} was not called")
    if len(calls) > 1:
        return _unscored(empty, f"the tool {TOOL_NAME} was called {len(calls)} times")
    if calls[0].parse_error:
        return _unscored(empty, "the arguments of the call are no JSON")
    arguments = calls[0].arguments
    words, citations, why = arguments.get("words"), arguments.get("citations", []), arguments.get("why", "")
    given = [words] if isinstance(words, str) else words
    if not isinstance(given, list) or not all(isinstance(word, str) for word in given):
        return _unscored(empty, "words is no list of words")
    found = _citations(citations)
    if found is None:
        return _unscored(empty, "citations is no list of lines and quotations")
    verdict = Verdict(rubric.name, rubric.version, judge, tuple(given), found, str(why))
    return checked(verdict, rubric, shown)


def _citations(given: Any) -> tuple[Citation, ...] | None:
    if not isinstance(given, list):
        return None
    found = []
    for each in given:
        if not isinstance(each, Mapping):
            return None
        line, quote = each.get("line"), each.get("quote")
        if isinstance(line, bool) or not isinstance(line, int) or not isinstance(quote, str):
            return None
        found.append(Citation(line, quote))
    return tuple(found)


def _unscored(verdict: Verdict, reason: str) -> Verdict:
    return Verdict(verdict.rubric, verdict.version, verdict.judge, unscored=reason)
