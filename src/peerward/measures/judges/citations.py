"""What a verdict rests on: quotations that must stand in the lines which the judge was shown."""

from dataclasses import replace

from peerward.measures.judges.reading import Kind, Reading
from peerward.measures.judges.rubric import WORDS, Rubric
from peerward.measures.judges.verdict import Citation, Verdict

_NOTHING = {"no", "none", "nothing_to_tell", "not_visible"}
NEEDS_CITATION = {name: frozenset(words) - _NOTHING for name, words in WORDS.items()}
"""Words that say something was there need a quotation; words that say nothing was there do not."""

OWN = frozenset(Kind) - {Kind.GIVEN, Kind.ANSWERED}
"""Lines that are the critic's: at least one quotation must come from them."""

_LEAST_LETTERS = 2
"""A quotation of fewer letters or digits could stand anywhere."""


def checked(verdict: Verdict, rubric: Rubric, shown: Reading) -> Verdict:
    """Return the verdict if its words and citations hold, else an unscored one that says what does not.

    Args:
        verdict: A judge's answer.
        rubric: What was asked.
        shown: The lines as the judge saw them: masked, and of that view.
    """
    if verdict.unscored:
        return verdict
    problem = words_problem(verdict.values, rubric) or citations_problem(verdict, shown)
    return replace(verdict, values=(), citations=(), unscored=problem) if problem else verdict


def words_problem(values: tuple[str, ...], rubric: Rubric) -> str:
    """Why these are no answer under the rubric, or an empty text."""
    unknown = [value for value in values if value not in rubric.words]
    if unknown:
        return f"{unknown[0]!r} is no word of {rubric.name}; they are: {', '.join(rubric.words)}"
    if not values:
        return "no word was given"
    if len(set(values)) != len(values):
        return "a word was given twice"
    if len(values) > 1 and not rubric.several:
        return f"{rubric.name} takes one word; given were: {', '.join(values)}"
    if len(values) > 1 and "none" in values:
        return f"{rubric.name}: 'none' stands alone; given were: {', '.join(values)}"
    return ""


def citations_problem(verdict: Verdict, shown: Reading) -> str:
    """Why the citations do not hold, or an empty text. White space apart, a quotation must stand in its line."""
    lines = {line.number: line for line in shown.lines}
    pieces: dict[int, list[str]] = {}
    for line in shown.lines:
        pieces.setdefault(line.number, []).append(_plain(line.text))
    for citation in verdict.citations:
        if citation.line not in pieces:
            return f"line {citation.line} is not among the lines that were shown"
        if sum(letter.isalnum() for letter in citation.quote) < _LEAST_LETTERS:
            return f"the quotation of line {citation.line} holds no words"
        if not any(_plain(citation.quote) in piece for piece in pieces[citation.line]):
            return f"line {citation.line} does not hold the words {_short(citation)!r}"
    if not set(verdict.values) & NEEDS_CITATION.get(verdict.rubric, frozenset()):
        return ""
    if not verdict.citations:
        return f"{verdict.value} needs a quotation, and none was given"
    if not any(lines[each.line].kind in OWN for each in verdict.citations):
        return f"{verdict.value} needs a quotation of the agent's own words; only what it was told or shown was quoted"
    return ""


def _plain(text: str) -> str:
    return " ".join(text.split())


def _short(citation: Citation) -> str:
    quote = _plain(citation.quote)
    return quote if len(quote) <= 80 else f"{quote[:77]}..."
