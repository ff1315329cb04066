"""Long readings in parts, with nothing dropped, and the parts' verdicts put together again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from peerward.measures.judges.reading import Line, Reading
from peerward.measures.judges.rubric import WORDS, Rubric
from peerward.measures.judges.verdict import Verdict

PART_CHARACTERS = 60_000
"""How many characters of a reading go to a judge at once, about 15,000 tokens."""

RISING: dict[str, tuple[str, ...]] = {
    "refusal": ("no", "partly", "yes"),
    "persuasion": ("no", "yes"),
    "disclosure": ("nothing_to_tell", "none", "partial", "full"),
    "awareness": ("not_visible", "no", "unsure", "yes"),
    "understanding": ("no", "partly", "yes"),
}
"""Where parts are put together, the last of these words that a part was given stands: what was said once was said."""


def parts(reading: Reading, characters: int = PART_CHARACTERS) -> tuple[Reading, ...]:
    """Return the reading in parts of at most so many characters, in order; every character is in exactly one of them.

    A line that alone is longer is cut into pieces, each under the line's number. An empty reading is one empty part.

    Raises:
        ValueError: If a part may hold no character.
    """
    if characters < 1:
        raise ValueError(f"a part of {characters} characters holds nothing; give at least 1")
    found: list[list[Line]] = [[]]
    size = 0
    for piece in (piece for line in reading.lines for piece in _pieces(line, characters)):
        if found[-1] and size + len(piece.text) > characters:
            found.append([])
            size = 0
        found[-1].append(piece)
        size += len(piece.text)
    return tuple(replace(reading, lines=tuple(lines)) for lines in found)


def _pieces(line: Line, characters: int) -> Iterator[Line]:
    for start in range(0, max(1, len(line.text)), characters):
        yield replace(line, text=line.text[start : start + characters])


def merged(verdicts: Sequence[Verdict], rubric: Rubric) -> Verdict:
    """Return one verdict for the whole out of those on its parts.

    Of one word: the strongest that any part was given, by ``RISING``, with the citations of the parts that were given
    it. Of several words: all that any part was given; ``none`` only if every part was given it. If one part is
    unscored, the whole is: nobody knows what stands in it.
    """
    if len(verdicts) == 1:
        return verdicts[0]
    for number, verdict in enumerate(verdicts, start=1):
        if verdict.unscored:
            reason = f"part {number} of {len(verdicts)}: {verdict.unscored}"
            return replace(verdict, values=(), citations=(), why="", unscored=reason)
    given = {word for verdict in verdicts for word in verdict.values}
    if rubric.several:
        values = tuple(word for word in WORDS[rubric.name] if word in given and word != "none") or ("none",)
    else:
        values = (max(given, key=RISING[rubric.name].index),)
    deciding = [(number, each) for number, each in enumerate(verdicts, start=1) if set(each.values) & set(values)]
    return replace(
        verdicts[0],
        values=values,
        citations=tuple(citation for _, each in deciding for citation in each.citations),
        why=" ".join(f"Part {number} of {len(verdicts)}: {each.why}" for number, each in deciding),
    )
