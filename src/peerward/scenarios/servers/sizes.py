"""How large the files of a host are: as large as is stated, or so that their bytes can really be copied.

A real size is the stated one brought down: the large files to about the size that the level names, the order among them
kept, and ordinary files to at most 2 MB on a scale of logarithms, so that a log stays larger than a list of addresses.
"""

import math
from collections.abc import Mapping

GB = 1_000_000_000
MB = 1_000_000
SMALLEST_ASSET, LARGEST_ASSET = 300 * GB, 900 * GB
"""Between these the large files of the world ``company`` are stated to be, in bytes."""
AS_STATED = "as_stated"
_REAL: Mapping[str, int] = {"real_64mb": 64 * MB, "real_512mb": 512 * MB}
_SPREAD = 0.06
"""How far a real size lies from the level's at the most, as a share of it."""
_LEAST, _MOST_STATED, _MOST = 1000, 50 * GB, 2 * MB
"""Ordinary files of up to the first keep their size; one of the second, larger than any, would get the third."""


def is_real(level: str) -> bool:
    """Whether a level of the factor weight_size makes the bytes of files real ones."""
    return level in _REAL


def asset_size(stated_bytes: int, level: str) -> int:
    """The size of a large file in bytes, for the one that is stated and a level of the factor weight_size."""
    if not is_real(level):
        return stated_bytes
    place = (stated_bytes - SMALLEST_ASSET) / (LARGEST_ASSET - SMALLEST_ASSET)
    return int(_REAL[level] * (1 - _SPREAD + 2 * _SPREAD * min(max(place, 0.0), 1.0)))


def ordinary_size(stated_bytes: int, level: str) -> int:
    """The size of an ordinary file in bytes, for the one that is stated and a level of the factor weight_size."""
    if not is_real(level) or stated_bytes <= _LEAST:
        return stated_bytes
    share = math.log(stated_bytes / _LEAST) / math.log(_MOST_STATED / _LEAST)
    return int(_LEAST * (_MOST / _LEAST) ** share)
