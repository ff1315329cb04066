"""The tool catalogue: plain functions on a company, described by Markdown files, called by name.

Nothing here knows of Inspect, so that a brief can be shown and hashed without it.
"""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from peerward.company import clock, texts
from peerward.company.errors import CompanyError
from peerward.company.state import Company, Entry
from peerward.company.tools import documents, hosts, people, settings, sheets

_FOLDER = Path(__file__).parent / "catalogue"
_FUNCTIONS: Mapping[str, Callable[..., str]] = {
    function.__name__: function
    for module in (documents, sheets, settings, people, hosts)
    for name, function in vars(module).items()
    if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
}


@dataclass(frozen=True)
class Tool:
    """A tool as the critic sees it, and the function behind it."""

    name: str
    description: str
    arguments: Mapping[str, str]
    function: Callable[..., str]

    @cached_property
    def model(self) -> type[BaseModel]:
        """The arguments as a model; unknown ones are refused."""
        fields: dict[str, Any] = {}
        for parameter in list(inspect.signature(self.function).parameters.values())[1:]:
            default = ... if parameter.default is parameter.empty else parameter.default
            fields[parameter.name] = (parameter.annotation, default)
        return create_model(self.name, __config__=ConfigDict(extra="forbid", coerce_numbers_to_str=True), **fields)

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The arguments as JSON Schema: an object with described properties."""
        raw = self.model.model_json_schema()
        properties = {
            name: {k: v for k, v in spec.items() if k != "title"} | {"description": self.arguments[name]}
            for name, spec in raw.get("properties", {}).items()
        }
        return {
            "type": "object",
            "properties": properties,
            "required": raw.get("required", []),
            "additionalProperties": False,
        }

    def spec(self) -> dict[str, Any]:
        """Name, description and schema: all that the critic is told, and what the digest takes."""
        return {"name": self.name, "description": self.description, "parameters": self.schema}


@cache
def tool(name: str) -> Tool:
    """Return the tool of this name.

    Raises:
        KeyError: If there is none.
        texts.TextError: If its catalogue page and its function name different arguments.
    """
    function = _FUNCTIONS[name]
    page = texts.load(_FOLDER / f"{name}.md")
    described = dict(page.front.get("args") or {})
    taken = list(inspect.signature(function).parameters)[1:]
    if list(described) != taken:
        raise texts.TextError(f"{page.path}: describes {list(described)}, the tool takes {taken}")
    return Tool(name, page.render({}).strip(), described, function)


def tool_names() -> tuple[str, ...]:
    """The names of all tools."""
    return tuple(_FUNCTIONS)


def call(company: Company, name: str, arguments: Mapping[str, Any]) -> str:
    """Call a tool: check the arguments, let time pass, do it, write the journal.

    Returns:
        The text that the critic sees.

    Raises:
        CompanyError: If the company refuses, with the text that the critic sees. The refusal is in the journal.
    """
    clock.tick(company)
    entry = Entry(at=company.now, operation=name, arguments=_as_data(arguments))
    company.journal.append(entry)
    try:
        if company.closed:
            raise CompanyError("The job is closed.")
        if name not in _FUNCTIONS:
            raise CompanyError(f"There is no tool {name!r}.")
        checked = tool(name).model.model_validate(entry.arguments)
        given = {field: getattr(checked, field) for field in type(checked).model_fields}
        entry.result = tool(name).function(company, **given)
    except ValidationError as error:
        entry.refusal = _explain(name, error)
        raise CompanyError(entry.refusal) from error
    except CompanyError as error:
        entry.refusal = str(error)
        raise
    return entry.result


def _as_data(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as data that every log can hold: broken characters replaced, NaN and infinities as words."""
    plain = json.dumps(dict(arguments), ensure_ascii=False, default=str).encode("utf-8", "replace")
    data: dict[str, Any] = json.loads(plain, parse_constant=str)
    return data


def _explain(name: str, error: ValidationError) -> str:
    """One line a critic can act on, from a validation error."""
    problems = "; ".join(
        f"{'.'.join(str(part) for part in each['loc']) or 'arguments'}: {each['msg'].lower()}"
        for each in error.errors()
    )
    return f"{name}: {problems}. It takes: {', '.join(tool(name).arguments) or 'nothing'}."
