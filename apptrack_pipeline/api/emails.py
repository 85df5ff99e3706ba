"""The endpoints of mail: take a message, say what became of it, take a person's correction."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import ValidationError
from sqlalchemy import Connection, Table, select

from apptrack_pipeline.api.errors import answers
from apptrack_pipeline.api.models import EmailAccepted, EmailBody, EmailCorrection, EmailStatus, EmailView
from apptrack_pipeline.api.services import services_of
from apptrack_pipeline.correlation.deciding.store import mail_category
from apptrack_pipeline.db.tables import Base
from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.ingestion.capture import refusal
from apptrack_pipeline.ingestion.mail.compose import Given, compose, disarmed
from apptrack_pipeline.ingestion.mail.letter_box import Posted, post
from apptrack_pipeline.ingestion.mail.reading import read_message
from apptrack_pipeline.ingestion.mail.store import INGESTED, LETTER_BOX, MAIL, SIGNALS, UIDS

router = APIRouter(prefix="/api/v1/emails", tags=["emails"])

_LINKS: Final[Table] = Base.metadata.tables["mail_links"]
_RAW: Final = "message/rfc822"
_OLDEST: Final = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)

_EXAMPLE: Final = {
    "message_id": "<0102018f@mail.example.org>",
    "from_email": "Acme Hiring Team <no-reply@ashbyhq.com>",
    "subject": "Thank you for applying to Acme",
    "body_snippet": "We have received your application for Data Engineer.",
    "application_date": "2026-11-23T10:30:00+01:00",
    "company_name": "Acme",
    "job_title": "Data Engineer",
}


@router.post(
    "/ingest",
    status_code=201,
    response_model=EmailAccepted,
    responses={
        200: {"model": EmailAccepted, "description": "The message was sent before"},
        **answers(401, 403, 413, 415, 422, 500, 503),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                _RAW: {"schema": {"type": "string", "format": "binary"}},
                "application/json": {"schema": EmailBody.model_json_schema(), "example": _EXAMPLE},
            },
        }
    },
)
async def ingest(request: Request) -> Response:
    """Take one mail: the message itself (RFC 822), or what is known of it.

    Answered once it is on disk. The same Message-ID again is the same mail, and adds nothing. A run reads it
    within seconds; `status_url` says what became of it.
    """
    body = await request.body()
    now = dt.datetime.now(dt.UTC)
    # Parsing 8 MiB takes long enough to hold up captures.
    raw, message_id, received_at = await asyncio.to_thread(_message_of, request, body, now)
    engine = services_of(request).database.engine

    def store() -> tuple[Posted, EmailView | None]:
        with engine.begin() as connection:
            posted = post(connection, raw, message_id=message_id, received_at=received_at, now=now)
            return posted, _view(connection, posted.id) if posted.duplicate else None

    posted, known = await asyncio.to_thread(store)
    status_url = f"{router.prefix}/{posted.id}"
    accepted = EmailAccepted(
        email_id=posted.id,
        status=EmailStatus.RECEIVED if known is None else known.status,
        duplicate=posted.duplicate,
        strategy=None if known is None else known.strategy,
        application_id=None if known is None else known.application_id,
        status_url=status_url,
    )
    return Response(
        accepted.model_dump_json(),
        200 if posted.duplicate else 201,
        headers={"Location": status_url},
        media_type="application/json",
    )


@router.get("/{email_id}", responses=answers(401, 403, 404, 422, 500, 503))
def email(email_id: uuid.UUID, request: Request) -> EmailView:
    """Say what became of a mail: what it is about, what it names, and which application it belongs to."""
    with services_of(request).database.engine.connect() as connection:
        view = _view(connection, email_id)
    if view is None:
        raise HTTPException(404, f"there is no mail {email_id}")
    return view


@router.patch("/{email_id}", status_code=202, responses=answers(401, 403, 404, 409, 422, 500, 503))
def correct(email_id: uuid.UUID, correction: EmailCorrection, request: Request) -> EmailView:
    """Name the category of a mail; it wins over every rule, also when the mail is read again."""
    now = dt.datetime.now(dt.UTC)
    with services_of(request).database.begin() as connection:
        view = _view(connection, email_id)
        if view is None:
            raise HTTPException(404, f"there is no mail {email_id}")
        if view.mail_id is None:
            raise HTTPException(409, "no run has taken this mail yet; try again in a few seconds")
        mail_category(connection, view.mail_id, correction.category, actor="api", now=now)
    return view.model_copy(
        update={"category": correction.category, "decided": True, "needs_review": False, "certainty": 1.0}
    )


def _message_of(request: Request, body: bytes, now: dt.datetime) -> tuple[bytes, str | None, dt.datetime]:
    """Return the message's bytes, its Message-ID and its date."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(415, "send the mail without Content-Encoding")
    media = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media == _RAW:
        if not body.strip():
            raise InvalidInputError("body", "must be a message (RFC 822)")
        read = read_message(body)
        sent_at = read.sent_at
        if sent_at is None or not _OLDEST <= sent_at <= now:
            sent_at = now
        return disarmed(body), read.message_id, sent_at
    if media != "application/json" and not media.endswith("+json"):
        raise HTTPException(415, f"send the mail as `Content-Type: {_RAW}` or as application/json")
    try:
        sent = EmailBody.model_validate_json(body)
    except ValidationError as error:
        raise refusal(error) from None
    sent_at = min(sent.sent_at, now)
    raw = compose(
        message_id=sent.message_id,
        from_email=sent.from_email,
        subject=sent.subject,
        text=sent.body_snippet,
        sent_at=sent_at,
        given=Given(sent.company_name, sent.job_title, sent.job_posting_url),
    )
    return raw, read_message(raw).message_id, sent_at


