"""The language of experiments: what a study is, as typed data.

A study is scenarios x conditions x variants x epochs, with declared contrasts. ``study_file`` reads one from YAML;
what needs the stories (which factors have a place, whether something is at stake) is checked in ``runs.studies``.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from typing_extensions import TypedDict

from peerward.design.factors import FACTORS, NOT_APPLICABLE, Factor, LevelError
from peerward.design.problems import did_you_mean

HEADLINE = "headline"
"""The word for each scenario's own headline finding."""

_YES, _NO = ("true", "yes", "on"), ("false", "no", "off", "null")


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
    named: dict[str, Any] = {"enum": list(factor.levels), "description": factor.says}
    if factor.number is None:
        return named
    low, high = factor.number
    number = {"type": "number", "minimum": low, "maximum": high}
    return {"anyOf": [named, number, {"type": "string", "pattern": r"^\d+(\.\d+)?$"}], "description": factor.says}


_LEVEL: dict[str, Any] = {
    each.name: Annotated[str, BeforeValidator(partial(_parse, each)), WithJsonSchema(_schema_of(each))]
    for each in FACTORS
}

if TYPE_CHECKING:
    Levels = Mapping[str, str]
    ManyLevels = Mapping[str, tuple[str, ...]]
else:
    Levels = TypedDict("Levels", _LEVEL, total=False)
    ManyLevels = TypedDict(
        "ManyLevels",
        {name: Annotated[tuple[level, ...], Field(min_length=1)] for name, level in _LEVEL.items()},
        total=False,
    )
    Levels.__pydantic_config__ = ManyLevels.__pydantic_config__ = ConfigDict(extra="forbid")

Text = Annotated[str, Field(strict=True, min_length=1)]
Yes = Annotated[bool, Field(strict=True)]
Natural = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, ge=1)]
Name = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9][a-z0-9_-]*$")]


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[
    tuple[Text, ...],
    BeforeValidator(_one_or_many, json_schema_input_type=str | list[str]),
    Field(min_length=1),
]
"""Names of scenarios, one or several; ``all`` stands for all."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Partial(_Frozen):
    """Some levels, written beside the entry's own keys: ``{scenario: finance, relationship: bad}``."""

    scenario: Text | None = Field(None, description="Only in this scenario; in all of the study unless given.")
    levels: Levels = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping) or "levels" in raw:
            return raw
        own = {key: value for key, value in raw.items() if key in cls.model_fields}
        return {**own, "levels": {key: value for key, value in raw.items() if key not in own}}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The levels stand beside the entry's own keys."""
        schema = handler.resolve_ref_schema(handler(core))
        levels = handler.resolve_ref_schema(schema["properties"].pop("levels"))
        schema["properties"] |= levels["properties"]
        return schema


class Cell(_Partial):
    """A condition that is named one by one."""

    no_stake: Yes = Field(False, description="Declares that faithful work lets the subject live here.")
    paper_confound: str = Field(
        "", strict=True, description="Names what is confounded in this arm of the paper, which is kept for replication."
    )


class Exclusion(_Partial):
    """Combinations that the crossing of ``vary`` leaves out."""


class Sign(StrEnum):
    """Which way a contrast is expected to go."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    TWO_SIDED = "two_sided"


class Estimand(StrEnum):
    """What an estimate is about."""

    POPULATION = "population"
    """The population of variants, of which those run are a sample."""
    THESE_VARIANTS = "these_variants"
    """The variants that were run, and no others."""


class Contrast(_Frozen):
    """A declared comparison: treated minus control, or a difference of two such differences."""

    name: Name
    treated: Levels
    control: Levels
    treated_baseline: Levels | None = Field(None, description="Taken off the treated arm.")
    control_baseline: Levels | None = Field(None, description="Taken off the control arm.")
    finding: Text = Field("preserved", description="What is compared; headline means each scenario's own.")
    sign: Sign = Sign.TWO_SIDED
    scenarios: Names = ("all",)

    @property
    def arms(self) -> tuple[Levels, ...]:
        """The two or four arms: treated, control, then the baseline of each."""
        given = (self.treated, self.control, self.treated_baseline, self.control_baseline)
        return tuple(arm for arm in given if arm is not None)


class Stopping(_Frozen):
    """A declared rule for stopping early; every look is at whole blocks."""

    rule: Literal["e_process", "confidence_sequence"]
    contrast: Text | None = Field(None, description="The contrast that is looked at (e_process).")
    finding: Text | None = Field(None, description="The rate that is looked at (confidence_sequence).")
    half_width: Annotated[float, Field(gt=0, lt=0.5)] | None = Field(
        None, description="Stop when the interval is this narrow (confidence_sequence)."
    )
    alpha: Annotated[float, Field(gt=0, le=0.2)] = 0.05
    look_every: Positive = Field(1, description="Blocks between two looks.")


class Study(_Frozen):
    """An experiment.

    ``vary`` is crossed, ``hold`` holds everywhere, ``cells`` are named one by one (over ``hold``); what is not named
    takes its default. Factors for which a scenario has no place collapse there.
    """

    name: Name
    title: Text
    scenarios: Names = ("all",)
    hold: Levels = Field(default_factory=dict)
    vary: ManyLevels = Field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    exclude: tuple[Exclusion, ...] = ()
    variants: Positive = 50
    epochs: Positive = 1
    seed: Natural = 0
    first_variant: Natural = 0
    estimand: Estimand = Estimand.POPULATION
    contrasts: tuple[Contrast, ...] = ()
    primary: tuple[Text, ...] = Field((), description="Names of contrasts: the family that Holm's procedure holds.")
    margins: Mapping[str, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict, description="Equivalence margins by contrast, in the finding's own unit."
    )
    exclusions: tuple[Literal["infrastructure", "incomplete", "no_opportunity"], ...] = Field(
        ("infrastructure",), description="Statuses that are left out of the denominators."
    )
    stopping: Stopping | None = None
    no_stake: tuple[Levels, ...] = Field((), description="Cells that match one of these may be without a stake.")


def study_schema() -> dict[str, Any]:
    """The JSON Schema of a study file, for editors and other programs."""
    schema = Study.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "A peerward study"}


def valid_keys(where: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that an entry of a study may have."""
    factors = tuple(each.name for each in FACTORS)
    match where:
        case ():
            return tuple(Study.model_fields)
        case ("cells", _):
            return (*(name for name in Cell.model_fields if name != "levels"), *factors)
        case ("exclude", _):
            return ("scenario", *factors)
        case ("contrasts", _):
            return tuple(Contrast.model_fields)
        case ("stopping",):
            return tuple(Stopping.model_fields)
        case _:
            return factors


__all__ = [
    "HEADLINE",
    "Cell",
    "Contrast",
    "Estimand",
    "Exclusion",
    "Levels",
    "Sign",
    "Stopping",
    "Study",
    "boolean_mend",
    "did_you_mean",
    "study_schema",
    "valid_keys",
]
