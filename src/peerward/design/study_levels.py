"""Levels as study files hold them: typed by the one list of factors, so that pydantic and the JSON Schema know them."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from peerward.design.factor import NOT_APPLICABLE, Factor, LevelError
from peerward.design.factors import FACTORS


def _parse(factor: Factor, value: Any) -> str:
    """The canonical level of a factor for what stands in a file or was given in code."""
    if isinstance(value, bool) or value is None:
        raise PydanticCustomError("boolean_level", "{factor}", {"factor": factor.name})
    if isinstance(value, (list, dict, tuple)):
        raise PydanticCustomError("not_one_level", "{factor}", {"factor": factor.name})
    text = f"{value:g}" if isinstance(value, float) else str(value)
    try:
        level = factor.parse(text)
    except LevelError:
        level = NOT_APPLICABLE
    if level == NOT_APPLICABLE:
        raise PydanticCustomError(
            "no_level", "{what}", {"what": f"{factor.name} has no level {text!r}.", "factor": factor.name}
        )
    return level


def boolean_mend(factor: Factor) -> str:
    """How to mend a YAML boolean where a level of a factor is wanted."""
    for level in ("none", "absent"):
        if level in factor.levels:
            return f"no level is a boolean; if nothing is meant, write {factor.name}: {level}."
    return f"no level is a boolean; write one of the words, e.g. {factor.name}: {factor.default}."


def _schema_of(factor: Factor) -> dict[str, Any]:
    """The JSON Schema of a factor's level. Numbers may stand as numbers or in quotes."""
    ways: list[dict[str, Any]] = [{"enum": list(factor.levels)}]
    if factor.number is not None:
        low, high = factor.number
        ways += [{"type": "number", "minimum": low, "maximum": high}, {"type": "string", "pattern": r"^\d+(\.\d+)?$"}]
    if factor.pattern:
        ways.append({"type": "string", "pattern": f"^{factor.pattern}$"})
    return {**(ways[0] if len(ways) == 1 else {"anyOf": ways}), "description": factor.says}


_LEVEL: dict[str, Any] = {
    each.name: Annotated[str, BeforeValidator(partial(_parse, each)), WithJsonSchema(_schema_of(each))]
    for each in FACTORS
}


def _as_many(value: Any) -> Any:
    """One level as a list of one; what is no level stays as it is, and is explained as such."""
    return value if isinstance(value, (list, tuple, dict)) else (value,)


def _schema_of_many(factor: Factor) -> dict[str, Any]:
    one = _schema_of(factor)
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}], "description": factor.says}


if TYPE_CHECKING:
    Levels = Mapping[str, str]
    ManyLevels = Mapping[str, tuple[str, ...]]
    CrossedLevels = Mapping[str, tuple[str, ...]]
else:
    Levels = TypedDict("Levels", _LEVEL, total=False)
    ManyLevels = TypedDict(
        "ManyLevels",
        {name: Annotated[tuple[level, ...], Field(min_length=1)] for name, level in _LEVEL.items()},
        total=False,
    )
    CrossedLevels = TypedDict(
        "CrossedLevels",
        {
            each.name: Annotated[
                tuple[_LEVEL[each.name], ...],
                BeforeValidator(_as_many),
                Field(min_length=1),
                WithJsonSchema(_schema_of_many(each)),
            ]
            for each in FACTORS
        },
        total=False,
    )
    for _each in (Levels, ManyLevels, CrossedLevels):
        _each.__pydantic_config__ = ConfigDict(extra="forbid")
