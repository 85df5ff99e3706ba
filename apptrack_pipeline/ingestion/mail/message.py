"""One mail as it can be read: headers, text, links, invitations, whatever state its bytes are in.

Pure, and never raises: bytes are somebody else's. What was wrong with them is listed in `trouble`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Address:
    """One mailbox of a header; `email` is in lower case and empty where the header names none."""

    name: str
    email: str

    @property
    def domain(self) -> str:
        """What follows the last @, in lower case; empty without one."""
        return self.email.rpartition("@")[2] if "@" in self.email else ""


@dataclass(frozen=True)
class Link:
    """One link of the body with the text that shows it."""

    url: str
    text: str


@dataclass(frozen=True)
class Invitation:
    """One VEVENT of a calendar part or an .ics attachment (RFC 5545)."""

    method: str
    """REQUEST, CANCEL, REPLY, PUBLISH ...; in capitals, empty where the calendar names none."""
    uid: str
    recurrence_id: str | None
    sequence: int
    summary: str
    description: str
    location: str
    organizer: Address | None
    starts_at: dt.datetime | None
    """In UTC; None where the calendar names no time or one that cannot be read."""
    ends_at: dt.datetime | None
    cancelled: bool


@dataclass(frozen=True)
class Message:
    """One mail, read."""

    message_id: str | None
    """Without angle brackets."""
    references: tuple[str, ...]
    """Ids of In-Reply-To and References, the oldest first, without angle brackets."""
    sender: Address
    reply_to: Address | None
    recipients: tuple[Address, ...]
    """To and Cc."""
    subject: str
    sent_at: dt.datetime | None
    """The Date header in UTC; None where it cannot be read. Anyone can write anything there."""
    text: str
    """What the sender wrote now: without quoted mail, hidden preheaders, markup, NUL and zero-width
    characters. At most 200,000 characters. Non-breaking spaces are spaces."""
    quoted_text: str
    """The older mail below it."""
    links: tuple[Link, ...]
    invitations: tuple[Invitation, ...]
    forwarded: Message | None
    """The mail inside a forwarded one, inline or message/rfc822."""
    attachments: tuple[str, ...]
    """File names of the attachments."""
    is_bulk: bool
    """List-Unsubscribe, List-Id or `Precedence: bulk`: a mailing, or a careful automaton."""
    is_automatic: bool
    """Auto-Submitted or X-Auto-Response-Suppress: nobody typed it."""
    authentication_results: tuple[str, ...]
    """The Authentication-Results headers, unfolded, the topmost first."""
    trouble: tuple[str, ...] = field(default=())
    """What was wrong with the bytes, in short words: `charset`, `nul`, `truncated`, `date` ..."""