def _view(connection: Connection, email_id: uuid.UUID) -> EmailView | None:
    """Return a mail by the id that `ingest` gave it, or by its id in the table `mail`."""
    sent = connection.execute(
        select(INGESTED.c.seq, INGESTED.c.received_at).where(INGESTED.c.id == email_id)
    ).first()
    mail_id: uuid.UUID | None = email_id
    if sent is not None:
        mail_id = connection.execute(
            select(UIDS.c.mail_id).where(
                UIDS.c.account == LETTER_BOX, UIDS.c.mailbox == LETTER_BOX, UIDS.c.uid == sent.seq
            )
        ).scalar()
    row = connection.execute(
        select(
            MAIL.c.id,
            MAIL.c.received_at,
            SIGNALS.c.category,
            SIGNALS.c.certainty,
            SIGNALS.c.needs_review,
            SIGNALS.c.decided,
            SIGNALS.c.trust,
            SIGNALS.c.signals,
            _LINKS.c.outcome,
            _LINKS.c.stage,
            _LINKS.c.application_id,
        )
        .select_from(
            MAIL.outerjoin(SIGNALS, SIGNALS.c.mail_id == MAIL.c.id).outerjoin(
                _LINKS, _LINKS.c.mail_id == MAIL.c.id
            )
        )
        .where(MAIL.c.id == mail_id)
    ).first()
    if row is None:
        return (
            None
            if sent is None
            else EmailView(id=email_id, status=EmailStatus.RECEIVED, received_at=sent.received_at)
        )
    status = EmailStatus.TAKEN if row.category is None else EmailStatus.READ
    signals: Mapping[str, Any] = row.signals or {}
    return EmailView(
        id=email_id,
        mail_id=row.id,
        status=status if row.outcome is None else EmailStatus(row.outcome),
        received_at=row.received_at,
        category=row.category,
        certainty=row.certainty,
        needs_review=row.needs_review,
        decided=row.decided,
        trust=row.trust,
        signals=signals,
        strategy=row.stage,
        application_id=row.application_id,
    )
