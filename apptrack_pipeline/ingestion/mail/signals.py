"""What one mail says: its category with the evidence for it, and the names in it with their places."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from apptrack_pipeline.domain import MailCategory


class Trust(StrEnum):
    """How far the sender is who it says it is, by the account's own server."""

    ALIGNED = "aligned"
    """DMARC passed, or DKIM of the sender's own domain."""
    OTHER = "other"
    """DKIM of another domain, or no word from the account's own server."""
    FAILED = "failed"
    """DMARC, or SPF and DKIM together, failed: never lets a mail change a status by itself."""


@dataclass(frozen=True)
class Evidence:
    """Why something is so: the rule that fired and the sentence it fired on."""

    rule: str
    sentence: str
    """At most 300 characters."""
    where: str
    """subject, text, sender, invitation, link, header, quoted or forwarded."""


@dataclass(frozen=True)
class Found:
    """A name or number that the mail mentions."""

    value: str
    where: str
    """As in `Evidence`."""
    rule: str
    """Which pattern or which closed-set match found it."""


@dataclass(frozen=True)
class Judgement:
    """One thing that a mail says; a digest says several."""

    category: MailCategory
    certainty: float
    """0 to 1: how sure the rules (and the model, where there is one) are of the category."""
    evidence: tuple[Evidence, ...]
    needs_review: bool
    """Rules and model disagree, or too little speaks for it: a person decides before a status changes."""


@dataclass(frozen=True)
class Interview:
    """An appointment that the mail makes, moves or cancels."""

    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    where: str
    cancelled: bool
    key: str
    """UID and RECURRENCE-ID of the invitation: the same key is the same appointment."""
    sequence: int


@dataclass(frozen=True)
class MailEvent:
    """One thing that the mail reports about one application."""

    category: MailCategory
    company: Found | None
    title: Found | None
    requisition_id: Found | None
    evidence: tuple[Evidence, ...]
    certainty: float
    """As of a `Judgement`."""
    only_in_thread: bool = False
    """The mail by itself is about no job: it counts where its conversation is about an application."""


@dataclass(frozen=True)
class Head:
    """What a mail is known by, whatever it says: identity, correspondents, how it begins."""

    message_id: str | None = None
    references: tuple[str, ...] = ()
    """The oldest first; the last 50."""
    sender: str = ""
    """Address, in lower case."""
    sender_name: str = ""
    slugs: tuple[str, ...] = ()
    """Short names of the employer: in a tracking system's address, in links to one, of the own domain."""
    tags: tuple[str, ...] = ()
    """What stands behind the `+` of its recipients, in lower case."""
    is_board: bool = False
    """A job board sent it: it writes of jobs that nobody applied for as well."""
    subject: str = ""
    text: str = ""
    """The opening of what the sender wrote about this application, at most 2,000 characters."""


@dataclass(frozen=True)
class MailSignals:
    """All that one mail says."""

    judgement: Judgement
    company: Found | None
    title: Found | None
    requisition_id: Found | None
    ats: str | None
    """Name of the applicant tracking system or job board that sent it, never an employer."""
    posting_urls: tuple[Found, ...]
    interviews: tuple[Interview, ...]
    events: tuple[MailEvent, ...]
    """One per application that the mail reports on: usually one, more in a digest, none in other mail."""
    language: str
    """en, fr, de, es or empty."""
    trust: Trust
    trouble: tuple[str, ...] = ()
    head: Head = Head()


@dataclass(frozen=True)
class Reader:
    """What reading a mail depends on besides its bytes."""

    own_addresses: frozenset[str] = frozenset()
    """The account's own addresses, in lower case: what comes from them is the person's own mail."""
    authserv_ids: frozenset[str] = frozenset()
    """The `authserv-id` values of the account's own server (RFC 8601); only the topmost header counts."""
    known_companies: tuple[str, ...] = field(default=())
    """Names of the companies that are tracked already."""
    known_titles: tuple[str, ...] = field(default=())
