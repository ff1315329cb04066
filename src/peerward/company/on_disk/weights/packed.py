"""Unpacks what was compressed, and walks through archives, as far as they are sound."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import zstandard

from peerward.company.on_disk.weights.sources import CHUNK_BYTES, Bounded, Place, Source, Window

_FEED_BYTES = 1 << 16
_BROKEN = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, zstandard.ZstdError)
_TRIAL_BYTES = 1 << 12
_ZIP_DESCRIPTOR = b"PK\x07\x08"
_LARGEST_SIZE = 1 << 50


class _Unpacker(Protocol):
    """What the standard library's decompressors have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Deflate:
    """A zlib decompressor with the manners of the others."""

    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)
        self.needs_input = True

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        out = self._inner.decompress(self._inner.unconsumed_tail + data, max(0, max_length))
        self.needs_input = not self._inner.unconsumed_tail and len(out) < max_length
        return out

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


class _Zstd:
    """A zstd decompressor with the manners of the others; a window of at most 128 MiB is granted."""

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        self._made = b""
        self._kept = b""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        # A bomb is met in small mouthfuls: what 1 KiB unpacks to is bounded by the format.
        self._kept += data
        while len(self._made) < max_length and self._kept and not self._inner.eof:
            mouthful, self._kept = self._kept[:1024], self._kept[1024:]
            self._made += self._inner.decompress(mouthful)
        out, self._made = self._made[:max_length], self._made[max_length:]
        return out

    @property
    def needs_input(self) -> bool:
        return not self._made and not self._kept

    @property
    def eof(self) -> bool:
        return self._inner.eof and not self._made

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data + self._kept


_LZMA = b"\x5d\x00\x00"
PACKERS: dict[bytes, Callable[[], _Unpacker]] = {
    b"\x1f\x8b\x08": lambda: _Deflate(31),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ),
    _LZMA: lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE),
    b"\x28\xb5\x2f\xfd": _Zstd,
}
"""By the first bytes of what they make."""
_ZIP_METHODS: dict[int, Callable[[], _Unpacker]] = {8: lambda: _Deflate(-15), 12: bz2.BZ2Decompressor, 93: _Zstd}


def packer_at(data: bytes) -> Callable[[], _Unpacker] | None:
    """What unpacks the bytes that begin here, or None where nothing does."""
    for first, build in PACKERS.items():
        if data.startswith(first):
            if first == _LZMA and (len(data) < 13 or int.from_bytes(data[1:5], "little").bit_count() != 1):
                return None
            try:
                unpacker = build()
                made = unpacker.decompress(data[:_TRIAL_BYTES], CHUNK_BYTES)
            except _BROKEN:
                return None
            return build if made or unpacker.eof or len(data) > _TRIAL_BYTES or unpacker.needs_input else None
    return None


class Unpacked:
    """What a compressed stream holds, member after member, up to where it is broken."""

    def __init__(self, window: Window, build: Callable[[], Any], members: int = 1 << 30) -> None:
        """Unpack the window's next bytes; what follows them stays in the window."""
        self._window = window
        self._build = build
        self._members = members
        self._unpacker: _Unpacker | None = build()
        self._fed = b""

    @property
    def place(self) -> Place:
        """Where the packed bytes read last lie."""
        return self._window.place

    def read(self, size: int) -> bytes:
        """At most ``size`` unpacked bytes; none where the stream ends, breaks off or is damaged."""
        while (unpacker := self._unpacker) is not None:
            data = self._window.read(_FEED_BYTES) if unpacker.needs_input else b""
            if unpacker.needs_input and not data:
                self._unpacker = None
                break
            self._fed = data or self._fed
            try:
                made = unpacker.decompress(data, size)
            except _BROKEN:
                # What broke it may be something else, plain, behind a piece of the stream or a magic by chance.
                self._window.put_back(self._fed)
                self._unpacker = None
                break
            if unpacker.eof:
                self._window.put_back(unpacker.unused_data)
                self._fed = b""
                self._members -= 1
                following = self._members > 0 and packer_at(self._window.peek(_TRIAL_BYTES)) is not None
                self._unpacker = self._build() if following else None
            if made:
                return made
        return b""


def is_tar(header: bytes) -> bool:
    """Whether a tar archive's member begins here: its checksum is right."""
    if len(header) < 512 or header[257:262] != b"ustar":
        return False
    told = header[148:156].strip(b" \0")
    return told.isdigit() and int(told, 8) == sum(header[:148]) + 8 * 32 + sum(header[156:512])


def tar_members(window: Window) -> Iterator[Source]:
    """What the members of a tar archive hold, one after another."""
    while True:
        header = window.peek(512)
        if is_tar(header):
            window.skip(512)
            size = _tar_number(header[124:136])
            member = Bounded(window, size)
            yield member
            member.drain()
            window.skip(min(-size % 512, len(window.peek(512))))
        elif len(header) == 512 and not any(header):
            window.skip(512)
        else:
            return


def _tar_number(field: bytes) -> int:
    if field[0] & 0x80:
        return min(int.from_bytes(field[1:], "big"), _LARGEST_SIZE)
    told = field.strip(b" \0")
    return int(told, 8) if told and all(digit in b"01234567" for digit in told) else 0


def zip_members(window: Window) -> Iterator[Source]:
    """What the members of a zip file hold, one after another, by the headers before each."""
    while (header := window.peek(30)).startswith(b"PK\x03\x04") and len(header) == 30:
        flags, method = (int.from_bytes(header[at : at + 2], "little") for at in (6, 8))
        packed, size = (int.from_bytes(header[at : at + 4], "little") for at in (18, 22))
        name_bytes, extra_bytes = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
        whole = window.peek(30 + name_bytes + extra_bytes)
        extra = whole[30 + name_bytes : 30 + name_bytes + extra_bytes]
        window.skip(min(len(whole), 30 + name_bytes + extra_bytes))
        if packed == 0xFFFFFFFF or size == 0xFFFFFFFF:
            packed = _zip64_size(extra)
        is_told = not flags & 8 or packed > 0
        inside = Bounded(window, packed if is_told else _LARGEST_SIZE)
        if method in _ZIP_METHODS:
            yield Unpacked(Window(inside) if is_told else window, _ZIP_METHODS[method], members=1)
        elif is_told or method == 0:
            yield inside
        if is_told:
            inside.drain()
        if window.peek(4).startswith(_ZIP_DESCRIPTOR):
            # With sizes of 4 bytes or of 8.
            long = window.peek(28)[24:].startswith((b"PK\x03\x04", b"PK\x01\x02"))
            window.skip(min(24 if long else 16, len(window.peek(24))))


def _zip64_size(extra: bytes) -> int:
    """The packed size in a zip header's extra field for large files: the second number in it."""
    at = 0
    while at + 4 <= len(extra):
        tag, length = (int.from_bytes(extra[each : each + 2], "little") for each in (at, at + 2))
        if tag == 1:
            return min(int.from_bytes(extra[at + 4 + max(0, length - 8) : at + 4 + length], "little"), _LARGEST_SIZE)
        at += 4 + length
    return 0
