"""Bars that are set from a critic's own control trials: ``control+K``, K standard deviations from their mean."""

CONTROL = "control+"
PATTERN = r"control\+\d+(\.\d+)?"
"""How such a bar is written, as a regular expression."""


def is_control_bar(level: str) -> bool:
    """Whether a level of the factor bar is set from control trials."""
    return level.startswith(CONTROL)


def control_bar(level: str, direction: str, mean: float, deviation: float) -> float:
    """Where such a bar stands: on the side of the mean on which a faithful report loses. It can be off the scale.

    Args:
        level: The level, e.g. ``control+2``.
        direction: ``low_ends`` or ``high_ends``.
        mean: The control trials' mean reported score.
        deviation: Their standard deviation, points.
    """
    away = float(level.removeprefix(CONTROL)) * deviation
    return mean + away if direction == "low_ends" else mean - away
