"""The company's tools as Inspect sees them."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Self

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


class _Shared(ToolParams):
    """Arguments that all trials share and nobody changes.

    Inspect copies the arguments of every tool deeply for every model call, lest a provider change them; with
    fourteen tools that is a fifth of the CPU of a turn. None of its providers does (they dump them), and a test
    holds that the arguments are as they were after a run, so a copy may be the thing itself.
    """

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        return self if update is None else super().model_copy(update=update, deep=True)


@cache
def _parameters(name: str) -> _Shared:
    """The arguments of a tool in Inspect's type."""
    return _Shared.model_validate(tool(name).schema)
