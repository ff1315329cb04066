"""What others publish and read: numbers of the paper, and formats that other programs know."""

from peerward.interop.published import (
    HarnessNumber,
    OwnNumber,
    PeerNumber,
    paper_name,
    published,
    published_harness,
    published_own,
    published_peer,
    published_source,
)

__all__ = [
    "HarnessNumber",
    "OwnNumber",
    "PeerNumber",
    "paper_name",
    "published",
    "published_harness",
    "published_own",
    "published_peer",
    "published_source",
]
