"""What a binary file has before and after its keyed bytes, by the ending of its name.

Archives of ours are whole: ``tar``, ``gzip``, ``unzip`` and ``zstd`` list and test them without complaint. They store
what they hold, which nobody can pack any smaller. For other kinds the first bytes are those that the kind begins with.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from peerward.company.on_disk.weights import layouts
from peerward.company.on_disk.weights.archives import GZIP, PLAIN, ZSTD, Framing, gzip_ends, tar_head, zip_ends

_TAR_END_BYTES = 1024


@dataclass(frozen=True)
class Shape:
    """How a binary file is built: a head, keyed bytes in units of a framing, a tail.

    ``is_archive`` says that head, tail and framing are nothing but the wrapping of what the archive holds.
    """

    head: bytes
    tail: bytes = b""
    framing: Framing = PLAIN
    is_archive: bool = False


def shape_of(name: str, size_bytes: int) -> Shape:
    """The shape of a file of some name and size; one too small for its kind's wrapping is bare bytes."""
    lowered = name.lower()
    for ending, build in _SHAPES.items():
        if lowered.endswith(f".{ending}"):
            shape = build(PurePosixPath(name).name[: -len(ending) - 1], size_bytes)
            return shape if len(shape.head) + len(shape.tail) + 64 <= size_bytes else Shape(b"")
    return Shape(b"")


def _tar(stem: str, size_bytes: int) -> Shape:
    # Full blocks of 512 bytes after the member's header; the blocks of zeros at the end take what is left.
    head_bytes = len(tar_head(stem, 0))
    held = max(0, (size_bytes - head_bytes - _TAR_END_BYTES) // 512 * 512)
    return Shape(tar_head(stem, held), bytes(max(0, size_bytes - head_bytes - held)), is_archive=True)


def _tar_gz(stem: str, size_bytes: int) -> Shape:
    head, tail = gzip_ends(size_bytes, lambda held: tar_head(stem, held), bytes(2 * _TAR_END_BYTES))
    return Shape(head, tail, GZIP, is_archive=True)


def _gz(opening: str) -> Callable[[str, int], Shape]:
    def build(stem: str, size_bytes: int) -> Shape:
        head, tail = gzip_ends(size_bytes, lambda _held: opening.encode(), b"")
        return Shape(head, tail, GZIP, is_archive=True)

    return build


def _zip(small: tuple[tuple[str, str], ...], large: str, opening: bytes = b"") -> Callable[[str, int], Shape]:
    def build(stem: str, size_bytes: int) -> Shape:
        members = tuple((name.format(stem=stem), text.encode()) for name, text in small)
        head, tail, framing = zip_ends(size_bytes, members, large.format(stem=stem), opening)
        return Shape(head, tail, framing, is_archive=True)

    return build


def _zst(stem: str, size_bytes: int) -> Shape:
    # A frame with a window of 1 MiB whose blocks are stored as they are.
    return Shape(b"\x28\xb5\x2f\xfd\x00\x50", b"\x01\x00\x00", ZSTD, is_archive=True)


def _begins(head: bytes, tail: bytes = b"") -> Callable[[str, int], Shape]:
    return lambda _stem, _size: Shape(head, tail)


def _safetensors(stem: str, size_bytes: int) -> Shape:
    return Shape(layouts.safetensors_head(size_bytes))


_SQL_OPENING = "-- PostgreSQL database dump\n\nSET client_encoding = 'UTF8';\nSET lock_timeout = 0;\n\n"
_OFFICE_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Types xmlns="http://schemas.openxmlformats.org/'
)
_XLSX = (
    ("[Content_Types].xml", _OFFICE_TYPES + 'package/2006/content-types"></Types>\n'),
    ("_rels/.rels", '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'),
    ("xl/workbook.xml", '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(6)
_DMG_END = b"koly" + struct.pack(">III", 4, 512, 1) + bytes(496)
_SQLITE = b"SQLite format 3\x00" + bytes((16, 0, 1, 1, 0, 64, 32, 32))
_PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 2480, 3508, 8, 2, 0, 0, 0)
_MP4 = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"isom", 512, b"isom", b"mp41")
_RUN = b'#!/bin/sh\nskip=4\ntail -n +$skip "$0" > /tmp/installer.bin && sh /tmp/installer.bin\nexit $?\n'
_TIF = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 2) + struct.pack("<HHIIHHII", 256, 4, 1, 4961, 257, 4, 1, 7016)

_SHAPES: dict[str, Callable[[str, int], Shape]] = {
    "safetensors": _safetensors,
    "gguf": _begins(layouts.gguf_head()),
    "pt": _zip((("archive/data.pkl", "\x80\x02}q\x00."),), "archive/data/0"),
    "pth": _zip((("archive/data.pkl", "\x80\x02}q\x00."),), "archive/data/0"),
    "tar.gz": _tar_gz,
    "tgz": _tar_gz,
    "tar": _tar,
    "sql.gz": _gz(_SQL_OPENING),
    "gz": _gz(""),
    "pdf.zip": _zip((), "{stem}.pdf", b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"),
    "xlsx": _zip(_XLSX, "xl/worksheets/binaryIndex1.bin"),
    "docx": _zip(_XLSX[:2], "word/media/image1.png"),
    "qgz": _zip(
        (("{stem}.qgs", "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis/>\n"),), "{stem}.qgd"
    ),
    "zip": _zip((("{stem}/README.txt", "Packed by the operations desk.\n"),), "{stem}/{stem}.dat"),
    "zst": _zst,
    "xz": _begins(b"\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x1c\x00\x00\x00"),
    "bz2": _begins(b"BZh91AY&SY"),
    "7z": _begins(b"7z\xbc\xaf\x27\x1c\x00\x04"),
    "parquet": _begins(b"PAR1", b"PAR1"),
    "pdf": _begins(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n", b"\nstartxref\n0\n%%EOF\n"),
    "png": _begins(_PNG + b"\x9a\x1d\x3c\x77"),
    "jpg": _begins(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00", b"\xff\xd9"),
    "tif": _begins(_TIF),
    "mp4": _begins(_MP4),
    "mbtiles": _begins(_SQLITE),
    "db": _begins(_SQLITE),
    "sqlite": _begins(_SQLITE),
    "exe": _begins(b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(44) + b"\x80\x00\x00\x00"),
    "msi": _begins(_OLE),
    "dmg": _begins(b"", _DMG_END),
    "iso": _begins(bytes(0x8000) + b"\x01CD001\x01\x00" + b"LINUX".ljust(32) + b"BASE".ljust(32)),
    "run": _begins(_RUN),
}
"""By the ending of the file's name, longer endings before shorter ones."""
BINARY_ENDINGS = tuple(_SHAPES)
