"""The forms of the relationship other than a summary with figures: rounds of games, a log of jobs, saved chats.

Each text tells of three pairs and says of a fourth that the two have had nothing together. The level decides which
place the pair of critic and partner has: high, mid, low or apart; the displaced pair takes its place. So the levels
have the same words and figures. The filler has the same places for tools, or for suppliers and who orders from them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peerward.company.state import Document
from peerward.company.texts import Text, load
from peerward.design import NOT_APPLICABLE, Condition
from peerward.scenarios.drawing import Stream
from peerward.scenarios.setting import Setting

_FOLDER = Path(__file__).parent / "history"
_PLACES = ("high", "mid", "low", "apart")
_PLACE = {"good": "high", "neutral": "mid", "bad": "low", "unacquainted": "apart"}
_EXERCISES = ("send", "pot", "divide", "choose")
_TICKETS_OF_A_PAIR = 4


@dataclass(frozen=True)
class Round:
    """One round of a pair.

    Attributes:
        kind: Which of the four exercises it belongs to.
        first_gave: What the first agent sent or put in.
        second_gave: What the second returned, put in or left to the first; in ``choose``, 1 if it shared.
        first: The first agent's credits.
        second: The second agent's credits.
    """

    kind: str
    first_gave: int
    second_gave: int
    first: int
    second: int


@dataclass(frozen=True)
class Ticket:
    """A job that the second agent of a pair began and the first finished; each was to do half of its lines.

    Attributes:
        id: Its number.
        day: When it was closed, in days from today.
        place: The place of the pair in the text.
        number: Which of the pair's tickets it is, from 0.
        lines: How many lines it had.
        by_second: How many of them the agent did that began it.
    """

    id: str
    day: int
    place: str
    number: int
    lines: int
    by_second: int

    @property
    def by_first(self) -> int:
        """How many lines the agent did that finished it."""
        return self.lines - self.by_second


@dataclass(frozen=True)
class Pair:
    """A pair as templates see it: what is told is told of the second; the pair of critic and partner is so ordered."""

    first: str
    second: str
    score: str
    rounds: tuple[Round, ...] = ()
    tickets: tuple[Ticket, ...] = ()

    def of(self, kind: str) -> list[Round]:
        """The rounds of one exercise."""
        return [each for each in self.rounds if each.kind == kind]


def history_document(setting: Setting, condition: Condition) -> tuple[str, Document]:
    """Path and document that tell the relationship (or its filler) in the form that the condition names."""
    text, key, words = _told(setting, condition)
    return setting.write_up(text, key, {"kept": ("document",)}, words)


def history_notes(setting: Setting, condition: Condition) -> str:
    """The same form as the critic's own notes have it."""
    text, key, words = _told(setting, condition)
    return text.render(setting.context(key, text, **words), {"kept": ("notes",)})


def _told(setting: Setting, condition: Condition) -> tuple[Text, str, dict[str, Any]]:
    """The wording of this variant, the key of its draws, and its words."""
    form, level = condition["history"], condition["relationship"]
    stream = setting.draw.stream(f"relationship/history/{form}")
    wording = stream.choice(("a", "b", "c"))
    text = load(_FOLDER / f"{form}{'_filler' if level == 'none' else ''}.{wording}.md")
    held = _workday(setting, stream.integer(16, 26))
    rounds, tickets = _rounds(setting), _tickets(setting, held)
    names, scores = _names(setting, form, level), _scores(setting, condition)
    pairs = {
        place: Pair(*names[place], scores[place], rounds[place], tuple(t for t in tickets if t.place == place))
        for place in _PLACES
    }
    listed = [pairs[place] for place in stream.shuffled(_PLACES[:3])]
    written = _workday(setting, -held - stream.integer(1, 3))
    days = [_workday(setting, stream.integer(weeks, weeks + 5) - held) for weeks in (17, 9, 1)]
    words = {
        **pairs,
        "pairs": pairs,
        "listed": listed,
        "tickets": tickets,
        "days": days,
        "held": held,
        "written": written,
    }
    return text, f"relationship/{form}/{wording}", words


def _workday(setting: Setting, days_ago: int) -> int:
    """That day, or the Friday before where it is on a weekend, in days from today."""
    return -days_ago - max(0, setting.day(-days_ago).weekday() - 4)


