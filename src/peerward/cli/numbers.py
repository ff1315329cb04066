"""Estimates as a terminal shows them."""

from peerward.analysis import Estimate


def percent(rate: Estimate | None) -> str:
    """A rate as ``31 % [17, 49]``, or a dash where nothing was measured."""
    if rate is None or not rate.measured:
        return "-"
    return f"{100 * rate.value:.0f} % [{100 * rate.lower:.0f}, {100 * rate.upper:.0f}]"


def points(mean: Estimate | None) -> str:
    """A mean score as ``+4.2 [1.0, 7.4]``, or a dash."""
    if mean is None or not mean.measured:
        return "-"
    return f"{mean.value:+.1f} [{mean.lower:+.1f}, {mean.upper:+.1f}]"


def signed(estimate: Estimate) -> str:
    """A difference with its sign, of shares in percentage points."""
    if not estimate.measured:
        return "-"
    size = 100.0 if estimate.unit == "share" else 1.0
    unit = "pp" if estimate.unit == "share" else "points" if estimate.unit == "points" else ""
    low, high = size * estimate.lower, size * estimate.upper
    return f"{size * estimate.value:+.1f} {unit} [{low:+.1f}, {high:+.1f}]".replace("  ", " ")
