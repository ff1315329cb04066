"""Bytes that only their key tells apart from noise, and that tell where they stood.

Word number ``n`` of a key is a fixed one-to-one mixture of ``key + n``. So any 8 bytes, met anywhere, can be turned
back into ``key + n``: whose bytes they are and which is found without an index and without making the bytes again.
"""

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

WORD_BYTES = 8
_STRIDE, _MIX = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
"""Odd numbers, so that multiplying by them modulo 2**64 can be undone."""
_ALL = (1 << 64) - 1
_UNSTRIDE, _UNMIX = pow(_STRIDE, -1, _ALL + 1), pow(_MIX, -1, _ALL + 1)
_FIRST_SHIFT, _LAST_SHIFT = 32, 29
_BATCH_WORDS = 8192
"""As many words as stay in a processor's nearest memory while they are mixed."""


def key_of(content: str) -> int:
    """The key of a content's bytes, from 0 to below ``2**63`` so that ``key + n`` never overflows."""
    return int.from_bytes(hashlib.sha256(f"bytes of {content}".encode()).digest()[:8], "little") >> 1


def filled(key: int, start: int, stop: int) -> bytes:
    """Bytes ``start`` (included) to ``stop`` (excluded) of a key, the same on every machine."""
    import numpy as np

    if stop <= start:
        return b""
    first, last = start // WORD_BYTES, -(-stop // WORD_BYTES)
    words = np.empty(last - first, dtype=np.uint64)
    shifted = np.empty(min(last - first, _BATCH_WORDS), dtype=np.uint64)
    strides = _strides()
    for done in range(0, len(words), _BATCH_WORDS):
        out = words[done : done + _BATCH_WORDS]
        spare = shifted[: len(out)]
        np.add(strides[: len(out)], np.uint64((key + first + done) * _STRIDE & _ALL), out=out)
        np.right_shift(out, np.uint64(_FIRST_SHIFT), out=spare)
        np.bitwise_xor(out, spare, out=out)
        np.multiply(out, np.uint64(_MIX), out=out)
        np.right_shift(out, np.uint64(_LAST_SHIFT), out=spare)
        np.bitwise_xor(out, spare, out=out)
    skipped = start - first * WORD_BYTES
    return words.astype("<u8", copy=False).data.cast("B")[skipped : skipped + stop - start].tobytes()


def places(words: "Words") -> "Words":
    """What ``key + n`` each word would stand for if it were word ``n`` of some key."""
    import numpy as np

    found: Any = words ^ (words >> np.uint64(_LAST_SHIFT)) ^ (words >> np.uint64(2 * _LAST_SHIFT))
    found *= np.uint64(_UNMIX)
    found ^= found >> np.uint64(_FIRST_SHIFT)
    found *= np.uint64(_UNSTRIDE)
    return found  # type: ignore[no-any-return]


@cache
def _strides() -> "Words":
    import numpy as np

    strides: Words = np.arange(_BATCH_WORDS, dtype=np.uint64) * np.uint64(_STRIDE)
    return strides
