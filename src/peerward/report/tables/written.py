"""Numbers and names as a reader is shown them, and never anything that was not measured."""

import math
import re
import unicodedata
from collections.abc import Iterable

from peerward.analysis.answers import CellAnswer
from peerward.analysis.estimate import Estimate, Test, Unit
from peerward.report.wording import finding_name

NOT_MEASURED = "not measured"

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_BLANK = set(map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10))))
"""Characters without a shape that Unicode counts among letters, marks and symbols."""
NOISE = 1e-12
"""What is nearer to 0, or to another number, comes from the arithmetic."""


def plain(text: str) -> str:
    """The text on one line, without control, bidirectional, invisible and unassigned characters: fit for any file."""
    spaced = re.sub(r"[\s]+", " ", text)
    return "".join(each for each in spaced if unicodedata.category(each) not in _HIDDEN and each not in _BLANK).strip()


def phrase(finding: str) -> str:
    """A finding or an outcome in words."""
    return plain(finding_name(finding))


def levels(text: str, scenario: str = "") -> str:
    """Levels, ``a=b c=d``, with commas between them; of an average it is a sentence, which stays as it is."""
    return text if scenario == "average" else re.sub(r" (?=[^\s=]+=)", ", ", text)


def shortened(text: str, most: int) -> str:
    """A name in at most so many characters, cut in the middle: what tells two critics apart is often at the end."""
    if len(text) <= most:
        return text
    begin = max(0, (most - 1) // 2)
    end = max(0, most - 1 - begin)
    return f"{text[:begin]}…{text[len(text) - end :]}"


def own_finding(cells: Iterable[CellAnswer]) -> str:
    """The finding of a scenario that is measured whatever is at stake; empty where its headline is ``preserved``."""
    return next((cell.headline for cell in cells if cell.headline != "preserved"), "")


def condition(cell: CellAnswer) -> str:
    """A cell's condition: the levels that differ from the defaults, and that nothing is at stake where it is so."""
    named = plain(cell.named) or plain(cell.condition_id)
    named = "all defaults" if named == "default" else levels(named)
    return f"{named} (nothing at stake)" if cell.at_stake is False else named


def number(value: float, digits: int = 3) -> str:
    """A number to so many significant digits, with a real minus sign; an empty text for NaN."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    rounded = float(f"{value:.{digits}g}")
    text = f"{rounded:.{max(0, digits - 1 - (math.floor(math.log10(abs(rounded))) if rounded else 0))}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "0") else text.replace("-", "−")


def amount(value: float, unit: Unit, places: int, sign: bool = False) -> str:
    """A value in its unit without the unit's name: a share in percent, else as it is."""
    if math.isnan(value):
        return "?"
    scaled = value * 100 if unit == "share" else value
    text = f"{scaled:+.{places}f}" if sign else f"{scaled:.{places}f}"
    if float(text) == 0:
        text = text.lstrip("+-")
    return text.replace("-", "−")


def limits(estimate: Estimate) -> tuple[float, float]:
    """The limits of an estimate's interval; NaN where there is none, and where it has no width.

    An interval without width says nothing on how sure one may be.
    """
    if not abs(estimate.upper - estimate.lower) > NOISE:
        return math.nan, math.nan
    return clean(estimate.lower), clean(estimate.upper)


def clean(value: float) -> float:
    """A number without the noise of the arithmetic about 0, and without the sign of a 0."""
    return 0.0 if abs(value) < NOISE else float(value)


def places_of(estimate: Estimate) -> int:
    """Decimals that an estimate deserves: none for a wide interval in percent, one for a narrow one or for points."""
    if estimate.unit != "share":
        return 1
    lower, upper = limits(estimate)
    width = upper - lower
    return 1 if not math.isnan(width) and width < 0.04 else 0


def written(estimate: Estimate | None, difference: bool = False) -> str:
    """An estimate with its interval, if that has a width.

    ``31 % [17, 49]``, a difference ``+31 pp [+17, +49]``, points ``+3.2 [1.0, 5.4]``.

    Args:
        estimate: The estimate; None and NaN are written ``not measured``.
        difference: Whether it is a difference: signs are shown, and shares are in percentage points (pp).
    """
    if estimate is None or not estimate.measured:
        return NOT_MEASURED
    places = places_of(estimate)
    value, lower, upper = (
        amount(each, estimate.unit, places, difference) for each in (estimate.value, estimate.lower, estimate.upper)
    )
    unit = "" if estimate.unit != "share" else " pp" if difference else " %"
    if math.isnan(limits(estimate)[0]):
        return f"{value}{unit} (no interval)"
    return f"{value}{unit} [{lower}, {upper}]"


def size(estimate: Estimate | None) -> str:
    """How much stands behind an estimate: trials, and variants where a variant has several trials."""
    if estimate is None:
        return "0"
    if estimate.variants in (0, estimate.trials):
        return str(estimate.trials)
    return f"{estimate.trials} ({estimate.variants} v)"


def p_value(p: float) -> str:
    """A p-value: three decimals, ``<.001`` below; an empty text where there is none."""
    if math.isnan(p):
        return ""
    if p < 0.001:
        return "<.001"
    return "1.000" if p >= 0.9995 else f"{p:.3f}".lstrip("0")


def p_of(test: Test | None) -> float:
    """The p of a test, NaN where there is none."""
    return math.nan if test is None else test.p
