"""Reads the captured pages of an application and writes its posting."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects.postgresql import insert

from apptrack_pipeline.db.capture_body import page_of
from apptrack_pipeline.db.moves import load_moves
from apptrack_pipeline.db.queues import CAPTURES
from apptrack_pipeline.db.tables import Application, JobPosting
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import PARSER_VERSION
from apptrack_pipeline.postings.pay import format_salary

POSTINGS: Final[Table] = JobPosting.__table__  # type: ignore[assignment]
_APPLICATIONS: Final[Table] = Application.__table__  # type: ignore[assignment]


def captured_pages(connection: Connection, application_id: uuid.UUID) -> Iterator[tuple[uuid.UUID, Payload]]:
    """Yield captures as pages, the newest first, those with a page before those without; one at a time.

    They are those that count for the application, whatever was merged or split.
    """
    moves = load_moves(connection)
    arrived = connection.execute(
        select(CAPTURES.c.id, CAPTURES.c.application_id)
        .where(CAPTURES.c.application_id.in_(moves.sources(application_id)))
        .order_by(
            CAPTURES.c.fields["has_page"].as_boolean().desc(),
            CAPTURES.c.captured_at.desc(),
            CAPTURES.c.id.desc(),
        )
    )
    for capture_id, arrived_at in arrived.all():
        if moves.owner(arrived_at, capture_id) != application_id:
            continue
        row = connection.execute(
            select(CAPTURES.c.job_posting_url, CAPTURES.c.fields, CAPTURES.c.body).where(
                CAPTURES.c.id == capture_id
            )
        ).one()
        page = page_of(row.body)
        yield (
            capture_id,
            Payload(
                url=row.job_posting_url,
                html=page.get("html"),
                json_ld=page.get("json_ld"),
                selected_text=page.get("selected_text"),
                page_title=row.fields.get("page_title"),
                company_name=row.fields.get("company_name"),
                job_title=row.fields.get("job_title"),
            ),
        )


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
    connection: Connection,
    application_id: uuid.UUID,
    capture_id: uuid.UUID,
    posting: Posting,
    *,
    run_id: str,
    now: dt.datetime,
) -> bytes:
    """Write the posting, unless the same is there already; return its content hash (SHA-256)."""
    content: dict[str, Any] = {
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
        "description_text": posting.description_text,
        "description_html": posting.description_html,
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
        "capture_id": capture_id,
        "content_hash": content_hash,
        "parser_version": PARSER_VERSION,
        "run_id": run_id,
        "derived_at": now,
    }
    statement = insert(POSTINGS).values(values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["application_id"],
            set_={name: statement.excluded[name] for name in values if name != "application_id"},
            where=(POSTINGS.c.content_hash != statement.excluded.content_hash)
            | (POSTINGS.c.capture_id.is_distinct_from(statement.excluded.capture_id))
            | (POSTINGS.c.parser_version != statement.excluded.parser_version),
        )
    )
    return content_hash
