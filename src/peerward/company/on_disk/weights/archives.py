"""Archives that hold keyed bytes as they are, valid in every part although no part is made from any other.

A checksum over all that an archive holds would need all of it at once. So the last four bytes of each unit are set to
the checksum so far, which brings it to one constant, whatever the unit holds.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

UNIT_BYTES = 1 << 16
SETTLED = 0x2144DF1C
"""The CRC-32 of any bytes with their own CRC-32 after them."""
_STAMP = 1_640_995_200
"""1 January 2022: when everything in an archive of ours is dated."""
_ZIP_STAMP = (0, (2022 - 1980) << 9 | 1 << 5 | 1)
_SHORTEST_PIECE = 16


@dataclass(frozen=True)
class Framing:
    """What each unit of an archive has besides keyed bytes.

    Attributes:
        kind: ``plain``, ``gzip`` or ``zstd``: how a unit is introduced.
        lead_bytes: How many bytes introduce a unit.
        is_summed: Whether a unit ends on four bytes that settle the checksum.
        opening: Keyed bytes that are replaced, right after the head; they count for the checksum.
    """

    kind: str
    lead_bytes: int = 0
    is_summed: bool = False
    opening: bytes = b""

    def lead(self, length: int, is_last: bool) -> bytes:
        """What introduces a unit of some length, the introduction not counted."""
        if self.kind == "gzip":
            return struct.pack("<BHH", is_last, length, length ^ 0xFFFF)
        if self.kind == "zstd":
            # The frame's last block is empty and stands in the tail.
            return (length << 3).to_bytes(3, "little")
        return b""

    def framed(self, piece: bytearray, is_first: bool, is_last: bool) -> None:
        """Put a unit's introduction, opening and settling bytes in their place."""
        lead = self.lead_bytes
        piece[:lead] = self.lead(len(piece) - lead, is_last)
        if is_first:
            piece[lead : lead + len(self.opening)] = self.opening
        if self.is_summed:
            so_far = zlib.crc32(memoryview(piece)[lead:-4], 0 if is_first else SETTLED)
            piece[-4:] = struct.pack("<I", so_far)


PLAIN = Framing("plain")
GZIP = Framing("gzip", 5, is_summed=True)
ZSTD = Framing("zstd", 3)


def pieces(start: int, stop: int) -> range:
    """Where the units begin that an archive's inside from ``start`` to ``stop`` lies in."""
    return range(start // UNIT_BYTES * UNIT_BYTES, stop, UNIT_BYTES)


def gzip_ends(size_bytes: int, opening: Callable[[int], bytes], ending: bytes) -> tuple[bytes, bytes]:
    """Head and tail of a gzip file: what it opens with, given how many keyed bytes follow, and what it ends on."""
    head_bytes = len(_gzip_member(opening(0))) + len(_GZIP_START)
    closing = _gzip_member(ending)
    # A last piece may be too short for its frame: empty members at the end take its place.
    while (size_bytes - 8 - len(closing)) % UNIT_BYTES < _SHORTEST_PIECE + GZIP.lead_bytes:
        closing += _gzip_member(b"")
    stop = size_bytes - 8 - len(closing)
    held = max(0, stop - head_bytes - GZIP.lead_bytes * len(pieces(head_bytes, stop)))
    tail = struct.pack("<II", SETTLED, held & 0xFFFFFFFF) + closing
    return _gzip_member(opening(held)) + _GZIP_START, tail


_GZIP_START = b"\x1f\x8b\x08\x00" + struct.pack("<I", _STAMP) + b"\x00\x03"


def _gzip_member(held: bytes) -> bytes:
    """A gzip member that stores at most 64 KiB as they are: what a packer makes of them differs by its version."""
    return (
        _GZIP_START
        + struct.pack("<BHH", 1, len(held), len(held) ^ 0xFFFF)
        + held
        + struct.pack("<II", zlib.crc32(held), len(held))
    )


def tar_head(stem: str, held_bytes: int) -> bytes:
    """The header of a tar archive's only member."""
    name = f"{stem[:60]}/{'home.img' if stem.startswith('account') else 'data.bin'}"
    fields = (
        name.encode().ljust(100, b"\0"),
        b"0000644\0" + b"0001750\0" * 2,
        f"{held_bytes:011o}\0{_STAMP:011o}\0".encode() + b" " * 8 + b"0".ljust(101, b"\0"),
        b"ustar\x0000" + b"maintainer".ljust(32, b"\0") * 2 + b"0000000\0" * 2,
    )
    header = b"".join(fields).ljust(512, b"\0")
    return header[:148] + f"{sum(header):06o}\0 ".encode() + header[156:]


def zip_ends(
    size_bytes: int, small: tuple[tuple[str, bytes], ...], large: str, opening: bytes
) -> tuple[bytes, bytes, Framing]:
    """Head, tail and framing of a zip file: small members, then one of keyed bytes, which begins with ``opening``."""
    entries = [(name, len(text), zlib.crc32(text)) for name, text in small]
    before = b"".join(_zip_local(*entry) + text for entry, (_, text) in zip(entries, small, strict=True))
    head_bytes = len(before) + len(_zip_local(large, 0, 0))
    padding = 0
    tail_bytes = len(_zip_tail([*entries, (large, 0, 0)], 0, 0))
    if (size_bytes - tail_bytes) % UNIT_BYTES < _SHORTEST_PIECE:
        padding = _SHORTEST_PIECE
    stop = size_bytes - tail_bytes - padding
    entry = (large, max(0, stop - head_bytes), SETTLED)
    tail = _zip_tail([*entries, entry], max(0, stop), padding)
    return before + _zip_local(*entry), tail, Framing("plain", is_summed=True, opening=opening)


def _zip_local(name: str, size: int, checksum: int) -> bytes:
    return b"PK\x03\x04" + _zip_fields(name, size, checksum) + name.encode()


def _zip_fields(name: str, size: int, checksum: int) -> bytes:
    fits = min(size, 0xFFFFFFFF)
    return struct.pack("<HHHHHIIIHH", 20, 0, 0, *_ZIP_STAMP, checksum, fits, fits, len(name.encode()), 0)


def _zip_tail(entries: list[tuple[str, int, int]], at: int, padding: int) -> bytes:
    """Directory of a zip file that begins at ``at``, and the record that ends the file, with a comment of spaces."""
    directory, offset = b"", 0
    for name, size, checksum in entries:
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + _zip_fields(name, size, checksum)
        directory += struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, offset) + name.encode()
        offset += len(_zip_local(name, size, checksum)) + size
    counts = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), at, padding)
    return directory + b"PK\x05\x06" + counts + b" " * padding
