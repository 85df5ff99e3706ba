"""What an answer's headers and first bytes say: its type and how large it may be, its charset, how long to
wait.
"""

from __future__ import annotations

import codecs
import datetime as dt
import math
import re
from email.utils import parsedate_to_datetime
from typing import Final

from apptrack_pipeline.scraping.fetching import MAX_ANSWER_BYTES, MAX_PAGE_BYTES

LONGEST_WAIT_S: Final = 86_400.0
"""Most that a `Retry-After` is believed, in seconds."""

_PAGES: Final = frozenset({"text/html", "application/xhtml+xml", "text/plain", "text/markdown"})
_DATA: Final = frozenset({"application/json", "text/json", "application/xml", "text/xml"})
_DATA_SUFFIX: Final = re.compile(r"application/[\w.-]+\+(?:json|xml)")

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEADER_CHARSET: Final = re.compile(r";\s*charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
# A browser looks into the first 1,024 bytes (WHATWG HTML, "prescan a byte stream").
_PRESCAN: Final = 1024
_INNER_CHARSET: Final = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})"
    rb"|^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{1,40})",
    re.IGNORECASE,
)
# The labels that pages use, as browsers understand them (WHATWG Encoding): Latin-1 and ASCII mean
# windows-1252, gb2312 means gb18030. Only these: Python also knows codecs that are no charset (zip, idna).
_CODECS: Final = {
    label: codec
    for codec, labels in {
        "utf-8": "utf-8 utf8 unicode-1-1-utf-8",
        "cp1252": "windows-1252 cp1252 iso-8859-1 iso8859-1 iso_8859-1 latin1 latin-1 ascii us-ascii",
        "iso8859-2": "iso-8859-2 iso8859-2 iso_8859-2 latin2",
        "iso8859-3": "iso-8859-3",
        "iso8859-4": "iso-8859-4",
        "iso8859-5": "iso-8859-5",
        "iso8859-6": "iso-8859-6",
        "iso8859-7": "iso-8859-7",
        "iso8859-8": "iso-8859-8 iso-8859-8-i",
        "iso8859-10": "iso-8859-10",
        "iso8859-13": "iso-8859-13",
        "iso8859-14": "iso-8859-14",
        "iso8859-15": "iso-8859-15 iso8859-15 latin-9 latin9",
        "iso8859-16": "iso-8859-16",
        "cp1250": "windows-1250 cp1250",
        "cp1251": "windows-1251 cp1251",
        "cp1253": "windows-1253 cp1253",
        "cp1254": "windows-1254 cp1254 iso-8859-9 latin5",
        "cp1255": "windows-1255 cp1255",
        "cp1256": "windows-1256 cp1256",
        "cp1257": "windows-1257 cp1257",
        "cp1258": "windows-1258 cp1258",
        "cp866": "ibm866 cp866",
        "cp874": "windows-874 tis-620 iso-8859-11",
        "koi8-r": "koi8-r koi8",
        "koi8-u": "koi8-u",
        "mac-roman": "macintosh x-mac-roman",
        "gb18030": "gb2312 gbk x-gbk gb18030",
        "big5hkscs": "big5 big5-hkscs",
        "euc-jp": "euc-jp",
        "iso2022-jp": "iso-2022-jp",
        "cp932": "shift_jis shift-jis sjis x-sjis windows-31j",
        "cp949": "euc-kr ks_c_5601-1987 windows-949",
        "utf-16-le": "utf-16 utf-16le",
        "utf-16-be": "utf-16be",
    }.items()
    for label in labels.split()
}


def media_type(content_type: str) -> str:
    """Return the type of a `Content-Type` without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def most_bytes(content_type: str) -> int | None:
    """Return how large an answer of this type may be, in bytes; None for what is neither page nor data."""
    media = media_type(content_type)
    if media in _PAGES:
        return MAX_PAGE_BYTES
    return MAX_ANSWER_BYTES if media in _DATA or _DATA_SUFFIX.fullmatch(media) else None


def retry_after_s(value: str | None, *, now: dt.datetime) -> float | None:
    """Return how long a `Retry-After` asks to wait, in seconds, at most a day; None where it says nothing.

    It holds a number of seconds or a date (RFC 9110, section 10.2.3).
    """
    if value is None:
        return None
    value = value.strip()
    try:
        seconds = float(value) if value.isascii() and value[:1].isdigit() else _seconds_until(value, now)
    except (ValueError, OverflowError, TypeError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT_S) if math.isfinite(seconds) else None


def _seconds_until(date: str, now: dt.datetime) -> float:
    when = parsedate_to_datetime(date[:64])
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return (when - now).total_seconds()


def text_of_body(body: bytes, content_type: str) -> str:
    """Return a body as text; what cannot be decoded becomes U+FFFD.

    The charset is that of the byte order mark, of `Content-Type`, of the page's own declaration within its
    first 1,024 bytes, or UTF-8, in the order of browsers (WHATWG Encoding, "decode").
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    return body.decode(_declared(body, content_type), "replace")


def _declared(body: bytes, content_type: str) -> str:
    header = _HEADER_CHARSET.search(content_type[:400])
    if header and (codec := _CODECS.get(header[1].lower())):
        return codec
    inner = _INNER_CHARSET.search(body[:_PRESCAN])
    if inner:
        codec = _CODECS.get((inner[1] or inner[2]).decode("ascii", "replace").lower(), "utf-8")
        # What could be read as ASCII so far is not UTF-16.
        return "utf-8" if codec.startswith("utf-16") else codec
    return "utf-8"
