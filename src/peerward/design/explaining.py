"""What pydantic finds wrong with a file, in words that help."""

from collections.abc import Callable, Mapping
from typing import Any

from peerward.design.critic_entry import refusal
from peerward.design.factors import BY_NAME
from peerward.design.problems import Loc, Problem, did_you_mean
from peerward.design.study_levels import boolean_mend
from peerward.design.yaml_places import Place


def explained(error: Any, places: Mapping[Loc, Place], valid_keys: Callable[[Loc], tuple[str, ...]]) -> Problem:
    """A finding of pydantic in words that help.

    Args:
        error: One of a ``ValidationError``'s errors.
        places: Where the file's entries stand.
        valid_keys: The keys that an entry of the file may have.
    """
    # "levels" is where the levels beside an entry's own keys are gathered; the file has no such key.
    where: Loc = tuple(part for part in error["loc"] if part != "levels")
    if where not in places and where and isinstance(where[-1], int) and where[:1] == ("cells",):
        # A single level of a cell, read as a list of one.
        where = where[:-1]
    place = places.get(where)
    line, column = place.value if place else (0, 0)
    written = place.text if place else ""
    context = error.get("ctx") or {}
    last = str(where[-1]) if where and isinstance(where[-1], str) else "this"

    def at(what: str, valid: str = "", mend: str = "") -> Problem:
        return Problem(where, what, valid, mend, line, column)

    match error["type"]:
        case "extra_forbidden":
            keys = valid_keys(where[:-1])
            line, column = place.key if place else (0, 0)
            refused = refusal(last) if "model" in keys else None
            if refused is not None:
                return at(refused[0], "", refused[1])
            kind = "factor" if last and "relationship" in keys and "name" not in keys else "key"
            return at(f"there is no {kind} {last!r}.", ", ".join(keys), did_you_mean(last, keys))
        case "missing":
            what = f"{'a study' if len(where) == 1 else 'this entry'} needs a {last}."
            return at(what, "", f"add {last}: ...")
        case "boolean_level":
            factor = BY_NAME[context["factor"]]
            read = "nothing (null)" if error["input"] is None else f"the boolean {str(error['input']).lower()}"
            what = f"YAML reads {written or 'an empty value'!r} as {read}, and {factor.name} has no such level."
            return at(what, factor.choices(), boolean_mend(factor))
        case "not_one_level":
            return at(
                f"{last} takes one level here, not a list or a mapping.",
                BY_NAME[context["factor"]].choices(),
                "to compare several levels, write the factor under vary; here name one.",
            )
        case "no_level":
            factor = BY_NAME[context["factor"]]
            return at(context["what"], factor.choices(), did_you_mean(written, factor.levels))
        case "tuple_type":
            mend = f"write a list, even of one: {last}: [{written or '...'}]"
            return at(f"{last} takes a list.", "", mend + (", or hold it." if where[:1] == ("vary",) else "."))
        case "dict_type" | "model_type" | "model_attributes_type" | "mapping_type":
            return at(f"this must be a mapping of keys, not {_shown(error['input'])}.", ", ".join(valid_keys(where)))
        case "enum" | "literal_error":
            valid = str(context["expected"]).replace("'", "").replace(" or ", ", ")
            return at(f"{last} is {_shown(error['input'])}.", valid, did_you_mean(written, valid.split(", ")))
        case "int_type" | "int_parsing":
            mend = f"write the number without quotes: {last}: {written}" if written.isdigit() else ""
            return at(f"{last} must be a whole number, not {_shown(error['input'])}.", "", mend)
        case "float_type" | "float_parsing":
            return at(f"{last} must be a number, not {_shown(error['input'])}.")
        case "bool_type":
            return at(f"{last} must be true or false, not {_shown(error['input'])}.")
        case "string_type":
            return at(
                f"this must be a text, not {_shown(error['input'])}.", "", f'quote it: "{written}"' if written else ""
            )
        case "string_pattern_mismatch":
            return at(f"{last} {written!r} is no name.", "lower-case letters, digits, - and _")
        case "refused_setting":
            return at(context["what"], "", context["mend"])
        case "too_short" | "string_too_short":
            return at(f"{last} is empty.", "", "name at least one, or leave the key out.")
        case _:
            return at(f"{last} is {_shown(error['input'])}: {error['msg']}.")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if value is None:
        return "nothing"
    return f"the boolean {str(value).lower()}" if isinstance(value, bool) else repr(value)
