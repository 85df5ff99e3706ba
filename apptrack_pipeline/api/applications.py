"""The endpoints of applications: take a capture, show an application."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy import ColumnElement, Connection, Row, Table, exists, func, or_, select, true

from apptrack_pipeline.api.errors import answers
from apptrack_pipeline.api.models import Analysis, ApplicationView, CaptureAccepted, Event, Posting
from apptrack_pipeline.api.services import services_of
from apptrack_pipeline.correlation.fold import FoldedApplication, FoldedEvent
from apptrack_pipeline.correlation.store import APPLICATIONS, load_evidence
from apptrack_pipeline.db.moves import Moves, load_moves
from apptrack_pipeline.db.queues import (
    ANALYSIS_QUEUE,
    CAPTURES,
    DECISIONS,
    EVIDENCE_QUEUE,
    POSTING_QUEUE,
    SCRAPER_QUEUE,
)
from apptrack_pipeline.db.tables import AnalysisResult, JobPosting, TimelineEvent
from apptrack_pipeline.domain import DecisionKind, QueueState
from apptrack_pipeline.ingestion.capture import CaptureBody, read_capture

router = APIRouter(prefix="/api/v1/applications", tags=["applications"])

_POSTINGS: Final[Table] = JobPosting.__table__  # type: ignore[assignment]
_ANALYSES: Final[Table] = AnalysisResult.__table__  # type: ignore[assignment]
_EVENTS: Final[Table] = TimelineEvent.__table__  # type: ignore[assignment]

_LATEST_EVENTS: Final = 20
_WORK: Final = (CAPTURES, DECISIONS, EVIDENCE_QUEUE, SCRAPER_QUEUE, POSTING_QUEUE, ANALYSIS_QUEUE)
_WAITING: Final = (QueueState.DUE, QueueState.RUNNING)

# Work is dated by the clock of the process that queued it; a retry waits for a minute at least, by default.
_SOON: Final = dt.timedelta(seconds=10)

# Reading 8 MiB of JSON takes up to 2 s (2.7 million empty lists), a page of this size 2 ms.
_READ_IN_THREAD_BYTES: Final = 256 * 1024

CAPTURE_PATH: Final = f"{router.prefix}/capture"

_MINIMAL: Final = {
    "company_name": "Acme GmbH",
    "job_title": "Data Engineer",
    "job_posting_url": "https://boards.greenhouse.io/acme/jobs/4012345",
}
_FROM_EXTENSION: Final = {
    "job_posting_url": "https://boards.greenhouse.io/acme/jobs/4012345?gh_src=newsletter",
    "page_title": "Job Application for Data Engineer at Acme GmbH",
    "html": "<html><head><title>Data Engineer</title></head><body>...</body></html>",
    "json_ld": [{"@type": "JobPosting", "title": "Data Engineer"}],
    "applied": True,
    "captured_at": "2026-11-23T10:30:00+01:00",
    "extension_version": "1.4.0",
}


@router.post(
    "/capture",
    status_code=201,
    response_model=CaptureAccepted,
    responses={
        200: {"model": CaptureAccepted, "description": "The posting was captured before"},
        **answers(401, 403, 413, 415, 422, 500, 503),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": CaptureBody.model_json_schema(),
                    "examples": {
                        "minimal": {"summary": "By hand", "value": _MINIMAL},
                        "page": {"summary": "From the browser extension", "value": _FROM_EXTENSION},
                    },
                }
            },
        }
    },
)
async def capture(request: Request) -> Response:
    """Keep a capture of a posting; the same posting is the same application, never a second one.

    Answered once the capture is on disk. Sending the same again is harmless.
    """
    _refuse_other_media(request)
    body = await request.body()
    received_at = dt.datetime.now(dt.UTC)
    if len(body) < _READ_IN_THREAD_BYTES:
        new = read_capture(body, received_at=received_at)
    else:
        new = await asyncio.to_thread(read_capture, body, received_at=received_at)
    intake = await services_of(request).captures.add(new)
    status_url = f"{router.prefix}/{intake.application_id}"
    accepted = CaptureAccepted(
        application_id=intake.application_id,
        capture_id=intake.capture_id,
        duplicate=intake.duplicate,
        captured_at=intake.first_captured_at,
        status_url=status_url,
        processing=True,
    )
    return Response(
        accepted.model_dump_json(),
        200 if intake.duplicate else 201,
        headers={"Location": status_url},
        media_type="application/json",
    )


@router.get("/{application_id}", responses=answers(401, 403, 404, 422, 500, 503))
def application(application_id: uuid.UUID, request: Request) -> ApplicationView:
    """Show an application with its posting, its analysis and its latest events."""
    engine = services_of(request).database.engine
    # All from one moment: a run may finish between two of the queries.
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        view = _view(connection, application_id)
    if view is None:
        raise HTTPException(404, f"there is no application {application_id}")
    return view


def _refuse_other_media(request: Request) -> None:
    media = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media != "application/json" and not media.endswith("+json"):
        raise HTTPException(415, "send the capture as `Content-Type: application/json`")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(415, "send the capture without Content-Encoding")


def _view(connection: Connection, application_id: uuid.UUID) -> ApplicationView | None:
    row = connection.execute(select(APPLICATIONS).where(APPLICATIONS.c.id == application_id)).first()
    moves = load_moves(connection)
    folded = None
    if row is None or _evidence_waits(connection, application_id, moves):
        folded = _fold_now(connection, application_id, moves)
    current = folded or row
    if current is None:
        return None
    posting = connection.execute(
        select(_POSTINGS).where(_POSTINGS.c.application_id == application_id)
    ).first()
    analysis = connection.execute(
        select(_ANALYSES).where(_ANALYSES.c.application_id == application_id, _ANALYSES.c.is_current)
    ).first()
    reasons = list(current.review_reasons)
    if posting is not None and posting.review_reason:
        reasons.append(posting.review_reason)
    return ApplicationView(
        id=current.id,
        company_name=current.company_name or (posting and posting.company),
        job_title=current.job_title or (posting and posting.title),
        status=current.status,
        status_since=current.status_since,
        status_confirmed=current.status_confirmed,
        applied_at=current.applied_at,
        source=current.source,
        job_url=current.job_url,
        canonical_url=current.canonical_url,
        notes=current.notes,
        needs_review=current.needs_review or bool(reasons),
        review_reasons=reasons,
        archived_at=current.archived_at,
        merged_into=current.merged_into,
        first_evidence_at=current.first_evidence_at,
        last_evidence_at=current.last_evidence_at,
        processing=_work_is_at_hand(connection, application_id),
        posting=posting and Posting.model_validate(posting),
        analysis=analysis and Analysis.model_validate(analysis),
        events=_latest_events(connection, application_id, folded),
    )


def _evidence_waits(connection: Connection, application_id: uuid.UUID, moves: Moves) -> bool:
    """Tell whether a run has yet to take some evidence.

    By its state, not by `seq`: of two captures at once the later number may be committed, and folded, first.
    """
    sources = sorted(moves.sources(application_id))
    waiting = [
        exists().where(queue.c.application_id.in_(sources), queue.c.state.in_(_WAITING), _shows(queue))
        for queue in (CAPTURES, DECISIONS, EVIDENCE_QUEUE)
    ]
    # A merge or split that was undone is followed no more, and what it had brought is in the row still.
    waiting += [
        exists().where(
            DECISIONS.c.undone_at.is_not(None),
            DECISIONS.c.kind.in_([DecisionKind.MERGE, DecisionKind.SPLIT]),
            DECISIONS.c.payload["into"].astext == str(application_id),
            *is_waiting,
        )
        for is_waiting in (
            [DECISIONS.c.state == QueueState.DUE],
            [
                DECISIONS.c.state == QueueState.RUNNING,
                DECISIONS.c.claimed_by.is_not(None),  # those that run are read by the index of these two
                DECISIONS.c.reported_at.is_(None),
            ],
        )
    ]
    return bool(connection.scalar(select(or_(*waiting))))


def _shows(queue: Table) -> ColumnElement[bool]:
    """Tell whether queued work may change what is shown: what a posting names changes but hidden keys."""
    return queue.c.reason != "posting" if queue is EVIDENCE_QUEUE else true()


def _work_is_at_hand(connection: Connection, application_id: uuid.UUID) -> bool:
    """Tell whether a run works on this application or is about to, in any stage.

    One queue hands over to the next in one transaction, so there is no gap between them. An attempt that
    waits for its time is not meant: nothing would change on a page that waits for it for minutes.
    """
    soon = func.now() + _SOON
    return bool(
        connection.scalar(
            select(
                or_(
                    *(
                        exists().where(
                            queue.c.application_id == application_id,
                            _shows(queue),
                            (queue.c.state == QueueState.RUNNING)
                            | (queue.c.state == QueueState.DUE) & (queue.c.due_at <= soon),
                        )
                        for queue in _WORK
                    )
                )
            )
        )
    )


def _fold_now(connection: Connection, application_id: uuid.UUID, moves: Moves) -> FoldedApplication | None:
    """Return the application as a run would make it from today's evidence, None without any."""
    evidence = load_evidence(connection, [application_id], moves)[application_id]
    return None if evidence.is_empty else evidence.fold()


def _latest_events(
    connection: Connection, application_id: uuid.UUID, folded: FoldedApplication | None
) -> list[Event]:
    stored = connection.execute(
        select(_EVENTS)
        .where(_EVENTS.c.application_id == application_id, _EVENTS.c.retracted_at.is_(None))
        .order_by(_EVENTS.c.occurred_at.desc(), _EVENTS.c.seq.desc())
        .limit(_LATEST_EVENTS)
    ).all()
    known = {event.dedupe_key for event in stored}
    not_yet = [event for event in reversed(folded.events if folded else ()) if event.dedupe_key not in known]
    latest: list[FoldedEvent | Row[Any]] = sorted(
        [*not_yet, *stored], key=lambda event: event.occurred_at, reverse=True
    )
    return [Event.model_validate(event) for event in latest[:_LATEST_EVENTS]]
