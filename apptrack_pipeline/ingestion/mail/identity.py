"""Which mails are the same mail, in whatever folder, account or export they lie."""

from __future__ import annotations

import hashlib
import re
from typing import Final

# Whoever passes a mail on adds and changes other headers (RFC 5321, 4.4): Received, Return-Path, X-*, ARC-*,
# Authentication-Results, Delivered-To. These say which mail it is.
_SAYING: Final = (b"message-id", b"date", b"from", b"subject")
_HEADER: Final = re.compile(rb"^([!-9;-~]+)[ \t]*:(.*(?:\n[ \t].*)*)", re.MULTILINE)
_HEAD_END: Final = b"\n\n"


def content_key(raw: bytes) -> bytes:
    """Return SHA-256 of what makes a message itself: four headers and the body.

    Line ends, folding of headers and blank lines at the end do not count: servers and exports change them.
    """
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    head, _, body = lines.partition(_HEAD_END)
    found: dict[bytes, bytes] = {}
    for match in _HEADER.finditer(head):
        name = match[1].lower()
        if name in _SAYING and name not in found:
            found[name] = b" ".join(match[2].split())
    digest = hashlib.sha256()
    for name in _SAYING:
        value = found.get(name, b"")
        digest.update(b"%s:%d:%s\n" % (name, len(value), value))
    digest.update(body.rstrip())
    return digest.digest()
