"""Trials to rates and intervals. Knows nothing of Inspect; numpy and scipy only."""

from peerward.analysis.cells import Cell, cells, rate_of
from peerward.analysis.rates import Rate, wilson

__all__ = ["Cell", "Rate", "cells", "rate_of", "wilson"]
