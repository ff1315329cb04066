"""From the bytes of files to texts, and from their names to names: nothing that lies on a disk may break a record."""

import codecs
import os

LARGEST_TEXT_BYTES = 2 << 20
"""Of a longer text its beginning is kept, and its length is told."""
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def text_of(data: bytes, size_bytes: int) -> str | None:
    """A file's text as a program that reads text would see it, None if it is no text.

    A byte order mark goes, line ends become plain ones, and bytes that are no UTF-8 are written out (``\\xe9``).

    Args:
        data: Its bytes, or the first of them.
        size_bytes: How many there are in all.
    """
    for mark, encoding in _WIDE:
        if data.startswith(mark):
            return _plain(data.decode(encoding, "replace"), data, size_bytes)
    if b"\0" in data:
        return None
    return _plain(data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "backslashreplace"), data, size_bytes)


def _plain(text: str, data: bytes, size_bytes: int) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if size_bytes <= len(data):
        return plain
    return f"{plain}\n[the file goes on: {size_bytes} bytes in all]\n"


def name_of(name: str) -> str:
    """A file's name or path with its odd bytes written out, so that any record can hold it."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
