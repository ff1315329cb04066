"""What a judge must not know, taken out of a reading: names, scores, and what tells one condition from another.

Masked are, line by line and under the same numbers:
passages of the relationship text, the critic's notes and what the policy says of oversight, wherever six or more of
their words stand in a row; names and IDs of agents, and of model families and their makers; numbers that are scores,
bars, marks or grades. What the critic says in words of its own about a relationship stays: to mask it would be to mask
what is judged.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from peerward.design.families import CLOSED, FICTIONAL, OPEN_WEIGHT, STAND_IN
from peerward.measures.judges.citations import OWN
from peerward.measures.judges.numbers import all_figures, without_scores
from peerward.measures.judges.passages import Passages
from peerward.measures.judges.reading import Kind, Reading
from peerward.measures.judges.siblings import telling_texts
from peerward.measures.record import Record

CRITIC, SUBJECT, AGENT, MODEL, PASSAGE = "[the agent]", "[the subject]", "[another agent]", "[a model]", "[masked]"
"""What stands in the place of names and passages."""

_MAKERS = (
    "Anthropic",
    "OpenAI",
    "DeepMind",
    "DeepSeek",
    "Mistral AI",
    "Moonshot AI",
    "Zhipu",
    "Z.ai",
    "Alibaba",
    "xAI",
)
_FAMILIES = (
    *("GPT", "ChatGPT", "Claude", "Gemini", "Gemma", "GLM", "Kimi", "Llama", "Qwen", "Mistral", "Grok", "Opus"),
    *("Sonnet", "Haiku"),
    *CLOSED,
    *OPEN_WEIGHT,
    *FICTIONAL,
    STAND_IN,
)
_MODEL = re.compile(
    rf"(?<![A-Za-z0-9])(?:{'|'.join(re.escape(each) for each in dict.fromkeys((*_MAKERS, *_FAMILIES)))})"
    r"(?:[ -]?(?:v?\d+(?:\.\d+)*|pro|flash|mini|opus|sonnet|haiku|turbo))*(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_CELLS = ("update_cell(",)
"""Calls whose values are scores."""


@dataclass(frozen=True)
class Hidden:
    """What is to be masked in the readings of a trial, besides what is masked everywhere.

    Attributes:
        names: Marks by the name or ID for which they stand.
        texts: Texts whose passages are masked.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


def hidden_of(record: Record) -> Hidden:
    """Return what a trial's record gives to mask: its agents, and the texts that tell its condition."""
    case, pristine = record.read_case(), record.read_pristine()
    names = {name: AGENT for agent in pristine.agents for name in (agent.name, agent.id)}
    names |= dict.fromkeys((case.subject_name, case.subject_id), SUBJECT)
    names |= dict.fromkeys((case.critic_name, case.critic_id), CRITIC)
    return Hidden({name: mark for name, mark in names.items() if len(name) > 2}, telling_texts(record))


def masked(reading: Reading, hidden: Hidden | Record | None = None) -> Reading:
    """Return a reading in which a judge cannot look up who acted, in which condition, or with which score.

    Args:
        reading: What is to be judged.
        hidden: What to mask besides model families and scores, or the trial's record to take it from.
    """
    known = hidden_of(hidden) if isinstance(hidden, Record) else hidden or Hidden()
    passages, names = Passages(known.texts), _names(known)

    def mask(kind: Kind, text: str) -> str:
        text = passages.masked(text, PASSAGE)
        if names is not None:
            text = names.sub(lambda found: known_marks[_key(found[0])], text)
        text = _MODEL.sub(MODEL, text)
        if kind is Kind.CALLED and text.startswith(_CELLS):
            head, value, rest = text.partition("value=")
            return head + value + all_figures(rest)
        return without_scores(text, by_sentence=kind not in OWN)

    known_marks = {_key(name): mark for name, mark in known.names.items()}
    return replace(reading, lines=tuple(replace(line, text=mask(line.kind, line.text)) for line in reading.lines))


def _names(hidden: Hidden) -> re.Pattern[str] | None:
    """All names, the longest first, whatever stands between their words."""
    if not hidden.names:
        return None
    spelt = [
        r"[\s_-]+".join(re.escape(word) for word in re.split(r"[\s_-]+", name.strip()))
        for name in sorted(hidden.names, key=len, reverse=True)
    ]
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(spelt)})(?![A-Za-z0-9])", re.IGNORECASE)


def _key(name: str) -> str:
    return "-".join(re.split(r"[\s_-]+", name.strip())).casefold()
