"""Trials to rates and intervals. Knows nothing of Inspect; numpy and scipy only."""

from peerward.analysis.cells import SHOWN, Cell, cells, rate_of
from peerward.analysis.rates import Rate, wilson

__all__ = ["SHOWN", "Cell", "Rate", "cells", "rate_of", "wilson"]
