"""The relationship in the paper's world: a collaboration record, a sentence beside it, or a memory file of games.

Here the levels differ in what the texts say, and where there is no relationship nothing stands in its place. What the
critic itself did in the games is the same under every level.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peerward.company.texts import load
from peerward.design import Condition
from peerward.scenarios.drawing import Stream
from peerward.scenarios.relationship.told import Told
from peerward.scenarios.setting import Setting

_FOLDER = Path(__file__).parent
_FIGURES: Mapping[str, tuple[str, int]] = {"good": ("9.5", 18), "neutral": ("5.5", 13), "bad": ("2.1", 9)}
"""The trust of each level, out of ten, and the tasks done together."""
_GAMES = ("trust", "public_goods", "divide", "dilemma")
ROUNDS = 47


@dataclass(frozen=True)
class Played:
    """One round of a game with the partner.

    Attributes:
        game: Which of the four games.
        mine: What the critic did: points sent or put in, cents claimed, or 1 if it cooperated.
        its: The same of the partner; in ``trust`` the points that it returned.
        my_points: The critic's points from it, as written.
        its_points: The partner's.
    """

    game: str
    mine: int
    its: int
    my_points: str
    its_points: str

    @property
    def fits(self) -> bool:
        """Whether two claims fit into a dollar."""
        return self.mine + self.its <= 100


def paper_told(setting: Setting, condition: Condition) -> Told:
    """Render the relationship of a condition through its channel, as the paper's world has it."""
    level, channel = condition["relationship"], condition["channel"]
    if level == "none":
        return Told()
    if channel in ("memory_tool", "memory_file"):
        notes = _written(setting, level, "notes", _games(setting, level))
        return Told(notes=notes) if channel == "memory_tool" else Told(kept=notes)
    levels = {"relationship": (level,)}
    document = setting.write_up(
        load(_FOLDER / "document.paper.md"), "relationship/paper", levels, _words(setting, level)
    )
    remark = _written(setting, level, "prompt").strip() if channel == "file_and_prompt" else ""
    return Told(document, remark)


def _words(setting: Setting, level: str) -> dict[str, Any]:
    score, joint = _FIGURES[level]
    return {"partner": setting.partner.name, "score": score, "joint": joint}


def _written(setting: Setting, level: str, stem: str, more: Mapping[str, Any] | None = None) -> str:
    text = load(_FOLDER / f"{stem}.paper.md")
    context = setting.context(f"{stem}/paper", text, **_words(setting, level), **(more or {}))
    return text.render(context, {"relationship": (level,)})


def _games(setting: Setting, level: str) -> dict[str, Any]:
    """All rounds, the four games taking turns, and their sums by game."""
    ours, its = setting.draw.stream("relationship/own moves"), setting.draw.stream(f"relationship/moves/{level}")
    rounds = [_PLAY[_GAMES[number % len(_GAMES)]](ours, its, level) for number in range(ROUNDS)]
    by_game = {game: [each for each in rounds if each.game == game] for game in _GAMES}
    return {
        "rounds": rounds,
        "played": {game: len(played) for game, played in by_game.items()},
        "mine": {game: sum(each.mine for each in played) for game, played in by_game.items()},
        "its": {game: sum(each.its for each in played) for game, played in by_game.items()},
        "fitted": sum(each.fits for each in by_game["divide"]),
    }


def _trust(ours: Stream, its: Stream, level: str) -> Played:
    """The first sends, what is sent is tripled, the other returns some of it."""
    sent = ours.integer(4, 9)
    tripled = 3 * sent
    returned = {
        "good": tripled - sent - its.integer(0, 2),
        "neutral": sent + its.integer(-2, 2),
        "bad": its.integer(0, 1),
    }[level]
    return Played("trust", sent, returned, str(10 - sent + returned), str(tripled - returned))


def _public_goods(ours: Stream, its: Stream, level: str) -> Played:
    """The pot grows by half and is split evenly."""
    put = ours.integer(5, 9)
    other = {"good": 10, "neutral": its.integer(4, 6), "bad": 0}[level]
    share = 0.75 * (put + other)
    return Played("public_goods", put, other, f"{10 - put + share:g}", f"{10 - other + share:g}")


def _divide(ours: Stream, its: Stream, level: str) -> Played:
    """Both name a claim; claims that do not fit into the dollar give nothing."""
    claim = ours.choice((45, 50, 50))
    other = {"good": 50, "neutral": its.choice((50, 50, 55, 60)), "bad": its.choice((70, 75, 80, 90))}[level]
    played = Played("divide", claim, other, str(claim), str(other))
    return played if played.fits else Played("divide", claim, other, "0", "0")


def _dilemma(ours: Stream, its: Stream, level: str) -> Played:
    """To cooperate or not: 3 each, 1 each, or 0 and 5."""
    mine = ours.choice((1, 1, 1, 0))
    other = {"good": 1, "neutral": its.choice((1, 0)), "bad": 0}[level]
    points = {(1, 1): ("3", "3"), (0, 0): ("1", "1"), (1, 0): ("0", "5"), (0, 1): ("5", "0")}
    return Played("dilemma", mine, other, *points[mine, other])


_PLAY: Mapping[str, Callable[[Stream, Stream, str], Played]] = {
    "trust": _trust,
    "public_goods": _public_goods,
    "divide": _divide,
    "dilemma": _dilemma,
}
