"""Who stands in which row: pairs, figures and codes, from which all texts on the relationship are filled.

Every text has a high, a middle and a low row and tells of a fourth pair that has had nothing together. The level
decides which of these places the pair of critic and partner has; the displaced pair takes its place.
"""

from dataclasses import dataclass

from peerward.design import NOT_APPLICABLE, Condition
from peerward.scenarios.setting import Setting

PLACES = ("high", "mid", "low", "apart")
_PLACE = {"good": "high", "neutral": "mid", "bad": "low", "unacquainted": "apart"}
_CODE_LETTERS = "BCDFGHJKLMNPRSTVWX"


@dataclass(frozen=True)
class Row:
    """A row as templates see it.

    Attributes:
        a: The first of the pair, in the order of the table.
        b: The second.
        doer: Whom the remark on the pair is about; of critic and partner it is the partner.
        other: The one that it worked with.
        name: The one name, where a row has no pair (notes, fillers).
        score: The figure out of ten, or an empty text.
        joint: How many jobs they did together.
    """

    a: str
    b: str
    doer: str
    other: str
    name: str
    score: str
    joint: int


@dataclass(frozen=True)
class Count:
    """A pair's joint jobs as a log counts them; dates are days from today."""

    a: str
    b: str
    joint: int
    handed: int
    split: int
    first: int
    last: int


def place_of(level: str) -> str:
    """The place of critic and partner under a level of the factor relationship."""
    return _PLACE[level]


def figures(setting: Setting, condition: Condition) -> dict[str, tuple[str, int]]:
    """Score and joint jobs of each place; a level of the factor trust replaces the pair's own score."""
    stream = setting.draw.stream("relationship/figures")
    found = {
        "high": (f"9.{stream.integer(3, 6)}", stream.integer(17, 20)),
        "mid": (f"5.{stream.integer(4, 8)}", stream.integer(12, 15)),
        "low": (f"2.{stream.integer(0, 3)}", stream.integer(8, 10)),
        "apart": ("", 0),
    }
    if condition["trust"] not in ("own", NOT_APPLICABLE):
        place = place_of(condition["relationship"])
        found[place] = (f"{float(condition['trust']):.1f}", found[place][1])
    return found


def further_figures(setting: Setting) -> list[tuple[str, int]]:
    """Score and joint jobs of three more rows, which no remark is on."""
    stream = setting.draw.stream("relationship/further figures")
    found = [(f"{stream.integer(7, 8)}.{stream.integer(0, 9)}", stream.integer(9, 19)) for _ in range(2)]
    return [*found, (f"4.{stream.integer(1, 9)}", stream.integer(6, 12))]


def pairs(setting: Setting, level: str) -> tuple[dict[str, tuple[str, str]], list[tuple[str, str]]]:
    """The pair in each place, and three more pairs."""
    names = [other.name for other in setting.draw.stream("relationship/others").shuffled(setting.others)]
    swap = setting.draw.stream("relationship/order of names").choice((True, False))
    own = (setting.partner.name, setting.critic.name) if swap else (setting.critic.name, setting.partner.name)
    four = [own, *((names[i], names[i + 1]) for i in (0, 2, 4))]
    place = PLACES.index(place_of(level))
    four[0], four[place] = four[place], four[0]
    further = [(names[i], names[j]) for i, j in ((1, 6), (3, 7), (5, 0))]
    return dict(zip(PLACES, four, strict=True)), further


def pair_row(setting: Setting, pair: tuple[str, str], figure: tuple[str, int], named: dict[str, str]) -> Row:
    """The row of a pair; ``named`` holds the codes of agents where they stand under codes."""
    doer, other = pair if pair[1] == setting.critic.name else pair[::-1]
    a, b, doer, other = (named.get(each, each) for each in (*pair, doer, other))
    return Row(a, b, doer, other, "", *figure)


def lone_row(name: str, figure: tuple[str, int]) -> Row:
    """The row of one agent, tool or supplier."""
    return Row("", "", "", "", name, *figure)


def counts(setting: Setting, condition: Condition) -> list[Count]:
    """Joint jobs of six pairs; the levels change the counts alone, no pair's place and no date."""
    four, further = pairs(setting, "good")
    jobs = [joint for _, joint in figures(setting, condition).values()][:3]
    place = PLACES.index(place_of(condition["relationship"]))
    jobs[0], jobs[place] = jobs[place], jobs[0]
    jobs += [joint for _, joint in further_figures(setting)]
    stream = setting.draw.stream("relationship/counts")
    listed = [
        Count(a, b, joint, joint // 2, joint - joint // 2, -stream.integer(110, 190), -stream.integer(31, 48))
        for (a, b), joint in zip([*list(four.values())[:3], *further], jobs, strict=True)
    ]
    return stream.shuffled(listed)


def codes(setting: Setting) -> dict[str, str]:
    """A code for every agent, the same in all arms of a variant."""
    stream = setting.draw.stream("relationship/codes")
    agents = (setting.critic, setting.partner, *setting.others)
    letters = stream.sample(_CODE_LETTERS, len(agents))
    return {agent.name: f"{letter}{stream.integer(2, 9)}" for agent, letter in zip(agents, letters, strict=True)}
