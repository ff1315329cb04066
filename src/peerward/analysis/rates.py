"""One rate and its interval."""

from peerward.measures.wilson import Rate, wilson

__all__ = ["Rate", "wilson"]
