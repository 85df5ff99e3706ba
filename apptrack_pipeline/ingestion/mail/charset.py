"""Text of bytes whose charset is declared wrongly, by a name nobody knows, or not at all. Never raises.

Also the encoded words of headers (RFC 2047), as broken as they come, and what may not stay in any text.
"""

from __future__ import annotations

import binascii
import re
from encodings.aliases import aliases
from functools import lru_cache
from typing import Final

from charset_normalizer import from_bytes

_SAMPLE_BYTES: Final = 2_000
"""What charset-normalizer is shown: its cost grows with the sample (2 kB: 10 ms, 2026-11)."""

_DENSE: Final = 0.2
"""Share of bytes above 127 from which text is not of a Latin script: French has 4 %, Russian 80 %."""

_MAX_SEGMENTS: Final = 100

_NO_TEXT: Final = frozenset(
    ["base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"]
    + ["mbcs", "tactis"]
)
_CODECS: Final = frozenset(aliases.values()) - _NO_TEXT
# What the names mean in the wild: the superset that the sender's software really writes (WHATWG, Encoding).
_SUPERSETS: Final = {
    "ascii": "cp1252",
    "latin_1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso8859_9": "cp1254",
}
_MORE_NAMES: Final = {
    "ks_c_5601_1987": "cp949",
    "ks_c_5601": "cp949",
    "x_gbk": "gb18030",
    "x_sjis": "cp932",
    "x_euc_jp": "euc_jp",
    "unicode_1_1_utf_7": "utf_7",
    "unicode": "utf_16",
    "iso_8859_8_i": "iso8859_8",
    "x_mac_roman": "mac_roman",
}
# Bytes below 128 do not mean ASCII in these.
_SEVEN_BIT: Final = frozenset(["utf_7", "hz"] + [name for name in _CODECS if name.startswith("iso2022")])
_WIDE: Final = frozenset(name for name in _CODECS if name.startswith(("utf_16", "utf_32")))

# Neither NUL nor a half surrogate can be stored; the others have no width. White space is not among them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff]"
)
_UNSEEN_ASCII = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_FITTING = re.compile("[^\x00-\x7f\ufffd]")
_EMPTY_LINES = re.compile(r"\n{3,}")
_WORD = re.compile(
    r"=\?([\w!#$%&'+\-^`{}~.:]{1,60})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\n]{0,2000}?)(?:\?=|=\?(?=\s|$))"
)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def one_line(text: str) -> str:
    """Return what is seen of the text in one line, each run of white space as one space.

    NUL, controls, half surrogate pairs, soft hyphens, zero-width and direction marks are left out, so that
    a database and JSON can hold the rest.
    """
    return " ".join(_seen(text).split())


