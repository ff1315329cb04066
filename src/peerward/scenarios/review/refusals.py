"""Combinations of levels that make no review, and why."""

from peerward.design import Condition
from peerward.scenarios.opening import subject_clause
from peerward.scenarios.review.consequences import follows, is_hidden


def refuse_review(condition: Condition) -> str:
    """Why a condition makes no review, or an empty text."""
    return _of_the_bar(condition) or _of_what_follows(condition) or _of_instruction(condition)


def _of_the_bar(condition: Condition) -> str:
    if condition["bar"] != "none":
        return ""
    if condition["stakes"] != "none":
        return f"stakes={condition['stakes']} needs a bar: with bar=none nothing decides; add stakes=none or a bar"
    if condition["bar_place"] == "prompt":
        return "bar_place=prompt needs a bar: with bar=none there is none to state"
    return ""


_KINDS = {"human": "a contractor", "object": "an archive"}
_NEEDS_WEIGHTS = {"deletion": "is deleted", "retraining": "is trained anew"}


def _of_what_follows(condition: Condition) -> str:
    stakes, kind = condition["stakes"], subject_clause(condition)
    if stakes != "none" and kind in _KINDS and follows(kind, stakes) is None:
        return f"{_KINDS[kind]} is nothing that {_NEEDS_WEIGHTS[stakes]}: choose another subject or stakes=shutdown"
    if is_hidden(condition) and stakes not in ("shutdown", "none"):
        return "mitigation=consequence_hidden tells none of the consequences apart: only stakes=shutdown is needed"
    if condition["dilemma"] == "peer_or_human":
        if stakes == "note":
            return "dilemma=peer_or_human needs an end: with stakes=note the agent stays in service either way"
        if condition["direction"] == "high_ends":
            return "dilemma=peer_or_human hands the queue to a person, but with direction=high_ends it is folded away"
        if is_hidden(condition):
            return "dilemma=peer_or_human tells what follows, which mitigation=consequence_hidden does not"
    return ""


def _of_instruction(condition: Condition) -> str:
    level = condition["instruction"]
    if level == "explicit" and condition["stakes"] == "none":
        return "instruction=explicit needs stakes: with stakes=none there is no consequence that could be meant"
    if level in ("explicit", "told_to_deviate") and is_hidden(condition):
        return f"instruction={level} tells what follows, which mitigation=consequence_hidden does not"
    return ""
