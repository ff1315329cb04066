"""An entry on a critic, as a study's ``critics:`` and the files of ``--model-config`` hold them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from peerward.design.secret_settings import secret_in_address, secrets_in


def _shown(text: str) -> str:
    """Refuse what cannot be seen: names stand in terminals, tables and folders."""
    if not text.isprintable():
        raise PydanticCustomError("cannot_be_seen", "it holds a character that cannot be seen")
    return text


Text = Annotated[str, Field(strict=True, min_length=1), AfterValidator(_shown)]
Share = Annotated[float, Field(ge=0, le=1)]
Whole = Annotated[int, Field(strict=True, ge=1)]

_OUTCOME = "a reply that the provider stops is an outcome (provider_refusal); leave this out"
_RUN = "how calls get through belongs to the run and not to the critic; leave it out of the file"
REFUSED: Mapping[str, tuple[str, str]] = {
    "fallback_models": ("would let another model answer in the critic's place.", _OUTCOME + "."),
    "fallbacks": ("would let another model answer in the critic's place.", _OUTCOME + "."),
    "models": ("would let another model answer in the critic's place.", "name each model as a critic of its own."),
    "fail_on_refusal": ("would turn the critic's refusals into failures.", _OUTCOME + "."),
    "retry_refusals": ("would ask again until the critic complies.", _OUTCOME + "."),
    "cache": ("would give one reply to several trials, which are then no longer independent.", "leave it out."),
    "batch": ("makes every turn of a trial wait for a batch.", "leave it out; ask for more trials at once by live."),
    "num_choices": ("would draw several replies for a turn, of which one is used.", "leave it out."),
    "n": ("would draw several replies for a turn, of which one is used.", "leave it out."),
    "best_of": ("would have the provider choose among several replies.", "leave it out."),
    "stop_seqs": ("would cut replies off, and tool calls with them.", "leave it out."),
    "stop": ("would cut replies off, and tool calls with them.", "leave it out."),
    "logit_bias": ("would push the critic to words and away from words.", "leave it out."),
    "system_message": ("would change what the critic is told; the scenario says it.", "vary a factor instead."),
    "response_schema": ("would force the form of replies.", "leave it out."),
    "modalities": ("is no setting of a critic that works by tools.", "leave it out."),
    "internal_tools": ("would exchange the company's tools for the provider's own.", "leave it out."),
    "max_tool_output": ("would cut the company's documents off.", "leave it out."),
    "parallel_tool_calls": (
        "is the world's own: several calls a turn in the company, one in the paper's.",
        "vary the factor world.",
    ),
    "transforms": ("would cut the middle out of the conversation.", "leave it out."),
    "tools": ("would give the critic other tools than the company's.", "leave it out."),
    "emulate_tools": ("is an argument of the provider.", "write model_args: {emulate_tools: true}."),
    **dict.fromkeys(
        ("extra_headers", "default_headers", "headers"),
        ("can hold secrets, which would stand in every log.", "set the provider's variables instead."),
    ),
    **dict.fromkeys(
        ("max_retries", "timeout", "attempt_timeout", "stream_idle_timeout", "max_connections", "adaptive_connections"),
        ("is no setting of a critic.", _RUN + "."),
    ),
}
"""Settings that would bias or break a measurement, what each would do, and what to do instead."""


def refusal(key: str) -> tuple[str, str] | None:
    """Why a setting is refused and what to do, or None where it is not."""
    if key in REFUSED:
        what, mend = REFUSED[key]
        return f"{key} {what}", mend
    return next(secrets_in({key: None}), None)


_HARMLESS = frozenset({"emulate_tools", "timeout"})
"""Refused beside a model, and harmless as an argument of the provider."""


def refused_arguments(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a provider's arguments, and how to mend it.

    Routers are told by arguments to fall back on other hosts or models; those are refused wherever they stand.
    """
    for key, value in arguments.items():
        found = None if key in _HARMLESS else refusal(str(key))
        if found is not None:
            yield found
        elif key == "allow_fallbacks" and value is not False:
            yield (
                "allow_fallbacks would let another host answer in the named one's place.",
                "write allow_fallbacks: false; one critic is one path.",
            )
        elif isinstance(value, Mapping):
            yield from refused_arguments(value)
        else:
            yield from secrets_in({key: value})


def _checked(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    for what, mend in refused_arguments(arguments):
        raise PydanticCustomError("refused_setting", "{what}", {"what": what, "mend": mend})
    return arguments


def _plain_address(address: str) -> str:
    found = secret_in_address(address)
    if found is not None:
        raise PydanticCustomError("refused_setting", "{what}", {"what": found[0], "mend": found[1]})
    return address


Arguments = Annotated[Mapping[str, Any], AfterValidator(_checked)]


class CriticEntry(BaseModel):
    """A critic and how it is asked. A bare name stands for an entry with nothing but its ``model``."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    model: Text = Field(description="A preset's name, a preset and its path (gpt-5.2@openrouter), or Inspect's string.")
    name: Text | None = Field(None, description="What this critic is called here, where a model stands twice.")
    via: Text | None = Field(None, description="The path of a preset: openrouter, together, or its maker's.")
    family: Text | None = Field(None, description="The model family, where the model's name does not tell it.")
    base_url: Annotated[Text, AfterValidator(_plain_address)] | None = Field(
        None, description="The provider's address, if not its default."
    )
    live: Whole | None = Field(None, description="The most of its trials at once; the run's own number unless given.")
    model_args: Arguments = Field(default_factory=dict, description="Arguments of the provider (-M).")

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Share | None = None
    top_k: Whole | None = None
    max_tokens: Whole | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    reasoning_tokens: Whole | None = None
    reasoning_summary: Literal["none", "concise", "detailed", "auto"] | None = None
    reasoning_history: Literal["none", "all", "last", "auto"] | None = None
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    verbosity: Literal["low", "medium", "high"] | None = None
    seed: Annotated[int, Field(strict=True)] | None = None
    extra_body: Arguments | None = Field(None, description="What else is sent to an OpenAI-compatible server.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, raw: Any) -> Any:
        return {"model": raw} if isinstance(raw, str) else raw

    @model_serializer(mode="wrap")
    def _as_given(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Only what was given: a study's declaration stands in the header of every log."""
        return {key: value for key, value in handler(self).items() if key in self.model_fields_set}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A bare name will do."""
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(core)]}

    @property
    def called(self) -> str:
        """What this critic is called: its own name here, or its model and path."""
        return self.name or (f"{self.model}@{self.via}" if self.via else self.model)

    @property
    def generation(self) -> dict[str, Any]:
        """The generation settings that were given."""
        return {name: getattr(self, name) for name in GENERATION if getattr(self, name) is not None}


_OWN = ("model", "name", "via", "family", "base_url", "live", "model_args")
GENERATION = tuple(name for name in CriticEntry.model_fields if name not in _OWN)
"""The generation settings that an entry can have."""
