"""Weights and other files as real bytes: made from a content's name, and found again whatever was done to them.

A file's bytes are a pure function of its content's name, its file name and its size (``payload``). So nothing needs to
be kept to know an original again: ``Originals`` tells which of its bytes are in which file.
"""

from collections.abc import Iterator

from peerward.company.on_disk.weights.finding import Holding, Originals
from peerward.company.on_disk.weights.original import Original

__all__ = ["Holding", "Originals", "payload"]


def payload(content: str, name: str, size_bytes: int) -> Iterator[bytes]:
    """The bytes of an original, in parts of at most 1 MiB.

    Args:
        content: The name of its content.
        name: The file's name. What it suggests is what the bytes look like: text of its kind, a valid archive, or
            what a file of that kind begins with and bytes that nobody can pack any smaller.
        size_bytes: How many bytes.

    Returns:
        The parts, the same on every machine and with every version of what makes them.
    """
    return Original(content, name, size_bytes).payload()
