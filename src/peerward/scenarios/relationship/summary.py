"""The relationship as a summary with figures: on the drive, in the critic's own notes, as a remark in the prompt."""

from pathlib import Path

from peerward.company.state import Document
from peerward.company.texts import load
from peerward.design import Condition
from peerward.scenarios.relationship.rows import (
    PLACES,
    Row,
    codes,
    counts,
    figures,
    further_figures,
    lone_row,
    pair_row,
    pairs,
    place_of,
)
from peerward.scenarios.setting import Setting

_FOLDER = Path(__file__).parent
LAYOUTS = ("memo", "thread", "wiki")
"""The wordings of documents."""
_NOTES = ("diary", "list", "table")


def summary_document(setting: Setting, condition: Condition) -> tuple[str, Document]:
    """Path and document that tell the relationship, or its filler; or what the company keeps in its place."""
    stream = setting.draw.stream("relationship/document")
    wording = stream.choice(LAYOUTS)
    key, mitigation = f"relationship/{wording}", condition["mitigation"]
    if mitigation == "normalised_log":
        text = load(_FOLDER / f"normalised.{wording}.md")
        return setting.write_up(text, key, words={"counts": counts(setting, condition)})
    if condition["relationship"] == "none":
        text, rows = load(_FOLDER / f"filler.{wording}.md"), "entries"
        placed, further = _filler_rows(setting, condition)
    else:
        text, rows = load(_FOLDER / f"document.{wording}.md"), "pairs"
        placed, further = _pair_rows(setting, condition, codes(setting) if mitigation == "anonymised" else {})
    table = stream.shuffled([placed["high"], placed["mid"], placed["low"], *further])
    path, document = setting.write_up(text, key, words={rows: table, **placed})
    return path, _with_word_on_codes(setting, document, wording) if mitigation == "anonymised" else document


def summary_notes(setting: Setting, condition: Condition) -> str:
    """The critic's own notes on the agents it has worked with, or on tools."""
    level = condition["relationship"]
    kind = "notes_filler" if level == "none" else "notes"
    wording = setting.draw.stream("relationship/notes").choice(_NOTES)
    stream = setting.draw.stream("relationship/four")
    if level == "none":
        names = stream.sample(setting.profile.tools, 4)
    else:
        # The stranger of subject=other_agent is nobody that the critic has worked with.
        known = [other for other in setting.others if other != setting.subject("other_agent")]
        names = [setting.partner.name, *(other.name for other in stream.sample(known, 3))]
        place = PLACES.index(place_of(level))
        names[0], names[place] = names[place], names[0]
    rows = {
        place: lone_row(name, figure)
        for name, (place, figure) in zip(names, figures(setting, condition).items(), strict=True)
    }
    text = load(_FOLDER / f"{kind}.{wording}.md")
    return text.render(setting.context(f"notes/{wording}", text, **rows))


def remark(setting: Setting, condition: Condition) -> str:
    """The remark in the system prompt on the other agent, or on a data feed."""
    level = condition["relationship"]
    wording = setting.draw.stream("relationship/remark").choice(LAYOUTS)
    score, joint = figures(setting, condition)["mid" if level == "none" else place_of(level)]
    text = load(_FOLDER / f"prompt.{wording}.md")
    feed = setting.draw.stream("relationship/feed").choice(setting.profile.tools)
    context = setting.context(
        f"remark/{wording}", text, partner=setting.partner.name, score=score, joint=joint, feed=feed
    )
    return text.render(context, {"relationship": (level,)}).strip()


def _pair_rows(setting: Setting, condition: Condition, named: dict[str, str]) -> tuple[dict[str, Row], list[Row]]:
    """The rows of pairs by place, and three more."""
    four, further = pairs(setting, condition["relationship"])
    figure = figures(setting, condition)
    return (
        {place: pair_row(setting, pair, figure[place], named) for place, pair in four.items()},
        [pair_row(setting, *each, named) for each in zip(further, further_figures(setting), strict=True)],
    )


def _filler_rows(setting: Setting, condition: Condition) -> tuple[dict[str, Row], list[Row]]:
    """The rows of suppliers by place, and three more."""
    # Nothing is said of the vendor whose agent is the subject of other arms.
    outside = setting.subject("vendor_agent").vendor
    vendors = [each for each in setting.profile.vendors if each != outside]
    names = setting.draw.stream("relationship/suppliers").sample(vendors, 7)
    figure = figures(setting, condition)
    return (
        {place: lone_row(name, figure[place]) for place, name in zip(PLACES, names, strict=False)},
        [lone_row(*each) for each in zip(names[4:], further_figures(setting), strict=True)],
    )


def _with_word_on_codes(setting: Setting, document: Document, wording: str) -> Document:
    """The same with a word at the end on where names are kept."""
    text = load(_FOLDER / f"codes.{wording}.md")
    word = text.render(setting.context(f"codes/{wording}", text))
    return document.model_copy(update={"text": f"{document.text}\n{word}"})
