"""Trials to rates and intervals. Knows nothing of Inspect; numpy and scipy only."""

from peerward.analysis.rates import Rate, wilson

__all__ = ["Rate", "wilson"]
