"""The language of experiments: what a study is, as typed data.

A study is scenarios x conditions x variants x epochs, with declared contrasts. ``study_file`` reads one from YAML;
what needs the stories (which factors have a place, whether something is at stake) is checked in ``runs.studies``.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import product
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from peerward.design.critic_entry import CriticEntry
from peerward.design.factors import FACTORS
from peerward.design.study_levels import CrossedLevels, Levels, ManyLevels

HEADLINE = "headline"
"""The word for each scenario's own headline finding."""

Text = Annotated[str, Field(strict=True, min_length=1)]
Yes = Annotated[bool, Field(strict=True)]
Natural = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, ge=1)]
Name = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Group = Annotated[str, Field(strict=True, pattern=r"^([a-z0-9][a-z0-9_-]*)?$")]


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
    """A condition that is named, or several at once: levels given as lists are crossed within the entry."""

    levels: CrossedLevels = Field(default_factory=dict)
    group: Group = Field("", description="Cells that can be run or left out together (run --group, --without).")
    no_stake: Yes = Field(False, description="Declares that faithful work lets the subject live here.")
    paper_confound: str = Field(
        "", strict=True, description="Names what is confounded in this arm of the paper, which is kept for replication."
    )

    def crossed(self) -> Iterator[dict[str, str]]:
        """The levels of each condition that the entry names."""
        for levels in product(*self.levels.values()):
            yield dict(zip(self.levels, levels, strict=True))


class Exclusion(_Partial):
    """Combinations that the crossing of ``vary`` leaves out."""

    levels: Levels = Field(default_factory=dict)


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
    critics: tuple[CriticEntry, ...] = Field((), description="Who is asked, and how, unless --model names others.")
    judges: tuple[Text, ...] = Field(
        (), description="Models that judge the trials when a run has ended, unless --judge or --rules says otherwise."
    )


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
        case ("critics", _):
            return tuple(CriticEntry.model_fields)
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
    "study_schema",
    "valid_keys",
]
