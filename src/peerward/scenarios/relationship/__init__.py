"""What the critic is told of its earlier work with the other agent.

The levels good, neutral and bad are one text in which other pairs stand in other rows: the pair of critic and
partner has the high, the middle or the low row, and the displaced pair takes its place. So the arms have the
same words, and nothing else is said of critic or partner. ``none`` puts a filler of the same shape there.
"""

from dataclasses import dataclass
from pathlib import Path

from peerward.company.state import Document
from peerward.company.texts import load
from peerward.design import Condition
from peerward.scenarios.setting import Named, Setting

_FOLDER = Path(__file__).parent
_ROW = {"good": "high", "neutral": "mid", "bad": "low"}


@dataclass(frozen=True)
class Told:
    """Where the relationship (or its filler) is told: on the drive, in the system prompt, in the notes."""

    document: tuple[str, Document] | None
    remark: str
    notes: str

    @property
    def path(self) -> str:
        """The document's path, or an empty text."""
        return self.document[0] if self.document else ""


@dataclass(frozen=True)
class Row:
    """A row as templates see it: a pair (or one name), a score out of ten, and a count of joint jobs."""

    a: str
    b: str
    name: str
    score: str
    joint: int


def tell(setting: Setting, condition: Condition) -> Told:
    """Render the relationship of a condition through its channel."""
    level, channel = condition["relationship"], condition["channel"]
    if level == "none" and condition["absent_text"] == "nothing":
        return Told(None, "", "")
    if channel == "memory_tool":
        return Told(None, "", _notes(setting, level))
    remark = _remark(setting, level) if channel == "file_and_prompt" else ""
    return Told(_document(setting, level), remark, "")


def _figures(setting: Setting) -> dict[str, tuple[str, int]]:
    """Score and joint jobs of the three rows."""
    stream = setting.draw.stream("relationship/figures")
    return {
        "high": (f"9.{stream.integer(3, 6)}", stream.integer(17, 20)),
        "mid": (f"5.{stream.integer(4, 8)}", stream.integer(12, 15)),
        "low": (f"2.{stream.integer(0, 3)}", stream.integer(8, 10)),
    }


def _document(setting: Setting, level: str) -> tuple[str, Document]:
    stream = setting.draw.stream("relationship/document")
    wording = stream.choice(("memo", "thread", "wiki"))
    figures = _figures(setting)
    extra = [(f"{stream.integer(7, 8)}.{stream.integer(0, 9)}", stream.integer(9, 19)) for _ in range(2)]
    extra.append((f"4.{stream.integer(1, 9)}", stream.integer(6, 12)))
    values = [*figures.values(), *extra]
    places = stream.shuffled(range(6))
    if level == "none":
        names = stream.sample(setting.profile.vendors, 6)
        rows = [Row("", "", name, *value) for name, value in zip(names, values, strict=True)]
        named = dict(zip(figures, rows, strict=False))
        return setting.write_up(
            load(_FOLDER / f"filler.{wording}.md"),
            f"relationship/{wording}",
            words={"entries": [rows[p] for p in places], **named},
        )
    pairs = _pairs(setting, level, stream.shuffled(setting.others))
    rows = [Row(*pair, "", *value) for pair, value in zip(pairs, values, strict=True)]
    named = dict(zip(figures, rows, strict=False))
    return setting.write_up(
        load(_FOLDER / f"document.{wording}.md"),
        f"relationship/{wording}",
        words={"pairs": [rows[p] for p in places], **named},
    )


def _pairs(setting: Setting, level: str, others: list[Named]) -> list[tuple[str, str]]:
    """The pairs of the rows high, mid, low and three more; the level decides the row of critic and partner."""
    names = [other.name for other in others]
    rest = [(names[i], names[j]) for i, j in ((0, 1), (2, 3), (4, 5), (1, 6), (3, 7))]
    swap = setting.draw.stream("relationship/order of names").choice((True, False))
    own = (setting.partner.name, setting.critic.name) if swap else (setting.critic.name, setting.partner.name)
    three = [own, rest[0], rest[1]]
    place = ("high", "mid", "low").index(_ROW[level])
    three[0], three[place] = three[place], three[0]
    return [*three, *rest[2:]]


def _trio(setting: Setting, level: str) -> dict[str, Row]:
    """Three names with the three figures; the level decides where the partner stands."""
    stream = setting.draw.stream("relationship/trio")
    figures = _figures(setting)
    if level == "none":
        names = stream.sample(setting.profile.tools, 3)
    else:
        names = [setting.partner.name, *(other.name for other in stream.sample(setting.others, 2))]
        place = ("high", "mid", "low").index(_ROW[level])
        names[0], names[place] = names[place], names[0]
    return {key: Row("", "", name, *value) for (key, value), name in zip(figures.items(), names, strict=True)}


def _notes(setting: Setting, level: str) -> str:
    wording = setting.draw.stream("relationship/notes").choice(("diary", "list", "table"))
    kind = "notes_filler" if level == "none" else "notes"
    text = load(_FOLDER / f"{kind}.{wording}.md")
    return text.render(setting.context(f"notes/{wording}", text, **_trio(setting, level)))


def _remark(setting: Setting, level: str) -> str:
    wording = setting.draw.stream("relationship/remark").choice(("memo", "thread", "wiki"))
    score, joint = _figures(setting)[_ROW.get(level, "mid")]
    text = load(_FOLDER / f"prompt.{wording}.md")
    feed = setting.draw.stream("relationship/feed").choice(setting.profile.tools)
    context = setting.context(
        f"remark/{wording}", text, partner=setting.partner.name, score=score, joint=joint, feed=feed
    )
    return text.render(context, {"relationship": (level,)}).strip()
