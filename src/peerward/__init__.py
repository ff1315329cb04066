"""peerward measures peer-preservation in AI agents."""

__version__ = "0.1.0"
