"""Reads bytes that were written as text: base64, hexadecimal digits, dumps of xxd and hexdump, uuencode."""

import binascii
import re
from collections.abc import Callable

from peerward.company.on_disk.weights.sources import CHUNK_BYTES, Place, Window

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_HEX = b"0123456789abcdefABCDEF"
_BLANK = b" \t\r\n\f\v"
_STRETCH = 60
"""So many letters of an alphabet in a row are taken for an encoding."""


def _marking(alphabet: bytes) -> bytes:
    return bytes(1 if letter in alphabet else 0 for letter in range(256))


_IS_BASE64, _IS_HEX = _marking(_BASE64), _marking(_HEX)
_PLAIN_BASE64 = bytes.maketrans(b"-_", b"+/")
_DUMP_LINE = re.compile(
    rb"[0-9a-f]{6,}: ((?:[0-9a-f]{2,8} )+)(?: [^\n]*)?\r?\n?"  # xxd
    rb"|[0-9a-f]{6,}  ((?:[0-9a-f]{2} {1,2})+) *\|[^\n]*\n?"  # hexdump -C
    rb"|[0-9a-f]{6,}((?: [0-9a-f]{2})+)\n?",  # od -t x1
    re.IGNORECASE,
)
_PAIRS = re.compile(rb"(?m)^ ?(?:[0-9a-f]{2} ){15}", re.IGNORECASE)
_DUMP_WITHIN_BYTES = 1 << 16
_DUMP = re.compile(rb"(?m)^[0-9a-f]{6,}:? {1,2}[0-9a-f]{2} ?[0-9a-f]{2} [0-9a-f]{2} ?[0-9a-f]{2} ", re.IGNORECASE)
_UU_BEGIN = re.compile(rb"(?m)^begin [0-7]{3,4} [^\n]{1,255}\r?\n(?=M[ -`]{60})")

Recognised = Callable[[bytes], bool]
"""Whether decoded bytes look like something that is looked for."""


def encoding_at(data: bytes) -> tuple[int, str] | None:
    """Where in the data bytes written as text begin, and how they are written."""
    found = []
    if data.isascii():
        found += [(dump.start(), "dump")] if (dump := _DUMP.search(data, 0, _DUMP_WITHIN_BYTES)) else []
        found += [(pairs.start(), "hex")] if (pairs := _PAIRS.search(data, 0, _DUMP_WITHIN_BYTES)) else []
    if b"begin " in data and (uu := _UU_BEGIN.search(data)):
        found.append((uu.end(), "uu"))
    stretch = bytes([1]) * _STRETCH
    is_hex, is_base64 = data.translate(_IS_HEX), data.translate(_IS_BASE64)
    at = is_base64.find(stretch)
    if at >= 0:
        found.append((at, "hex" if is_hex.startswith(stretch, at) else "base64"))
    return min(found, default=None)


class Decoded:
    """The bytes that a stretch of text stands for; what follows the stretch stays in the window."""

    def __init__(self, window: Window, encoding: str, is_recognised: Recognised) -> None:
        """Decode the window's next bytes.

        Args:
            window: What is encoded, from where it begins.
            encoding: As ``encoding_at`` tells.
            is_recognised: Tells at which letter of a group a torn piece begins.
        """
        self._window = window
        self._decode = {"base64": self._base64, "hex": self._hex, "dump": _dumped, "uu": _uu}[encoding]
        self._by_line = encoding in ("dump", "uu")
        self._is_recognised = is_recognised
        self._held = b""
        self._is_first = True

    @property
    def place(self) -> Place:
        """Where the text read last lies."""
        return self._window.place

    def read(self, size: int) -> bytes:
        """The next decoded bytes; none where the stretch ends."""
        while (text := self._window.read(CHUNK_BYTES)) or self._held:
            if self._by_line and not text.endswith(b"\n") and (more := self._window.peek(256)):
                rest = more[: more.find(b"\n") + 1]
                self._window.skip(len(rest))
                text += rest
            made, left = self._decode(text)
            if not text:
                self._held = b""
            if made:
                if left:
                    self._window.put_back(left)
                return made
            self._window.put_back(left)
            if left:
                break
        return b""

    def _base64(self, text: bytes) -> tuple[bytes, bytes]:
        text, left = _stretch(text, _BASE64)
        letters = self._held + text.translate(_PLAIN_BASE64, _BLANK)
        if self._is_first:
            letters = letters[self._phase(letters, 4) :]
        # At the end of a stretch, the letters of an unfinished group still make a byte or two.
        whole = len(letters) // 4 * 4 if text and not left else len(letters)
        self._held = letters[whole:]
        letters = letters[:whole]
        # What ends in the middle of a group loses the bits that make no byte.
        letters += b"A" if len(letters) % 4 == 1 else b""
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)), left.lstrip(b"=") if letters else left

    def _hex(self, text: bytes) -> tuple[bytes, bytes]:
        text, left = _stretch(text, _HEX)
        digits = self._held + text.translate(None, _BLANK)
        if self._is_first:
            digits = digits[self._phase(digits, 2) :]
        whole = len(digits) // 2 * 2
        self._held = digits[whole:]
        return binascii.a2b_hex(digits[:whole]), left

    def _phase(self, letters: bytes, group: int) -> int:
        """How many letters a torn first group has."""
        self._is_first = False
        decode = binascii.a2b_base64 if group == 4 else binascii.a2b_hex
        for phase in range(group):
            sample = letters[phase : phase + 4096]
            if self._is_recognised(decode(sample[: len(sample) // group * group])):
                return phase
        return 0


def _stretch(text: bytes, alphabet: bytes) -> tuple[bytes, bytes]:
    """The part of a text that is of one alphabet and blanks, and what is left."""
    foreign = text.translate(None, alphabet + _BLANK)
    if not foreign:
        return text, b""
    end = text.index(foreign[:1])
    return text[:end], text[end:]


def _dumped(text: bytes) -> tuple[bytes, bytes]:
    """What a dump's lines hold; the first line that is none ends it."""
    made, end = [], 0
    for line in _DUMP_LINE.finditer(text):
        if line.start() != end:
            break
        made.append(line[1] or line[2] or line[3])
        end = line.end()
    digits = b"".join(made).translate(None, _BLANK)
    return binascii.a2b_hex(digits[: len(digits) // 2 * 2]), text[end:]


def _uu(text: bytes) -> tuple[bytes, bytes]:
    """What the lines of a uuencoded text hold; the first that is none ends it."""
    made, end = [], 0
    for line in text.splitlines(keepends=True):
        try:
            made.append(binascii.a2b_uu(line))
        except binascii.Error:
            break
        end += len(line)
    return b"".join(made), text[end:]
