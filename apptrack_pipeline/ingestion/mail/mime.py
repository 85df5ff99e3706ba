"""The parts of a mail and their headers, cut out of its bytes in linear time, however deep or many they are.

The standard library's parser keeps one reader per level and asks each of them about every line: 10,000 nested
parts overflow its stack. Here a part is a slice of the bytes, and depth and number have an end. Never raises.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from apptrack_pipeline.ingestion.mail.charset import decode, decode_base64, decode_header, one_line

MAX_HEADER_BYTES: Final = 64 * 1024
"""Most of one header that is read. Real ones stay below 20 kB (long lists of recipients)."""
MAX_HEADERS: Final = 1_000
MAX_PARAMETER_BYTES: Final = 8 * 1024

_HEADER = re.compile(rb"([!-9;-~]{1,128})[ \t]*:")
_END_OF_HEADERS = re.compile(rb"\n[ \t]*\n")
_PARAMETER = re.compile(r"""[;\s]\s*([^\s;="]{1,80})\s*=\s*("(?:[^"\\]|\\.)*+"|[^;]*)""")
_TYPE = re.compile(r"\s*([\w.+-]{1,64})\s*/\s*([\w.+-]{1,64})")
_GUESSED_BOUNDARY = re.compile(
    rb"^--([^\s-][^\n]{0,98}?)[ \t]{0,80}\n(?=content-)", re.MULTILINE | re.IGNORECASE
)
_CONTINUED = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_MOSTLY_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]{16,}+={0,2}+\s*+")
_BASE64_LINES = re.compile(rb"(?:[A-Za-z0-9+/=]*+[ \t]{0,9}+\n)*+(?:[A-Za-z0-9+/=]++\s*+\Z)?")
_SURELY_BASE64: Final = 20  # no text begins with so many letters without a space
_QP_SIGNS = re.compile(rb"=(?:\n|3D|20|C2|C3|E2)")


@dataclass(frozen=True)
class Part:
    """One entity of RFC 2045: the mail itself, or a part of it. Lines end in `\\n`."""

    headers: Mapping[str, Sequence[bytes]]
    """By name in lower case, each unfolded, the topmost first."""
    body: bytes

    def header(self, name: str) -> str:
        """Return the first header of that name as text, or nothing."""
        return self.read(name)[0]

    def read(self, name: str) -> tuple[str, bool]:
        """Return the first header of that name as text, and whether it could be decoded as it says."""
        values = self.headers.get(name)
        return decode_header(values[0]) if values else ("", True)

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The parameters of Content-Type, then those of Content-Disposition, by name in lower case."""
        return {
            **_parameters(self.headers.get("content-disposition")),
            **_parameters(self.headers.get("content-type")),
        }

    @cached_property
    def content_type(self) -> str:
        """`maintype/subtype` in lower case; `text/plain` where it is missing or cannot be read."""
        values = self.headers.get("content-type")
        found = _TYPE.match(values[0][:200].decode("latin-1")) if values else None
        return f"{found[1]}/{found[2]}".lower() if found else "text/plain"

    @cached_property
    def is_attachment(self) -> bool:
        """Whether the sender calls it an attachment."""
        values = self.headers.get("content-disposition")
        return values is not None and values[0].lstrip()[:10].lower() == b"attachment"

    @cached_property
    def is_inline(self) -> bool:
        """Whether the sender wants it shown in the text."""
        values = self.headers.get("content-disposition")
        return values is not None and values[0].lstrip()[:6].lower() == b"inline"

    @cached_property
    def file_name(self) -> str:
        """The name of the file, without a path; empty where none is given."""
        name = self.parameters.get("filename") or self.parameters.get("name") or ""
        return name.replace("\\", "/").rpartition("/")[2][:255]

    def decoded(self) -> tuple[bytes, bool]:
        """Return the body without its transfer encoding, and whether it was encoded as it says."""
        values = self.headers.get("content-transfer-encoding")
        encoding = values[0].strip().strip(b"\"';").lower() if values else b""
        body = self.body
        if encoding == b"base64":
            return _from_base64(body)
        if encoding == b"quoted-printable":
            return binascii.a2b_qp(body), True
        fine = encoding in {b"", b"7bit", b"8bit", b"binary"}
        if _MOSTLY_BASE64.fullmatch(body) and (hidden := _hidden_base64(body)) is not None:
            return hidden, False
        if body.count(b"=\n") and len(_QP_SIGNS.findall(body, 0, 100_000)) >= 3:
            return binascii.a2b_qp(body), False
        return body, fine

    def parts(self, most: int) -> Iterator[Part]:
        """Yield the parts of a multipart body, at most that many; none where no boundary is found."""
        declared = self.parameters.get("boundary", "")
        yield from _split(self.body, declared.encode("latin-1", "replace"), most)


def read_part(data: bytes) -> Part:
    """Return the headers and the body of bytes whose lines end in `\\n`."""
    if data.startswith(b"\n"):
        return Part({}, data[1:])
    headers: dict[str, list[bytes]] = {}
    position, size, count = 0, len(data), 0
    last: list[bytes] | None = None
    while position < size:
        end = data.find(b"\n", position)
        end = size if end < 0 else end
        if end == position:
            return Part(headers, data[end + 1 :])
        line = data[position : min(end, position + MAX_HEADER_BYTES)]
        if line[:1] in b" \t":
            if last is not None and len(last[-1]) < MAX_HEADER_BYTES:
                last[-1] += line
            elif not line.strip():
                return Part(headers, data[end + 1 :])
        elif (found := _HEADER.match(line)) is not None:
            count += 1
            if count <= MAX_HEADERS:
                last = headers.setdefault(found[1].decode("ascii").lower(), [])
                last.append(line[found.end() :])
        elif line.startswith((b"From ", b">From ")) and count <= 1:
            pass  # the separator line of an mbox
        elif last is None or not _is_inside_headers(data, end):
            return Part(headers, data[position:])
        else:
            last[-1] += b" " + line  # a folded line that lost its indent
        position = end + 1
    return Part(headers, b"")


def _is_inside_headers(data: bytes, end: int) -> bool:
    """Whether the line after `end` is a header of a kind that a text does not begin with."""
    following = data[end + 1 : end + 80].lower()
    return following.startswith(
        (b"from:", b"to:", b"subject:", b"date:", b"message-id:", b"mime-version:", b"content-", b"received:")
    )


def _parameters(values: Sequence[bytes] | None) -> dict[str, str]:
    """Return the parameters of a header; RFC 2231's continuations and charsets, and encoded words, read."""
    if not values or b"=" not in values[0]:
        return {}
    found: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for name, value in _PARAMETER.findall(values[0][:MAX_PARAMETER_BYTES].decode("latin-1")):
        quoted = value.startswith('"')
        text = re.sub(r"\\(.)", r"\1", value[1:-1]) if quoted else value.strip().strip("\"'")
        if "*" in name and (split := _CONTINUED.fullmatch(name)) is not None:
            key = split[1].lower()
            pieces.setdefault(key, {})[int(split[2] or 0)] = (text.encode("latin-1"), bool(split[3]))
        else:
            found.setdefault(name.lower(), decode_header(text.encode("latin-1"))[0])
    for name, numbered in pieces.items():
        found[name] = _joined(numbered)
    return found


def _joined(numbered: Mapping[int, tuple[bytes, bool]]) -> str:
    charset: str | None = None
    data = b""
    for at, number in enumerate(sorted(numbered)):
        piece, is_encoded = numbered[number]
        if at == 0 and is_encoded and piece.count(b"'") >= 2:
            declared, _, piece = piece.split(b"'", 2)
            charset = declared.decode("latin-1") or None
        data += _unquote(piece) if is_encoded else piece
    return one_line(decode(data, charset)[0])


def _unquote(piece: bytes) -> bytes:
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), piece)


def _split(body: bytes, boundary: bytes, most: int) -> Iterator[Part]:
    lines = _delimiters(body, boundary) if boundary else iter(())
    first = next(lines, None)
    if first is None:
        guessed = _GUESSED_BOUNDARY.search(body)
        if guessed is None:
            return
        lines = _delimiters(body, guessed[1])
        first = next(lines)
    _, start, is_last = first
    for begin, end, closes in lines:
        if is_last or most <= 0:
            return
        yield read_part(body[start : max(start, begin)])
        start, is_last, most = end, closes, most - 1
    if not is_last and most > 0:
        yield read_part(body[start:])


def _delimiters(body: bytes, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield where each delimiter line begins (the line end before it), where it ends, if it is the last."""
    sign = b"--" + boundary
    position = 0 if body.startswith(sign) else body.find(b"\n" + sign)
    while position >= 0:
        after = position + len(sign) + (body[position : position + 1] == b"\n")
        end = body.find(b"\n", after)
        end = len(body) if end < 0 else end
        rest = body[after : min(end, after + 80)].strip(b" \t")
        if rest in (b"", b"--"):
            yield position, end + 1, rest == b"--"
        position = body.find(b"\n" + sign, end if end > position else end + 1)


def _from_base64(body: bytes) -> tuple[bytes, bool]:
    """Return what base64 holds; a list's footer in clear text below it, or text that is none, stays text."""
    packed = _BASE64_LINES.match(body)
    end = packed.end() if packed else 0
    below = body[end:].strip()
    if not below:
        return decode_base64(body), True
    if end >= _SURELY_BASE64:
        return decode_base64(body[:end]) + b"\n" + below, False
    sample = body[:4_000]
    clear = sum(map(sample.count, (b" ", b".", b",", b"<", b">", b":", b"-", b"!", b"'")))
    return (body, False) if clear * 12 > len(sample) else (decode_base64(body), True)


def _hidden_base64(body: bytes) -> bytes | None:
    """Return the text that is encoded in the body though nothing says so, if it is text."""
    packed = b"".join(body.split())
    if len(packed) % 4 or len(packed) < 16:
        return None
    data = decode_base64(packed)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    printable = sum(char.isprintable() or char.isspace() for char in text[:2_000])
    return data if text and printable == len(text[:2_000]) else None
