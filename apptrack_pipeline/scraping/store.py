"""Reads the captured pages of an application, writes its posting, and queues looks at its site."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, delete, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert

from apptrack_pipeline.db.capture_body import page_of
from apptrack_pipeline.db.moves import Moves
from apptrack_pipeline.db.queues import CAPTURES, SCRAPER_QUEUE, enqueue
from apptrack_pipeline.db.tables import Application, JobPosting, ScrapedPosting
from apptrack_pipeline.domain import QueueState, Status
from apptrack_pipeline.postings.model import Payload, PayRange
from apptrack_pipeline.postings.parsing import PARSER_VERSION
from apptrack_pipeline.postings.pay import format_salary
from apptrack_pipeline.scraping.asking import may_be_asked
from apptrack_pipeline.scraping.choice import CapturedPage, Understanding

POSTINGS: Final[Table] = JobPosting.__table__  # type: ignore[assignment]
_RESPONSES: Final[Table] = ScrapedPosting.__table__  # type: ignore[assignment]
_APPLICATIONS: Final[Table] = Application.__table__  # type: ignore[assignment]

LIVENESS: Final = "liveness"
"""Why the weekly looks are queued."""

LOOKED_AT_LATELY: Final = dt.timedelta(hours=24)
"""Least time between two looks that nobody asked for."""

_REFUSALS: Final = (401, 403, 407, 451, 999)

# What a person asks for in between finds a few looks before it, not a thousand.
_LOOKS_AT_ONCE: Final = 10
_LOOKS_APART: Final = dt.timedelta(seconds=20)

UNDECIDED: Final = (
    Status.SAVED,
    Status.APPLIED,
    Status.SCREENING,
    Status.ASSESSMENT,
    Status.INTERVIEW,
    Status.OFFER,
)
"""The statuses in which it matters whether the posting is still open."""


def captures_of(connection: Connection, application_id: uuid.UUID, moves: Moves) -> Sequence[Row[Any]]:
    """Return id, address and time of the captures that count for the application, whatever was merged or
    split: the newest first, those with a page before those without.
    """
    arrived = connection.execute(
        select(
            CAPTURES.c.id,
            CAPTURES.c.application_id,
            CAPTURES.c.job_posting_url,
            CAPTURES.c.captured_at,
        )
        .where(CAPTURES.c.application_id.in_(moves.sources(application_id)))
        .order_by(
            CAPTURES.c.fields["has_page"].as_boolean().desc(),
            CAPTURES.c.captured_at.desc(),
            CAPTURES.c.id.desc(),
        )
    )
    return [row for row in arrived if moves.owner(row.application_id, row.id) == application_id]


def pages_of(connection: Connection, captures: Iterable[Row[Any]]) -> Iterator[CapturedPage]:
    """Yield captures as pages, in their order; each is read when its turn comes."""
    for capture in captures:
        row = connection.execute(
            select(CAPTURES.c.fields, CAPTURES.c.body).where(CAPTURES.c.id == capture.id)
        ).one()
        page = page_of(row.body)
        payload = Payload(
            url=capture.job_posting_url,
            html=page.get("html"),
            json_ld=page.get("json_ld"),
            selected_text=page.get("selected_text"),
            page_title=row.fields.get("page_title"),
            company_name=row.fields.get("company_name"),
            job_title=row.fields.get("job_title"),
        )
        yield CapturedPage(capture.id, capture.captured_at, payload)


def is_merged(connection: Connection, application_id: uuid.UUID) -> bool:
    """Tell whether the application was merged into another one, which has its captures now."""
    return (
        connection.execute(
            select(_APPLICATIONS.c.id).where(
                _APPLICATIONS.c.id == application_id, _APPLICATIONS.c.merged_into.is_not(None)
            )
        ).first()
        is not None
    )


def names_beyond_captures(connection: Connection, application_id: uuid.UUID) -> tuple[str | None, ...]:
    """Return what the stored posting names and the application's row does not: company, title, requisition.

    Mail is compared with both, so a change of this is a reason to fold the application again. Other changes
    wait for its next evidence: a run for each would double the runs of the browser extension's captures.
    """
    row = connection.execute(
        select(
            POSTINGS.c.company,
            POSTINGS.c.title,
            POSTINGS.c.requisition_id,
            _APPLICATIONS.c.company_name,
            _APPLICATIONS.c.job_title,
        )
        .join(_APPLICATIONS, _APPLICATIONS.c.id == POSTINGS.c.application_id)
        .where(POSTINGS.c.application_id == application_id)
    ).first()
    if row is None:
        return (None, None, None)
    return (
        row.company if row.company != row.company_name else None,
        row.title if row.title != row.job_title else None,
        row.requisition_id,
    )


def drop_posting(connection: Connection, application_id: uuid.UUID) -> None:
    """Remove the posting of an application that has no captures any more."""
    connection.execute(delete(POSTINGS).where(POSTINGS.c.application_id == application_id))


def save_posting(
    connection: Connection, application_id: uuid.UUID, known: Understanding, *, run_id: str, now: dt.datetime
) -> bytes:
    """Write the posting, unless the same is there already; return the hash (SHA-256) of what it says."""
    posting, match = known.posting, known.match
    content: dict[str, Any] = {
        "platform": match.platform if match is not None else None,
        "posting_key": match.posting_id if match is not None else None,
        "title": posting.title,
        "company": posting.company,
        "locations": list(posting.locations),
        "location_type": posting.location_type,
        "employment_type": posting.employment_type,
        "salary_min": posting.salary_min,
        "salary_max": posting.salary_max,
        "salary_currency": posting.salary_currency,
        "salary_period": posting.salary_period,
        "salary_text": format_salary(posting) or None,
        "salary_ranges": [_range(one) for one in posting.salary_ranges],
        "description_text": posting.description_text,
        "description_html": posting.description_html,
        "requirements": list(posting.requirements),
        "posted_at": posting.posted_at,
        "closes_at": posting.closes_at,
        "requisition_id": posting.requisition_id,
        "language": posting.language,
        "is_open": posting.is_open,
        "closed_reason": posting.closed_reason,
        "completeness": str(posting.completeness),
        "review_reason": posting.review_reason,
        "fields": {name: asdict(source) for name, source in posting.fields.items()},
    }
    content_hash = hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).digest()
    values = content | {
        "application_id": application_id,
        "capture_id": known.capture_id,
        "scraped_posting_id": known.response_id,
        "content_hash": content_hash,
        "checked_at": known.checked_at,
        "strikes": known.strikes,
        "parser_version": PARSER_VERSION,
        "run_id": run_id,
        "derived_at": now,
    }
    statement = insert(POSTINGS).values(values)
    compared = (
        "content_hash",
        "capture_id",
        "scraped_posting_id",
        "checked_at",
        "strikes",
        "parser_version",
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["application_id"],
            set_={name: statement.excluded[name] for name in values if name != "application_id"},
            where=or_(*(POSTINGS.c[name].is_distinct_from(statement.excluded[name]) for name in compared)),
        )
    )
    return content_hash


def _range(one: PayRange) -> dict[str, object]:
    """Return a pay as JSON; amounts as text, so that none is rounded."""
    amounts = {
        name: None if amount is None else format(amount, "f")
        for name, amount in (("minimum", one.minimum), ("maximum", one.maximum))
    }
    return asdict(one) | amounts


def queue_liveness(connection: Connection, *, now: dt.datetime, work: str) -> int:
    """Queue a look at each posting that may still be open and was not looked at for a day.

    A site that refused to show it the last time is left alone until a person asks. `work` names the round:
    the same round queues nothing twice. Returns how many are queued.
    """
    stale = now - LOOKED_AT_LATELY
    last = (
        select(_RESPONSES.c.http_status, _RESPONSES.c.error)
        .where(_RESPONSES.c.application_id == _APPLICATIONS.c.id)
        .order_by(_RESPONSES.c.fetched_at.desc())
        .limit(1)
        .lateral()
    )
    refused = func.coalesce(last.c.http_status.in_(_REFUSALS), False) | func.coalesce(
        last.c.error.in_(["disallowed", "refused_address"]), False
    )
    rows = connection.execute(
        select(_APPLICATIONS.c.id, _APPLICATIONS.c.job_url)
        .join(POSTINGS, POSTINGS.c.application_id == _APPLICATIONS.c.id)
        .outerjoin(last, true())
        .where(
            _APPLICATIONS.c.archived_at.is_(None),
            _APPLICATIONS.c.merged_into.is_(None),
            _APPLICATIONS.c.status.in_(UNDECIDED),
            _APPLICATIONS.c.job_url.is_not(None),
            POSTINGS.c.is_open.is_distinct_from(False),
            POSTINGS.c.checked_at.is_(None) | (POSTINGS.c.checked_at < stale),
            # Workday's 403 may be a proof that the posting is gone, which wants its second look.
            ~refused | (POSTINGS.c.strikes > 0),
        )
        .order_by(_APPLICATIONS.c.id)
    )
    asked = [row.id for row in rows.all() if may_be_asked(row.job_url)]
    return sum(
        enqueue(
            connection,
            SCRAPER_QUEUE,
            application_id,
            work_key=hashlib.sha256(f"liveness {work}".encode()).digest(),
            reason=LIVENESS,
            now=now,
            due_at=now + n // _LOOKS_AT_ONCE * _LOOKS_APART,
        )
        for n, application_id in enumerate(asked)
    )


def is_routine(connection: Connection, application_id: uuid.UUID, *, run_id: str) -> bool:
    """Tell whether the run looks at the posting for the weekly round alone."""
    queue = SCRAPER_QUEUE.c
    reasons = connection.execute(
        select(queue.reason).where(
            queue.application_id == application_id,
            queue.claimed_by == run_id,
            queue.state == QueueState.RUNNING,
        )
    )
    return set(reasons.scalars()) == {LIVENESS}


def is_being_fetched(connection: Connection, application_id: uuid.UUID, *, now: dt.datetime) -> bool:
    """Tell whether a run asks for the posting, or is about to; a look that waits for its day is not meant."""
    queue = SCRAPER_QUEUE.c
    return (
        connection.execute(
            select(queue.id)
            .where(
                queue.application_id == application_id,
                (queue.state == QueueState.RUNNING) | (queue.state == QueueState.DUE) & (queue.due_at <= now),
            )
            .limit(1)
        ).first()
        is not None
    )
