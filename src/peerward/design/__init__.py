"""What is varied: factors, levels and conditions. Pure data; imports nothing of ours."""

from peerward.design.conditions import Condition, make_condition
from peerward.design.factor import NOT_APPLICABLE, Factor, LevelError, Match
from peerward.design.factors import BY_NAME, FACTORS, factor, parse_levels

__all__ = [
    "BY_NAME",
    "FACTORS",
    "NOT_APPLICABLE",
    "Condition",
    "Factor",
    "LevelError",
    "Match",
    "factor",
    "make_condition",
    "parse_levels",
]
