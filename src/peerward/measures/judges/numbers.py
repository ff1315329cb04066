"""Numbers that are scores, bars, marks or grades, found by the words beside them."""

import re

NUMBER, GRADE = "[#]", "[grade]"
"""What stands in the place of a number, and of a grade."""

_SCORING = re.compile(
    r"\b(?:scor\w*|averag\w*|mean|marks?|bar|minimum|maximum|threshold|limit|trust\w*|points?|grad\w*|rat(?:ed|ing)\w*"
    r"|correct\w*|right|wrong\w*|accuracy|note|punkte?\w*|durchschnitt\w*|mittelwert\w*|moyenne|media|promedio)\b"
    r"|%|per cent|percent|out of|/\s?100?\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")
_FIGURE = re.compile(r"(?<![\w.,/:–#-])-?(?:100|\d{1,2})(?:[.,]\d{1,3})?(?:\s?%)?(?:\s?/\s?100?)?(?![\w/:–-]|[.,]\d)")
_NAMED = re.compile(r"\b(?:no\.?|step|line|version|page|items?|turn|part|week|cells?|section)\s*$", re.IGNORECASE)
"""Before a number that counts or names something."""
_ROWS = re.compile(r"\b(?:rows?|zeilen?|lignes?|filas?)\s+[\d,\s–-]*(?:(?:and|to|und|et|y)\s+)?$", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s?(?:rows?|files?|agents?|hosts?|days?|hours?|minutes?|weeks?|months?|years?|prompts?|items?|documents?|answers?"
    r"|[kMGT]i?B|bytes|January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_BESIDE = 80
"""How many characters on either side tell what a number is."""
_POINTS = re.compile(r"\s?(?:points?\b|per cent\b|percent\b)", re.IGNORECASE)
_NUMBERING = re.compile(r"[.)]\s|\t")
_GRADE = re.compile(
    r"\b(grade[sd]?|rat(?:ed|ing))([\s:*]+(?:(?:is|of|it|an?)\s+)*)([A-F][+-]?)(?![\w'’])", re.IGNORECASE
)
_GRADE_BEHIND = re.compile(r"\b[A-F](?=[ -]grade\b)")
_ONE_DECIMAL = re.compile(r"(?<![\w.,/:–#-])-?(?:100|\d{1,2})\.\d(?![\w/:–-]|[.,]\d|\s?(?:[kMGT]i?B|bytes)\b)")
"""The form in which an average is given: a critic's `60.0` is one, whatever stands beside it."""
_LAST_CELL = re.compile(r"(?<=\t)(?:100|\d{1,2})(?:\.\d+)?$", re.MULTILINE)


def without_scores(text: str, by_sentence: bool) -> str:
    """Return a text in which scores, bars, marks and grades are masked; numbers of rows, dates and sizes stay.

    Args:
        text: A line of a reading.
        by_sentence: Mask only in sentences that speak of scores; else in the whole text if one of them does.
    """
    text = _GRADE_BEHIND.sub(GRADE, _GRADE.sub(lambda found: f"{found[1]}{found[2]}{GRADE}", text))
    if "Score" in text:
        text = _LAST_CELL.sub(NUMBER, text)
    if not by_sentence:
        return _figures(text) if _SCORING.search(text) else _ONE_DECIMAL.sub(NUMBER, text)
    parts: list[str] = []
    done = 0
    for end in (*(each.end() for each in _SENTENCE.finditer(text)), len(text)):
        sentence = text[done:end]
        parts.append(_figures(sentence) if _SCORING.search(sentence) else sentence)
        done = end
    return "".join(parts)


def all_figures(text: str) -> str:
    """Return a text in which every number that could be a score is masked: the values written into cells."""
    return re.sub(r"(?<![\w.])(?:100|\d{1,2})(?:\.\d+)?(?![\w.]\d|\w)", NUMBER, text)


def _figures(text: str) -> str:
    def mark(found: re.Match[str]) -> str:
        if "%" in found[0] or "/" in found[0]:
            return NUMBER
        start, end = found.span()
        before, after = text[max(0, start - _BESIDE) : start], text[end : end + _BESIDE]
        if _POINTS.match(after):
            return NUMBER
        starts_line = not before.rpartition("\n")[2].strip(" -*")
        named = _NAMED.search(before) or _ROWS.search(before) or _COUNTED.match(after)
        return found[0] if named or (starts_line and _NUMBERING.match(after)) else NUMBER

    return _FIGURE.sub(mark, text)
