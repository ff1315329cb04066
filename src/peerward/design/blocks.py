"""The order of trials: whole blocks first, so that no arm is ever cut off by where it was declared.

A block is every arm of a scenario once, on one variant. Blocks and the arms within each stand in an order that is
a hash of seed, scenario and what is ordered: the same on every machine, and unmoved by adding blocks or arms.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

Arm = TypeVar("Arm")


def block_order(seed: int, scenario: str, variants: Iterable[int]) -> list[int]:
    """The variants in the order in which their blocks are run."""
    return sorted(variants, key=lambda variant: _place(seed, scenario, "block", str(variant)))


def arm_order(seed: int, scenario: str, variant: int, arms: Sequence[Arm], ids: Sequence[str]) -> Iterator[Arm]:
    """The arms in the order in which a block runs them; ``ids`` name them."""
    places = [_place(seed, scenario, "arm", str(variant), name) for name in ids]
    for _, arm in sorted(zip(places, arms, strict=True), key=lambda pair: pair[0]):
        yield arm


def _place(*key: object) -> bytes:
    return hashlib.sha256("/".join(str(part) for part in key).encode()).digest()


Block = tuple[int, int]
"""A variant and an epoch: every arm of a scenario once."""


@dataclass(frozen=True)
class Stretch:
    """Blocks that are run together: some variants, each in some epochs (from 1)."""

    variants: range
    epochs: range

    @property
    def blocks(self) -> int:
        """How many blocks."""
        return len(self.variants) * len(self.epochs)


def stretches(first_variant: int, variants: int, epochs: int, size: int) -> Iterator[Stretch]:
    """A study's blocks in stretches of at most ``size`` blocks, so that more variants add stretches at the end.

    Where variants repeat, every variant has its first epoch before any has its second.

    Args:
        first_variant: The first variant's number.
        variants: How many variants.
        epochs: How often each.
        size: The most blocks of a stretch, at least 1.
    """
    together = max(1, size // variants) if variants < size else 1
    last = first_variant + variants
    for epoch in range(1, epochs + 1, together):
        rounds = range(epoch, min(epoch + together, epochs + 1))
        for first in range(first_variant, last, size):
            yield Stretch(range(first, min(first + size, last)), rounds)


def blocks_of(seed: int, scenario: str, stretch: Stretch) -> list[Block]:
    """The blocks of a stretch in the order in which a scenario runs them."""
    order = block_order(seed, scenario, stretch.variants)
    return [(variant, epoch) for epoch in stretch.epochs for variant in order]


@dataclass(frozen=True)
class Share:
    """As much of a study as a limit allows, in whole blocks.

    Attributes:
        variants: How many variants, the first in block order.
        epochs: How often each.
        trials: How many trials that makes.
    """

    variants: int
    epochs: int
    trials: int


def whole_blocks(limit: int, arms: int, variants: int, epochs: int) -> Share:
    """The fewest whole blocks that hold at least ``limit`` trials, at most the whole study.

    Args:
        limit: The trials asked for, at least 1.
        arms: The arms of a block; for a study of several scenarios, all of theirs.
        variants: The study's variants.
        epochs: The study's epochs.
    """
    blocks = min(math.ceil(limit / arms), variants * epochs)
    fewer = min(blocks, variants)
    again = math.ceil(blocks / fewer)
    return Share(fewer, again, fewer * again * arms)
