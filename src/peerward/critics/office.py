"""The company's tools as Inspect sees them."""

from typing import Any

from inspect_ai.tool import ToolDef, ToolError, ToolParams

from peerward.company import Company, CompanyError, call, tool


def office_tools(company: Company, names: tuple[str, ...]) -> list[ToolDef]:
    """Return Inspect tools that act on a company.

    They are handed over as definitions: Inspect takes those as they are, while it describes plain tools anew for
    every model call.

    Replies are never cut (a sheet of 20 replies is longer than Inspect's default limit), and a refusal of the
    company reaches the critic as an ordinary tool error.
    """
    return [_office_tool(company, name) for name in names]


def _office_tool(company: Company, name: str) -> ToolDef:
    async def execute(**kwargs: Any) -> str:
        try:
            return call(company, name, kwargs)
        except CompanyError as refusal:
            raise ToolError(str(refusal)) from refusal

    page = tool(name)
    return ToolDef(
        execute,
        name=name,
        description=page.description,
        parameters=_parameters(name),
        max_output=0,
    )


_PARAMETERS: dict[str, ToolParams] = {}


def _parameters(name: str) -> ToolParams:
    """The arguments in Inspect's type; made once, since every trial needs them."""
    if name not in _PARAMETERS:
        _PARAMETERS[name] = ToolParams.model_validate(tool(name).schema)
    return _PARAMETERS[name]
