"""Addresses, dates and ids of mail headers, also of those that follow no rule. Never raises."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Final

from apptrack_pipeline.ingestion.mail.charset import decode_header
from apptrack_pipeline.ingestion.mail.message import Address

MAX_ADDRESSES: Final = 100
_MAX_NAME_CHARS: Final = 300
_MAX_EMAIL_CHARS: Final = 320  # RFC 3696, erratum 1690: 64 + 1 + 255
_MAX_ID_CHARS: Final = 998  # RFC 5322, section 2.1.1
_MAX_REFERENCES: Final = 100

# What is quoted has an end here: else a mark that is never closed is looked for at each mark again.
_TOKEN = re.compile(
    rb"""\"(?:[^"\\]|\\.){0,400}+\"|<[^<>]*+>|\((?:[^()\\]|\\.){0,400}+\)|[,;:]|[^",;:<>()]++|.""", re.DOTALL
)
_BARE = re.compile(r"[^\s<>\"',;()\[\]]{1,64}@[^\s<>\"',;()]{1,255}")
_ID = re.compile(r"<\s*([^<>\s]{1,998})\s*>")


def read_addresses(value: bytes) -> tuple[Address, ...]:
    """Return the mailboxes of an unfolded From, To, Cc or Reply-To header, at most 100.

    Quoted names, comments, groups (`Team: a@b, c@d;`), encoded words, several in a row, a name without an
    address, an address without brackets, a quotation mark that is never closed.
    """
    return tuple(_mailboxes(value))


def _mailboxes(value: bytes) -> Iterator[Address]:
    tokens = _TOKEN.findall(value)
    # A lone quotation mark: what is a name and what a list can no longer be told, so it is one.
    is_one = b'"' in tokens
    words: list[bytes] = []
    angle = comment = b""
    has_at = False
    count = 0
    for token in [*tokens, b","]:
        first = token[:1]
        if first == b"<" and len(token) > 1:
            angle = angle or token[1:-1]
        elif first == b"(" and len(token) > 1:
            comment = comment or token[1:-1]
        elif first == b'"' and len(token) > 1:
            words.append(re.sub(rb"\\(.)", rb"\1", token[1:-1]))
        elif token == b":" and not angle and not has_at:
            words.clear()  # the name of a group
        elif token in (b",", b";") and not (is_one and not angle):
            address = _mailbox(b" ".join(words), angle, comment)
            words.clear()
            angle = comment = b""
            has_at = False
            if address is not None:
                yield address
                count += 1
                if count == MAX_ADDRESSES:
                    return
        elif token != b'"':
            words.append(token)
            has_at = has_at or b"@" in token
    if is_one and (address := _mailbox(b" ".join(words), angle, comment)) is not None:
        yield address


def _mailbox(words: bytes, angle: bytes, comment: bytes) -> Address | None:
    name = decode_header(words)[0].replace(" ,", ",").strip(" '\"")
    email = decode_header(angle)[0].removeprefix("mailto:") if angle else ""
    bare = _BARE.search(email or name)
    if bare is not None:
        email = bare[0].strip(".'").lower()
        if not angle:
            name = name.replace(bare[0], "").strip(" '\"") or decode_header(comment)[0]
    elif angle and "@" not in email:
        name, email = name or email, ""
    else:
        email = email.replace(" ", "").lower()
    if not name and not email:
        return None
    return Address(name[:_MAX_NAME_CHARS], email[:_MAX_EMAIL_CHARS])


def read_date(value: str) -> dt.datetime | None:
    """Return the time of a Date header in UTC (RFC 5322, section 3.3); None if it cannot be read.

    Without a zone it is taken for UTC.
    """
    try:
        time = parsedate_to_datetime(value[:200])
        return (time if time.tzinfo is not None else time.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def read_ids(value: str) -> tuple[str, ...]:
    """Return the message ids in a header, without angle brackets, in the order they have there."""
    found = _ID.findall(value)
    if not found and value.strip():
        found = [word[:_MAX_ID_CHARS] for word in value.replace(",", " ").split() if "@" in word]
    return tuple(dict.fromkeys(found[-_MAX_REFERENCES:]))
