"""What the matcher knows of applications and of mail: plain facts, from whatever store they come.

Facts of an application never come from the mail that was linked to it: a wrong link would then attract the
next one.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from apptrack_pipeline.domain import MailCategory

Key = tuple[uuid.UUID, int]
"""What names one event of one mail: the mail, and the event's number in it."""


@dataclass(frozen=True)
class ApplicationFacts:
    """One tracked application, as its captures, its posting, its imports and a person's decisions say."""

    id: uuid.UUID
    companies: tuple[str, ...]
    """Every name that the evidence gives the employer, the best one first."""
    titles: tuple[str, ...]
    """Every title that the evidence gives the role, the best one first."""
    applied_at: dt.datetime | None
    """UTC; midnight where only the date is known."""
    known_since: dt.datetime
    """Date of the first evidence: stands in for `applied_at` where nobody said when."""
    locations: tuple[str, ...] = ()
    requisition_ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    """Canonical addresses of the posting."""
    tags: tuple[str, ...] = ()
    """What stands for this application behind the `+` of an address: its id in any spelling."""
    closed_at: dt.datetime | None = None
    """When a person closed it (rejected, withdrawn, accepted, declined); mail closes it by itself."""
    is_dated_by_capture: bool = False
    """`applied_at` is when the page was captured: the person may have applied some days before."""


@dataclass(frozen=True)
class MailFacts:
    """One thing that one mail reports, with all in it by which an application may be known."""

    mail_id: uuid.UUID
    event: int
    """Number of the event in its mail: 0, and more in a digest."""
    category: MailCategory
    certainty: float
    """0 to 1: how sure the reader is of the category."""
    is_certain: bool
    """The category needs no review, and the sender is not known to be somebody else."""
    received_at: dt.datetime
    company: str | None
    """As extracted from subject, text, display name."""
    other_companies: tuple[str, ...] = ()
    """Weaker names: the tracking system's tenant, the sender's own domain, the display name."""
    title: str | None = None
    requisition_id: str | None = None
    urls: tuple[str, ...] = ()
    """Canonical addresses of postings."""
    tags: tuple[str, ...] = ()
    """What stands behind the `+` of the addresses that it was sent to, in lower case."""
    message_id: str | None = None
    references: tuple[str, ...] = ()
    thread_key: str | None = None
    """`gmail:<X-GM-THRID>`, else `id:<first of References, or the own id>`."""
    account: str = ""
    sender: str = ""
    """Address of the sender in lower case."""
    system: str | None = None
    """Name of the tracking system or board that sent it; never an employer."""
    is_board: bool = False
    """A job board sent it: it writes of jobs that nobody applied for as well."""
    subject: str = ""
    text: str = ""
    """The opening of what the sender wrote about this application, at most 2,000 characters."""
    only_in_thread: bool = False
    """The mail by itself is about no job: it counts where its conversation is about an application."""

    @property
    def key(self) -> Key:
        """What names the event."""
        return self.mail_id, self.event


@dataclass(frozen=True)
class Decided:
    """What a person decided about links; it wins over every stage."""

    links: Mapping[Key, uuid.UUID] = field(default_factory=dict)
    """By mail and event: the application."""
    unlinked: frozenset[tuple[uuid.UUID, int, uuid.UUID]] = frozenset()
    """Mail, event, and the application that it is not about."""