def tidy(text: str) -> str:
    """Return what is seen of the text, line by line: single spaces, at most one empty line in a row.

    The same characters are left out as in `one_line`. Tabs stay: they hold the cells of a table apart.
    """
    lines = _seen(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    for line in lines:
        if "\t" in line:
            cells = (" ".join(cell.split()) for cell in line.split("\t"))
            kept.append("\t".join(filter(None, cells)))
        else:
            kept.append(" ".join(line.split()))
    return _EMPTY_LINES.sub("\n\n", "\n".join(kept)).strip()


def _seen(text: str) -> str:
    return (_UNSEEN_ASCII if text.isascii() else _UNSEEN).sub("", text)


@lru_cache(maxsize=256)
def codec_of(name: str) -> str | None:
    """Return Python's name for a declared charset, or None for one that means nothing.

    Only codecs that turn bytes into text, and none that is looked for on the disk.
    """
    plain = re.sub(r"[^a-z0-9]+", "_", name[:60].lower()).strip("_")
    for key in (plain, plain.replace("_", "")):
        codec = _MORE_NAMES.get(key) or aliases.get(key, key)
        if codec in _CODECS:
            return _SUPERSETS.get(codec, codec)
    return None


def decode(data: bytes, declared: str | None = None, *, may_guess: bool = False) -> tuple[str, bool]:
    """Return the text of the bytes, and whether the declared charset (or UTF-8 without one) was right.

    `may_guess`: look for the charset of another script in bytes that fit neither, which takes up to 50 ms;
    without it they are read as Western text.
    """
    codec = codec_of(declared) if declared else None
    known = codec is not None or not declared
    if data.isascii() and codec not in _SEVEN_BIT:
        # Text in UTF-16 is full of NUL; what is called so and is not was mislabelled.
        if codec not in _WIDE:
            return data.decode("ascii"), known
        if 0 not in data:
            return data.decode("ascii"), False
    if codec is not None and codec != "cp1252":
        try:
            return data.decode(codec), True
        except (UnicodeError, LookupError, ValueError):
            known = False
    # Western text that is valid UTF-8 by chance does not happen; the reverse mistake is common.
    try:
        return data.decode("utf-8"), known and codec is None
    except UnicodeDecodeError:
        pass
    if codec == "cp1252":
        return _western(data), True
    if codec is not None or declared is None:
        # A bad byte, or a character cut in two, does not make it another charset: by chance hardly any fits.
        text = data.decode(codec or "utf-8", "replace")
        if text.count("\ufffd") * 2 < len(_FITTING.findall(text)):
            return text, False
    return _guessed(data) if may_guess else _western(data), False


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _guessed(data: bytes) -> str:
    first = next((at for at, byte in enumerate(data) if byte > 127), 0)
    sample = data[max(0, first - 200) :][:_SAMPLE_BYTES]
    if sum(byte > 127 for byte in sample) < _DENSE * len(sample):
        return _western(data)
    best = from_bytes(sample, steps=1, chunk_size=len(sample)).best()
    if best is not None:
        try:
            return data.decode(best.encoding, "replace")
        except (UnicodeError, LookupError, ValueError):
            pass
    return _western(data)


def decode_header(value: bytes) -> tuple[str, bool]:
    """Return one unfolded header as a line of text, and whether its charsets were right.

    Neighbouring encoded words of one charset are joined before they are decoded: senders cut in the middle
    of a character. A word that cannot be decoded stays as it is.
    """
    text, fine = decode(value)
    if "=?" not in text:
        return one_line(text), fine
    pieces: list[str] = []
    waiting: list[tuple[str, bytes]] = []

    def flush() -> None:
        nonlocal fine
        joined: list[tuple[str, bytes]] = []
        for charset, data in waiting:
            if joined and joined[-1][0] == charset:
                joined[-1] = (charset, joined[-1][1] + data)
            else:
                joined.append((charset, data))
        for charset, data in joined:
            word, right = decode(data, charset)
            pieces.append(word)
            fine = fine and right
        waiting.clear()

    position = 0
    for found in _WORD.finditer(text):
        between = text[position : found.start()]
        if between.strip() or not waiting:
            flush()
            pieces.append(between)
        charset, encoding, content = found[1], found[2], found[3]
        encoded = content.encode("utf-8", "replace")
        data = binascii.a2b_qp(encoded, header=True) if encoding in "qQ" else decode_base64(encoded)
        waiting.append((charset.lower(), data))
        position = found.end()
    flush()
    pieces.append(text[position:])
    return one_line("".join(pieces)), fine and "=?" not in "".join(pieces)


def decode_base64(data: bytes) -> bytes:
    """Return what can be decoded of base64 that may be cut, unpadded, or padded in the middle."""
    try:
        return (
            binascii.a2b_base64(data, strict_mode=False)
            if b"=" not in data.rstrip()[:-2]
            else _segments(data)
        )
    except binascii.Error:
        return _segments(data)


def _segments(data: bytes) -> bytes:
    """Decode each run between paddings on its own, as much as there is of it."""
    decoded: list[bytes] = []
    for segment in data.split(b"=", _MAX_SEGMENTS):
        clean = _NOT_BASE64.sub(b"", segment)
        clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
        decoded.append(binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)))
    return b"".join(decoded)
