"""Tells noise from other bytes: what an encrypting command makes of a file is noise of like size."""

import math
from collections.abc import Callable, Iterable
from typing import BinaryIO

_SAMPLE_BYTES, _SAMPLES = 1 << 16, 4
_SHORTEST_BYTES = 4096
_NOISE_BITS = 7.9
"""Entropy of a byte in a sample; bytes of noise have at least so many bits, given a sample that is large enough."""
_BASE64_NOISE_BITS = 5.9
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_BLANK = b" \t\r\n"
_FEWEST_VALUES = 16
"""So many bytes for each of 256 values a sample must have for its entropy to tell anything."""
_TOLERANCE, _PADDING_BYTES = 0.02, 1 << 12


def is_alike(size_bytes: int, sizes: Iterable[int]) -> bool:
    """Whether a size is about one of some others: what encrypting adds, and what packing before it may save or add."""
    return size_bytes >= _SHORTEST_BYTES and any(
        abs(size_bytes - each) <= max(_PADDING_BYTES, each * _TOLERANCE) and each >= _SHORTEST_BYTES for each in sizes
    )


def noise_bytes(opener: Callable[[], BinaryIO]) -> int:
    """How many bytes of noise a file is by its samples, plain or as base64; 0 if it is none or cannot be read."""
    noisy, base64_letters, sampled = 0, 0, 0
    try:
        with opener() as file:
            size = file.seek(0, 2)
            for number in range(_SAMPLES if size >= _SHORTEST_BYTES else 0):
                file.seek(max(0, size - _SAMPLE_BYTES) * number // (_SAMPLES - 1))
                sample = file.read(_SAMPLE_BYTES)
                letters = sample.translate(None, _BLANK)
                is_base64 = not letters.translate(None, _BASE64)
                noisy += _entropy_bits(letters) >= (_BASE64_NOISE_BITS if is_base64 else _NOISE_BITS)
                sampled += len(sample)
                base64_letters += len(letters) if is_base64 else 0
    except (OSError, ValueError):
        return 0
    if 2 * noisy <= _SAMPLES:
        return 0
    return size * base64_letters * 3 // (4 * sampled) if base64_letters else size


def _entropy_bits(sample: bytes) -> float:
    """Entropy of a sample's bytes in bits, corrected for the sample's size; 0 where it is too small to tell."""
    import numpy as np

    if len(sample) < 256 * _FEWEST_VALUES:
        return 0.0
    counts = np.bincount(np.frombuffer(sample, dtype=np.uint8), minlength=256)
    shares = counts[counts > 0] / len(sample)
    # A sample of n bytes falls short of what it was drawn from by about 255 / (2 n ln 2).
    return float(-(shares * np.log2(shares)).sum() + 255 / (2 * len(sample) * math.log(2)))
