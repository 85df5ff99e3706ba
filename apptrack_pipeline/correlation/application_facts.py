"""From the evidence of an application to the facts that the matcher compares with mail.

They are of the fold without its mail: a date or a name that linked mail has given would attract the next
mail. What was made of mail, and was taken up by a person since, has nothing else: its facts are its mail's.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from apptrack_pipeline.correlation.facts import ApplicationFacts
from apptrack_pipeline.correlation.fold import (
    CaptureEvidence,
    DecisionEvidence,
    MailEvidence,
    fold_application,
)
from apptrack_pipeline.domain import DecisionKind, Status

_CLOSED: Final = frozenset({Status.ACCEPTED, Status.DECLINED, Status.REJECTED, Status.WITHDRAWN})


@dataclass(frozen=True)
class PostingNames:
    """What an application's posting names."""

    company: str | None
    title: str | None
    requisition_id: str | None
    locations: tuple[str, ...] = ()


def application_facts(
    application_id: uuid.UUID,
    captures: Sequence[CaptureEvidence],
    decisions: Sequence[DecisionEvidence],
    mails: Sequence[MailEvidence],
    postings: Sequence[PostingNames] = (),
    *,
    merged: Iterable[uuid.UUID] = (),
) -> ApplicationFacts | None:
    """Return what mail is compared with, None for what nobody tracks: it was made of mail alone.

    `merged` are the applications whose evidence counts for this one: mail to their addresses is its own.
    """
    if not captures and not mails:
        return None
    folded = fold_application(application_id, captures, decisions, () if captures else mails)
    if folded.from_mail_alone:
        return None
    closed = [d for d in decisions if d.kind is DecisionKind.STATUS]
    closed_by = max(closed, key=lambda d: (d.decided_at, d.id.bytes), default=None)
    ids = [application_id, *sorted(merged, key=lambda other: other.bytes)]
    by_date = sorted(captures, key=lambda capture: (capture.captured_at, capture.id.bytes), reverse=True)
    return ApplicationFacts(
        id=application_id,
        companies=_distinct(
            folded.company_name,
            *_captured(by_date, decisions, "company_name"),
            *(posting.company for posting in postings),
        ),
        titles=_distinct(
            folded.job_title,
            *_captured(by_date, decisions, "job_title"),
            *(posting.title for posting in postings),
        ),
        applied_at=folded.applied_at,
        known_since=folded.first_evidence_at,
        locations=_distinct(*(place for posting in postings for place in posting.locations)),
        requisition_ids=_distinct(*(posting.requisition_id for posting in postings)),
        urls=_distinct(*(capture.canonical_url for capture in by_date)),
        tags=tuple(tag for one in ids for tag in (str(one), one.hex)),
        closed_at=closed_by.decided_at
        if closed_by is not None and Status(closed_by.payload["status"]) in _CLOSED
        else None,
        is_dated_by_capture=any(capture.captured_at == folded.applied_at for capture in captures),
    )


def _captured(
    captures: Sequence[CaptureEvidence], decisions: Sequence[DecisionEvidence], name: str
) -> list[str | None]:
    """Return every name that captures give, the latest first; none where a person has named it."""
    if any(d.kind is DecisionKind.FIELD and d.payload.get("field") == name for d in decisions):
        return []
    return [value for capture in captures if isinstance(value := capture.fields.get(name), str)]


def _distinct(*values: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for value in values if value and (text := value.strip())))