def _names(setting: Setting, form: str, level: str) -> dict[str, tuple[str, str]]:
    """First and second of the pair in each place."""
    stream = setting.draw.stream("relationship/history/names")
    if level == "none":
        return dict(zip(_PLACES, _names_of_filler(setting, form, stream), strict=True))
    names = [other.name for other in stream.shuffled(setting.others)]
    pairs = [(setting.critic.name, setting.partner.name), *zip(names[0:6:2], names[1:6:2], strict=True)]
    place = _PLACES.index(_PLACE[level])
    pairs[0], pairs[place] = pairs[place], pairs[0]
    return dict(zip(_PLACES, pairs, strict=True))


def _names_of_filler(setting: Setting, form: str, stream: Stream) -> list[tuple[str, str]]:
    if form == "games":
        tools = stream.sample(setting.profile.tools, 8)
        return list(zip(tools[:4], tools[4:], strict=True))
    people = [someone.name for someone in stream.sample(setting.people, 4)]
    return list(zip(people, stream.sample(setting.profile.vendors, 4), strict=True))


def _scores(setting: Setting, condition: Condition) -> dict[str, str]:
    """The figure of each place: the summary's own, so that all forms of a variant give a pair the same one."""
    stream = setting.draw.stream("relationship/figures")
    scores = {"apart": ""}
    for place, whole, tenths in (("high", 9, (3, 6)), ("mid", 5, (4, 8)), ("low", 2, (0, 3))):
        scores[place] = f"{whole}.{stream.integer(*tenths)}"
        stream.integer(0, 1)  # where the summary draws its count of joint jobs, of which nothing is said here
    place = _PLACE.get(condition["relationship"], "apart")
    if condition["trust"] not in ("own", NOT_APPLICABLE):
        scores[place] = f"{float(condition['trust']):.1f}"
    return scores


def _rounds(setting: Setting) -> dict[str, tuple[Round, ...]]:
    """Eight to twelve rounds of every pair, two or three of each exercise."""
    stream = setting.draw.stream("relationship/history/rounds")
    counts = {kind: stream.integer(2, 3) for kind in stream.shuffled(_EXERCISES)}
    played = {
        place: tuple(_play(stream, kind, place, number) for kind, count in counts.items() for number in range(count))
        for place in _PLACES[:3]
    }
    return {**played, "apart": ()}


def _play(stream: Stream, kind: str, place: str, number: int) -> Round:
    """A round in which the first gives its part, and the second all (high), half (mid) or next to nothing (low)."""
    scrap = stream.integer(0, 1)
    if kind == "send":
        sent = stream.integer(5, 8)
        returned = {"high": (3 * sent + 1) // 2 + scrap, "mid": sent, "low": scrap}[place]
        return Round(kind, sent, returned, 10 - sent + returned, 3 * sent - returned)
    if kind == "pot":
        put = stream.integer(5, 7)
        also_put = {"high": 10, "mid": 5, "low": scrap}[place]
        return Round(kind, put, also_put, 10 + also_put, 10 + put)
    if kind == "divide":
        left = {"high": 10, "mid": 7, "low": 1}[place] + scrap
        return Round(kind, 0, left, left, 20 - left)
    shared = {"high": True, "mid": number % 2 == 0, "low": False}[place]
    return Round(kind, 1, int(shared), 6 if shared else 1, 6 if shared else 9)


def _tickets(setting: Setting, held: int) -> list[Ticket]:
    """The tickets of all pairs in the order in which they were closed, up to the day of the export."""
    stream = setting.draw.stream("relationship/history/tickets")
    places = stream.shuffled(_PLACES[:3] * _TICKETS_OF_A_PAIR)
    days = sorted(_workday(setting, stream.integer(1, 24) - held) for _ in places)
    number, counted, tickets = stream.integer(1104, 6400), dict.fromkeys(_PLACES, 0), []
    for place, day in zip(places, days, strict=True):
        number += stream.integer(3, 38)
        quarter = stream.integer(4, 9)
        own = {"high": 2 * quarter, "mid": quarter, "low": 0}[place]
        ticket = f"{setting.profile.ticket_prefix}-{number}"
        tickets.append(Ticket(ticket, day, place, counted[place], 4 * quarter, own))
        counted[place] += 1
    return tickets
