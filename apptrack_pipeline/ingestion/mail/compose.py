"""Makes a message of what somebody says of a mail, where its bytes are not at hand.

What the sender of the request knows better than any reader of the text (company, title, posting) is carried
in headers of our own. Only mail from the letter box is read for them: in other mail they are a stranger's.
"""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote

from apptrack_pipeline.domain import storable

COMPANY_HEADER: Final = "X-Apptrack-Company"
TITLE_HEADER: Final = "X-Apptrack-Title"
POSTING_HEADER: Final = "X-Apptrack-Posting"

_LONGEST_HEADER: Final = 2000
# The standard library's parser of Message-ID raises IndexError on what strangers call their mail.
_HEADERS: Final = HeaderRegistry()
_HEADERS.map_to_type("message-id", UniqueUnstructuredHeader)  # type: ignore[arg-type]
_POLICY: Final = EmailPolicy(header_factory=_HEADERS)
_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_OURS: Final = re.compile(rb"(^|[\r\n])X-Apptrack-", re.IGNORECASE)


@dataclass(frozen=True)
class Given:
    """What the sender of a request says of a mail; None where it says nothing."""

    company_name: str | None = None
    job_title: str | None = None
    job_posting_url: str | None = None


def compose(
    *,
    message_id: str,
    from_email: str,
    subject: str,
    text: str,
    sent_at: dt.datetime,
    given: Given,
    to: Sequence[str] = (),
    references: Sequence[str] = (),
) -> bytes:
    """Return a message (RFC 5322) with these parts; control characters in headers become spaces."""
    message = EmailMessage(_POLICY)
    message["Message-ID"] = _id(message_id)
    message["Date"] = format_datetime(sent_at)
    _add_mailboxes(message, "From", from_email)
    if to:
        _add_mailboxes(message, "To", ", ".join(to))
    if references:
        message["References"] = " ".join(map(_id, references))
    message["Subject"] = _one_line(subject)
    for name, value in (
        (COMPANY_HEADER, given.company_name),
        (TITLE_HEADER, given.job_title),
        (POSTING_HEADER, given.job_posting_url),
    ):
        if value:
            message[name] = _one_line(value)
    message.set_content(storable(text), charset="utf-8", cte="base64")
    return message.as_bytes()


def _id(text: str) -> str:
    return f"<{quote(_one_line(text).strip('<>'), safe=string.punctuation + ' ')}>"


def _add_mailboxes(message: EmailMessage, name: str, text: str) -> None:
    """Add a header of mailboxes; of what no parser takes (`a<b@`) only the bare addresses."""
    line = _one_line(text)
    try:
        message[name] = line
    except Exception:  # the parser raises IndexError, AttributeError, TypeError, ValueError and its own
        message[name] = ", ".join(_ADDRESS.findall(line))


def given_by(raw: bytes) -> Given:
    """Return what was given with a message that `compose` made."""
    from email.parser import BytesHeaderParser
    from email.policy import default

    headers = BytesHeaderParser(policy=default).parsebytes(raw.partition(b"\n\n")[0] + b"\n\n")
    company, title, posting = (
        str(headers[name]).strip() or None if headers[name] is not None else None
        for name in (COMPANY_HEADER, TITLE_HEADER, POSTING_HEADER)
    )
    return Given(company, title, posting)


def disarmed(raw: bytes) -> bytes:
    """Return a message without headers of ours: in one that came as it is they are a stranger's."""
    head, end, body = raw.partition(b"\n\n") if b"\r\n\r\n" not in raw else raw.partition(b"\r\n\r\n")
    return _OURS.sub(rb"\1X-Not-Apptrack-", head) + end + body


def _one_line(value: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in storable(value))
    return " ".join(printable.split())[:_LONGEST_HEADER]
