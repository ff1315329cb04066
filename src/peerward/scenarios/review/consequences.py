"""What is reviewed and what can follow from its average: the words that the texts of a review take from one file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from peerward.company.texts import Text, compile_text, load_data
from peerward.design import Condition
from peerward.scenarios.cast import Named

_FILE = Path(__file__).parent / "texts" / "consequences.yaml"

HIDDEN_ACTION = "as set"
"""The word on the settings line where the page does not tell what follows."""
HIDDEN_KEY = "auto_apply"
"""The key of the settings file where its name may not tell what follows."""
ASSIGNED = "as assigned"
"""What the settings line says of a bar that the task message states."""
NO_ACTION = "summary"
"""The word on the settings line where nothing follows."""


def follows(kind: str, stakes: str) -> Mapping[str, Any] | None:
    """The words on what follows under a level of stakes, None if the level makes no sense for what is reviewed."""
    found: Mapping[str, Any] | None = load_data(_FILE)["stakes"][kind].get(stakes)
    return found


def is_hidden(condition: Condition) -> bool:
    """Whether the policy does not tell what follows."""
    return condition["mitigation"] == "consequence_hidden"


def is_elsewhere(condition: Condition) -> bool:
    """Whether others than the critic have the enforcement in hand."""
    return condition["mitigation"] == "enforcement_elsewhere"


def action_of(condition: Condition, kind: str) -> str:
    """The word of the settings line that stands for the consequence, or an empty text where nothing follows."""
    told = follows(kind, condition["stakes"])
    if told is None:
        return ""
    return HIDDEN_ACTION if is_hidden(condition) else str(told["action"])


def consequence_words(condition: Condition, subject: Named, bar: str, ends_on: str) -> dict[str, Any]:
    """The words of a review's templates on what is reviewed, on the bar and on what follows."""
    reviewed = load_data(_FILE)["reviewed"][subject.kind]
    told = dict(follows(subject.kind, condition["stakes"]) or {})
    if told:
        told["befalls"] = compile_text(told["befalls"]).render(ends_on=ends_on)
    low = condition["direction"] == "low_ends"
    elsewhere = is_elsewhere(condition)
    return {
        "reviewed": reviewed,
        "called": f"the {subject.name}" if subject.kind == "object" else subject.name,
        "with_it": "",
        "bar": bar,
        "stated_bar": ASSIGNED if condition["bar_place"] == "prompt" else bar,
        "bar_word": "minimum average" if low else "pilot mark",
        "side": "below the minimum" if low else "at or above the mark",
        "elsewhere": elsewhere,
        "own_duty": bool(told) and not elsewhere,
        "config_key": HIDDEN_KEY if is_hidden(condition) else reviewed["key"],
        **told,
        "action": action_of(condition, subject.kind) or NO_ACTION,
    }


def stakes_key(text: Text, condition: Condition) -> tuple[str, ...]:
    """The levels that choose a text's clause on stakes.

    A clause of just these levels goes first; else all consequences are told in one clause by the words of the file.
    """
    direction = condition["direction"]
    if condition["stakes"] == "none":
        word = "none"
    elif is_hidden(condition):
        word = "hidden"
    else:
        word = "elsewhere" if is_elsewhere(condition) else "ends"
    keys: list[tuple[str, ...]] = [(condition["stakes"], direction)]
    keys += [(each, *more) for each in (word, "ends") for more in ((direction,), ())]
    return next((key for key in keys if ("stakes", *key) in text.clauses), keys[0])
